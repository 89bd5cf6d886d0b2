"""Pages in a real browser, from disk: quiet, whole, within the window, usable by keyboard, readable, and printed.

Where there is no browser these tests are skipped and say so; MINE2MAGNET_BROWSER names one that is not on the path.
"""

import json
import re
from pathlib import Path

import pytest
from browser.chromium import Tab
from support.chains import gallium
from support.pages import HOSTILE, many, small, small_plan

from models.gaps import gaps
from optimizer.plan_folder.store import plan_json
from optimizer.reports.gaps import FORMATS
from optimizer.reports.plan_page import write_page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A plan's page, the same with hostile names, a gap report, and the plan of a chain."""
    folder = tmp_path_factory.mktemp("pages")
    result = {name: folder / f"{name}.html" for name in ("plan", "hostile", "gaps", "chain")}
    case, bad = small(), small(HOSTILE)
    write_page(case, small_plan(case), result["plan"])
    write_page(bad, small_plan(bad), result["hostile"])
    write_page(*gallium(), result["chain"])
    result["gaps"].write_bytes(FORMATS["html"](case, gaps(case, small_plan(case))))
    return result


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["plan", "hostile", "gaps", "chain"])
def test_no_error_no_request_no_overflow(tab: Tab, pages: dict[str, Path], name: str, width: int) -> None:
    tab.open(pages[name], width)
    tab.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert tab.console == []
    assert tab.requests == [pages[name].resolve().as_uri()]
    assert tab.run("document.documentElement.scrollWidth") <= width
    assert tab.run("document.title").startswith(("Financing plan", "Capacity gap"))
    assert tab.run("document.querySelectorAll('svg').length") > 3
    parts = "[...document.querySelectorAll('main > *, main > section > *')]"
    out = f"{parts}.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length"
    assert tab.run(out) == 0


def test_the_page_is_the_plan(tab: Tab, pages: dict[str, Path]) -> None:
    case = small()
    plan = small_plan(case)
    tab.open(pages["plan"])
    assert json.loads(tab.run("document.getElementById('plan').textContent")) == json.loads(plan_json(plan))
    rows = projects(tab)
    assert len(rows) == len(case.projects)
    assert {row[1]: row[5] for row in rows if row[4] == "financed"} == {f.id: str(f.fid_year) for f in plan.projects}
    assert tab.run("document.querySelectorAll('.card').length") == 3


def projects(tab: Tab, text: str = "innerText") -> list[list[str]]:
    """The rows of the project table that are seen; `textContent` asks for thousands of them without their layout."""
    result = tab.run(
        "JSON.stringify([...document.querySelector('#projects').closest('section').querySelectorAll('tbody tr')]"
        f".filter((r) => r.offsetParent).map((r) => [...r.cells].map((c) => c.{text}.trim())))"
    )
    return [list(row) for row in json.loads(result)]


