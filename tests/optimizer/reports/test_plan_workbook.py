"""plan.xlsx: every number is the plan's, text does no harm, the sheets print, LibreOffice loses nothing."""

import csv
import datetime
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from math import fsum
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from support.pages import small, small_plan

from models.case import Case, Conversion
from models.examples import world
from models.faults import Diagnostic
from models.plan import MaterialRow, Plan
from models.schema import AWARD_MEASURES, Demand, Existing, Programme, Project, Rule, Settings, Where
from optimizer.reports import plan_summary
from optimizer.reports.plan_workbook import book_bytes, write_book
from optimizer.reports.rule_sentences import asked
from optimizer.reports.worksheet import clean
from optimizer.solver.solve import solve

HOSTILE = (
    '=HYPERLINK("http://example.org","click")',
    "+1+1",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>alert(1)</script> & co",
    "\u05de\u05db\u05e8\u05d4 \u202e\u0645\u0646\u062c\u0645",
    "\U0001f9f2 mine \U0001f600",
    "long " * 60,
    "tab\tand\nline",
    "control \x01\x1f end",
    "_x0041_",
    "'00123",
    "http://example.org/mine",
    "12345",
)


def rich(names: tuple[str, ...] = ()) -> Case:
    """Four instruments, a shared fund, money carried over, a soft rule that is missed, every status, two materials."""
    settings = Settings(
        first_year=2026, last_year=2033, last_fid_year=2029, objective_year=2033, discount_rate=0.03,
        milestones=(2028, 2030, 2033), total_budget_m=150.0, stages=("mine", "magnet"),
    )  # fmt: skip
    rows = [
        ("a-mine", "AU", "mine", 1000, 90, 0.5, "candidate", "high", {"ndpr": 0.22, "dy": 0.013}),
        ("b-mine", "CA", "mine", 700, 61.7, 1 / 3, "candidate", "low", {"ndpr": 0.3}),
        ("c-mine", "US", "mine", 400, 80, 0.0, "barred", "", {}),
        ("d-mine", "MM", "mine", 400, 80, 0.0, "candidate", "medium", {}),
        ("e-magnet", "JP", "magnet", 300, 45.3, 0.4, "committed", "medium", {}),
        ("f-magnet", "US", "magnet", 900, 300, 0.2, "candidate", "low", {}),
        ("g-magnet", "VN", "magnet", 120, 33, 0.4, "underway", "high", {}),
    ]
    projects = [
        Project(
            row=n, id=id_, name=f"Project {id_}", country=country, stage=stage, capacity_tpa=tonnes, capex_m=capex,
            private_share=private, status=status, confidence=sure, shares=shares, build_years=1, ramp=(40, 70, 100),
            secured_m=2.5 if id_ == "a-mine" else 0.0, source=f"source of {id_}", note="a note", esg_e=n * 10.0,
            esg_s=50.0, esg_g=60.0,
        )
        for n, (id_, country, stage, tonnes, capex, private, status, sure, shares) in enumerate(rows, 2)
    ]  # fmt: skip
    projects += [
        Project(row=20 + n, id=f"x{n:02d}", name=name, sponsor=name, country="US", stage="mine", capacity_tpa=1,
                capex_m=5, source=name, note=name, confidence=name)
        for n, name in enumerate(names)
    ]  # fmt: skip
    return Case(
        name="rich & hostile" if names else "rich",
        settings=settings,
        projects=tuple(projects),
        programmes=(
            Programme(row=2, id="equity", name="Stakes", donor="JP", instrument="equity", fund="pool", limit_on="face",
                      envelopes={2026: 20, 2027: 15}, carry_over=True, max_share=0.5),
            Programme(row=3, id="grants", name="Grants", donor="US", instrument="grant", total_m=31.7, max_share=0.4),
            Programme(row=4, id="guarantees", donor="JP", instrument="guarantee", fund="pool", limit_on="face",
                      cost_rate=0.07, max_share=0.3),
            Programme(row=5, id="loans", donor="US", instrument="loan", cost_rate=0.123, max_share=0.6,
                      envelopes={2026: 4, 2027: 3, 2028: 7}, total_face_m=90),
        ),
        demand=(
            Demand(row=2, stage="mine", years={2026: 1900, 2033: 2500}),
            Demand(row=3, stage="mine", material="ndpr", years={2026: 500}),
            Demand(row=4, stage="magnet", years={2026: 800, 2033: 1300}),
        ),
        existing=(
            Existing(row=2, country="US", stage="mine", capacity_tpa=333.3, shares={"ndpr": 0.15}, source="a report"),
            Existing(row=3, country="CN", stage="mine", capacity_tpa=9000),
        ),
        rules=(
            Rule(row=2, rule="Two countries", measure="count", aggregate="sum", sense=">=", value=1),
            Rule(row=3, rule="Good governance", measure="esg_e", aggregate="each", sense=">=", value=35,
                 where="stage=mine; country=CA", picks=Where(projects=(("stage", ("mine",)), ("country", ("ca",)))),
                 note="bars b-mine or not"),
            Rule(row=4, rule="Much more magnets", measure="capacity", aggregate="sum", sense=">=", value=5000,
                 where="stage=magnet", picks=Where(projects=(("stage", ("magnet",)),)), hard=False, penalty=1e-6),
            Rule(row=5, rule="A third in Japan", measure="capex", aggregate="share", sense="<=", value=0.6,
                 where="country=JP", picks=Where(projects=(("country", ("jp",)),))),
        ),
        conversions=(Conversion(currency="AUD", price_year=2024, factor=0.6543, reason="1.53 AUD a USD"),),
        notices=(Diagnostic(cell="demand!C2", column="2027", message="read between 2026 and 2033"),),
    )  # fmt: skip


