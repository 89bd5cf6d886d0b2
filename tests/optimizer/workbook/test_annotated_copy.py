"""The copy that a planner mends: the same addresses, faults red, warnings yellow, everything listed."""

import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from support.books import Error, Formula, write

from models.faults import Diagnostic, InvalidInput
from optimizer.workbook.annotated_copy import SHEET, write_faults
from optimizer.workbook.read import read

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
BOOK: dict[str, list[list[Any]]] = {
    "projects": [
        ["id", "name", "country", "stage", "capacity_tpa", "capex_m", "requires", "note"],
        ["ridge", "Ridge", "AU", "mine", 4000, "12OO", "", "=1+1"],
        ["mill", "Mill", "US", "separation", 1900, -610.7, "", "-"],
        ["pit", "Pit", "DE", "mine", 900, 55, "rigde", "@home"],
    ],
    "settings": [["key", "value"], ["total_budget_m", 100], ["last_year", "soon"]],
}


def faults_of(path: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(path)
    return caught.value


def marked(path: Path) -> dict[str, str]:
    """Address -> colour of every cell that is coloured red or yellow."""
    book = load_workbook(path)
    cells = [(s.title, c) for s in book for row in s.iter_rows() for c in row]
    colours = {f"{title}!{c.coordinate}": c.fill.start_color.rgb for title, c in cells if c.fill.fill_type == "solid"}
    return {place: colour for place, colour in colours.items() if colour in (RED, YELLOW)}


@pytest.mark.parametrize("name", ["book.xlsx", "book.ods", "book"])
def test_every_fault_is_coloured_commented_and_listed_where_it_is(name: str, tmp_path: Path) -> None:
    workbook = write(tmp_path / name, BOOK)
    problem = faults_of(workbook)
    out = tmp_path / "faults.xlsx"
    write_faults(workbook, problem.faults, problem.warnings, out)
    assert {"projects!F2", "projects!F3", "projects!G4", "settings!B3"} <= {f.cell for f in problem.faults}
    book = load_workbook(out)
    for fault in problem.faults:
        title, _, address = fault.cell.partition("!")
        assert marked(out)[fault.cell] == RED
        assert fault.message in book[title][address].comment.text
    listed = list(book[SHEET].iter_rows(min_row=2, values_only=True))
    assert [row[:3] for row in listed if row[3] == "fault"] == [(f.cell, f.column, f.message) for f in problem.faults]
    assert len(listed) == len(problem.faults) + len(problem.warnings)
    assert marked(out)["projects!C4"] == YELLOW


@pytest.mark.parametrize("name", ["book.xlsx", "book.ods", "book"])
def test_the_copy_has_the_same_faults_at_the_same_cells(name: str, tmp_path: Path) -> None:
    workbook = write(tmp_path / name, BOOK)
    problem = faults_of(workbook)
    write_faults(workbook, problem.faults, problem.warnings, tmp_path / "faults.xlsx")
    again = faults_of(tmp_path / "faults.xlsx")
    assert [(f.cell, f.message) for f in again.faults] == [(f.cell, f.message) for f in problem.faults]


@pytest.mark.parametrize("name", ["book.xlsx", "book.ods", "book"])
def test_text_stays_text(name: str, tmp_path: Path) -> None:
    workbook = write(tmp_path / name, BOOK)
    evil = Diagnostic(cell="=1+1", column="@x", message="=HYPERLINK(1)\x07")
    write_faults(workbook, [evil], [], tmp_path / "faults.xlsx")
    book = load_workbook(tmp_path / "faults.xlsx")
    cells = [book["projects"]["H2"], book["projects"]["H3"], book["projects"]["H4"], *book[SHEET][2][:3]]
    assert [c.value for c in cells] == ["=1+1", "-", "@home", "=1+1", "@x", "=HYPERLINK(1)\N{REPLACEMENT CHARACTER}"]
    assert {c.data_type for c in cells} == {"s"}


def test_an_xlsx_keeps_its_formulas_formats_and_other_sheets(tmp_path: Path) -> None:
    sheets = {**BOOK, "Notes": [["ours"]], "rules": [["rule", "value"], ["R", Formula("=2*3", 6)], ["S", Error()]]}
    workbook = write(tmp_path / "book.xlsx", sheets)
    before = workbook.read_bytes()
    write_faults(
        workbook, [Diagnostic(cell="rules!B2", column="value", message="too large")], [], tmp_path / "faults.xlsx"
    )
    book = load_workbook(tmp_path / "faults.xlsx")
    assert book.sheetnames == [SHEET, *sheets]
    assert (book["rules"]["B2"].value, book["rules"]["B2"].data_type) == ("=2*3", "f")
    assert book["rules"]["B2"].fill.start_color.rgb == RED
    assert book["Notes"]["A1"].value == "ours"
    assert book.active.title == SHEET
    assert workbook.read_bytes() == before


def test_an_earlier_comment_stays(tmp_path: Path) -> None:
    from openpyxl.comments import Comment

    workbook = write(tmp_path / "book.xlsx", BOOK)
    book = load_workbook(workbook)
    book["projects"]["F2"].comment = Comment("ask Ann", "Bob")
    book.save(workbook)
    diagnostics = [Diagnostic(cell="projects!F2", message="one"), Diagnostic(cell="projects!F2", message="two")]
    write_faults(workbook, diagnostics, [], tmp_path / "faults.xlsx")
    assert load_workbook(tmp_path / "faults.xlsx")["projects"]["F2"].comment.text == "ask Ann\none\ntwo"


def test_ranges_rows_and_merged_cells_are_marked(tmp_path: Path) -> None:
    workbook = tmp_path / "book.xlsx"
    book = Workbook()
    sheet = book.active
    sheet.title = "it's!"
    for row in range(1, 6):
        for column in range(1, 5):
            sheet.cell(row, column, row * column)
    sheet.merge_cells("A4:B5")
    book.save(workbook)
    places = ["it's!!2:2", "it's!!D3:D4", "it's!!B5", "it's!", "elsewhere!A1", "it's!!no"]
    write_faults(workbook, [Diagnostic(cell=p, message="x") for p in places], [], tmp_path / "faults.xlsx")
    red = {"A2", "B2", "C2", "D2", "D3", "D4", "A4"}
    assert marked(tmp_path / "faults.xlsx") == {f"it's!!{cell}": RED for cell in red}
    first = load_workbook(tmp_path / "faults.xlsx")[SHEET]["A2"]
    assert first.hyperlink.location == "'it''s!'!2:2"


def seconds_to_mark(folder: Path, rows: int) -> float:
    """Processor time of the copy of a sheet whose rows are merged in pairs and all faulty."""
    folder.mkdir()
    book = Workbook()
    sheet = book.active
    sheet.title = "projects"
    for row in range(1, rows, 2):
        sheet.cell(row, 1, row)
        sheet.merge_cells(f"A{row}:B{row + 1}")
    book.save(folder / "book.xlsx")
    faults = [Diagnostic(cell=f"projects!{row}:{row}", message="x") for row in range(1, rows)]
    start = time.process_time()
    write_faults(folder / "book.xlsx", faults, [], folder / "faults.xlsx")
    return time.process_time() - start


def test_merged_faulty_rows_take_time_in_proportion(tmp_path: Path) -> None:
    seconds_to_mark(tmp_path / "warm", 20)
    few, many = seconds_to_mark(tmp_path / "few", 200), seconds_to_mark(tmp_path / "many", 800)
    assert many < 10 * few + 0.2, (few, many)


def test_a_file_that_cannot_be_opened_gives_the_list_alone(tmp_path: Path) -> None:
    workbook = tmp_path / "book.xlsx"
    workbook.write_bytes(write(tmp_path / "whole.xlsx", BOOK).read_bytes()[:2000])
    problem = faults_of(workbook)
    write_faults(workbook, problem.faults, problem.warnings, tmp_path / "faults.xlsx")
    book = load_workbook(tmp_path / "faults.xlsx")
    assert book.sheetnames == [SHEET]
    assert book[SHEET]["C2"].value == problem.faults[0].message
    assert book[SHEET]["A4"].value == "book.xlsx could not be copied."


def test_nothing_is_left_where_the_copy_cannot_be_written(tmp_path: Path) -> None:
    workbook = write(tmp_path / "book.xlsx", BOOK)
    with pytest.raises(FileNotFoundError):
        write_faults(workbook, [], [], tmp_path / "nowhere" / "faults.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]
