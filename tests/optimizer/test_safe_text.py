"""No text of a workbook steers a terminal, turns the reading direction or breaks a file, in whatever format it goes out."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook
from support import books
from support.commandline import BOOK, mine2magnet
from support.repeatable import same_books

from optimizer.cli.main import run
from optimizer.safe_text import clean, file_name, json_text, one_line, printable, printable_values

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no document may hold."""
HARMFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
SPOILED = "North\x1b]0;owned\x07\x1b[31m\x9b2J mine\u202egnp.exe"
ANYTHING = st.text(st.characters(), max_size=40)


@same_books
@given(ANYTHING)
def test_nothing_harmful_is_left(text: str) -> None:
    assert not HARMFUL.search(clean(text))
    assert len(clean(text)) == len(text)
    assert clean(clean(text)) == clean(text)
    assert not CONTROL.search(printable(text))
    assert clean(printable(text)) == clean(text)
    assert "\n" not in one_line(text)
    assert not HARMFUL.search(one_line(text))
    assert not HARMFUL.search(file_name(text))
    assert file_name(text)
    assert "/" not in file_name(text)


@same_books
@given(st.recursive(ANYTHING | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(ANYTHING, inner)))
def test_json_keeps_its_meaning(value: object) -> None:
    shown = json_text(json.dumps(value, ensure_ascii=False))
    assert not HARMFUL.search(shown)
    readable = re.sub("[\ud800-\udfff]", "\ufffd", json.dumps(value, ensure_ascii=False))
    assert json.loads(shown) == json.loads(readable)
    assert not CONTROL.search(json.dumps(printable_values(value), ensure_ascii=False))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a book with a hostile name in every text column was solved."""
    place = tmp_path_factory.mktemp("hostile")
    projects = [list(row) for row in BOOK["projects"]]
    for row in projects[1:]:
        row[1] = f"{SPOILED} {row[0]}"
    notes = [["sheet", "cell", "note"], ["projects", "A1", SPOILED]]
    books.write(place / "hostile.xlsx", {**BOOK, "projects": projects, "Notes": notes})
    done = mine2magnet("solve", "hostile.xlsx", "--out", "plan", "--figures", "drawn", cwd=place, check=0)
    assert not HARMFUL.search(done.stdout + done.stderr)
    assert "could not be drawn" not in done.stderr
    return place


def test_files_for_people_are_clean(folder: Path) -> None:
    page = (folder / "plan" / "report.html").read_text("utf-8")
    assert "mine" in page
    assert not CONTROL.search(page)
    for svg in (folder / "drawn").glob("*.svg"):
        assert not CONTROL.search(svg.read_text("utf-8"))
    assert list((folder / "drawn").glob("*.png"))


def test_files_for_programs_are_clean_and_lose_nothing(folder: Path) -> None:
    for name in ("plan.json", "case.json", "manifest.json"):
        assert not HARMFUL.search((folder / "plan" / name).read_text("utf-8"))
    case = json.loads((folder / "plan" / "case.json").read_bytes())
    read = re.sub(
        r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", SPOILED
    )  # the reader leaves control characters out, and says so
    assert [p["name"] for p in case["projects"]] == [f"{read} {p['id']}" for p in case["projects"]]


def test_the_workbook_is_clean(folder: Path) -> None:
    path = folder / "plan" / "plan.xlsx"
    cells = [
        str(c)
        for name in load_workbook(path).sheet_names
        for r in load_workbook(path).get_sheet_by_name(name).to_python()
        for c in r
    ]
    assert any("mine" in cell for cell in cells)
    assert not [cell for cell in cells if CONTROL.search(cell)]
    with zipfile.ZipFile(path) as archive:
        assert not re.search(rb"(?<!_x005F)_x00(0[0-8BCEF]|1[0-9A-F]|7F|8|9)", archive.read("xl/sharedStrings.xml"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "hostile.xlsx"),
        ("check", "hostile.xlsx", "--json"),
        ("gaps", "plan"),
        ("gaps", "plan", "--format", "md"),
        ("gaps", "plan", "--format", "csv"),
        ("gaps", "plan", "--json"),
        ("explain", "plan", "ridge"),
        ("explain", "plan", f"no such {SPOILED.replace(chr(0), '')}"),
        ("verify", "plan"),
        ("verify", "plan", "--json"),
        ("solve", f"no such {SPOILED}.xlsx"),
        (f"no{SPOILED}",),
    ],
)
def test_no_verb_sends_it_to_the_terminal(
    folder: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    run(arguments)
    out, err = capfd.readouterr()
    assert out + err
    assert not HARMFUL.search(out), out
    assert not HARMFUL.search(err), err