def plain() -> Case:
    """No programmes and no demand: money is the need, capacity is what counts."""
    years = {"first_year": 2026, "last_year": 2028, "last_fid_year": 2027, "objective_year": 2028}
    project = {"row": 0, "country": "US", "stage": "mine", "build_years": 1, "private_share": 0.25}
    return Case(
        name="plain",
        settings=Settings(**years, total_budget_m=100.1, objective="capacity"),
        projects=(
            Project(**project, id="one", capacity_tpa=10, capex_m=66.6),
            Project(**project, id="two", capacity_tpa=20, capex_m=99.9),
        ),
    )


@cache
def solved(name: str) -> tuple[Case, Plan]:
    """A case and its audited plan."""
    case = {"world": world, "rich": rich, "plain": plain, "hostile": lambda: rich(HOSTILE)}[name]()
    return case, solve(case, gap=0.0)


@cache
def book(name: str) -> bytes:
    return book_bytes(*solved(name))


@pytest.fixture(params=["world", "rich", "plain"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    with CalamineWorkbook.from_filelike(BytesIO(content)) as opened:
        return {title: opened.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in opened.sheet_names}


def records(content: bytes, sheet: str) -> list[dict[str, Any]]:
    """Rows of a table, up to its first empty row, by header without unit."""
    header, *rows = sheets(content)[sheet]
    names = [re.sub(r"\s*\(.*", "", h, flags=re.DOTALL) if isinstance(h, str) else int(h) for h in header]
    found = []
    for row in rows:
        if all(value == "" for value in row):
            break
        found.append({key: None if value == "" else value for key, value in zip(names, row, strict=True)})
    return found


def after_gap(content: bytes, sheet: str) -> list[list[Any]]:
    """Rows below the first empty one."""
    rows = sheets(content)[sheet]
    gap = next(n for n, row in enumerate(rows) if all(value == "" for value in row))
    return rows[gap + 1 :]


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
    found = [
        (r["Id"], r["Programme"], r["Year"], r["Face value"], r["Budget cost"]) for r in records(book(name), "Funding")
    ]
    if case.programmes:
        wanted = [(f.id, a.programme, a.year, a.face_m, a.cost_m) for f in plan.projects for a in f.awards]
    else:
        wanted = [(f.id, "public money", f.fid_year, f.need_m, f.need_m) for f in plan.projects]
    assert found == wanted


def test_budget_is_the_plan_s_table(name: str) -> None:
    case, plan = solved(name)
    found = {(r["Programme"], r["Year"]): r for r in records(book(name), "Budget")}
    if not case.programmes:
        assert {key[0] for key in found} == {"public money"}
        return
    assert set(found) == {(b.programme, b.year) for b in plan.budgets}
    for b in plan.budgets:
        row = found[b.programme, b.year]
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
        made = [a for f in plan.projects for a in f.awards if (a.programme, a.year) == (b.programme, b.year)]
        charged = fsum(a.face_m if on_face[a.programme] else a.cost_m for a in made)
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
    found = records(book(name), "Capacity")
    fields = {"Existing": "existing_t", "Underway": "underway_t", "Financed": "financed_t", "Gap": "gap_t",
              "Demand outside China": "demand_t", "Share of demand met": "coverage"}  # fmt: skip
    assert len(found) == len(plan.capacity)
    for row, c in zip(found, plan.capacity, strict=True):
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
    found = {r["Rule"]: r for r in records(book("rich"), "Rules")}
    assert list(found) == [r.rule for r in plan.rules]
    for r in plan.rules:
        row = found[r.rule]
        assert row["Asks"] == asked(case, next(x for x in case.rules if x.rule == r.rule))
        assert (row["Limit"], row["Achieved"], row["Shortfall"], row["Sense"]) == (
            r.limit,
            r.value,
            r.shortfall,
            r.sense,
        )
        assert row["Holds"] == ("yes" if r.holds else "no")
        if r.value is not None:
            assert row["Slack"] == (r.value - r.limit if r.sense == ">=" else r.limit - r.value)
    assert found["Much more magnets"]["Holds"] == "no"
    assert found["Much more magnets"]["Hard"] == "no"
    barred = sum(p.stage == "mine" and p.country == "CA" and (p.esg_e or 0) < 35 for p in case.projects)
    assert found["Good governance"]["Candidates barred"] == barred


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
    found = [f"{r['Item']}: {r['Meaning']}" for r in rows if r["Part"] == "check"]
    assert found == list(plan.audit.checks)
    assert all(r["Value"] == "passed" for r in rows if r["Part"] == "check")
    assert next(r["Value"] for r in rows if r["Item"] == "largest violation") == plan.audit.largest_violation


def test_materials_of_a_chain_get_their_own_sheet() -> None:
    case, plan = solved("world")
    chain = MaterialRow(
        material="dy_oxide", year=2027, made_t=1.1, used_t=0.3, supply_t=0.7, demand_t=3.3, coverage=0.1, gap_t=1 / 3
    )
    found = records(book_bytes(case, plan.model_copy(update={"materials": (chain,)})), "Materials")
    assert list(found[0].values()) == list(chain.model_dump().values())
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
    said, _ = first_page("rich")
    for year in (2028, 2030, 2033):
        assert plan_summary.headline(case, plan, year).replace(" -> ", " → ") in said
    assert plan_summary.money_line(case, plan) + "." in said
    assert plan_summary.sureness(case, plan) in said
    assert any(text.startswith("Audited; ") and "proved within" in text for text in said)
    assert any(plan_summary.input_digest(case, plan)[1] in text for text in said)


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


def test_summary_is_one_landscape_a4_page(name: str) -> None:
    sheet = openpyxl.load_workbook(BytesIO(book(name)))["Summary"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # absent is the file format's way to write 1
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) in ((1, 1), (1, None))
    assert sheet.print_area


def test_summary_of_an_empty_plan_and_of_one_that_was_not_audited() -> None:
    case, plan = solved("world")
    nothing = plan.model_copy(update={"projects": (), "budgets": (), "rules": (), "audit": None})
    content = book_bytes(case, nothing)
    said = [row[0] for row in sheets(content)["Summary"] if isinstance(row[0], str)]
    assert any(text.startswith("0 of 0 financed") for text in said)
    assert any(text.startswith("Not audited") for text in said)
    assert sheets(content)["Plan"][1][0] == "No project is financed."
    assert next(r["Value"] for r in records(content, "Audit") if r["Item"] == "passed") == "no"


# -- sheets that print and filter -------------------------------------------------------------------------------------


def test_every_table_has_a_frozen_header_a_filter_and_prints(name: str) -> None:
    opened = openpyxl.load_workbook(BytesIO(book(name)))
    assert opened.sheetnames[0] == "Summary"
    for sheet in opened.worksheets[1:]:
        assert sheet.freeze_panes is not None, sheet.title
        assert int(re.sub(r"\D", "", sheet.freeze_panes)) == 2, sheet.title
        assert sheet.auto_filter.ref, sheet.title
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.print_area, sheet.title
        assert sheet.title == "Gap" or sheet.print_title_rows == "$1:$1", sheet.title
        assert all(sheet.column_dimensions[c].width > 5 for c in ("A", "B"))


def test_headers_name_the_unit_of_every_money_and_tonnage() -> None:
    for sheet in ("Plan", "Funding", "Budget", "Programmes", "Capacity"):
        header, *rows = sheets(book("rich"))[sheet]
        for n, text in enumerate(header):
            numbers = [row[n] for row in rows if isinstance(row[n], float)]
            bare = ("FID", "First output", "Full output", "Year", "Projects")
            if numbers and text not in bare and not text.startswith("Share"):
                assert re.search(r"\((M USD|t/yr)\)$", text), (sheet, text)


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

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def charts(content: bytes) -> list[list[tuple[str, list[Any], list[float]]]]:
    """Every chart's series: name, categories, values, read from the cells that they point at."""
    grid = sheets(content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = sorted(n for n in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n))
        trees = [ET.fromstring(archive.read(part)) for part in sorted(parts, key=lambda n: int(re.sub(r"\D", "", n)))]
    return [[_series(grid, one) for one in tree.iter(f"{_CHART}ser")] for tree in trees]


def _series(grid: dict[str, list[list[Any]]], one: ET.Element) -> tuple[str, list[Any], list[float]]:
    def cells(kind: str) -> list[Any]:
        formula = one.find(f"{_CHART}{kind}//{_CHART}f")
        assert formula is not None
        assert formula.text is not None
        title, first, last = re.fullmatch(r"'?(.+?)'?!(\$\w+\$\d+):(\$\w+\$\d+)", formula.text).groups()  # type: ignore[union-attr]
        (c1, r1), (c2, r2) = map(_place, (first, last))
        return [grid[title][r][c] for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)]

    name = one.find(f"{_CHART}tx//{_CHART}v")
    assert name is not None
    return name.text or "", cells("cat"), cells("val")


def _place(address: str) -> tuple[int, int]:
    letters, row = re.fullmatch(r"\$([A-Z]+)\$(\d+)", address).groups()  # type: ignore[union-attr]
    return openpyxl.utils.column_index_from_string(letters) - 1, int(row) - 1


def test_charts_show_the_plan_s_numbers() -> None:
    case, plan = solved("rich")
    found = charts(book("rich"))
    assert len(found) == 2 + 3
    years = list(range(2026, 2034))
    at = {(c.stage, c.material, c.year): c for c in plan.capacity}
    bars, lines = found[:2]
    assert [(name, names) for name, names, _ in bars] == [
        (w, ["Mines (NdPr)", "Magnets"]) for w in ("without the plan", "with the plan")
    ]
    assert bars[1][2] == [at["mine", "ndpr", 2030].coverage, at["magnet", None, 2030].coverage]
    assert [name for name, _, _ in lines] == ["Mines (NdPr)", "Magnets"] * 2
    assert lines[0][1:] == (years, [at["mine", "ndpr", y].coverage for y in years])
    assert lines[3][2] == [plan_summary.covered_before(at["magnet", None, y]) for y in years]
    for chart, key in zip(found[2:], [("mine", "ndpr"), ("magnet", None), ("mine", None)], strict=True):
        values = {name: cells for name, _, cells in chart}
        assert values["missing"] == [at[(*key, y)].gap_t for y in years]
        assert values["financed by the plan"] == [at[(*key, y)].financed_t for y in years]
        assert values["existing"] == [at[(*key, y)].existing_t for y in years]
        assert values["underway"] == [at[(*key, y)].underway_t for y in years]
    assert case.settings.milestones[1] == 2030


def test_without_a_demand_charts_show_tonnes() -> None:
    found = charts(book("plain"))
    assert [name for name, _, _ in found[0]] == ["without the plan", "with the plan"]
    assert all("missing" not in {name for name, _, _ in chart} for chart in found)


# -- text does no harm -------------------------------------------------------------------------------------------------


def parts(content: bytes) -> Iterator[tuple[str, ET.Element]]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for part in archive.namelist():
            if part.endswith((".xml", ".rels", ".vml")):
                yield part, ET.fromstring(archive.read(part))


def test_hostile_text_stays_text_and_comes_back() -> None:
    case, _ = solved("hostile")
    content = book("hostile")
    names = {p.id: p.name for p in case.projects if p.id.startswith("x")}
    found = {r["Id"]: r for sheet in ("Plan", "Not financed") for r in records(content, sheet)}
    for id_, name in names.items():
        assert found[id_]["Project"] == clean(name)
        assert isinstance(found[id_]["Project"], str)
    assert clean("control \x01\x1f end") == "control \ufffd\ufffd end"
    opened = openpyxl.load_workbook(BytesIO(content))
    assert not [c.coordinate for s in opened for row in s.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]
    for part, tree in parts(content):
        kinds = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not kinds & {"f", "hyperlink", "hyperlinks"} or part.startswith("xl/charts/"), part
        assert not [e for e in tree.iter() if e.get("TargetMode") == "External"], part


def test_hostile_names_of_case_stage_and_rule() -> None:
    evil = "=1+1&<b>'!\x02"
    case, plan = solved("world")
    rules = tuple(r.model_copy(update={"rule": evil}) if n == 0 else r for n, r in enumerate(case.rules))
    case = case.with_(name=evil * 30, settings=case.settings.model_copy(update={"base_currency": evil}), rules=rules)
    table = tuple(r.model_copy(update={"rule": evil}) if n == 0 else r for n, r in enumerate(plan.rules))
    rows = tuple(c.model_copy(update={"stage": evil}) if c.stage == "mine" else c for c in plan.capacity)
    content = book_bytes(case, plan.model_copy(update={"rules": table, "capacity": rows}))
    assert list(parts(content))
    assert records(content, "Rules")[0]["Rule"] == clean(evil)
    assert {r["Stage"] for r in records(content, "Capacity")} == {clean(evil), "separation"}
    assert len(charts(content)) == 4


def test_text_too_long_for_a_cell_is_cut_where_it_shows() -> None:
    case, plan = solved("plain")
    long = "\U0001f9f2" * 40_000
    case = case.with_(projects=tuple(p.model_copy(update={"note": long}) for p in case.projects))
    note = next(r["Note"] for r in records(book_bytes(case, plan), "Sources") if r["About"] == "project")
    assert note.endswith(" ... (cut)")
    assert len(note.encode("utf-16-le")) // 2 <= 32767


# -- bytes -------------------------------------------------------------------------------------------------------------


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    case, plan = solved("rich")
    (tmp_path / "case.json").write_text(case.model_dump_json())
    (tmp_path / "plan.json").write_text(plan.model_dump_json(by_alias=True))
    program = (
        "import sys; from pathlib import Path; from models.case import Case; from models.plan import Plan\n"
        "from optimizer.reports.plan_workbook import write_book; here = Path(sys.argv[1])\n"
        "case = Case.model_validate_json((here / 'case.json').read_text())\n"
        "plan = Plan.model_validate_json((here / 'plan.json').read_text())\n"
        "write_book(case, plan, here / 'plan.xlsx')"
    )
    root = Path(__file__).parents[3]
    env = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(root), "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, env=env, cwd=tmp_path)
    assert (tmp_path / "plan.xlsx").read_bytes() == book("rich")


def test_no_clock_in_the_file(tmp_path: Path) -> None:
    write_book(*solved("plain"), tmp_path / "plan.xlsx")
    assert openpyxl.load_workbook(tmp_path / "plan.xlsx").properties.created == datetime.datetime(2026, 1, 1)  # noqa: DTZ001
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        assert {i.date_time[0] for i in archive.infolist()} == {1980}


# -- LibreOffice -------------------------------------------------------------------------------------------------------

_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
"""Every sheet to a csv file of its own, cells as they are and not as they are shown."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, office_profile: str) -> Path:
    """The hostile book as LibreOffice reads it: one ods, a csv a sheet, a pdf."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        reason = "LibreOffice is not installed: what it makes of plan.xlsx is not compared"
        print(reason)  # noqa: T201
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("office")
    (folder / "plan.xlsx").write_bytes(book("hostile"))
    for kind in ("ods", _CSV, "pdf"):
        command = [
            program,
            "--headless",
            office_profile,
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            str(folder / "plan.xlsx"),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


def test_libreoffice_keeps_every_cell(office: Path) -> None:
    ours, theirs = sheets(book("hostile")), sheets_of(office / "plan.ods")
    assert list(ours) == list(theirs)
    compared = 0
    for title, rows in ours.items():
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                found = theirs[title][r][c] if r < len(theirs[title]) and c < len(theirs[title][r]) else ""
                if isinstance(value, float):
                    assert found == pytest.approx(value, rel=1e-14), (title, r, c)
                else:
                    assert _letters(found) == _letters(value), (title, r, c)
                compared += value != ""
    assert compared > 1000


def sheets_of(path: Path) -> dict[str, list[list[Any]]]:
    with CalamineWorkbook.from_path(str(path)) as opened:
        return {t: opened.get_sheet_by_name(t).to_python(skip_empty_area=False) for t in opened.sheet_names}


def _letters(value: Any) -> str:
    """Text without white space: ods has marks of its own for tabs and runs of spaces, which our reader passes over."""
    return "".join(str(value).split())


def test_libreoffice_writes_the_plan_s_numbers_as_csv(office: Path) -> None:
    _, plan = solved("hostile")
    with (office / "plan-Capacity.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    at = {re.sub(r"\s*\(.*", "", h, flags=re.DOTALL): n for n, h in enumerate(header)}
    for row, c in zip(rows, plan.capacity, strict=True):
        shown = [
            _number(row[at[h]]) for h in ("Demand outside China", "Existing", "Financed", "Share of demand met", "Gap")
        ]
        assert shown == pytest.approx([c.demand_t, c.existing_t, c.financed_t, c.coverage, c.gap_t], rel=1e-12)


def _number(text: str) -> float:
    return float(text.rstrip("%")) / (100 if text.endswith("%") else 1)


def test_libreoffice_prints_the_summary_on_one_page(office: Path) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed: the pages are not counted")
    text = subprocess.run([reader, str(office / "plan.pdf"), "-"], check=True, capture_output=True).stdout.decode()
    pages = text.split("\f")
    assert "Financing plan: rich & hostile" in pages[0]
    assert "SHA-256" in pages[0]
    assert sum(re.search(r"^Summary$", page, re.MULTILINE) is not None for page in pages) == 1
