"""`report` on a frontier and its points, and what `explore` leaves: nothing where it is refused."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from support.books import Sheets, write
from support.commandline import BOOK

from optimizer.cli.main import run

SETTINGS: Sheets = {"settings": [["key", "value"], ["first_year", 2026], ["last_year", 2028], ["last_fid_year", 2027]]}
NO_BUDGET: Sheets = {**BOOK, **SETTINGS}


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frontier of a book without a budget, between two ends that the command line gives."""
    here = tmp_path_factory.mktemp("explored")
    book = write(here / "book.xlsx", NO_BUDGET)
    assert run(["explore", str(book), "--from", "50", "--to", "150", "--out", str(here / "frontier"), "--quiet"]) == 0
    return here / "frontier"


@pytest.fixture
def frontier(explored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(explored, tmp_path / "frontier"))


def test_a_point_has_a_page_and_a_workbook_of_its_own(frontier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points = json.loads((frontier / "frontier.json").read_text("utf-8"))["points"]
    assert run(["report", str(frontier), "--at", "150", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["point"] == len(points)
    place = Path(told["folder"])
    assert place.name == f"frontier-point-{len(points):03d}-01"
    assert sorted(p.name for p in place.iterdir()) == ["plan.xlsx", "report.html"]
    book = openpyxl.load_workbook(place / "plan.xlsx", read_only=True)
    ids = {cell for row in book["Plan"].iter_rows(values_only=True) for cell in row}
    assert set(points[-1]["projects"]) <= ids
    assert f"{points[-1]['budget_m']:g}" in (place / "report.html").read_text("utf-8")


def test_a_frontier_is_drawn_again_and_a_changed_page_is_kept(frontier: Path) -> None:
    page = (frontier / "frontier.html").read_bytes()
    (frontier / "frontier.html").write_bytes(b"mine")
    assert run(["report", str(frontier), "--quiet"]) == 0
    assert (frontier / "frontier.html").read_bytes() == page
    assert (frontier / "frontier-changed-1.html").read_bytes() == b"mine"
    (frontier / "plans" / "001.json").write_bytes(b"{}")
    assert run(["report", str(frontier), "--quiet"]) == 3


def test_a_frontier_in_another_language_is_verified_in_it(frontier: Path) -> None:
    assert run(["report", str(frontier), "--language", "de", "--quiet"]) == 0
    assert '<html lang="de">' in (frontier / "frontier.html").read_text("utf-8")
    assert run(["verify", str(frontier), "--quiet"]) == 0


def test_a_frontier_in_a_folder_called_plans_is_no_point(frontier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Path(shutil.copytree(frontier, frontier.parent / "plans" / "frontier"))
    assert run(["report", str(place), "--json"]) == 0
    assert "frontier.html" in json.loads(capsys.readouterr().out)["written"]
    assert run(["report", str(place), "--at", "150", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["point"] >= 1


def test_a_place_for_pictures_is_refused_before_the_page_is_written_again(frontier: Path) -> None:
    (frontier / "frontier.html").write_bytes(b"mine")
    (frontier.parent / "drawn").mkdir()
    (frontier.parent / "drawn" / "old.png").write_bytes(b"mine")
    assert run(["report", str(frontier), "--figures", "drawn"]) == 2
    assert (frontier / "frontier.html").read_bytes() == b"mine"
    assert not list(frontier.glob("*-changed-*"))
    assert run(["report", str(frontier), "--figures", "drawn", "--force", "--quiet"]) == 0
    assert (frontier.parent / "drawn" / "frontier.svg").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plans/099.json",), "there is no"),
        (("plans/001.json", "--at", "100"), "is a point already"),
        ((".", "--at", "900"), "knows plans from"),
        ((".", "--at", "none"), "none is no amount here"),
        ((".", "--out", "x"), "--out is for a POINT"),
    ],
)
def test_what_is_no_point_is_refused(
    frontier: Path, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", str(frontier / arguments[0]), *arguments[1:]]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("out", [(), ("--out", "new")])
@pytest.mark.parametrize("asked", [("--to", "10"), ("--over", "nobody"), ("--from", "5", "--to", "10")])
def test_a_refused_exploration_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], out: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    rules = [["rule", "measure", "aggregate", "sense", "value"], ["all", "count", "sum", ">=", 9]]
    write(tmp_path / "book.xlsx", {**NO_BUDGET, "rules": rules})
    assert run(["explore", "book.xlsx", *asked, *out]) in (2, 3, 4)
    assert {p.name for p in tmp_path.iterdir()} <= {"book.xlsx", "outputs"}
    assert not [p for p in (tmp_path / "outputs").glob("*") if not p.name.startswith(".")]
