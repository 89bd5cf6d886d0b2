"""The brief says what is financed, what the rules ask, what was decided beforehand, and from whom it comes."""

import io
from datetime import date

import openpyxl
import pytest
from support.htmlpage import Page
from support.pages import planned, small, small_plan

from models.case import Case
from models.countries import english
from models.gaps import gaps
from models.plan import Plan, RuleRow
from models.schema import Rule, Where
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.brief import beforehand
from optimizer.reports.brief.content import Brief, brief
from optimizer.reports.formatting import number
from optimizer.reports.masthead import masthead, reported_on
from optimizer.reports.plan_page import page_bytes
from optimizer.reports.plan_workbook import book_bytes
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.rule_sentences import attained, requirement

HEAD = {"title": "Options for FY2027", "agency": "Office & Co", "author": "A. Planner", "draft": True}


@pytest.fixture(scope="module")
def planned_brief() -> tuple[Case, Plan, Brief]:
    case = small()
    plan = small_plan(case)
    return case, plan, brief(case, plan, gaps(case, plan))


def headed() -> Case:
    case = small()
    return case.with_(settings=case.settings.model_copy(update={**HEAD, "report_date": date(2026, 11, 28)}))


@pytest.fixture(scope="module")
def forwarded() -> Page:
    case = headed()
    return Page(page_bytes(case, small_plan(case)))


def test_the_projects_with_most_support_come_first_with_country_year_and_money(
    planned_brief: tuple[Case, Plan, Brief],
) -> None:
    case, plan, told = planned_brief
    names = {p.name: p for p in case.projects}
    by_id = {f.id: f for f in plan.projects}
    amounts = []
    assert len(told.largest.rows) == len(plan.projects)
    for name, country, _, decided, _, _, public, contingent, private in told.largest.rows:
        f = by_id[names[name].id]
        assert (country, decided) == (english(names[name].country), f.fid_year)
        assert (public, contingent or 0.0, private) == (f.public_m, f.contingent_m, f.private_m)
        amounts.append(f.public_m + f.contingent_m)
    assert amounts == sorted(amounts, reverse=True)


def test_support_by_country_and_year_adds_up(planned_brief: tuple[Case, Plan, Brief]) -> None:
    case, plan, told = planned_brief
    country = {p.id: english(p.country) for p in case.projects}
    for f in plan.projects:
        same = [g for g in plan.projects if country[g.id] == country[f.id]]
        total = number(sum(g.public_m + g.contingent_m for g in same))
        assert f"{country[f.id]} {total} M ({len(same)} project{'s' if len(same) > 1 else ''})" in told.sums[0]
        year = [g for g in plan.projects if g.fid_year == f.fid_year]
        assert f"{f.fid_year} {number(sum(g.public_m + g.contingent_m for g in year))} M" in told.sums[1]


def test_china_stands_with_the_baseline_and_not_with_what_is_sure(planned_brief: tuple[Case, Plan, Brief]) -> None:
    *_, told = planned_brief
    assert any("China's share today" in line for line in told.baseline.lines)
    assert not any("China's share" in line for line in told.sure.lines)
    assert "Confidence in the data, as the workbook states it" in told.sure.lines[0]
    assert "not a probability" in told.sure.lines[0]


def test_a_material_has_one_name(planned_brief: tuple[Case, Plan, Brief], forwarded: Page) -> None:
    *_, told = planned_brief
    assert "mines (NdPr)" in forwarded.text
    assert "mines, ndpr" not in forwarded.text
    assert "mines ndpr" not in " ".join((told.headline, *told.open.lines))


