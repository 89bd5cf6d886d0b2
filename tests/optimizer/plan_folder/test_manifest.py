"""The manifest: digests, where every value came from, and nothing of the machine but its kind."""

import json
from pathlib import Path

import pytest
from support.books import write
from support.commandline import BOOK

from optimizer.cli.options import Solving
from optimizer.plan_folder.digests import sha256
from optimizer.plan_folder.manifest import WorkbookBytes, changed_since, copy_name, manifest, versions
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_digest_is_that_of_the_bytes(here: Path) -> None:
    (here / "book.xlsx").write_bytes(b"abc")
    source = WorkbookBytes.take(Path("book.xlsx"))
    assert source.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (source.name, source.size, dict(source.files)) == ("book.xlsx", 3, {"book.xlsx": b"abc"})


def test_a_folder_has_one_digest_of_its_csv_files(here: Path) -> None:
    (here / "book").mkdir()
    for name, text in (("projects.csv", b"1"), ("demand.CSV", b"22"), ("notes.txt", b"333")):
        (here / "book" / name).write_bytes(text)
    source = WorkbookBytes.take(Path("book"))
    assert list(source.files) == ["book/demand.CSV", "book/projects.csv"]
    assert source.size == 3
    lines = f"{sha256(b'22')}  demand.CSV\n{sha256(b'1')}  projects.csv\n"
    assert source.digest == sha256(lines.encode())
    (here / "book" / "notes.txt").write_bytes(b"other")
    assert WorkbookBytes.take(Path("book")).digest == source.digest
    (here / "book" / "projects.csv").rename(here / "book" / "rules.csv")
    assert WorkbookBytes.take(Path("book")).digest != source.digest


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("book.xlsx", "book.xlsx"),
        ("sub/../book.xlsx", "book.xlsx"),
        ("{here}/sub/b.xlsx", "sub/b.xlsx"),
        ("/x/b.xlsx", "b.xlsx"),
    ],
)
def test_paths_do_not_tell_of_the_machine(here: Path, given: str, shown: str) -> None:
    assert WorkbookBytes(Path(given.format(here=here)), {}).shown_path == shown


def test_a_copy_never_takes_the_name_of_our_files() -> None:
    assert copy_name("Plan.json") == "workbook-Plan.json"
    assert copy_name("report.html") == "workbook-report.html"
    assert copy_name("plan-a.xlsx") == "plan-a.xlsx"


def test_everything_that_can_change_a_plan_is_recorded(here: Path) -> None:
    book = write(here / "small.xlsx", BOOK)
    changes = Overrides({"total_budget_m": ("3bn", "--budget")}, ("ridge",), ("creek",))
    case = read(book, changes)
    options = Solving(gap=0.01, time_limit=5.0, threads=2, seed=9, asked=frozenset({"gap"}))
    record = manifest(case, WorkbookBytes.take(book), changes, options, {"read": 0.12345})
    assert json.loads(json.dumps(record)) == record
    assert str(here) not in json.dumps(record)
    assert (record["gap"], record["time_limit"], record["threads"], record["seed"]) == (0.01, 5.0, 2, 9)
    assert record["options"]["gap"] == {"value": 0.01, "from": "--gap"}
    assert record["options"]["seed"] == {"value": 9, "from": "default"}
    assert record["options"]["total_budget_m"] == {"value": 3000.0, "from": "--budget"}
    assert set(case.settings.model_dump()) < set(record["options"])
    assert record["overrides"] == {
        "settings": {"total_budget_m": ["3bn", "--budget"]},
        "include": ["ridge"],
        "exclude": ["creek"],
    }
    assert record["workbook"] == {
        "name": "small.xlsx",
        "path": "small.xlsx",
        "sha256": sha256(book.read_bytes()),
        "size": book.stat().st_size,
    }
    assert record["timings"] == {"read": 0.123}
    assert record["notices"] == [n.model_dump() for n in case.notices]
    assert set(versions()) == {"mine2magnet", "python", "pyomo", "highspy"}


def test_a_workbook_that_changed_since_is_told(here: Path) -> None:
    book = here / "book.xlsx"
    book.write_bytes(b"abc")
    record = {"workbook": {"path": "book.xlsx", "sha256": sha256(b"abc")}}
    assert changed_since(record) is None
    book.write_bytes(b"abcd")
    assert "book.xlsx has changed since" in str(changed_since(record))
    book.unlink()
    assert changed_since(record) is None
