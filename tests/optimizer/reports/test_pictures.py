"""Pictures are drawn in a child process: whatever ends it, the report is there and says what it lacks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import books
from support.commandline import BOOK, environment
from support.pages import small, small_plan

from optimizer.reports.charts import plan_figures
from optimizer.reports.html.charts import MISSING_PICTURE, draw_for_page, lacks_pictures
from optimizer.reports.pictures.draw import Request, draw, drawing_environment


def bar(name: str) -> dict[str, Any]:
    """A chart of one bar; its label is not cleaned here."""
    return {
        "mark": "bar",
        "data": {"values": [{"a": name, "b": 3}]},
        "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}},
    }


def test_a_picture_that_ends_the_child_is_the_only_one_missing() -> None:
    """U+0002 in a label makes vl-convert 1.9 abort its process; a mark that is none is refused."""
    one, aborted, refused, last = draw(
        [Request(bar("one")), Request(bar("two\x02")), Request({"mark": "none"}), Request(bar("three"), "png")]
    )
    assert one is not None
    assert one.startswith(b"<svg")
    assert aborted is None
    assert refused is None
    assert last is not None
    assert last.startswith(b"\x89PNG")


def test_only_letters_of_the_bundled_font_are_drawn_without_the_fonts_of_the_system() -> None:
    for name in ("Sept-Îles – plant", "Łódź", "€ 5 … “x”"):
        assert "FONTCONFIG_FILE" in drawing_environment(json.dumps(bar(name)).encode()), name
    for name in ("磁石工場", "завод", "plant ⚡", "nhà máy Đông Pao ở", "😀"):
        assert drawing_environment(json.dumps(bar(name)).encode()) == dict(os.environ), name


def test_a_picture_is_the_same_with_the_bundled_font_alone() -> None:
    """A request in another script makes the child of the second batch read the fonts of the system."""
    (alone,) = draw([Request(bar("Sept-Îles plant"))])
    beside, other = draw([Request(bar("Sept-Îles plant")), Request(bar("磁石工場"))])
    assert alone == beside
    assert other is not None
    assert "磁石工場".encode() in other


def test_nothing_to_draw_needs_no_child() -> None:
    assert draw([]) == []


def test_names_that_would_end_the_child_are_cleaned_before() -> None:
    case = small()
    projects = tuple(p.model_copy(update={"name": f"{p.id}\x02\x1b[31m\x00\x07\ud800"}) for p in case.projects)
    hostile = case.with_(projects=projects)
    ((figure, *_),) = draw_for_page(plan_figures(hostile, small_plan(hostile)))
    assert figure.picture is not None
    assert "\x02" not in figure.inline
    assert "\x1b" not in figure.inline


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are set by the shell's ulimit")
@pytest.mark.parametrize("limit", ["-v 4000000", "-n 12"])
def test_a_page_that_could_not_draw_says_so(tmp_path: Path, limit: str) -> None:
    """The chart library reserves more address space than the first limit leaves; a child needs more handles than 12."""
    books.write(tmp_path / "book.xlsx", BOOK)
    command = f'ulimit {limit}; exec "$0" -m optimizer gaps book.xlsx --out gaps.html'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr)
    page = (tmp_path / "gaps.html").read_bytes()
    assert lacks_pictures(page)
    assert b"<svg" not in page
    assert b"The numbers of this chart" in page


def test_a_name_cannot_pretend_that_a_picture_is_missing() -> None:
    case = small().with_(name=str(MISSING_PICTURE))
    from optimizer.reports.plan_page import page_bytes

    assert not lacks_pictures(page_bytes(case, small_plan(case)))