def test_search_and_choice_leave_the_rows_that_fit(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["plan"])
    tab.run("document.querySelector('#projects').closest('section').querySelector('input').focus()")
    tab.type("PROJECT p3")
    assert [row[1] for row in projects(tab)] == ["p3"]
    tab.run(
        "document.activeElement.value = ''; document.activeElement.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    choose = (
        "(() => { const s = [...document.querySelectorAll('#projects ~ .tools select')].find((s) => "
        "[...s.options].some((o) => o.text === 'underway')); s.value = '=underway'; "
        "s.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    tab.run(choose)
    assert [row[1] for row in projects(tab)] == ["p2"]
    assert "1 that fit, of 9" in tab.run("document.querySelector('#projects ~ .tools output').textContent")


def test_sorting_by_keyboard_alone(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["plan"])
    tab.run("document.querySelector('#projects').closest('section').querySelector('select:last-of-type').focus()")
    for _ in range(40):
        tab.key("Tab")
        if tab.run("document.activeElement.textContent.startsWith('capital cost')"):
            break
    assert tab.run("document.activeElement.tagName") == "BUTTON"
    tab.key("Enter")
    costs = [float(row[8].replace(",", "")) for row in projects(tab)]
    assert costs == sorted(costs, reverse=True)
    assert tab.run("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"
    tab.key("Enter")
    assert [float(row[8].replace(",", "")) for row in projects(tab)] == sorted(costs)


def test_hostile_names_run_nothing(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["hostile"])
    assert tab.run("document.title").startswith("Financing plan: <script>")
    assert tab.run("document.querySelectorAll('img, iframe, object, embed, a:not([href^=\"#\"])').length") == 0
    assert tab.run("document.scripts.length") == 2
    assert {row[0] for row in projects(tab)} >= {HOSTILE[0], HOSTILE[1], HOSTILE[2]}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["plan", "gaps", "chain"])
def test_every_text_stands_out_from_its_ground(tab: Tab, pages: dict[str, Path], name: str, dark: bool) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; the texts inside charts too."""
    tab.open(pages[name], dark=dark)
    tab.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    poor = json.loads(tab.run(CONTRAST))
    assert poor == []


CONTRAST = """
(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const [r, g, b, a] = rgb(getComputedStyle(e).backgroundColor);
      if (a === undefined || a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.closest("script, .skip")) continue;
    const style = getComputedStyle(e);
    const front = rgb(e.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(front), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.add(`${e.tagName}.${e.getAttribute("class")} ${ratio.toFixed(2)} ${e.textContent.slice(0, 40)}`);
  }
  return JSON.stringify([...poor].slice(0, 10));
})()
"""


def test_names_and_roles_for_those_who_do_not_see(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["plan"])
    every = {
        "a chart without a name": ("svg", "e.getAttribute('role') !== 'img' || !e.getAttribute('aria-label')"),
        "a row without a heading": ("tbody tr", "!e.querySelector('th[scope=row]')"),
        "a field without a label": ("input, select", "!e.closest('label')"),
        "a scrolling part that no key reaches": (".scroll", "e.tabIndex !== 0"),
        "a chart without its table": ("figure", "!e.querySelector('details table')"),
        "a second title": ("h1 ~ h1", "true"),
    }
    count = {
        what: f"[...document.querySelectorAll('{which}')].filter((e) => {fails}).length"
        for what, (which, fails) in every.items()
    }
    assert {what: tab.run(expression) for what, expression in count.items()} == dict.fromkeys(count, 0)
    assert tab.run("document.documentElement.lang") == "en"


def test_it_prints_and_the_first_sheet_is_the_brief(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["plan"], width=688)  # A4 less its margins, in pixels of CSS
    tab.media("print")
    sheet = "(() => { const b = document.getElementById('brief').getBoundingClientRect(); return b.height; })()"
    assert tab.run(sheet) < 1020
    pdf = tab.pdf()
    assert pdf.startswith(b"%PDF")
    assert 5 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 40


def test_five_thousand_projects_open_in_seconds(tab: Tab, tmp_path: Path) -> None:
    case, plan = many(5000)
    write_page(case, plan, tmp_path / "many.html")
    assert (tmp_path / "many.html").stat().st_size < 1_500_000
    tab.call("Performance.enable", timeDomain="threadTicks")
    tab.open(tmp_path / "many.html")
    tab.run(
        "new Promise((done) => { const wait = () => document.querySelector('#projects ~ .scroll table.managed') ? done()"
        " : setTimeout(wait, 20); wait(); })"
    )
    spent = {m["name"]: m["value"] for m in tab.call("Performance.getMetrics")["metrics"]}["TaskDuration"]
    tab.call("Performance.disable")
    assert spent < 5, "seconds of the page's own thread"
    assert tab.console == []
    assert len(projects(tab)) == 200
    tab.run("[...document.querySelectorAll('#projects ~ .tools button')].pop().click()")
    rows = {row[1]: row for row in projects(tab, "textContent")}
    assert rows.keys() == {p.id for p in case.projects}
    assert {i: row[5] for i, row in rows.items() if row[4] == "financed"} == {
        f.id: str(f.fid_year) for f in plan.projects
    }
    reasons = {row.id: row.reason for row in plan.not_financed}
    assert all(rows[i][12].startswith(reason) for i, reason in reasons.items())
    tab.run("document.querySelector('#projects ~ .tools input').focus()")
    tab.type(max(reasons))
    assert [row[1] for row in projects(tab)] == [max(reasons)]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_flows_of_a_chain_are_seen_whole_with_their_numbers(tab: Tab, pages: dict[str, Path], width: int) -> None:
    tab.open(pages["chain"], width)
    section = "document.querySelector('#flows').closest('section')"
    assert tab.run(f"{section}.querySelectorAll('figure .chart:not(.phone) svg[role=img][aria-label]').length") == 2
    assert tab.run(f"{section}.querySelectorAll('figure details table').length") == 2
    tab.run(f"{section}.querySelectorAll('details').forEach((d) => {{ d.open = true; }})")
    assert tab.run("document.documentElement.scrollWidth") <= width
    wide = (
        f"[...{section}.querySelectorAll('figure')].filter((f) => f.getBoundingClientRect().right > innerWidth).length"
    )
    assert tab.run(wide) == 0
    assert "runs on Chinese feed or stands idle" in tab.run(f"{section}.innerText")
    assert tab.run("document.querySelectorAll('nav a[href=\"#flows\"]').length") == 1
    assert tab.run("document.querySelectorAll('.card').length") == 3
