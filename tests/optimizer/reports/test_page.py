"""`report.html` holds the plan's numbers, needs nothing else, and is harmless whatever the workbook's names are."""

import base64
import json
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import pytest
from support.htmlpage import Page
from support.pages import HOSTILE, many, planned, small, small_plan

from models.case import Case
from models.plan import Plan
from optimizer.plan_folder.store import plan_json
from optimizer.reports.charts import write_figures
from optimizer.reports.formatting import number, percent
from optimizer.reports.html.render import IN_FULL, asset, policy
from optimizer.reports.plan_page import page_bytes, write_page
from optimizer.reports.report_table import shown
from optimizer.reports.tables.projects import project_table


@pytest.fixture(scope="module")
def drawn() -> tuple[Case, Plan, bytes, Page]:
    case = small()
    plan = small_plan(case)
    page = page_bytes(case, plan)
    return case, plan, page, Page(page)


# -- the numbers ------------------------------------------------------------------------------------------------------


def test_the_page_carries_the_plan_as_plan_json_has_it(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    _, plan, _, page = drawn
    (block,) = (text for given, text in page.scripts if given.get("id") == "plan")
    assert json.loads(block) == json.loads(plan_json(plan))


def test_every_project_is_there_with_its_fate_and_money(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    case, plan, _, page = drawn
    rows = {row["id"]: row for row in page.body("Every project")}
    assert set(rows) == {p.id for p in case.projects}
    for f in plan.projects:
        row = rows[f.id]
        assert row["status"] == "financed"
        assert row["decision"] == str(f.fid_year)
        money = [f.public_m, f.contingent_m, f.private_m]
        assert [row[f"{who}, M USD"] for who in ("public", "contingent", "private")] == [number(m) for m in money]
        assert row["whose money, or why not"] == ", ".join(f"{a.programme} {number(a.face_m)} M" for a in f.awards)
    for left in plan.not_financed:
        assert rows[left.id]["status"] == "left out"
        assert left.reason in rows[left.id]["whose money, or why not"]
        assert left.detail in rows[left.id]["whose money, or why not"]
    for p in case.projects:
        assert rows[p.id]["capacity, t/yr"] == number(p.capacity_tpa)
        assert rows[p.id]["capital cost, M USD"] == number(p.capex_m)


def test_the_funding_matrix_is_the_awards(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    _, plan, _, page = drawn
    rows = {row["id"]: row for row in page.body("Funding matrix")}
    assert set(rows) == {f.id for f in plan.projects}
    for f in plan.projects:
        for programme in ("loans", "cover"):
            face = sum(a.face_m for a in f.awards if a.programme == programme)
            assert rows[f.id][programme] == (number(face) if face else "")
        assert rows[f.id]["together"] == number(sum(a.face_m for a in f.awards))


def test_programmes_and_envelopes(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    case, plan, _, page = drawn
    rows = {row["id"]: row for row in page.body("Programmes")}
    for p in case.programmes:
        awards = [a for f in plan.projects for a in f.awards if a.programme == p.id]
        assert rows[p.id]["projects"] == str(
            len({f.id for f in plan.projects for a in f.awards if a.programme == p.id})
        )
        assert rows[p.id]["face value, M USD"] == number(sum(a.face_m for a in awards))
        assert rows[p.id]["budget cost, M USD"] == number(sum(a.cost_m for a in awards))
        assert rows[p.id]["charged, M USD"] == number(sum(b.spent_m for b in plan.budgets if b.programme == p.id))
    years = page.body("Envelopes, year by year")
    assert [(r["id"], r["year"], r["charged, M USD"], r["carried on, M USD"]) for r in years] == [
        (b.programme, str(b.year), number(b.spent_m), number(b.carried_m)) for b in plan.budgets
    ]


def test_rules_have_their_room(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    _, plan, _, page = drawn
    rows = {row["rule"]: row for row in page.body("Rules")}
    for rule in plan.rules:
        assert rule.value is not None
        room = rule.value - rule.limit if rule.sense == ">=" else rule.limit - rule.value
        assert rows[rule.rule]["attained"] == f"{rule.value:,.6g}"
        assert rows[rule.rule]["slack"] == f"{room:,.6g}"
        assert ("not held" in rows[rule.rule]["state"]) == (not rule.holds)


def test_charts_stand_beside_their_numbers(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    _, plan, _, page = drawn
    assert page.tags.count("figure") == 8
    assert page.tags.count("svg") == 8 + 4, "four charts have a second picture for a telephone"
    for key in dict.fromkeys((r.stage, r.material) for r in plan.capacity):
        name = {"mine": "mines", "magnet": "magnets"}.get(key[0], key[0]) + (" (NdPr)" if key[1] else "")
        rows = {row["year"]: row for row in page.body(f"Capacity outside China: {name}")}
        for r in (r for r in plan.capacity if (r.stage, r.material) == key):
            tonnes = (r.demand_t, r.existing_t, r.underway_t, r.financed_t, r.gap_t)
            heads = ("demand", "existing", "underway", "financed", "gap")
            assert [rows[str(r.year)][f"{head}, t/yr"] for head in heads] == [number(t) for t in tonnes]
            assert rows[str(r.year)]["met"] == f"{percent(r.coverage)} %"


def test_wide_charts_fill_the_page_and_show_every_year_on_a_telephone(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    case, plan, raw, _ = drawn
    pictures = re.findall(r"<svg.*?</svg>", raw.decode(), re.DOTALL)
    wide = [p for p in pictures if "--drawn:1040px" in p]
    narrow = [p for p in pictures if "--drawn:350px" in p]
    assert len(wide) == len(narrow) == 4
    years = (str(case.settings.first_year), str(case.settings.last_year))
    for desk, phone in zip(wide[:3], narrow[:3], strict=True):
        label = re.search(r'aria-label="([^"]*)"', desk)
        assert label is not None
        assert label[0] in phone
        assert all(f">{year}<" in desk for year in years)
        assert f">{years[0]}<" in phone
    (timeline,) = (p for p in wide if 'aria-label="Timeline' in p)
    assert all(f">{number(f.public_m + f.contingent_m)}<" in timeline for f in plan.projects)
    assert all(f">{stage}<" in timeline for stage in ("mines", "separation", "magnets"))


def test_the_brief_says_what_changes_and_how_sure_it_is(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    _, plan, _, page = drawn
    text = page.text
    (row,) = (r for r in plan.capacity if (r.stage, r.material, r.year) == ("magnet", None, 2035))
    before = percent((row.existing_t + row.underway_t) / row.demand_t)
    assert f"{before} → {percent(row.coverage)} %" in text
    assert f"{number(sum(f.public_m for f in plan.projects))} M USD" in text
    assert f"{len(plan.projects)} of {len(plan.projects) + len(plan.not_financed)}" in text
    assert "proved within" in text
    assert "Confidence in the data" in text
    assert "allied" not in text.casefold()
    assert "solver" not in text.casefold()


# -- a page that needs nothing else -----------------------------------------------------------------------------------


def test_nothing_is_fetched_and_only_our_script_may_run(drawn: tuple[Case, Plan, bytes, Page]) -> None:
    _, _, raw, page = drawn
    assert page.outward == []
    assert page.handlers == []
    assert [given for given, _ in page.scripts] == [{"type": "application/json", "id": "plan"}, {}]
    assert page.scripts[1][1] == asset("page.js")
    assert policy(asset("page.js")).encode() in raw.replace(b"&#39;", b"'")
    assert len(raw) < 1_500_000
    assert len(page.ids) == len(set(page.ids))
    assert b"url(" not in raw
    assert b"@import" not in raw


def test_the_same_plan_gives_the_same_page(drawn: tuple[Case, Plan, bytes, Page], tmp_path: Path) -> None:
    case, plan, raw, _ = drawn
    write_page(case, plan, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == raw


def test_hostile_names_are_only_words() -> None:
    case = small(HOSTILE)
    plan = small_plan(case)
    page = Page(page_bytes(case, plan))
    assert page.outward == []
    assert page.handlers == []
    assert "img" not in page.tags
    assert len(page.scripts) == 2
    assert json.loads(page.scripts[0][1]) == json.loads(plan_json(plan))
    assert page.scripts[1][1] == asset("page.js")
    names = {row["project"] for row in page.body("Every project")}
    clean = {name.replace("\u0000", "\ufffd") for name in HOSTILE}
    assert {name.replace("\u0000", "\ufffd") for name in names} == clean


# -- odd plans --------------------------------------------------------------------------------------------------------


@cache
def odd(name: str) -> tuple[Case, Plan, Page]:
    """A plan that lacks much, with its page."""
    case = small()
    one_year = case.settings.model_copy(update={"first_year": 2030, "last_year": 2030, "last_fid_year": 2030})
    cases: dict[str, tuple[Case, dict[str, int]]] = {
        "nothing financed": (case, {}),
        "no programmes": (case.with_(programmes=()), {"p0": 2026, "p8": 2027}),
        "no demand": (case.with_(demand=(), rules=()), {"p0": 2026}),
        "no existing, no rules": (case.with_(existing=(), rules=()), {"p3": 2026}),
        "one year": (case.with_(settings=one_year), {"p0": 2030}),
        "other stages": (
            case.with_(
                settings=case.settings.model_copy(update={"stages": ("metal",)}),
                projects=tuple(p.model_copy(update={"stage": "metal"}) for p in case.projects),
                demand=(), existing=(), rules=(),
            ),
            {"p0": 2026},
        ),
    }  # fmt: skip
    result, chosen = cases[name]
    plan = planned(result, chosen)
    return result, plan, Page(page_bytes(result, plan))


@pytest.mark.parametrize(
    "name",
    ["nothing financed", "no programmes", "no demand", "no existing, no rules", "one year", "other stages"],
)
def test_odd_plans_have_a_page(name: str) -> None:
    case, plan, page = odd(name)
    assert json.loads(page.scripts[0][1]) == json.loads(plan_json(plan))
    assert len(page.body("Every project")) == len(case.projects)
    assert "nan" not in page.text.casefold().split()
    assert "None" not in page.text


def test_without_programmes_the_matrix_shows_the_need() -> None:
    _, plan, page = odd("no programmes")
    rows = {row["id"]: row for row in page.body("Funding matrix")}
    assert {i: row["public need"] for i, row in rows.items()} == {f.id: number(f.need_m) for f in plan.projects}


def test_many_projects_stay_a_page_that_opens() -> None:
    case, plan = many(1500)
    raw = page_bytes(case, plan)
    page = Page(raw)
    assert len(page.body("Every project")) == 1500
    assert len(page.body("Funding matrix")) == 300
    assert len(raw) < 1_500_000


def test_the_rest_of_a_long_table_is_packed_and_whole() -> None:
    case, plan = many(IN_FULL + 100)  # tests/browser opens one of 5,000
    raw = page_bytes(case, plan)
    assert len(raw) < 1_500_000
    table = project_table(case, plan)
    packed = re.findall(rb'<script type="application/x-rows">([^<]*)</script>', raw)
    rest = max((json.loads(zlib.decompress(base64.b64decode(block))) for block in packed), key=len)
    rows = [[shown(v, c.kind) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
    assert len(Page(raw).body("Every project")) + len(rest) == len(case.projects)
    assert rest == rows[-len(rest) :]


# -- pictures ---------------------------------------------------------------------------------------------------------


def test_figures_for_papers(tmp_path: Path) -> None:
    case = small(HOSTILE)
    pictures = write_figures(case, small_plan(case), tmp_path / "figures")
    written = pictures.paths
    assert pictures.not_drawn == ()
    assert {p.suffix for p in written} == {".png", ".svg"}
    assert len(written) == 2 * 9
    for path in written:
        data = path.read_bytes()
        if path.suffix == ".png":
            assert data.startswith(b"\x89PNG")
        else:
            root: Any = defusedxml.ElementTree.fromstring(data)
            assert root.tag.endswith("svg")
            assert not re.search(rb"<script|<image|https?://(?!www\.w3\.org)", data)
