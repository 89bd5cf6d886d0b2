"""A policy rule in words, with the value that a plan attains: `Australia at most 55 % of public support: 27 %`."""

from collections.abc import Sequence

from models.case import Case
from models.measures import normal_form
from models.objective_units import objective_unit
from models.plan import Plan, RuleRow
from models.rule_holds import where_asked
from models.schema import AWARD_MEASURES, Programme, Project, Rule
from optimizer.reports.formatting import (
    count,
    country_name,
    four_digits,
    listed,
    number,
    shorten,
    stage_name,
    with_unit,
)
from optimizer.reports.language import N_, localized, tr, tr_c
from optimizer.reports.plan_summary import binds
from optimizer.reports.report_table import capital

MEASURES = {
    "award": N_("awards"),
    "capacity": N_("new capacity"),
    "capacity_total": N_("capacity"),
    "capacity_tpa": N_("capacity"),
    "capex": N_("capital cost"),
    "capex_m": N_("capital cost"),
    "contingent": N_("contingent support"),
    "count": N_("projects"),
    "esg": N_("ESG score"),
    "esg_e": N_("environmental score"),
    "esg_g": N_("governance score"),
    "esg_s": N_("social score"),
    "joint": N_("capital cost carried by two donors together"),
    "private": N_("private money"),
    "public": N_("public support"),
    "public_cost": N_("budget cost"),
    "secured_m": N_("public money already obligated"),
    "support": N_("public and contingent support"),
    "unaided": N_("private money at its own risk"),
}
"""Measure of a rule -> its name for people; a column that the planner added keeps its name."""
MONEY = frozenset({*AWARD_MEASURES, "capex", "capex_m", "secured_m"})
"""Measures in millions of the base currency."""
_LONGEST_RULE = 90
"""Maximum length of a rule within a sentence, characters."""
_LONGEST = 60
"""Maximum length of a value of `where`, characters."""


def requirement(case: Case, rule: Rule) -> str:
    """The requirement of a rule, as a sentence without a full stop."""
    return capital(in_words(case, rule))


def in_words(case: Case, rule: Rule) -> str:
    """The requirement of a rule, for use within a sentence."""
    return _when(rule, _without_year(case, rule))


def _without_year(case: Case, rule: Rule) -> str:
    measure, who, limit = measure_name(rule.measure), _subject(case, rule), _limit(case, rule)
    bound = tr("at least {limit}", limit=limit) if rule.sense == ">=" else tr("at most {limit}", limit=limit)
    if rule.aggregate == "share":
        return tr_c("a share", "{who} {bound} of {what}", who=who or tr("all projects"), bound=bound, what=measure)
    if rule.aggregate == "each":
        if who:
            return tr("{what} of each project ({who}) {bound}", what=measure, who=who, bound=bound)
        return tr("{what} of each project {bound}", what=measure, bound=bound)
    whose = tr("{what} of {who}", what=measure, who=who) if who else measure
    if rule.aggregate == "average":
        weight = measure_name(rule.weight or "capex")
        return tr("{what} {bound} on average, weighted by {weight}", what=whose, bound=bound, weight=weight)
    if rule.aggregate == "ratio":
        return tr("{what} {bound} for each 1 of {per}", what=whose, bound=bound, per=measure_name(rule.per or ""))
    if rule.measure == "count":
        return tr("{who} {bound}", who=who, bound=bound) if who else bound
    if who:
        return tr_c("a sum", "{who} {bound} of {what}", who=who, bound=bound, what=measure)
    return tr("{bound} of {what}", bound=bound, what=measure)


def measure_name(measure: str) -> str:
    """The name of a rule's measure for people; a column that the planner added keeps its name."""
    return tr(MEASURES[measure]) if measure in MEASURES else measure


def _limit(case: Case, rule: Rule) -> str:
    if rule.aggregate != "sum" or rule.measure != "count":
        return amount(case, rule, rule.value)
    if rule.value == int(rule.value):
        return count(int(rule.value), "project")
    return tr("{n} projects", n=localized(f"{rule.value:g}"))


def amount(case: Case, rule: Rule, value: float) -> str:
    """A limit or an attained value with its unit."""
    if rule.aggregate == "share":
        return tr("{number} %", number=localized(f"{100 * value:.4g}"))
    if rule.aggregate != "ratio" and rule.measure.startswith("capacity"):
        return tr("{amount} t/yr", amount=four_digits(value))
    if rule.aggregate != "ratio" and rule.measure in MONEY:
        return tr("{amount} M {currency}", amount=four_digits(value), currency=case.settings.base_currency)
    return four_digits(value)


def _subject(case: Case, rule: Rule) -> str:
    """The selection that `where` of a rule makes, in words."""
    words = [_clause(case.projects, name, values) for name, values in rule.picks.projects]
    words += [
        tr("programmes of {clause}", clause=_clause(case.programmes, name, values))
        for name, values in rule.picks.programmes
    ]
    return listed(words)


