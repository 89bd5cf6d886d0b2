"""Encodings of csv files: right, or refused by name; no name becomes nonsense in silence."""

from pathlib import Path

import pytest
from support import books

from models.faults import InvalidInput
from optimizer.workbook.csv_encoding import UnknownEncoding, decode
from optimizer.workbook.read import read

JAPANESE = "id,name\nM1,鉱山一号\nM2,レアアース分離工場（第２）\nM3,Mine two\n"
WESTERN = "id,name\nM1,Québec Süd\nM2,O’Brien – Größe 10 °C\nM3,Nuñez & Cía\n"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932"])
def test_japanese(name: str) -> None:
    text, encoding = decode(JAPANESE.encode(name))
    assert text == JAPANESE
    assert bool(encoding) == (name in ("utf-16-le", "utf-16-be", "cp932"))


def test_western() -> None:
    text, encoding = decode(WESTERN.encode("cp1252"))
    assert text == WESTERN
    assert "Windows-1252" in encoding


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (JAPANESE, "euc-jp"), ("M1,稀土矿山,中国", "gb18030"), ("M1,稀土礦山", "big5"), ("M1,희토류 광산", "euc-kr"),
        ("M1,Рудник редких земель", "cp1251"), ("M1,Wałbrzych, kopalnia Łódź", "cp1250"), ("M1,ﾚｱｱｰｽ ｺｳｻﾞﾝ", "cp932"),
        ("M1,日本", "cp932"), ("M1,米,AU", "cp932"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_or_right(text: str, name: str) -> None:
    try:
        read_back, encoding = decode(text.encode(name))
    except UnknownEncoding as error:
        assert "CSV UTF-8" in str(error)  # noqa: PT017
    else:
        assert (read_back, bool(encoding)) == (text, True)


def test_a_folder_of_a_japanese_spreadsheet_program(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.spoiled("projects", "B4", "鉱山一号"), encoding="cp932")
    case = read(folder)
    assert next(p for p in case.projects if p.id == "ridge").name == "鉱山一号"
    assert any(n.cell == "projects" and "Shift-JIS" in n.message for n in case.notices)


def test_a_cell_beyond_the_limit_of_the_reader_is_named(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.spoiled("projects", "B4", "x" * 200_000))
    with pytest.raises(InvalidInput, match="a cell has more than 131,072 characters"):
        read(folder)
