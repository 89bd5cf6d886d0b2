"""The one-page brief: what the plan gains stage by stage, what it takes, what it leaves open, how sure it is."""

from dataclasses import dataclass

from models.case import Case
from models.gaps import Gaps
from models.headline import headline_rows
from models.milestones import middle
from models.plan import CapacityRow, Plan
from optimizer.reports import binding, plan_summary
from optimizer.reports.additionality import additionality
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.numbers import Link, by_stage, links
from optimizer.reports.chain.sentences import change, delivered_headline, link_name, sentences, weakest
from optimizer.reports.formatting import money, number, percent, stage_name
from optimizer.reports.gaps.sentences import china, closing_lines
from optimizer.reports.report_table import capital


@dataclass(frozen=True)
class Card:
    """One stage at the milestone of the headline."""

    title: str
    change: str
    """`48 -> 71 %`, or tonnes where nothing is demanded."""
    before: float | None
    """Share met without the plan; None where nothing is demanded."""
    after: float | None
    says: str
    gap: str
    closed: bool


@dataclass(frozen=True)
class Fact:
    """A number of the plan with its unit, and what it is made of."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True)
class Brief:
    """What the first sheet says."""

    headline: str
    year: int
    cards: tuple[Card, ...]
    facts: tuple[Fact, ...]
    open: tuple[str, ...]
    """What stays open, what binds and what is unspent."""
    left_out: tuple[str, ...]
    chain: tuple[str, ...]
    """What is short of feed, what further solves say; empty without a chain."""
    sure: tuple[str, ...]
    """China's share, how sure the data is, how far the plan is proved."""


def brief(case: Case, plan: Plan, gaps: Gaps) -> Brief:
    """The brief of a plan, at the middle milestone."""
    year = middle(case, plan)
    rows = headline_rows(plan_summary.rows_of(plan, year))
    return Brief(
        headline=delivered_headline(case, plan) if has_chain(plan) else plan_summary.headline(case, plan) + ".",
        year=year,
        cards=delivered_cards(case, plan, year) if has_chain(plan) else tuple(card(row) for row in rows),
        facts=facts(case, plan),
        chain=tuple(sentences(case, plan)[1:]),
        open=(
            *(weakest if has_chain(plan) else plan_summary.weakest)(case, plan),
            *plan_summary.broken_rules(plan),
            *binding.lines(case, plan),
            *additionality(case, plan),
            *closing_lines(gaps),
        ),
        left_out=tuple(plan_summary.left_out(case, plan)),
        sure=(*china(gaps), plan_summary.sureness(case, plan), capital(plan_summary.proof(case, plan)) + "."),
    )


def card(row: CapacityRow) -> Card:
    """One row of the headline."""
    name = capital(plan_summary.short_name(row))
    if row.demand_t <= 0:
        says = f"{stage_name(row.stage)}: capacity outside China in {row.year}, without and with the plan"
        return Card(name, plan_summary.change(row), None, None, capital(says), "Nothing is demanded.", True)
    before, after = plan_summary.gap_before(row), row.gap_t
    gap = f"Missing {number(after)} t/yr" if after else "Nothing is missing"
    return Card(
        title=name,
        change=plan_summary.change(row),
        before=plan_summary.covered_before(row),
        after=row.coverage,
        says=f"of the {row.year} demand outside China, {number(row.demand_t)} t/yr, is met",
        gap=f"{gap}; {number(before)} t/yr without the plan",
        closed=after <= 0,
    )


def delivered_cards(case: Case, plan: Plan, year: int) -> tuple[Card, ...]:
    """One card a stage of a chain: what is delivered, and what nameplate capacity could cover."""
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    return tuple(delivered_card(row, rows) for row in rows)


def delivered_card(row: Link, among: list[Link]) -> Card:
    """One row of a chain's headline."""
    demand = f"of the {row.year} demand outside China, {number(row.demand_t)} t/yr, is delivered"
    return Card(
        title=capital(link_name(row, among)),
        change=change(row),
        before=row.without or 0.0,
        after=row.delivered,
        says=f"{demand}; nameplate {percent(row.nameplate)} %",
        gap=f"Missing {number(row.gap_t)} t/yr" if row.gap_t else "Nothing is missing",
        closed=row.gap_t <= 0,
    )


def facts(case: Case, plan: Plan) -> tuple[Fact, ...]:
    """Projects and money, each amount in millions of the base currency."""
    t, currency = plan_summary.totals(case, plan.projects), case.settings.base_currency
    total = case.settings.total_budget_m
    secured = [f"secured earlier {number(t.secured_m)}"] if t.secured_m > 5e-3 else []
    found = [
        Fact("Projects financed", f"{t.projects} of {t.projects + len(plan.not_financed)}", _decided(plan)),
        Fact(
            "Public money", money(t.public_m, currency), ", ".join(plan_summary.by_instrument(t, funded=True) + secured)
        ),
        Fact("Budget cost", money(t.cost_m, currency), f"of {money(total)} in all" if total is not None else ""),
        Fact("Private money", money(t.private_m, currency), _private(t)),
    ]
    if t.contingent_m:
        words = ", ".join(plan_summary.by_instrument(t, funded=False))
        found.insert(2, Fact("Contingent support", money(t.contingent_m, currency), words))
    return tuple(found)


def _decided(plan: Plan) -> str:
    years = [row.fid_year for row in plan.projects]
    if not years:
        return ""
    return f"decided {min(years)} to {max(years)}" if min(years) < max(years) else f"decided in {min(years)}"


def _private(t: plan_summary.Totals) -> str:
    """What of the private money stands under a guarantee, and the leverage."""
    under = plan_summary.private_money(t).partition(", ")[2]
    return "; ".join(filter(None, (under, plan_summary.leverage(t))))