def _clause(rows: Sequence[Project] | Sequence[Programme], name: str, values: tuple[str, ...]) -> str:
    either = tr(" or ")
    if name == "country":
        return either.join(country_name(value.upper()) for value in values)
    if name == "stage":
        return either.join(map(stage_name, values))
    written = either.join(shorten(_as_written(rows, name, value), _LONGEST) for value in values)
    return tr("{column} {values}", column=name, values=written)


def _as_written(rows: Sequence[Project] | Sequence[Programme], name: str, value: str) -> str:
    """A value of `where` as the workbook writes it; the case keeps it in lower case."""
    cells = (getattr(row, name, None) or getattr(row, "texts", {}).get(name) for row in rows)
    return next((str(cell) for cell in cells if cell is not None and normal_form(cell) == value), value)


def _when(rule: Rule, words: str) -> str:
    if rule.year is None:
        return words
    if rule.measure.startswith("capacity"):
        return tr("{asked} in {year}", asked=words, year=rule.year)
    return tr("{asked}, decided by {year}", asked=words, year=rule.year)


def attained(case: Case, rule: Rule, row: RuleRow) -> str:
    """The value that the plan attains, and whether it satisfies the rule."""
    value = tr("nothing picked") if row.value is None else amount(case, rule, row.value)
    if row.holds:
        return tr("{value} (at the limit)", value=value) if binds(row) else value
    if where := where_asked(case, rule):
        return tr("{value} as planned (not met there; asked {where})", value=value, where=scenarios_asked(where))
    if cost := _penalty(case, rule, row):
        return tr("{value} (not met, which costs {cost})", value=value, cost=cost)
    return tr("{value} (not met)", value=value)


def scenarios_asked(where: str) -> str:
    """The scenarios or draws that have to keep a rule (`models.rule_holds.where_asked`), in the language of the report."""
    for template in OF_PROBABILITY:
        start = template.removesuffix("{probability}")
        if where.startswith(start):
            return tr(template, probability=localized(where.removeprefix(start)))
    return tr(where)


OF_PROBABILITY = N_("in scenarios of probability {probability}"), N_("in draws of probability {probability}")
EVERYWHERE = N_("in every scenario"), N_("in every draw and stress")


def _penalty(case: Case, rule: Rule, row: RuleRow) -> str:
    """The penalty of a soft rule's shortfall in the objective; empty if it is 0."""
    if rule.hard or not rule.penalty:
        return ""
    lost, unit = rule.penalty * row.shortfall, objective_unit(case.settings)
    if unit == "points":
        return tr("{value} points", value=localized(f"{100 * lost:.3g}"))
    return with_unit(number(lost), unit)


def lines(case: Case, plan: Plan, most: int) -> list[str]:
    """The rules of a plan in words: those not met, those at their limit, then the others; those beyond `most` are counted."""
    rules = {rule.rule: rule for rule in case.rules}
    shown = sorted(plan.rules, key=lambda row: (row.holds, not binds(row)))
    stated = [
        tr("{rule}: {outcome}.", rule=requirement(case, rule), outcome=_outcome(case, plan, rule, row))
        for row in shown[:most]
        for rule in [rules[row.rule]]
    ]
    more = len(plan.rules) - most
    rest = [tr("{rules}, in plan.xlsx and report.html.", rules=count(more, "more rule"))] if more > 0 else []
    return [*stated, *rest]


def named(case: Case, rule: Rule) -> str:
    """A rule within a sentence, by name and in words: `rule au-share (Australia at most 55 % of public support)`."""
    words = shorten(in_words(case, rule), _LONGEST_RULE)
    return tr("rule {name} ({words})", name=shorten(rule.rule, 40), words=words)


def not_met(case: Case, plan: Plan) -> list[str]:
    """The rules that the plan does not meet, each with its name, its requirement and the attained value."""
    rules = {rule.rule: rule for rule in case.rules}
    missed = [(rules[row.rule], row) for row in plan.rules if not row.holds]
    return [
        tr("{rule}: {outcome}.", rule=capital(named(case, rule)), outcome=attained(case, rule, row))
        for rule, row in missed
    ]


def _outcome(case: Case, plan: Plan, rule: Rule, row: RuleRow) -> str:
    if rule.aggregate != "each":
        return attained(case, rule, row)
    return barred(plan, rule)


def barred(plan: Plan, rule: Rule) -> str:
    """The number of projects that an `each` rule bars, in words."""
    n = sum(row.reason == "fails rule" and row.detail.startswith(f"{rule.rule}: ") for row in plan.not_financed)
    return tr("bars {projects}", projects=count(n, "project"))
