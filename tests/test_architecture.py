"""Which file may import what: read from the sources, so that the layering is a fact and not a habit."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("models", "optimizer")
ALGEBRA = (
    "models.program", "models.formulation", "models.best_plan", "models.constraints", "models.objectives", "models.examples",
)  # fmt: skip
"""Where the mathematics is written in Pyomo; the last prints the example row under each formula."""
LONGEST = {"models": 400, "optimizer": 400, "inputs": 400, "tests": 800}
"""Lines of a file; a list of cases may be longer than a thought."""


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sources(*PACKAGES)}


@cache
def tree(path: Path) -> ast.Module:
    """What stands in a file, parsed once for all tests."""
    return ast.parse(path.read_text("utf-8"))


def running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that stand under `if TYPE_CHECKING`, which only the type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (result for part in child.orelse for result in (part, *running(part)))
        else:
            yield child
            yield from running(child)


@cache
def imports(path: Path) -> set[str]:
    """Full names that a file imports when it runs, at its top or inside functions."""
    result: set[str] = set()
    for node in running(tree(path)):
        if isinstance(node, ast.Import):
            result |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            result |= {name if name in MODULES else str(node.module) for name in names}
    return result


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def offenders(modules: list[str], *forbidden: str) -> list[str]:
    return [
        f"{module} imports {name}"
        for module in modules
        for name in sorted(imports(MODULES[module]))
        if within(name, *forbidden)
    ]


def modules_in(*packages: str) -> list[str]:
    result = [module for module in MODULES if within(module, *packages)]
    assert result, packages
    return result


def test_models_know_neither_files_nor_solvers_nor_screens() -> None:
    world = ("optimizer", "click", "rich", "pandas", "highspy", "openpyxl", "python_calamine", "xlsxwriter", "jinja2")
    system = ("os", "io", "pathlib", "shutil", "tempfile", "subprocess", "sys", "socket", "urllib")
    assert offenders(modules_in("models"), *world, *system) == []


def test_models_open_no_file() -> None:
    calls = [
        f"{module}:{node.lineno}"
        for module in modules_in("models")
        if module != "models.examples"
        for node in ast.walk(tree(MODULES[module]))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "print", "input", "exec", "eval")
    ]
    assert calls == []


def test_pyomo_stays_where_the_algebra_is() -> None:
    elsewhere = [module for module in MODULES if not within(module, *ALGEBRA, "optimizer.solver.standard_form")]
    assert offenders(elsewhere, "pyomo") == []
    assert offenders(modules_in("models.program"), "pyomo") != []


def test_one_file_knows_the_solver() -> None:
    assert offenders([module for module in MODULES if module != "optimizer.solver.highs"], "highspy") == []
    assert offenders(["optimizer.solver.highs"], "highspy") != []


def test_the_audit_shares_nothing_with_the_program() -> None:
    """It reads the case and the plan as data; the words of the schema are all that both know."""
    shared = (
        "models.case",
        "models.plan",
        "models.stress",
        "models.risk_plan",
        "models.schema",
        "models.errors",
        "models.faults",
        "models.frozen",
        "models.audit",
    )
    borrowed = [
        f"{module} imports {name}"
        for module in modules_in("models.audit")
        for name in sorted(imports(MODULES[module]))
        if within(name, *PACKAGES) and not within(name, *shared)
    ]
    assert borrowed == []
    program = [module for module in modules_in("models") if not within(module, "models.audit")]
    assert offenders(program, "models.audit") == []


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_one_way(package: str) -> None:
    """At every level: a package's modules and sub-packages, each seen as one, import their siblings without a circle."""
    circles = []
    for folder in sorted({m.rpartition(".")[0] for m in MODULES if within(m, package)} - {""}):
        graph: dict[str, set[str]] = {}
        for module in modules_in(folder):
            targets = {child(folder, name) for name in imports(MODULES[module]) if within(name, folder)}
            graph.setdefault(child(folder, module), set()).update(targets)
        try:
            TopologicalSorter({name: targets - {name} for name, targets in graph.items()}).prepare()
        except CycleError as circle:
            circles.append(f"{folder}: " + " <- ".join(circle.args[1]))
    assert circles == []


def child(folder: str, module: str) -> str:
    """The part of a folder that a module belongs to; `__init__` is the folder's own file."""
    return module.removeprefix(folder).lstrip(".").partition(".")[0] or "__init__"


ROOMS = ("workbook", "solver", "analysis", "plan_folder", "reports", "verification", "demo", "cli")
"""The rooms of `optimizer`, along the path of the data: each may import those before it. The single files beside them
lie below all rooms, but for the doors `__init__` (the Python API) and `__main__` (the command), which lie above."""
DOORS = ("optimizer", "optimizer.__main__")


def floor(module: str) -> int:
    """0 for the single files, then the rooms in their order, then the doors."""
    if module in DOORS:
        return len(ROOMS) + 1
    room = child("optimizer", module)
    return ROOMS.index(room) + 1 if room in ROOMS else 0


def test_rooms_import_only_rooms_before_them() -> None:
    rooms = {p.parent.name for p in (ROOT / "optimizer").glob("*/__init__.py")}
    assert rooms == set(ROOMS), "a room of optimizer has no place in the order"
    up = [
        f"{module} imports {name}"
        for module in modules_in("optimizer")
        for name in sorted(imports(MODULES[module]))
        if within(name, "optimizer") and floor(name) > floor(module) and name not in DOORS
    ]
    assert up == []


def test_help_is_light() -> None:
    """Pandas, Pyomo and the solver wait until a verb needs them."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "optimizer", "--help"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "Usage:" in done.stdout
    imported = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "click" in imported
    assert imported & {"pandas", "pyomo", "highspy", "numpy", "pydantic", "openpyxl", "altair"} == set()


def test_no_file_grows_two_ideas() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder, longest in LONGEST.items()
        for path in sources(folder)
        if (lines := len(path.read_text("utf-8").splitlines())) > longest
    }
    assert long == {}


def texts() -> Iterator[Path]:
    """Every text that a clone holds: the given folders and what lies beside them."""
    kinds = {".py", ".md", ".toml", ".csv", ".txt", ".yml", ".yaml", ".cfg", ".ini", ".j2", ".html", ""}
    for folder in (*PACKAGES, "inputs", "tests", ".ci"):
        yield from (p for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix in kinds)
    yield from (
        p for p in ROOT.iterdir() if p.is_file() and p.suffix in kinds and p.name != ".git"
    )  # a linked worktree


def test_nothing_names_a_machine_or_a_registry() -> None:
    """No path of somebody's disk, no address that packages come from."""
    machine = re.compile(
        r"(?<![\w.])/(?:work|home|root|Users)/\w|\b[A-Z]:\\\\?Users|--(?:extra-)?index-url|py(?:pi\.org|thonhosted)"
    )
    result = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in texts()
        if "__pycache__" not in path.parts
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if machine.search(line)
    ]
    assert result == []


def test_no_two_classes_have_one_name() -> None:
    """A reader who looks for a class finds one."""
    places: dict[str, list[str]] = {}
    for path in sources(*LONGEST):
        for name in re.findall(r"^ *class (\w+)\b", path.read_text("utf-8"), re.M):
            places.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: result for name, result in places.items() if len(result) > 1} == {}


def test_no_docstring_holds_a_control_character() -> None:
    r"""A formula such as `\frac` in a docstring that is not raw becomes a form feed."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("models", "optimizer")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if any(ord(letter) < ord(" ") and letter != "\n" for letter in node.value.value)
    ]
    assert wrong == []
