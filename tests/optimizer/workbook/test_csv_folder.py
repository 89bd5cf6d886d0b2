"""Folders of csv files: how people and programs write them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import books

from models.faults import InvalidInput
from optimizer.workbook.read import read


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    plain = read(books.write_csv(tmp_path / "plain" / "book", books.small()))
    case = read(books.write_csv(tmp_path / "book", books.small(), delimiter=delimiter, encoding=encoding))
    assert case.projects == plain.projects
    assert case.rules == plain.rules
    assert any("delimiter" in n.message for n in case.notices) == (delimiter != ",")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_decimal_comma(tmp_path: Path, delimiter: str) -> None:
    plain = read(books.write_csv(tmp_path / "plain" / "book", books.small()))
    case = read(books.write_csv(tmp_path / "book", books.small(), delimiter=delimiter, decimal=","))
    assert case.projects == plain.projects
    assert case.settings == plain.settings
    assert any(n.cell == "projects" and "decimal comma" in n.message for n in case.notices)


def test_thousands_prove_no_decimal_comma(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.spoiled("existing", "E2", "230,000"), delimiter=";")
    (folder / "existing.csv").write_text((folder / "existing.csv").read_text().replace("0.7", ""))
    with pytest.raises(InvalidInput) as error:
        read(folder)
    assert [f.cell for f in error.value.faults] == ["existing!E2"]
    assert "did you mean 230000?" in error.value.faults[0].message


def test_windows_accents_are_read_and_reported(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.spoiled("projects", "B4", "Québec Süd"), encoding="cp1252")
    case = read(folder)
    assert case.projects[2].name == "Québec Süd"
    assert any("Windows-1252" in n.message for n in case.notices)


def test_quoted_line_breaks_count_as_one_row(tmp_path: Path) -> None:
    sheets = books.spoiled("projects", "B4", "two\nlines")
    sheets["projects"][4][5] = "x"
    with pytest.raises(InvalidInput) as error:
        read(books.write_csv(tmp_path / "book", sheets))
    assert [f.cell for f in error.value.faults] == ["projects!F5"]


def test_the_hint_of_excel_is_no_row(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.spoiled("fx", "B2", "x"), delimiter=";")
    (folder / "fx.csv").write_text("sep=;\n" + (folder / "fx.csv").read_text())
    with pytest.raises(InvalidInput) as error:
        read(folder)
    assert [f.cell for f in error.value.faults] == ["fx!B2"]


def test_names_of_files(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.small())
    (folder / "rules.csv").rename(folder / "Rules.CSV")
    (folder / "readme.txt").write_text("x")
    (folder / "pivot.csv").write_text("x")
    case = read(folder)
    assert len(case.rules) == 2
    assert any(n.message.endswith("no input sheets: pivot") for n in case.notices)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'id,country\n"a,AU\nb,US\n', "look for a quote that is not closed"),
        (b"id,country\0,stage\n", "not a text file"),
        (b"id" + b"," * 600 + b"\n", "200,000 rows and 500 columns"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    folder = books.write_csv(tmp_path / "book", books.small())
    (folder / "projects.csv").write_bytes(content)
    with pytest.raises(InvalidInput, match=message) as error:
        read(folder)
    assert error.value.faults[0].cell == "projects.csv"


def test_a_folder_without_csv_and_one_csv_alone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=r"holds no \.csv file"):
        read(tmp_path / "empty")
    folder = books.write_csv(tmp_path / "book", books.small())
    with pytest.raises(InvalidInput, match="give the folder"):
        read(folder / "projects.csv")


@pytest.mark.parametrize("name", ["rules", "settings"])
def test_a_delimiter_in_a_text_without_quotes(tmp_path: Path, name: str) -> None:
    folder = books.write_csv(tmp_path / "book", books.small())
    lines = (folder / f"{name}.csv").read_text().splitlines()
    (folder / f"{name}.csv").write_text("\n".join([*lines[:-1], lines[-1] + ",more,and more"]) + "\n")
    with pytest.raises(InvalidInput) as error:
        read(folder)
    assert [f.cell for f in error.value.faults] == [f"{name}!{'J3' if name == 'rules' else 'C5'}"]


def test_thousands_with_points_among_decimal_commas(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.spoiled("projects", "E4", "20.000"), delimiter=";", decimal=",")
    with pytest.raises(InvalidInput) as error:
        read(folder)
    assert [(f.cell, "did you mean 20000?" in f.message) for f in error.value.faults] == [("projects!E4", True)]


def _directory(folder: Path) -> None:
    (folder / "rules.csv").unlink()
    (folder / "rules.csv").mkdir()


def _dangling(folder: Path) -> None:
    (folder / "rules.csv").unlink()
    (folder / "rules.csv").symlink_to(folder / "nowhere")


def _pipe(folder: Path) -> None:
    (folder / "rules.csv").unlink()
    os.mkfifo(folder / "rules.csv")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders, and links only for administrators")
@pytest.mark.parametrize("spoil", [_directory, _dangling, _pipe])
def test_what_is_no_file_is_refused_by_name(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    folder = books.write_csv(tmp_path / "book", books.small())
    spoil(folder)
    with pytest.raises(InvalidInput, match="put the csv file itself into the folder") as error:
        read(folder)
    assert [f.cell for f in error.value.faults] == ["rules.csv"]


@pytest.mark.parametrize("name", ["rules.txt", "rules.tsv", "Rules.xlsx", "rules.csv.txt"])
def test_a_sheet_in_a_file_of_another_kind_is_not_left_out(tmp_path: Path, name: str) -> None:
    folder = books.write_csv(tmp_path / "book", books.small())
    (folder / "rules.csv").rename(folder / name)
    with pytest.raises(InvalidInput) as error:
        read(folder)
    assert [(f.cell, "a folder holds .csv files" in f.message) for f in error.value.faults] == [(name, True)]


@pytest.mark.parametrize(
    "name", ["rules.csv~", "#rules.csv#", ".~lock.rules.csv#", "~$rules.csv", "rules.bak", "notes.pdf"]
)
def test_lock_files_and_copies_do_no_harm(tmp_path: Path, name: str) -> None:
    folder = books.write_csv(tmp_path / "book", books.small())
    plain = read(folder)
    (folder / name).write_text("rule,measure\n")
    assert read(folder).notices == plain.notices


def test_an_empty_file_is_reported(tmp_path: Path) -> None:
    folder = books.write_csv(tmp_path / "book", books.small())
    (folder / "rules.csv").write_text("")
    assert ("rules", "the sheet is empty: nothing is read from it") in [
        (n.cell, n.message) for n in read(folder).notices
    ]
