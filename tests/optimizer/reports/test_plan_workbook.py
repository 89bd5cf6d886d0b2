"""plan.xlsx: every number of its tables, its first page and its charts is the plan's."""

import re
from collections import Counter, defaultdict
from io import BytesIO
from math import fsum
from typing import Any

import openpyxl
import pytest
from support.pages import small, small_plan
from support.plan_books import after_gap, book, charts, records, sheets, solved

from models.plan import MaterialRow
from models.schema import AWARD_MEASURES, Rule
from optimizer.reports import plan_summary
from optimizer.reports.data_confidence import sureness
from optimizer.reports.plan_workbook import book_bytes
from optimizer.reports.rule_sentences import requirement


@pytest.fixture(params=["world", "rich", "plain"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# -- every number is the plan's --------------------------------------------------------------------------------------


def test_plan_lists_every_financed_project_with_its_money_unrounded(name: str) -> None:
    case, plan = solved(name)
    rows = {row["Id"]: row for row in records(book(name), "Plan")}
    assert plan.projects
    assert set(rows) == {f.id for f in plan.projects}
    projects = {p.id: p for p in case.projects}
    for f in plan.projects:
        row, p = rows[f.id], projects[f.id]
        assert (row["FID"], row["Need"], row["Public"]) == (f.fid_year, f.need_m, f.public_m)
        assert (row["Contingent"], row["Private"]) == (f.contingent_m, f.private_m)
        assert (row["Country"], row["Stage"], row["Capacity"], row["Capex"]) == (
            p.country, p.stage, p.capacity_tpa, p.capex_m,
        )  # fmt: skip
        assert row["First output"] == f.fid_year + p.build_years
        assert row["Full output"] == f.fid_year + p.build_years + len(p.ramp) - 1


def test_funding_lists_every_award_unrounded(name: str) -> None:
    case, plan = solved(name)
    result = [
        (r["Id"], r["Programme"], r["Year"], r["Face value"], r["Budget cost"]) for r in records(book(name), "Funding")
    ]
    if case.programmes:
        wanted = [(f.id, a.programme, a.year, a.face_m, a.cost_m) for f in plan.projects for a in f.awards]
    else:
        wanted = [(f.id, "public money", f.fid_year, f.need_m, f.need_m) for f in plan.projects]
    assert result == wanted


def test_budget_is_the_plan_s_table(name: str) -> None:
    case, plan = solved(name)
    result = {(r["Programme"], r["Year"]): r for r in records(book(name), "Budget")}
    if not case.programmes:
        assert {key[0] for key in result} == {"public money"}
        return
    assert set(result) == {(b.programme, b.year) for b in plan.budgets}
    for b in plan.budgets:
        row = result[b.programme, b.year]
        assert (row["Envelope"], row["Spent"], row["Carried"]) == (b.envelope_m, b.spent_m, b.carried_m)


@pytest.mark.parametrize("column", ["Face value", "Budget cost"])
def test_funding_adds_up_to_budget_and_programmes_to_the_cent(name: str, column: str) -> None:
    by_year: dict[tuple[str, float], list[float]] = defaultdict(list)
    for r in records(book(name), "Funding"):
        by_year[r["Programme"], r["Year"]].append(r[column])
    for r in records(book(name), "Budget"):
        assert r[f"{column} committed"] == pytest.approx(fsum(by_year[r["Programme"], r["Year"]]), abs=1e-9)
    for r in records(book(name), "Programmes") if solved(name)[0].programmes else ():
        mine = [face for (p, _), faces in by_year.items() for face in faces if p == r["Programme"]]
        assert r[column] == pytest.approx(fsum(mine), abs=1e-9)
    total = fsum(face for faces in by_year.values() for face in faces)
    for sheet in ("Funding", "Budget", "Programmes"):
        assert any(value == pytest.approx(total, abs=1e-9) for value in after_gap(book(name), sheet)[0] if value != "")


def test_budget_charges_are_those_of_funding_and_left_is_what_remains() -> None:
    case, plan = solved("rich")
    on_face = {p.id: p.limit_on == "face" for p in case.programmes}
    pool = dict.fromkeys(range(2026, 2034), 0.0)
    for b in plan.budgets:
        result = [a for f in plan.projects for a in f.awards if (a.programme, a.year) == (b.programme, b.year)]
        charged = fsum(a.face_m if on_face[a.programme] else a.cost_m for a in result)
        assert b.spent_m == pytest.approx(charged, abs=1e-9)
        if b.programme in ("equity", "guarantees"):
            pool[b.year] += b.spent_m
    before = 0.0
    for r in records(book("rich"), "Budget"):
        if r["Programme"] == "guarantees":
            assert r["Fund"] == "pool"
            assert r["Left"] == pytest.approx(r["Envelope"] + before - pool[int(r["Year"])], abs=1e-8)
            before = r["Carried"]
    left = {r["Programme"]: r["Left"] for r in records(book("rich"), "Programmes")}
    grants = fsum(a.cost_m for f in plan.projects for a in f.awards if a.programme == "grants")
    assert left["grants"] == pytest.approx(31.7 - grants, abs=1e-8)
    assert left["equity"] == left["guarantees"] == pytest.approx(35 - sum(pool.values()), abs=1e-8)


def test_capacity_is_the_plan_s_table(name: str) -> None:
    _, plan = solved(name)
    result = records(book(name), "Capacity")
    fields = {"Existing": "existing_t", "Underway": "underway_t", "Financed": "financed_t", "Gap": "gap_t",
              "Demand outside China": "demand_t", "Share of demand met": "coverage"}  # fmt: skip
    assert len(result) == len(plan.capacity)
    for row, c in zip(result, plan.capacity, strict=True):
        assert (row["Stage"], row["Material"], row["Year"]) == (c.stage, c.material, c.year)
        assert {header: row[header] for header in fields} == {h: getattr(c, f) for h, f in fields.items()}
        assert row["Capacity"] == c.existing_t + c.underway_t + c.financed_t


def test_gap_is_a_pivot_of_the_capacity_table() -> None:
    _, plan = solved("rich")
    at = {(c.stage, c.material, c.year): c for c in plan.capacity}
    rows = records(book("rich"), "Gap")
    figures = Counter(r["Figure"] for r in rows)
    assert figures["missing, t/yr"] == figures["share of demand met"] == 3
    for r in rows:
        for year in range(2026, 2034):
            c = at[r["Stage"], r["Material"], year]
            there = c.existing_t + c.underway_t
            wanted = {
                "missing, t/yr": c.gap_t,
                "missing without the plan, t/yr": max(0.0, c.demand_t - there),
                "share of demand met": c.coverage,
                "share met without the plan": min(1.0, there / c.demand_t),
            }
            assert r[year] == wanted[r["Figure"]]


def test_without_a_demand_the_pivot_shows_capacity() -> None:
    assert {r["Figure"] for r in records(book("plain"), "Gap")} == {"capacity, t/yr", "capacity without the plan, t/yr"}


def test_rules_with_slack_and_what_they_bar() -> None:
    case, plan = solved("rich")
    result = {r["Rule"]: r for r in records(book("rich"), "Rules")}
    assert list(result) == [r.rule for r in plan.rules]
    for r in plan.rules:
        row = result[r.rule]
        assert row["Asks"] == requirement(case, next(x for x in case.rules if x.rule == r.rule))
        assert (row["Limit"], row["Achieved"], row["Shortfall"], row["Sense"]) == (
            r.limit,
            r.value,
            r.shortfall,
            r.sense,
        )
        assert row["Holds"] == ("yes" if r.holds else "no")
        if r.value is not None:
            assert row["Slack"] == (r.value - r.limit if r.sense == ">=" else r.limit - r.value)
    assert result["Much more magnets"]["Holds"] == "no"
    assert result["Much more magnets"]["Hard"] == "no"
    barred = sum(p.stage == "mine" and p.country == "CA" and (p.esg_e or 0) < 35 for p in case.projects)
    assert result["Good governance"]["Candidates barred"] == barred


@pytest.mark.parametrize("measure", AWARD_MEASURES)
def test_limits_on_money_have_its_unit_and_format(measure: str) -> None:
    case = small()
    case = case.with_(rules=(Rule(row=2, rule="limit", measure=measure, aggregate="sum", sense="<=", value=5000),))
    sheet = openpyxl.load_workbook(BytesIO(book_bytes(case, small_plan(case))))["Rules"]
    cells = {
        re.sub(r"\s*\(.*", "", head.value, flags=re.DOTALL): cell for head, cell in zip(sheet[1], sheet[2], strict=True)
    }
    assert cells["Unit"].value == "M USD"
    assert cells["Limit"].number_format == "#,##0.00"


def test_audit_states_value_bound_and_every_check(name: str) -> None:
    _, plan = solved(name)
    rows = records(book(name), "Audit")
    value = {r["Item"]: r["Value"] for r in rows if r["Part"] == "proof"}
    o = plan.objective
    assert [value[k] for k in ("value", "bound", "gap", "penalty", "baseline")] == [
        o.value, o.bound, o.gap, o.penalty, o.baseline,
    ]  # fmt: skip
    assert (value["status"], value["tie-break"], value["objective"]) == (plan.status, plan.tie_break, o.name)
    assert any("proved within" in str(r["Meaning"]) for r in rows)
    assert plan.audit is not None
    result = [f"{r['Item']}: {r['Meaning']}" for r in rows if r["Part"] == "check"]
    assert result == list(plan.audit.checks)
    assert all(r["Value"] == "passed" for r in rows if r["Part"] == "check")
    assert next(r["Value"] for r in rows if r["Item"] == "largest violation") == plan.audit.largest_violation


def test_materials_of_a_chain_get_their_own_sheet() -> None:
    case, plan = solved("world")
    chain = MaterialRow(
        material="dy_oxide", year=2027, made_t=1.1, used_t=0.3, supply_t=0.7, demand_t=3.3, coverage=0.1, gap_t=1 / 3
    )
    result = records(book_bytes(case, plan.model_copy(update={"materials": (chain,)})), "Materials")
    assert list(result[0].values()) == list(chain.model_dump().values())
    assert "Materials" not in sheets(book("world"))


def test_every_project_appears_once_with_its_reason() -> None:
    case, plan = solved("rich")
    financed = [r["Id"] for r in records(book("rich"), "Plan")]
    underway = [row[0] for row in after_gap(book("rich"), "Plan") if row[5] == "underway"]
    left = records(book("rich"), "Not financed")
    assert sorted([*financed, *underway, *(r["Id"] for r in left)]) == [p.id for p in case.projects]
    assert underway == ["g-magnet"]
    assert {(r["Id"], r["Reason"], r["Detail"]) for r in left} == {
        (n.id, n.reason, n.detail) for n in plan.not_financed
    }
    assert {r["Reason"] for r in left} >= {"barred", "off the country list"}


def test_sources_hold_confidence_conversions_notices_and_settings() -> None:
    case, _ = solved("rich")
    rows = records(book("rich"), "Sources")
    by_kind = {kind: [r for r in rows if r["About"] == kind] for kind in {r["About"] for r in rows}}
    assert {r["Id"]: (r["Confidence"], r["Source"]) for r in by_kind["project"]} == {
        p.id: (p.confidence or None, p.source) for p in case.projects
    }
    assert [r["Value"] for r in by_kind["conversion"]] == [0.6543]
    assert by_kind["notice"][0]["Note"] == "read between 2026 and 2033"
    assert {r["Id"]: r["Value"] for r in by_kind["setting"]}["milestones"] == "2028; 2030; 2033"
    assert {r["Id"]: r["Value"] for r in by_kind["setting"]}["total_budget_m"] == 150.0
    assert {r["In the plan"] for r in by_kind["existing"]} == {"counts", "does not count"}


# -- the first page --------------------------------------------------------------------------------------------------


def first_page(name: str) -> tuple[list[str], list[list[Any]]]:
    rows = sheets(book(name))["Summary"]
    return [row[0] for row in rows if isinstance(row[0], str)], rows


def test_summary_says_the_headline_at_every_milestone() -> None:
    case, plan = solved("rich")
    message, _ = first_page("rich")
    for year in (2028, 2030, 2033):
        assert plan_summary.headline(case, plan, year).replace(" -> ", " → ") in message
    assert plan_summary.money_line(case, plan) + "." in message
    assert sureness(case, plan) in message
    assert any(text.startswith("Audited; ") and "proved within" in text for text in message)
    assert any(plan_summary.input_digest(case, plan)[1] in text for text in message)


def test_summary_tables_hold_the_exact_numbers() -> None:
    case, plan = solved("rich")
    _, rows = first_page("rich")
    at = {(c.stage, c.material, c.year): c for c in plan.capacity}
    table = {row[0]: row[1:10] for row in rows if row[0] in ("Mines", "Magnets", "Mines (NdPr)")}
    mines = next(row[1:10] for row in rows if row[0] == "Mines")
    for n, year in enumerate((2028, 2030, 2033)):
        c = at["mine", None, year]
        before = min(1.0, (c.existing_t + c.underway_t) / c.demand_t)
        assert mines[3 * n : 3 * n + 3] == [before, c.coverage, c.gap_t]
    assert set(table) == {"Mines", "Magnets", "Mines (NdPr)"}
    awards = [a for f in plan.projects for a in f.awards]
    everything = next(row[1:10] for row in rows if row[0] == "All")
    assert everything[0] == len(plan.projects)
    assert everything[1] == len(plan.projects) + len(plan.not_financed)
    capex = {p.id: p.capex_m for p in case.projects}
    assert everything[3:] == [
        fsum(capex[f.id] for f in plan.projects), fsum(f.public_m for f in plan.projects),
        fsum(f.contingent_m for f in plan.projects), fsum(f.private_m for f in plan.projects),
        fsum(a.face_m for a in awards), fsum(a.cost_m for a in awards),
    ]  # fmt: skip


def test_summary_of_an_empty_plan_and_of_one_that_was_not_audited() -> None:
    case, plan = solved("world")
    nothing = plan.model_copy(update={"projects": (), "budgets": (), "rules": (), "audit": None})
    content = book_bytes(case, nothing)
    message = [row[0] for row in sheets(content)["Summary"] if isinstance(row[0], str)]
    assert any(text.startswith("0 of 0 financed") for text in message)
    assert any(text.startswith("Not audited") for text in message)
    assert sheets(content)["Plan"][1][0] == "No project is financed."
    assert next(r["Value"] for r in records(content, "Audit") if r["Item"] == "passed") == "no"


def test_numbers_are_numbers_and_keep_every_digit() -> None:
    case, plan = solved("world")
    odd = 0.1 + 0.2
    assert f"{odd:.16G}" != repr(odd)
    rows = tuple(c.model_copy(update={"existing_t": odd}) for c in plan.capacity)
    content = book_bytes(case, plan.model_copy(update={"capacity": rows}))
    assert {r["Existing"] for r in records(content, "Capacity")} == {odd}
    opened = openpyxl.load_workbook(BytesIO(content))
    cells = [cell for sheet in opened for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"n", "s"}


# -- charts ------------------------------------------------------------------------------------------------------------


def test_charts_show_the_plan_s_numbers() -> None:
    case, plan = solved("rich")
    result = charts(book("rich"))
    assert len(result) == 2 + 3
    years = list(range(2026, 2034))
    at = {(c.stage, c.material, c.year): c for c in plan.capacity}
    bars, lines = result[:2]
    assert [(name, names) for name, names, _ in bars] == [
        (w, ["Mines (NdPr)", "Magnets"]) for w in ("without the plan", "with the plan")
    ]
    assert bars[1][2] == [at["mine", "ndpr", 2030].coverage, at["magnet", None, 2030].coverage]
    assert [name for name, _, _ in lines] == ["Mines (NdPr)", "Magnets"] * 2
    assert lines[0][1:] == (years, [at["mine", "ndpr", y].coverage for y in years])
    assert lines[3][2] == [plan_summary.covered_before(at["magnet", None, y]) for y in years]
    for chart, key in zip(result[2:], [("mine", "ndpr"), ("magnet", None), ("mine", None)], strict=True):
        values = {name: cells for name, _, cells in chart}
        assert values["missing"] == [at[(*key, y)].gap_t for y in years]
        assert values["financed by the plan"] == [at[(*key, y)].financed_t for y in years]
        assert values["existing"] == [at[(*key, y)].existing_t for y in years]
        assert values["underway"] == [at[(*key, y)].underway_t for y in years]
    assert case.settings.milestones[1] == 2030


def test_without_a_demand_charts_show_tonnes() -> None:
    result = charts(book("plain"))
    assert [name for name, _, _ in result[0]] == ["without the plan", "with the plan"]
    assert all("missing" not in {name for name, _, _ in chart} for chart in result)
