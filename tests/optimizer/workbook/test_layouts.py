"""Tables as people lay them out: read, or a fault that says which rows to delete, and each marked in the copy."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from support import books

from models.faults import InvalidInput
from optimizer.workbook.annotated_copy import write_faults
from optimizer.workbook.read import read


def spread(*rows: list[Any], at: int | None = None, sheet: str = "projects") -> dict[str, list[list[Any]]]:
    """The small book with rows put in before row `at`, or at the end."""
    sheets = books.small()
    place = len(sheets[sheet]) if at is None else at - 1
    sheets[sheet][place:place] = rows
    return sheets


LAYOUTS = {
    "another table below": (spread([], ["id", "instrument", 2026], ["w2", "grant", 100]), {"projects!8:8": "move rows 8 to 9"}),
    "a demand table below": (spread(["stage", 2030], ["mine", 5]), {"projects!7:7": "move rows 7 to 8"}),
    "the header again": (spread(books.small()["projects"][2]), {"projects!A7": "the header once more: delete this row"}),
    "a label": (spread(["MINES"], at=4), {"projects!A4": "nothing in this row but"}),
    "a subtotal": (spread([None, None, None, None, 20000], at=5), {"projects!E5": "a total row? Fill its id, or delete the row"}),
    "a note below": (spread(["Source: web"]), {"projects!A7": "move the text above the header"}),
    "a total of programmes": (spread(["Total", *[None] * 9, 90100], sheet="programmes"), {"programmes!C4": "a total row? Delete it"}),
    "a world total": (spread(["World total", "mine", None, None, 1], sheet="existing"), {"existing!A4": "a total row? Delete it"}),
}  # fmt: skip


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ""])
@pytest.mark.parametrize(("sheets", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_rows_to_delete_are_named_and_marked(
    tmp_path: Path, sheets: books.Sheets, expected: dict[str, str], ending: str
) -> None:
    path = books.write(tmp_path / f"book{ending}", sheets)
    with pytest.raises(InvalidInput) as error:
        read(path)
    faults = {f.cell: f.message for f in error.value.faults}
    assert set(faults) == set(expected)
    assert all(message in faults[cell] for cell, message in expected.items())
    write_faults(path, error.value.faults, error.value.warnings, tmp_path / "faults.xlsx")
    copy = load_workbook(tmp_path / "faults.xlsx")
    for cell in expected:
        title, _, address = cell.partition("!")
        first = address if address[0].isalpha() else f"A{address.partition(':')[0]}"
        assert copy[title][first].fill.start_color.rgb == "FFFFC7CE", cell


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ""])
def test_blank_rows_and_text_rows_do_no_harm(tmp_path: Path, ending: str) -> None:
    plain = read(books.write(tmp_path / f"book{ending}", books.small()))
    (tmp_path / "b").mkdir()
    case = read(books.write(tmp_path / "b" / f"book{ending}", spread([], [None, None, "as of June"], [" "], at=5)))
    assert [p.model_copy(update={"row": 0}) for p in case.projects] == [
        p.model_copy(update={"row": 0}) for p in plain.projects
    ]
