"""What the reading says at once: which the plan rests on defaults, and which characters of a cell are left out."""

from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from optimizer.workbook.defaults_in_use import _defaults
from optimizer.workbook.read import read


def case_of(path: Path, sheets: books.Sheets) -> Case:
    return read(books.write(path, sheets))


def notices_of_defaults(case: Case, cell: str = "projects") -> str:
    here = [n.message for n in case.notices if n.cell == cell and n.message.startswith("the plan rests on defaults")]
    return here[0] if here else ""


def without(sheets: dict[str, list[list[Any]]], header: str) -> dict[str, list[list[Any]]]:
    index = sheets["projects"][2].index(header)
    for row in sheets["projects"][2:]:
        del row[index]
    return sheets


@pytest.mark.parametrize("form", ["book.xlsx", "book.ods", "book"])
def test_a_share_that_is_empty_everywhere(tmp_path: Path, form: str) -> None:
    notices = notices_of_defaults(case_of(tmp_path / form, without(books.small(), "private_share")))
    assert "private_share is empty everywhere: public money pays for them in full" in notices


def test_a_share_that_is_empty_in_one_row(tmp_path: Path) -> None:
    notices = notices_of_defaults(case_of(tmp_path / "book.xlsx", books.spoiled("projects", "I4", None)))
    assert "private_share is empty in 1 of 3 rows" in notices


def test_what_is_filled_is_not_named(tmp_path: Path) -> None:
    notices = notices_of_defaults(case_of(tmp_path / "book.xlsx", books.small()))
    assert notices == "the plan rests on defaults: allied_share is empty everywhere: " + next(
        diagnostic.meaning for diagnostic in _defaults() if diagnostic.fields == ("allied_share",)
    )


def test_projects_that_are_not_decided_on_do_not_count(tmp_path: Path) -> None:
    sheets = books.spoiled("projects", "I4", None)
    sheets["projects"][3][15] = "barred"
    assert "private_share" not in notices_of_defaults(case_of(tmp_path / "book.xlsx", sheets))


def test_loans_without_a_cost_rate_and_no_existing_capacity(tmp_path: Path) -> None:
    sheets = books.spoiled("programmes", "E2", None)
    del sheets["existing"]
    case = case_of(tmp_path / "book.xlsx", sheets)
    assert "cost_rate is empty everywhere: each unit of face value" in notices_of_defaults(case, "programmes")
    assert any(n.cell == "existing" and "counts as 0" in n.message for n in case.notices)


@pytest.mark.parametrize("unseen", ["\x02", "\x1b", "\x07", "\x9b", "\u202e"])
def test_control_characters_are_left_out_and_reported(tmp_path: Path, unseen: str) -> None:
    case = case_of(tmp_path / "book", books.spoiled("projects", "B4", f"Ridge{unseen} Mine"))
    assert next(p for p in case.projects if p.id == "ridge").name == "Ridge Mine"
    assert [n.message for n in case.notices if n.cell == "projects!B4"] == [
        f"control characters are left out of this text: U+{ord(unseen):04X}"
    ]


def test_a_lost_character_is_reported(tmp_path: Path) -> None:
    case = case_of(tmp_path / "book", books.spoiled("projects", "B4", "R\ufffddge"))
    assert any(n.cell == "projects!B4" and "was lost" in n.message for n in case.notices)
