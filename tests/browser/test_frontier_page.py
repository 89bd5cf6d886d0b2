"""The frontier's page in a real browser, from disk: quiet, whole, its slider by mouse and by keyboard."""

from pathlib import Path

import pytest
from browser.chromium import Tab
from support.pages import HOSTILE
from support.staircase import broad
from support.tables import case

from models.case import Case
from models.milestones import headline_year
from optimizer.analysis.frontier import Frontier, explore
from optimizer.reports.formatting import country_name
from optimizer.reports.frontier.page import page_bytes
from optimizer.reports.language import spoken


@pytest.fixture(scope="module")
def explored() -> tuple[Case, Frontier]:
    """A case whose projects have names that would harm a careless page, and its frontier."""
    book = case(broad(6))
    named = [p.model_copy(update={"name": HOSTILE[n % len(HOSTILE)]}) for n, p in enumerate(book.projects)]
    book = book.with_(projects=tuple(named))
    return book, explore(book)


@pytest.fixture(scope="module")
def page(explored: tuple[Case, Frontier], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "frontier.html"
    path.write_bytes(page_bytes(*explored))
    return path


@pytest.mark.parametrize("width", [1280, 390])
def test_no_error_no_request_no_overflow(tab: Tab, page: Path, width: int) -> None:
    tab.open(page, width)
    assert tab.console == []
    assert tab.requests == [page.resolve().as_uri()]
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert tab.run("document.title").startswith("What other budgets would buy")
    seen = "[...document.querySelectorAll('svg')].filter((s) => s.getBoundingClientRect().width > 0).length"
    assert tab.run(seen) == 3, "the frontier as wide as the page, and the slider's two"


def shown(tab: Tab) -> tuple[str, int]:
    """What the slider says, and the projects in its table."""
    message = tab.run("document.getElementById('said').textContent")
    return message, tab.run("document.querySelectorAll('#projects tbody tr').length")


def test_the_slider_shows_the_plan_of_a_budget(tab: Tab, page: Path, explored: tuple[Case, Frontier]) -> None:
    book, f = explored
    tab.open(page)
    own = f.at(f.base_m or 0.0)
    assert own is not None
    assert shown(tab)[1] == len(own.projects), "it begins at the workbook's own budget"
    for point in f.points:
        amount = point.budget_m + 0.01
        tab.run(
            "(() => { const s = document.getElementById('money');"
            f" s.value = {amount}; s.dispatchEvent(new Event('input')); }})()"
        )
        message, projects = shown(tab)
        assert projects == len(point.projects)
        assert f"{round(100 * point.value, 1):g} points" in message
        drawn = tab.run("document.querySelector('#drawn-met svg').getAttribute('aria-label')")
        assert drawn.count(" %") == len([r for r in point.plan.capacity if r.year == headline_year(book.settings)])
    assert tab.run("document.querySelectorAll('#coverage tbody tr').length") == 3
    assert tab.console == []


def test_the_slider_answers_keys_and_the_mouse(tab: Tab, page: Path) -> None:
    tab.open(page)
    where = "Number(document.getElementById('money').value)"
    tab.run("document.getElementById('money').focus()")
    begins = tab.run(where)
    for name, code in (("ArrowLeft", 37), ("PageDown", 34), ("Home", 36)):
        before = tab.run(where)
        for kind in ("keyDown", "keyUp"):
            tab.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code)
        assert tab.run(where) < before <= begins
    assert shown(tab)[1] == 0
    tab.run("document.getElementById('money').scrollIntoView({block: 'center', behavior: 'instant'})")
    tab.drawn()
    rectangle = "document.getElementById('money').getBoundingClientRect()"
    box = tab.run(f"(() => {{ const r = {rectangle}; return [r.x, r.y, r.width, r.height]; }})()")
    x, y = box[0] + 0.8 * box[2], box[1] + box[3] / 2
    for kind in ("mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
    tab.drawn()
    assert shown(tab)[1] > 0
    assert tab.console == []


def test_a_name_that_would_harm_stays_text(tab: Tab, page: Path) -> None:
    tab.open(page)
    assert tab.run("document.title") != "owned"
    assert tab.run("document.querySelectorAll('main script, main img').length") == 0


def test_the_slider_speaks_the_language_of_the_page(tab: Tab, explored: tuple[Case, Frontier], tmp_path: Path) -> None:
    book, f = explored
    with spoken("de"):
        (tmp_path / "frontier.html").write_bytes(page_bytes(book, f))
        countries = {country_name(p.country) for p in book.projects}
    tab.open(tmp_path / "frontier.html")
    message, projects = shown(tab)
    assert projects > 0
    assert "Punkte" in message
    told = tab.run("[...document.querySelectorAll('#projects tbody tr')].map((r) => r.cells[1].textContent)")
    assert set(told) <= countries
    assert "Vereinigte Staaten" in countries
    assert tab.console == []
