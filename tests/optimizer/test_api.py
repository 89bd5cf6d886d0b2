"""The public Python API: its names, where they come from, what their errors carry, and what importing it costs."""

import ast
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cases import FAMILY_WORLDS
from support.commandline import ROOT
from support.tables import case

import optimizer
from models.errors import EXIT_STATUS, Mine2MagnetError
from models.faults import Diagnostic
from optimizer.errors import ChoiceNotProved, Refusal, StressAuditFailed

API = {
    "read", "Overrides", "check", "solve", "explore", "audit", "gaps", "compare", "repairs", "explain", "alternatives",
    "frames", "Mine2MagnetError", "InvalidInput", "Infeasible", "NoPlanFound", "AuditFailed", "Refusal",
}  # fmt: skip
"""What other programs import: a name that goes is a change of the API."""


def test_the_api_keeps_its_names() -> None:
    assert set(optimizer.__all__) >= API
    assert set(optimizer.__all__) <= set(dir(optimizer))


def typed_names() -> Iterator[tuple[str, str]]:
    """Module and name of each import that the type checker reads in `optimizer/__init__.py`."""
    tree = ast.parse((ROOT / "optimizer" / "__init__.py").read_text("utf-8"))
    (checking,) = (n for n in tree.body if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test))
    for node in checking.body:
        assert isinstance(node, ast.ImportFrom)
        yield from ((alias.name, str(node.module)) for alias in node.names)


def test_every_name_is_typed_and_found_where_it_is_declared() -> None:
    names = dict(typed_names())
    assert set(names) == set(optimizer.__all__)
    for name, module in names.items():
        result = getattr(optimizer, name)
        assert result is getattr(sys.modules[module], name), name
        assert result.__doc__, f"{name} has no docstring"


def test_importing_the_api_costs_nothing() -> None:
    code = "import sys, optimizer; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert set(done.stdout.split()) & {"pandas", "numpy", "pyomo", "highspy", "pydantic", "click"} == set()


def test_solving_loads_neither_the_solver_plugins_of_pyomo_nor_the_statistics_of_scipy() -> None:
    code = (
        "import sys; import optimizer.analysis.stress; from models.examples import world; from optimizer import solve; "
        "solve(world()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    loaded = set(done.stdout.split())
    assert {"pyomo.core", "scipy.sparse"} <= loaded
    assert loaded & {"pyomo.environ", "pyomo.contrib.fbbt.fbbt", "scipy.stats"} == set()


def test_comparing_plans_waits_for_neither_the_solver_nor_its_arrays() -> None:
    code = "import sys, optimizer.plan_folder.compare; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert set(done.stdout.split()) & {"numpy", "pyomo", "highspy"} == set()


def test_verifying_a_plan_waits_for_neither_the_solver_nor_the_search_of_frontiers(small_run: tuple[Path, str]) -> None:
    code = (
        "import sys; from optimizer.verification.verify import verify; "
        f"assert verify({str(small_run[0] / 'outputs' / 'small-01')!r}, documents=False).passed; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    loaded = set(done.stdout.split())
    assert loaded & {"numpy", "highspy", "optimizer.analysis.frontier", "xlsxwriter"} == set()


def test_explaining_waits_for_neither_frontiers_nor_what_writes_and_rewrites_workbooks() -> None:
    code = "import sys, optimizer.cli.run, optimizer.reports.answers.explanation_text; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert set(done.stdout.split()) & {"xlsxwriter", "ssl", "optimizer.analysis.frontier"} == set()


def errors() -> list[Mine2MagnetError]:
    """One error of every class of the tree, as its raiser makes it."""
    at = Diagnostic(cell="projects!F2", column="capex_m", message='"x" is not a number')
    plan = optimizer.solve(case(FAMILY_WORLDS[0].book))
    known: dict[type[Mine2MagnetError], Mine2MagnetError] = {
        optimizer.InvalidInput: optimizer.InvalidInput([at]),
        optimizer.Infeasible: optimizer.Infeasible("no selection satisfies every rule", [at]),
        optimizer.NoPlanFound: optimizer.NoPlanFound("stopped"),
        optimizer.AuditFailed: optimizer.AuditFailed(plan),
        StressAuditFailed: StressAuditFailed("the value in drought differs", [at]),
        ChoiceNotProved: ChoiceNotProved("who goes on in drought is not proved"),
        Refusal: Refusal("usage", "name two plans or more"),
    }
    direct = {c for c in Mine2MagnetError.__subclasses__() if c.__module__.startswith(("models", "optimizer"))}
    assert direct == set(known), "a class of the tree has no example here"
    return list(known.values())


def test_every_error_says_what_where_and_how_the_command_ends() -> None:
    result = errors()
    assert {e.kind for e in result} == {"invalid", "infeasible", "stopped", "audit", "usage"}
    for error in result:
        assert error.exit_status == EXIT_STATUS[error.kind]
        shape = json.loads(json.dumps(error.as_json()))["error"]
        assert (shape["kind"], shape["message"]) == (error.kind, error.message)
        assert [diagnostic["cell"] for diagnostic in shape["details"]] == [
            diagnostic.cell for diagnostic in error.details
        ]


def test_errors_survive_the_way_back_from_a_worker_process() -> None:
    for error in errors():
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.details) == (type(error), str(error), error.details)
        assert again.exit_status == error.exit_status


def test_the_tree_of_errors_is_drawn_whole() -> None:
    drawn = sys.modules["optimizer.errors"].__doc__ or ""
    for error in errors():
        assert type(error).__name__ in drawn
    assert "Mine2MagnetError" in drawn


def test_a_name_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="no attribute 'sovle'"):
        optimizer.sovle  # noqa: B018
