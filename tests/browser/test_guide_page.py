"""The guide in a real browser, from disk: quiet, no overflow, searched by words and by a pasted message."""

from pathlib import Path

import pytest
from browser.chromium import Tab

import optimizer
from optimizer.cli.main import group
from optimizer.cli.verb_help import verbs
from optimizer.reports.guide.page import page_bytes
from optimizer.reports.guide.topics import all_topics


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guide") / "guide.html"
    path.write_bytes(page_bytes(all_topics(verbs(group), optimizer.API)))
    return path


@pytest.mark.parametrize("width", [1280, 390])
def test_no_error_no_request_no_overflow(tab: Tab, page: Path, width: int) -> None:
    tab.open(page, width)
    assert tab.console == []
    assert [r for r in tab.requests if not r.startswith("data:image/png;")] == [page.resolve().as_uri()]
    assert tab.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("typed", "section"),
    [
        ("australia 55 %", "questions"),
        ("private_share", "projects"),
        (
            "projects!F7 the window is empty: latest_fid 2027 lies before earliest_fid 2030 (projects!E7)",
            "messages-checks-windows",
        ),
    ],
)
def test_the_search_shows_the_sections_that_fit(tab: Tab, page: Path, typed: str, section: str) -> None:
    tab.open(page)
    everything = tab.run("document.querySelectorAll('.topic:not(.none)').length")
    tab.run(
        f"(() => {{ const f = document.getElementById('find'); f.value = {typed!r}; f.dispatchEvent(new Event('input')); }})()"
    )
    shown = tab.run("[...document.querySelectorAll('.topic:not(.none)')].map((s) => s.id)")
    assert section in shown
    assert 0 < len(shown) < everything / 3
    assert tab.run("document.getElementById('hits').textContent").startswith(str(len(shown)))
    assert tab.console == []