RULES = [
    ({"measure": "public", "aggregate": "share", "value": 0.55, "sense": "<="}, {"country": ("au",)},
     0.27, "Australia at most 55 % of public support", "27 %"),
    ({"measure": "count", "aggregate": "sum", "value": 1, "sense": ">="}, {"country": ("vn", "jp")},
     2.0, "Vietnam or Japan at least 1 project", "2"),
    ({"measure": "capacity_total", "aggregate": "sum", "value": 70_000, "sense": ">=", "year": 2032},
     {"stage": ("magnet",)}, 78_750.0, "Magnets at least 70,000 t/yr of capacity in 2032", "78,750 t/yr"),
    ({"measure": "esg", "aggregate": "average", "value": 64.5, "sense": ">="}, {},
     65.24, "ESG score at least 64.5 on average, weighted by capital cost", "65.24"),
    ({"measure": "unaided", "aggregate": "ratio", "per": "support", "value": 0.9, "sense": ">="}, {},
     0.95, "Private money at its own risk at least 0.9 for each 1 of public and contingent support", "0.95"),
    ({"measure": "esg_g", "aggregate": "each", "value": 45, "sense": ">="}, {},
     None, "Governance score of each project at least 45", "nothing picked"),
    ({"measure": "capex", "aggregate": "sum", "value": 500, "sense": "<=", "year": 2030}, {"name": ("project 1",)},
     480.0, "Name Project 1 at most 500 M USD of capital cost, decided by 2030", "480 M USD"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "picks", "value", "words", "shown"), RULES)
def test_a_rule_is_reported_in_words(
    given: dict[str, object], picks: dict[str, tuple[str, ...]], value: float | None, words: str, shown: str
) -> None:
    case = small()
    rule = Rule.model_validate(
        {"row": 2, "rule": "r", **given, "picks": Where(projects=tuple(picks.items()), programmes=())}
    )
    row = RuleRow(rule="r", value=value, sense=rule.sense, limit=rule.value, holds=True, shortfall=0.0)
    assert requirement(case, rule) == words
    assert attained(case, rule, row) == shown


def test_a_rule_that_is_not_met_comes_first_with_its_cost(planned_brief: tuple[Case, Plan, Brief]) -> None:
    _, plan, told = planned_brief
    (wish,) = (row for row in plan.rules if row.rule == "wish")
    assert (
        told.rules.lines[0]
        == f"At least 99 projects: {wish.value:g} (not met, which costs {wish.shortfall * 0.1:.3g} points)."
    )


def test_decisions_made_beforehand_are_named_and_carry_the_cost_that_an_explanation_found() -> None:
    case = small()
    plan = small_plan(case)
    bare = beforehand.lines(case, plan)
    assert bare[0] == "Must not be financed: Project 5."
    assert "is not computed here" in bare[1]
    heads = columns("project", "decision", "made at", "costs", "what changes")
    table = Grid("Overrides", "", heads, (("Project 5 (p5)", "barred", "projects!T7", "0.8 to 1.1 points", ""),))
    answer = AnswerReport("Why", case, "Why", (), (table,), {})
    assert beforehand.lines(case, plan, [answer])[1] == (
        "What each decision costs, the others kept: Project 5 (p5) 0.8 to 1.1 points."
    )
    free = case.with_(projects=tuple(p for p in case.projects if p.status != "barred"))
    assert beforehand.lines(free, planned(free, {"p0": 2026})) == ["No project was committed or barred beforehand."]


def test_title_agency_author_date_and_draft_mark_stand_on_page_and_sheets(forwarded: Page) -> None:
    assert "Options for FY2027" in forwarded.text
    assert "Office & Co, A. Planner, 28 November 2026" in forwarded.text
    assert forwarded.text.count("Draft") >= 2
    case = headed()
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(case, small_plan(case))))
    assert book.properties.title == "Options for FY2027"
    assert book.properties.creator == "Office & Co, A. Planner"
    for sheet in book.worksheets:
        assert sheet.oddHeader.right.text == "DRAFT   Office && Co, A. Planner, 28 November 2026"
    assert book["Summary"]["A1"].value == "Options for FY2027"


def test_without_settings_the_head_is_the_workbook_s_name_and_the_day_of_the_run(
    planned_brief: tuple[Case, Plan, Brief],
) -> None:
    case, plan, told = planned_brief
    assert told.head.title == "Financing plan: small"
    assert told.head.byline == ""
    run = plan.model_copy(update={"manifest": {"created": "2026-03-05T23:59:59.000+00:00"}})
    assert masthead(case, run).byline == "5 March 2026"
    assert reported_on(case, plan.model_copy(update={"manifest": {"created": "soon"}})) is None


@pytest.mark.parametrize("case", [small(), headed()], ids=["plain", "headed"])
def test_an_answer_carries_the_same_head(case: Case) -> None:
    text = Page(AnswerReport("Why", case, "Why this plan", (), (), {}).content("html")).text
    assert ("Draft" in text) == ("A. Planner" in text) == case.settings.draft
