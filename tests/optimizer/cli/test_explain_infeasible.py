"""What `solve` says of a book that nothing satisfies, and what the whole report looks like."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from support import books as files
from support.commandline import BOOK, mine2magnet
from support.oracle import best
from support.repeatable import examples, same_books
from support.strategies import books
from support.tables import Book
from support.tables import case as case_of

from models.sets import Sets
from optimizer.analysis.infeasibility import RepairReport, repairs
from optimizer.analysis.infeasibility.override_repairs import override_repairs
from optimizer.analysis.infeasibility.quick_checks import prechecks
from optimizer.reports.answers import repair_text
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

HEAD = [*BOOK["projects"][0], "status", "esg_e"]
STATUS = {"ridge": "committed", "mill": "committed"}
SCORE = {"ridge": 40, "creek": 80, "mill": 50, "kiln": 60}
SOLVERS = re.compile(r"\b(row|column|variable|slack|infeasible|HiGHS|Pyomo|constraint|binary)s?\b", re.IGNORECASE)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Two committed plants that need 150 of 120 M, and a score that only others reach."""
    rows = [[*row, STATUS.get(str(row[0]), "candidate"), SCORE[str(row[0])]] for row in BOOK["projects"][1:]]
    rules = [["rule", "measure", "aggregate", "sense", "value"], ["Average E", "esg_e", "average", ">=", 70]]
    chosen = [["total_budget_m", 120] if row[0] == "total_budget_m" else row for row in BOOK["settings"]]
    return files.write(
        tmp_path / "broken.xlsx", {**BOOK, "projects": [HEAD, *rows], "rules": rules, "settings": chosen}
    )


def test_solve_names_the_first_three(broken: Path) -> None:
    done = mine2magnet("solve", broken.name, cwd=broken.parent, check=4)
    assert "the committed projects (mill, ridge) need at least 150 M USD; the total budget is 120 M USD" in done.stderr
    assert done.stderr.count("this would do: ") == 3
    assert "settings!B" in done.stderr
    assert SOLVERS.search(done.stderr.replace("infeasible.json", "")) is None


def test_solve_tells_programs(broken: Path) -> None:
    done = mine2magnet("solve", broken.name, "--json", "--out", "told", cwd=broken.parent, check=4)
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "infeasible"
    assert all(set(diagnostic) == {"cell", "column", "message"} for diagnostic in error["details"])
    written = json.loads((broken.parent / "told" / "infeasible.json").read_text("utf-8"))
    assert written["error"] == error
    assert written["repairs"]["schema"] == "mine2magnet.repairs/1"
    message = [r["sentence"] for r in written["repairs"]["repairs"]]
    assert [diagnostic["message"] for diagnostic in error["details"][1:]] == [
        f"this would do: {s}" for s in message[:3]
    ]


def test_the_repair_sets_on_a_screen(broken: Path) -> None:
    report = repairs(read(broken))
    lines = [str(part) for part in repair_text.show(report)]
    text = "\n".join(lines)
    assert lines[0] == "No plan satisfies this workbook."
    assert all(repair.changes[0].cells[0] in text for repair in report.repairs)
    assert "mill is committed: it must be financed (projects!I4)" in text
    assert SOLVERS.search(text) is None
    assert max(map(len, text.splitlines())) <= 100
    numbers = [int(n) for n in re.findall(r"^ *(\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, len(report.repairs) + 1))


def test_nothing_to_repair_and_nothing_found_are_reported() -> None:
    assert "nothing to repair" in str(repair_text.show(RepairReport(feasible=True))[0])
    ended = "\n".join(map(str, repair_text.show(RepairReport(complete=False, irreducible=False))))
    assert "before all were tried" in ended


@settings(same_books, max_examples=examples(0.5))
@given(books())
def test_sums_never_accuse_a_book_that_a_plan_satisfies(drawn: Book) -> None:
    case = case_of(drawn)
    if prechecks(Sets(case)):
        assert not best(case).feasible


def test_the_next_command_is_right(broken: Path) -> None:
    """What was changed on the command line is in it, and a path with blanks is quoted."""
    book = broken.rename(broken.with_name("my book.xlsx"))
    done = mine2magnet(
        "solve", book.name, "--include", "kiln", "--budget", "100", "--set", "last_year=2040", cwd=book.parent, check=4
    )
    assert (
        "mine2magnet explain 'my book.xlsx' --budget 100 --set last_year=2040 --include kiln` shows all" in done.stderr
    )


def test_what_an_option_decided_is_told_by_the_option(tmp_path: Path) -> None:
    """Kiln and ridge need 80 M of the 60 M that there are."""
    changes = Overrides(include=("KILN",), settings={"total_budget_m": ("60", "--budget")})
    rows = [
        HEAD,
        *([*row, STATUS.get(str(row[0]), "candidate"), 50] for row in BOOK["projects"][1:] if row[0] != "mill"),
    ]
    case = read(files.write(tmp_path / "book.xlsx", {**BOOK, "projects": rows}), changes)
    plain = repairs(case)
    told = override_repairs(plain, case, changes)
    message = {c.restriction.subject: (c.sentence, c.cells) for r in told.repairs for c in r.changes}
    assert message["kiln"] == ("free kiln (now committed by --include)", ("--include",))
    assert message["ridge"][0] == "free ridge (now committed)"
    assert message[""][1] == ("--budget",)
    assert any(c.cells == ("--include",) for c in told.conflict)
    assert override_repairs(plain, case, Overrides()) == plain


def test_the_repair_sets_as_a_file(broken: Path) -> None:
    mine2magnet("explain", broken.name, "--out", "repairs.md", cwd=broken.parent, check=0)
    message = (broken.parent / "repairs.md").read_text("utf-8")
    assert "Any one of these changes makes a plan possible" in message
    assert "These cannot all hold" in message
    assert SOLVERS.search(message) is None
