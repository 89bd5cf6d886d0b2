"""Tables in Japanese: headings and closed lists translated, numbers and the planner's own text as they are."""

import datetime
import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from support.pages import small, small_plan

from models.case import Case
from models.plan import Plan
from optimizer.reports.language import spoken, tr
from optimizer.reports.plan_workbook import SHEETS, book_bytes
from optimizer.reports.report_table import TableColumn, Verbatim, columns, grid_of
from optimizer.reports.tables.projects import PICKS, project_table
from optimizer.reports.tables.rules import RULES

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def forwarded() -> tuple[Case, Plan, Any, Any]:
    """A plan with a date and no agency, and its workbook in English and in Japanese."""
    case = small()
    case = case.with_(settings=case.settings.model_copy(update={"report_date": datetime.date(2026, 11, 28)}))
    plan = small_plan(case)
    english = openpyxl.load_workbook(BytesIO(book_bytes(case, plan)))
    with spoken("ja"):
        japanese = openpyxl.load_workbook(BytesIO(book_bytes(case, plan)))
    return case, plan, english, japanese


def test_every_sheet_and_heading_is_japanese(forwarded: tuple[Case, Plan, Any, Any]) -> None:
    _, _, english, japanese = forwarded
    assert set(english.sheetnames) <= set(SHEETS)
    assert len(japanese.sheetnames) == len(english.sheetnames)
    assert all(map(JAPANESE.search, japanese.sheetnames))
    heads = [cell.value for sheet in japanese.worksheets[1:] for cell in sheet[1] if isinstance(cell.value, str)]
    assert [head for head in heads if not JAPANESE.search(head) and head != "ID"] == []
    notes = [cell.comment.text for sheet in japanese for row in sheet.iter_rows() for cell in row if cell.comment]
    assert [note for note in notes if not JAPANESE.search(note) and note != "total_face_m。"] == []


def test_numbers_are_those_of_the_english_workbook(forwarded: tuple[Case, Plan, Any, Any]) -> None:
    _, _, english, japanese = forwarded
    for ours, theirs in zip(english.worksheets[1:], japanese.worksheets[1:], strict=True):
        for row, other in zip(ours.iter_rows(), theirs.iter_rows(), strict=True):
            for cell, same in zip(row, other, strict=True):
                assert cell.data_type == same.data_type, (ours.title, cell.coordinate)
                if cell.data_type == "n":
                    assert (cell.value, cell.number_format) == (same.value, same.number_format)


def test_closed_lists_are_translated_and_names_are_not(forwarded: tuple[Case, Plan, Any, Any]) -> None:
    _, _, english, japanese = forwarded
    for sheet in ("Plan", "Not financed", "Programmes"):
        rows, theirs = english[sheet], japanese.worksheets[english.sheetnames.index(sheet)]
        words = {cell.value for row in theirs.iter_rows(min_row=2) for cell in row if isinstance(cell.value, str)}
        assert not words & {"mine", "magnet", "financed", "outbid", "loan", "guarantee", "contingent"}
        assert [row[1].value for row in theirs.iter_rows()][1:4] == [row[1].value for row in rows.iter_rows()][1:4]


def test_a_date_at_the_head_of_a_sheet_is_whole(forwarded: tuple[Case, Plan, Any, Any]) -> None:
    _, _, english, japanese = forwarded
    assert {sheet.oddHeader.right.text.strip() for sheet in english} == {"28 November 2026"}
    assert {sheet.oddHeader.right.text.strip() for sheet in japanese} == {"2026年11月28日"}


def test_text_of_the_planner_in_a_heading_is_never_translated() -> None:
    with spoken("ja"):
        own, ours = columns((Verbatim("stage"), "number", "t/yr"), ("stage", "number", "t/yr"))
    assert (own.label, ours.label) == ("stage（トン/年）", "段階（トン/年）")


def test_a_column_is_written_once_for_page_and_sheet() -> None:
    given = (
        TableColumn[int]("capital cost", lambda x: x, "money", unit="M USD", heading="Capex"),
        TableColumn[int]("note", str, on=("page",)),
    )
    page, sheet = (grid_of(target, "costs", given, [7]) for target in ("page", "sheet"))
    assert ([c.label for c in page.columns], page.rows) == (["capital cost, M USD", "note"], ((7, "7"),))
    assert ([c.label for c in sheet.columns], sheet.rows) == (["Capex (M USD)"], ((7,),))


def test_the_page_picks_by_columns_that_it_has(forwarded: tuple[Case, Plan, Any, Any]) -> None:
    case, plan, *_ = forwarded
    assert set(PICKS) <= {column.label for column in project_table(case, plan).columns}
    with spoken("ja"):
        assert all(
            JAPANESE.search(column.label) or column.label == "ID" for column in RULES.on_page(case, plan).columns
        )


@pytest.mark.parametrize("language", ["ja", "de"])
def test_names_of_sheets_are_distinct_and_fit_a_tab(language: str) -> None:
    with spoken(language):
        names = [tr(name) for name in SHEETS]
    assert len({name.casefold() for name in names}) == len(SHEETS)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
