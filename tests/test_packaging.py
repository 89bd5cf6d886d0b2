"""The wheel holds the two packages, the demo's workbook and the licence, and nothing else."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from support.commandline import ROOT

import optimizer


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    arguments = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(arguments, capture_output=True, check=True)
    (result,) = out.glob("mine2magnet-*.whl")
    return zipfile.ZipFile(result)


def test_every_module_and_the_demo_are_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    modules = {
        p.relative_to(ROOT).as_posix() for package in ("models", "optimizer") for p in (ROOT / package).rglob("*.py")
    }
    assert modules <= names
    guide = ROOT / "optimizer" / "reports" / "guide"
    shown = {p.relative_to(ROOT).as_posix() for p in (*guide.glob("pages/*.md"), *guide.glob("images/*.png"))}
    assert len(shown) > 20
    assert shown <= names
    catalogues = {p.relative_to(ROOT).as_posix() for p in (ROOT / "optimizer/reports/locale").rglob("*.po")}
    assert catalogues
    assert catalogues <= names
    assert {"optimizer/demo/first-look.xlsx", "optimizer/py.typed", "models/py.typed"} <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"models", "optimizer"}
    assert not any("__pycache__" in name for name in names)


def test_the_metadata_name_version_licence_and_command(wheel: zipfile.ZipFile) -> None:
    (metadata,) = (name for name in wheel.namelist() if name.endswith("dist-info/METADATA"))
    text = wheel.read(metadata).decode()
    assert f"\nVersion: {optimizer.__version__}\n" in text
    assert "\nLicense-Expression: Apache-2.0\n" in text
    assert "\nRequires-Python: >=3.11\n" in text
    folder = metadata.rpartition("/")[0]
    assert b"Apache License" in wheel.read(f"{folder}/licenses/LICENSE")
    assert b"mine2magnet = optimizer.cli.main:main" in wheel.read(f"{folder}/entry_points.txt")


def test_every_package_that_is_imported_is_a_dependency() -> None:
    """What the two packages import is in `dependencies`, or comes with what is; the test extra is not needed to run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {re.split(r"[<>=\[; ]", requirement)[0] for requirement in project["dependencies"]}
    for name, extra in project["optional-dependencies"].items():
        named |= {re.split(r"[<>=\[; ]", requirement)[0] for requirement in extra if name != "test"}
    modules = {name.replace("-", "_") for name in named} | {_MODULES[name] for name in named & _MODULES.keys()}
    assert imported() - set(sys.stdlib_module_names) - {"models", "optimizer"} <= modules | _COME_ALONG


_MODULES = {
    "vl-convert-python": "vl_convert",
    "markdown-it-py": "markdown_it",
    "python-docx": "docx",
    "python-pptx": "pptx",
}
"""Distribution -> module where they differ."""
_COME_ALONG = {"numpy", "pydantic_core", "markupsafe"}
"""Parts of scipy and highspy, of pydantic, of jinja2."""


def imported() -> set[str]:
    """Top-level names that the two packages import anywhere."""
    names: set[str] = set()
    for path in (p for package in ("models", "optimizer") for p in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names


def test_no_file_names_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    tracked = [
        ROOT / name for name in listed.stdout.splitlines() if name.endswith((".py", ".md", ".toml", "run", ".csv"))
    ]
    result = [
        p for p in tracked if p.is_file() and re.search(r"(^|[^\w./])/(home|root|work|Users)/", p.read_text("utf-8"))
    ]
    assert [p.name for p in result if p != Path(__file__).resolve()] == []
