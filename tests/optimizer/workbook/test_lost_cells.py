"""Cells that a person sees and that the reader alone would show as empty: read right, or a fault at the cell."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import books

from models.faults import InvalidInput
from optimizer.workbook.read import read

SHEET, CONTENT = "xl/worksheets/sheet1.xml", "content.xml"


def patched(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The small book with one part of its zip changed."""
    source = books.write(path.with_name(f"source{path.suffix}"), books.small())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            changed = change(data.decode()).encode() if name == part else data
            assert name != part or changed != data
            new.writestr(name, changed)
    return path


@pytest.mark.parametrize(
    "value",
    [
        "<v><!-- x -->0.4</v>", "<v>0<![CDATA[.4]]></v>", "<v><?a b?>0.4</v>", "<v>&#48;.4</v>", "<v>0&#x2e;4</v>",
        "<v>0.4</v><f>0.4</f>", "<v>\n0.4\n</v>",
    ],
)  # fmt: skip
def test_values_of_xlsx_in_other_writings(tmp_path: Path, value: str) -> None:
    plain = read(books.write(tmp_path / "plain.xlsx", books.small()))
    path = patched(tmp_path / "book.xlsx", SHEET, lambda text: text.replace("<v>0.4</v>", value, 1))
    assert read(path).projects == plain.projects


@pytest.mark.parametrize(
    "text",
    ["<![CDATA[Ridge Mine]]>", "Ridge <![CDATA[Mine]]>", "Ridge<!-- x --> Mine", "Ridge <text:span>Mine</text:span>"],
)
def test_texts_of_ods_in_other_writings(tmp_path: Path, text: str) -> None:
    plain = read(books.write(tmp_path / "plain.ods", books.small()))
    path = patched(tmp_path / "book.ods", CONTENT, lambda content: content.replace("Ridge Mine", text, 1))
    assert read(path).projects == plain.projects


@pytest.mark.parametrize("kind", ["float", "percentage", "currency"])
def test_a_number_of_ods_without_its_value(tmp_path: Path, kind: str) -> None:
    whole, hollow = 'office:value-type="float" office:value="0.4"', f'office:value-type="{kind}"'
    path = patched(tmp_path / "book.ods", CONTENT, lambda content: content.replace(whole, hollow, 1))
    with pytest.raises(InvalidInput) as error:
        read(path)
    assert [(f.cell, "a number without its value" in f.message) for f in error.value.faults] == [("projects!I4", True)]
