"""Content of the brief: gains, financed projects, cost, open gaps, the situation without the plan, and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.case import Case
from models.gaps import Gaps
from models.headline import headline_rows
from models.milestones import middle
from models.plan import CapacityRow, Plan
from optimizer.fingerprint import fingerprint
from optimizer.reports import binding, plan_summary, rule_sentences
from optimizer.reports.additionality import additionality
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.brief import beforehand, financed
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.numbers import Link, by_stage, links
from optimizer.reports.chain.sentences import change, delivered_headline, sentences, weakest
from optimizer.reports.data_confidence import sureness
from optimizer.reports.expected_receipts import expected_receipts
from optimizer.reports.formatting import clauses, country_name, listed, money, number, sentence, share, stage_name
from optimizer.reports.gaps.sentences import china, closing_lines
from optimizer.reports.language import tr
from optimizer.reports.masthead import Masthead, masthead
from optimizer.reports.report_table import Grid, capital
from optimizer.reports.risk.sentences import brief_sentences
from optimizer.reports.scrutiny import funders

_RULES = 8
"""Rules in the brief; the table of rules has all."""


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
    """A number of the plan with its unit and its parts."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True)
class Part:
    """Sentences under a heading."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """The content of the brief, which is the same on the page, on paper, in Word and on slides."""

    head: Masthead
    headline: str
    year: int
    cards: tuple[Card, ...]
    facts: tuple[Fact, ...]
    largest: Grid
    """The projects with most support."""
    sums: tuple[str, ...]
    """Support by country and by year of decision."""
    open: Part
    """Remaining gaps, and projects that would close them."""
    risk: Part
    """Results of a plan under a measure of risk, and decisions now and at the review; empty without a measure."""
    rules: Part
    """Rules in words, and what the planner decided beforehand, with their cost."""
    money: Part
    """Binding limits, and unspent money with the reason."""
    left_out: Part
    baseline: Part
    """The situation without the plan: China's share."""
    sure: Part
    """Confidence in the data, and how far the plan is proved."""
    chain: tuple[str, ...]
    """Processes that lack feed, and results of further solves; empty without a chain."""
    units: str
    """Definitions and units."""
    fingerprint: str

    @property
    def mark(self) -> str:
        """Identification of the plan, in a sentence."""
        return tr("Fingerprint of the plan: {fingerprint}.", fingerprint=self.fingerprint)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that have anything to say, in the order of reading."""
        every = (self.open, self.risk, self.rules, self.money, self.left_out, self.baseline, self.sure)
        return tuple(part for part in every if part.lines)


def brief(case: Case, plan: Plan, gaps: Gaps, answers: Sequence[AnswerReport] = ()) -> Brief:
    """The brief of a plan, at the middle milestone. `answers`: of an explanation it takes what rules and decisions cost."""
    year = middle(case, plan)
    rows = headline_rows(plan_summary.rows_of(plan, year))
    return Brief(
        head=masthead(case, plan),
        headline=delivered_headline(case, plan) if has_chain(plan) else sentence(plan_summary.headline(case, plan)),
        year=year,
        cards=delivered_cards(case, plan, year) if has_chain(plan) else tuple(card(row) for row in rows),
        facts=facts(case, plan),
        largest=financed.largest_table(case, plan),
        sums=tuple(financed.sums(case, plan)),
        open=_open(case, plan, gaps),
        risk=Part(tr("Under risk"), tuple(brief_sentences(case, plan))),
        rules=_rules(case, plan, answers),
        money=_money(case, plan),
        left_out=_left_out(case, plan),
        baseline=Part(tr("Where things stand today"), tuple(china(gaps))),
        sure=Part(
            tr("How sure this is"),
            (sureness(case, plan), sentence(capital(plan_summary.proof(case, plan)))),
        ),
        chain=tuple(sentences(case, plan)[1:]),
        units=_units(case),
        fingerprint=fingerprint(case, plan),
    )


def _open(case: Case, plan: Plan, gaps: Gaps) -> Part:
    weak = (weakest if has_chain(plan) else plan_summary.weakest)(case, plan)
    return Part(tr("What stays open"), (*weak, *closing_lines(gaps)))


def _rules(case: Case, plan: Plan, answers: Sequence[AnswerReport]) -> Part:
    fixed = beforehand.lines(case, plan, answers)
    return Part(
        tr("Rules and decisions made beforehand"),
        (*rule_sentences.lines(case, plan, _RULES), *beforehand.steps(answers), *fixed),
    )


def _money(case: Case, plan: Plan) -> Part:
    private = plan_summary.leverage(plan_summary.totals(case, plan.projects))
    leverage = [tr("Private money: {ratios}.", ratios=private)] if private else []
    sentences = (
        *binding.lines(case, plan),
        *additionality(case, plan),
        *expected_receipts(case, plan),
        *leverage,
        *funders(case, plan),
    )
    return Part(tr("Money"), sentences)


def _left_out(case: Case, plan: Plan) -> Part:
    return Part(tr("What is left out"), tuple(line.removeprefix("- ") for line in plan_summary.left_out(case, plan)))


def _units(case: Case) -> str:
    s = case.settings
    return tr(
        "Outside China: all capacity but that in the countries excluded ({countries}). Gap: missing tonnes a year. "
        "Money in millions of {currency} at prices of {year}.",
        countries=listed(map(country_name, s.excluded_countries)) or tr("none"),
        currency=s.base_currency,
        year=s.price_year,
    )


def card(row: CapacityRow) -> Card:
    """One row of the headline."""
    name = capital(plan_summary.short_name(row))
    if row.demand_t <= 0:
        says = tr(
            "{stage}: capacity outside China in {year}, without and with the plan",
            stage=stage_name(row.stage), year=row.year,
        )  # fmt: skip
        nothing = tr("There is no demand.")
        return Card(name, plan_summary.change(row), None, None, capital(says), nothing, True)
    before, after = plan_summary.gap_before(row), row.gap_t
    return Card(
        title=name,
        change=plan_summary.change(row),
        before=plan_summary.covered_before(row),
        after=row.coverage,
        says=tr(
            "of the {year} demand outside China, {demand} t/yr, is met", year=row.year, demand=number(row.demand_t)
        ),
        gap=clauses((_missing(after), tr("{amount} t/yr without the plan", amount=number(before)))),
        closed=after <= 0,
    )


def _missing(tonnes: float) -> str:
    return tr("Missing {amount} t/yr", amount=number(tonnes)) if tonnes else tr("Nothing is missing")


def delivered_cards(case: Case, plan: Plan, year: int) -> tuple[Card, ...]:
    """One card a stage of a chain: what is delivered, and what nameplate capacity could cover."""
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    return tuple(map(delivered_card, rows))


def delivered_card(row: Link) -> Card:
    """One row of a chain's headline."""
    return Card(
        title=capital(row.name),
        change=change(row),
        before=row.without or 0.0,
        after=row.delivered,
        says=tr(
            "of the {year} demand outside China, {demand} t/yr, is delivered; nameplate {nameplate}",
            year=row.year,
            demand=number(row.demand_t),
            nameplate=share(row.nameplate),
        ),
        gap=_missing(row.gap_t),
        closed=row.gap_t <= 0,
    )


