"""Forged plan folders: whatever was changed, with every digest replaced, `verify` fails and names the file."""

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support import books, forgery
from support.commandline import BOOK
from support.forgery import change_json, change_part, replace_text, rewrite

from models.case import Case
from models.plan import Plan
from optimizer.cli.main import run
from optimizer.reports.html.charts import MISSING_PICTURE
from optimizer.reports.plan_page import page_bytes
from optimizer.reports.plan_workbook import book_bytes
from optimizer.verification.documents import page_differences, workbook_differences
from optimizer.verification.verify import BadPlan, verify


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan folder as the command leaves it, and another beside it."""
    place = tmp_path_factory.mktemp("made")
    book = str(books.write(place / "book.xlsx", BOOK))
    assert run(["solve", book, "--out", str(place / "plan"), "--quiet"]) == 0
    assert run(["solve", book, "--budget", "120", "--out", str(place / "other"), "--quiet"]) == 0
    return place


@pytest.fixture
def folder(originals: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(originals / "plan", tmp_path / "plan"))


def other(folder: Path, name: str) -> bytes:
    """A file of the other plan."""
    return (OTHER["place"] / name).read_bytes()


OTHER: dict[str, Path] = {}


@pytest.fixture(autouse=True)
def _beside(originals: Path) -> None:
    OTHER["place"] = originals / "other"


def failures(folder: Path, *, documents: bool = True) -> str:
    try:
        return "\n".join(line for line in verify(folder, documents=documents).lines if line.startswith("FAILED"))
    except BadPlan as problem:
        return problem.message


def test_untouched_folders_pass(originals: Path) -> None:
    for name in ("plan", "other"):
        report = verify(originals / name)
        assert report.passed, report.lines
        assert "documents: report.html and plan.xlsx as rendered again" in report.lines
        assert not [line for line in report.unchecked if "compared" in line]


def _bound_is_value(folder: Path) -> None:
    def change(plan: dict[str, dict[str, float]]) -> None:
        plan["objective"]["bound"] = plan["objective"]["value"] * 1.0004
        plan["objective"]["gap"] = 0.0004

    change_json(folder, "plan.json", change)
    forgery.state_fingerprint(folder)


def _gap(folder: Path) -> None:
    change_json(folder, "plan.json", lambda plan: plan["objective"].update(gap=plan["objective"]["gap"] + 0.01))
    forgery.state_fingerprint(folder)


def _case_and_pages(folder: Path) -> None:
    """Another number in case.json, with page, workbook and fingerprint made for it."""
    change_json(folder, "case.json", lambda case: case["projects"][0].update(name="Another mine"))
    case = Case.model_validate_json((folder / "case.json").read_bytes())
    plan = Plan.model_validate_json((folder / "plan.json").read_bytes())
    rewrite(folder, {"plan.xlsx": book_bytes(case, plan)})
    forgery.state_fingerprint(folder)


def _edited_by_openpyxl(folder: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(folder / "plan.xlsx")
    sheet = book["Plan"]
    cell = next(c for row in sheet.iter_rows(min_row=2) for c in row if isinstance(c.value, int | float))
    cell.value += 1
    stream = io.BytesIO()
    book.save(stream)
    rewrite(folder, {"plan.xlsx": stream.getvalue()})


def _shown_as_digit(data: bytes) -> bytes:
    assert b'formatCode="#,##0.00"' in data
    return data.replace(b'formatCode="#,##0.00"', b'formatCode="0&quot;0&quot;"', 1)


DOCUMENTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a number of the page": ("report.html", lambda f: replace_text(f, "report.html", "100", "110")),
    "a word of the page": ("report.html", lambda f: replace_text(f, "report.html", "financed", "approved")),
    "a script in the page": (
        "report.html",
        lambda f: replace_text(f, "report.html", "</body>", "<script>alert(1)</script></body>"),
    ),
    "the policy of the page": (
        "report.html",
        lambda f: replace_text(f, "report.html", "default-src ", "img-src *; default-src "),
    ),
    "a bar of a picture": ("report.html", lambda f: replace_text(f, "report.html", ' d="M', ' d="M1')),
    "a label of a picture": ("report.html", lambda f: replace_text(f, "report.html", "</text>", "9</text>")),
    "a script in a picture": ("report.html", lambda f: replace_text(f, "report.html", "</svg>", "<script/></svg>")),
    "the page of another plan": ("report.html", lambda f: rewrite(f, {"report.html": other(f, "report.html")})),
    "an empty page": ("report.html", lambda f: rewrite(f, {"report.html": b""})),
    "a cell of the workbook": ("plan.xlsx", _edited_by_openpyxl),
    "a shared string": (
        "plan.xlsx",
        lambda f: change_part(f, "plan.xlsx", "xl/sharedStrings.xml", lambda data: data.replace(b"mine", b"mint", 1)),
    ),
    "a number format": ("plan.xlsx", lambda f: change_part(f, "plan.xlsx", "xl/styles.xml", _shown_as_digit)),
    "a macro": ("plan.xlsx", lambda f: change_part(f, "plan.xlsx", "xl/vbaProject.bin", b"macro")),
    "a sheet": ("plan.xlsx", lambda f: change_part(f, "plan.xlsx", "xl/worksheets/sheet99.xml", b"<worksheet/>")),
    "bytes before the workbook": (
        "plan.xlsx",
        lambda f: rewrite(f, {"plan.xlsx": b"#!/bin/sh\n" + (f / "plan.xlsx").read_bytes()}),
    ),
    "bytes behind the workbook": (
        "plan.xlsx",
        lambda f: rewrite(f, {"plan.xlsx": (f / "plan.xlsx").read_bytes() + b"\0" * 100}),
    ),
    "the workbook of another plan": ("plan.xlsx", lambda f: rewrite(f, {"plan.xlsx": other(f, "plan.xlsx")})),
    "no workbook at all": ("plan.xlsx", lambda f: rewrite(f, {"plan.xlsx": b"PK\3\4 not a zip"})),
}
FORGERIES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a gap": ("the gap is stated as", _gap),
    "a bound below the value": (
        "bound", lambda f: change_json(f, "plan.json", lambda p: p["objective"].update(bound=p["objective"]["value"] / 2))),
    "a status": ("fingerprint", lambda f: change_json(f, "plan.json", lambda p: p.update(status="feasible"))),
    "a reason": (
        "left out", lambda f: change_json(f, "plan.json", lambda p: p["not_financed"][0].update(reason="barred"))),
    "the case of another plan": ("case", lambda f: rewrite(f, {"case.json": other(f, "case.json")})),
    "the plan of another case": ("plan.json", lambda f: rewrite(f, {"plan.json": other(f, "plan.json")})),
    "a case with pages to match": ("case: projects", _case_and_pages),
    "a program beside the plan": ("run.sh", lambda f: rewrite(f, {"run.sh": b"#!/bin/sh"})),
    "a program that is recorded": ("plan.xlsm", lambda f: rewrite(f, {"plan.xlsm": b"PK"}, new=True)),
    "a hidden folder": (".cache/x.html", lambda f: rewrite(f, {".cache/x.html": b"<html>"})),
    "an explanation that is none": (
        "explanation.json", lambda f: rewrite(f, {"explanation.json": b'{"plan": 1}'}, new=True)),
    "an option": ("gap", lambda f: change_json(f, "manifest.json", lambda m: m.update(gap=0.5))),
    "a seed": ("seed", lambda f: change_json(f, "manifest.json", lambda m: m.update(seed=7))),
    "a version": ("versions", lambda f: change_json(f, "manifest.json", lambda m: m["versions"].update(highspy="9"))),
    "a fingerprint": ("fingerprint", lambda f: change_json(f, "manifest.json", lambda m: m.update(fingerprint="0"))),
    "a digest of the workbook": (
        "manifest", lambda f: change_json(f, "manifest.json", lambda m: m["workbook"].update(sha256="0" * 64))),
}  # fmt: skip


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_changed_document_is_found_and_named(originals: Path, folder: Path, kind: str) -> None:
    """Against the documents of the untouched folder, which are what `verify` renders again."""
    name, forge = DOCUMENTS[kind]
    forge(folder)
    stored, again = (folder / name).read_bytes(), (originals / "plan" / name).read_bytes()
    if name == "plan.xlsx":
        result = list(workbook_differences(stored, again, name, same_writer=True))
    else:
        result = list(page_differences(stored, again, name))
    assert [data for data in result if data.certain and data.sentence.startswith(name)], result


@pytest.mark.parametrize("kind", ["a number of the page", "a cell of the workbook"])
def test_verify_renders_the_documents_again(folder: Path, kind: str) -> None:
    name, forge = DOCUMENTS[kind]
    forge(folder)
    assert failures(folder).startswith(f"FAILED documents: {name}")


def test_bound_near_the_value_is_not_that_of_the_documents(folder: Path) -> None:
    _bound_is_value(folder)
    failed = failures(folder)
    assert "report.html is not the page of plan.json" in failed
    assert "plan.xlsx, sheet Summary" in failed, "its fingerprint stands on the first sheet"


@pytest.mark.parametrize("kind", FORGERIES)
def test_forgery_is_found_and_its_file_named(folder: Path, kind: str) -> None:
    named, forge = FORGERIES[kind]
    forge(folder)
    failed = failures(folder, documents=False)
    assert named in failed, failed


def test_other_libraries_are_reported_and_values_compared_all_the_same(originals: Path, folder: Path) -> None:
    """Another XlsxWriter may write another style; a cell is a cell."""
    again = (originals / "plan" / "plan.xlsx").read_bytes()
    change_part(folder, "plan.xlsx", "xl/styles.xml", _shown_as_digit)
    (style,) = workbook_differences((folder / "plan.xlsx").read_bytes(), again, "plan.xlsx", same_writer=False)
    assert not style.certain
    assert "its cells were compared, its styles and charts not" in style.sentence
    _edited_by_openpyxl(folder)
    result = list(workbook_differences((folder / "plan.xlsx").read_bytes(), again, "plan.xlsx", same_writer=False))
    assert [data for data in result if data.certain]


def test_pictures_that_cannot_be_drawn_here_are_reported(originals: Path) -> None:
    page = (originals / "plan" / "report.html").read_bytes()
    without = re.sub(rb"<svg\b.*?</svg>", MISSING_PICTURE.encode(), page, flags=re.DOTALL)
    assert list(page_differences(without, page, "report.html")) == [], "a page may lack its pictures: it says so"
    result = list(page_differences(page, without, "report.html"))
    assert result
    assert not any(data.certain for data in result)
    assert all("it could not be drawn here" in data.sentence for data in result)


def test_links_and_folders_in_the_place_of_files_are_not_read(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    shutil.move(folder / "plan.json", target)
    (folder / "plan.json").symlink_to(target)
    assert "plan.json is no file of its own" in failures(folder)
    (folder / "plan.json").unlink()
    (folder / "plan.json").mkdir()
    assert "plan.json is no file of its own" in failures(folder)


def test_what_systems_leave_behind_is_no_forgery(folder: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "~$plan.xlsx", ".~lock.plan.xlsx#"):
        (folder / name).write_bytes(b"x")
    assert failures(folder, documents=False) == ""


def test_consistent_forgery_shows_in_the_fingerprint(
    originals: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan with another bound and everything made anew passes: the fingerprint on an old print tells it."""
    before = verify(originals / "plan").fingerprint
    _bound_is_value(folder)
    case = Case.model_validate_json((folder / "case.json").read_bytes())
    plan = Plan.model_validate_json((folder / "plan.json").read_bytes())
    rewrite(folder, {"report.html": page_bytes(case, plan), "plan.xlsx": book_bytes(case, plan)})
    assert verify(folder).fingerprint != before
    assert run(["verify", str(originals / "plan"), "--fingerprint", before.upper()]) == 0
    assert run(["verify", str(folder), "--fingerprint", before]) == 6
    assert f"not the {before} that was asked for" in capsys.readouterr().err


def test_the_fingerprint_stands_everywhere(originals: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from python_calamine import load_workbook

    result = verify(originals / "plan").fingerprint
    assert run(["verify", str(originals / "plan")]) == 0
    shown = capsys.readouterr()
    assert f"fingerprint {result}" in shown.out
    assert "not checked: the proof itself is not repeated here" in shown.err
    assert result in (originals / "plan" / "report.html").read_text("utf-8")
    assert forgery.load(originals / "plan" / "manifest.json")["fingerprint"] == result
    audit = load_workbook(originals / "plan" / "plan.xlsx").get_sheet_by_name("Audit").to_python()
    assert ["plan", "fingerprint", result] in [row[:3] for row in audit]
