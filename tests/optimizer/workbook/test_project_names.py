"""Projects named on the command line: by id, name or cell, in any script."""

from pathlib import Path

import pytest
from support import books

from models.faults import InvalidInput
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.project_names import NamedProject, UnknownProject, find_project
from optimizer.workbook.read import read

PROJECTS = [
    NamedProject("ridge", "Ridge Mine", 4), NamedProject("delta", "Delta Plant", 5), NamedProject("南鳥島", "南鳥島レアアース", 6),
    NamedProject("twin-1", "Twin", 7), NamedProject("twin-2", "Twin", 8), NamedProject("9", "Nine", 10),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" RIDGE ", "ridge"), ("ridge  mine", "ridge"), ("ｒｉｄｇｅ", "ridge"), ("projects!F5", "delta"), ("F5", "delta"), ("5", "delta"),
        ("Candidates!$A$5", "delta"), ("南鳥島レアアース", "南鳥島"), ("9", "9"), ("10", "9"), ("projects!5:5", "delta"),
    ],
)  # fmt: skip
def test_a_project_by_id_name_or_cell(text: str, name: str) -> None:
    assert find_project(text, PROJECTS, "Candidates") == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rigde", "did you mean ridge?"), ("delta plnt", "did you mean delta"), ("南鳥", "did you mean 南鳥島"), ("twin", "twin-1 or twin-2"),
        ("rules!B3", "not a cell of the projects sheet"), ("F99", "is not the id of a project, nor its name or cell"),
        ("x" * 10_000, "is not the id"),
    ],
)  # fmt: skip
def test_what_is_no_project(text: str, message: str) -> None:
    with pytest.raises(UnknownProject) as error:
        find_project(text, PROJECTS, "Candidates")
    assert message in str(error.value)


@pytest.mark.parametrize("text", ["ridge", "Ridge Mine", "projects!F4", "A4"])
def test_the_options_take_what_explain_takes(tmp_path: Path, text: str) -> None:
    path = books.write(tmp_path / "book.xlsx", books.small())
    status = {p.id: p.status for p in read(path, Overrides(include=(text,))).projects}
    assert status["ridge"] == "committed"
    with pytest.raises(InvalidInput) as error:
        read(path, Overrides(include=(text,), exclude=("RIDGE",)))
    assert [f.cell for f in error.value.faults] == ["--include", "--exclude"]