def facts(case: Case, plan: Plan) -> tuple[Fact, ...]:
    """Projects and money, each amount in millions of the base currency."""
    t, currency = plan_summary.totals(case, plan.projects), case.settings.base_currency
    total = case.settings.total_budget_m
    instruments = listed(plan_summary.by_instrument(t, funded=True) + plan_summary.secured_earlier(t))
    in_all = tr("of {money} in all", money=money(total)) if total is not None else ""
    candidates = t.projects + len(plan.not_financed)
    facts = [
        Fact(tr("Projects financed"), tr("{n} of {all}", n=t.projects, all=candidates), _decided(plan)),
        Fact(tr("Public money"), money(t.public_m, currency), instruments),
        Fact(tr("Budget cost"), money(t.cost_m, currency), in_all),
        Fact(tr("Private money"), money(t.private_m, currency), plan_summary.guaranteed(t)),
    ]
    if t.contingent_m:
        words = listed(plan_summary.by_instrument(t, funded=False))
        facts.insert(2, Fact(tr("Contingent support"), money(t.contingent_m, currency), words))
    return tuple(facts)


def _decided(plan: Plan) -> str:
    years = [row.fid_year for row in plan.projects]
    if not years:
        return ""
    if min(years) < max(years):
        return tr("decided {first} to {last}", first=min(years), last=max(years))
    return tr("decided in {year}", year=min(years))
