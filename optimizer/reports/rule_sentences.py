"""A policy rule in words, and what a plan makes of it: `Australia at most 55 % of public support: 27 %`."""

from collections.abc import Sequence

from models.case import Case
from models.countries import english
from models.measures import normal_form
from models.objective_units import objective_unit
from models.plan import Plan, RuleRow
from models.rule_holds import where_asked
from models.schema import AWARD_MEASURES, Programme, Project, Rule
from optimizer.reports.formatting import count, four_digits, number, shorten, stage_name
from optimizer.reports.plan_summary import binds
from optimizer.reports.report_table import capital

MEASURES = {
    "award": "awards",
    "capacity": "new capacity",
    "capacity_total": "capacity",
    "capacity_tpa": "capacity",
    "capex": "capital cost",
    "capex_m": "capital cost",
    "contingent": "contingent support",
    "count": "projects",
    "esg": "ESG score",
    "esg_e": "environmental score",
    "esg_g": "governance score",
    "esg_s": "social score",
    "joint": "capital cost carried by two donors together",
    "private": "private money",
    "public": "public support",
    "public_cost": "budget cost",
    "secured_m": "public money already obligated",
    "support": "public and contingent support",
    "unaided": "private money at its own risk",
}
"""Measure of a rule -> its words; a planner's own column keeps its name."""
MONEY = frozenset({*AWARD_MEASURES, "capex", "capex_m", "secured_m"})
"""Measures in millions of the base currency."""
_SENSES = {">=": "at least", "<=": "at most"}
_LONGEST_RULE = 90
"""Letters of a rule in words within a sentence."""
_LONGEST = 60
"""Letters of a value in `where`."""


def asked(case: Case, rule: Rule) -> str:
    """What a rule asks, as a sentence without its stop."""
    return capital(in_words(case, rule))


def in_words(case: Case, rule: Rule) -> str:
    """What a rule asks, to stand within a sentence."""
    what, limit = MEASURES.get(rule.measure, rule.measure), _limit(case, rule)
    bound = f"{_SENSES[rule.sense]} {limit}"
    who = _subject(case, rule)
    if rule.aggregate == "share":
        text = f"{who or 'all projects'} {bound} of {what}"
    elif rule.aggregate == "each":
        text = f"{what} of each project{f' ({who})' if who else ''} {bound}"
    elif rule.aggregate == "average":
        weight = MEASURES.get(rule.weight or "capex", rule.weight)
        text = f"{what}{f' of {who}' if who else ''} {bound} on average, weighted by {weight}"
    elif rule.aggregate == "ratio":
        text = f"{what}{f' of {who}' if who else ''} {bound} for each 1 of {MEASURES.get(rule.per or '', rule.per)}"
    elif rule.measure == "count":
        text = f"{who} {bound}".strip()
    else:
        text = f"{who} {bound} of {what}".strip()
    return text + _when(rule)


def _limit(case: Case, rule: Rule) -> str:
    if rule.aggregate == "sum" and rule.measure == "count":
        return count(int(rule.value), "project") if rule.value == int(rule.value) else f"{rule.value:g} projects"
    return amount(case, rule, rule.value)


def amount(case: Case, rule: Rule, value: float) -> str:
    """A limit or an attained value with its unit."""
    if rule.aggregate == "share":
        return f"{100 * value:.4g} %"
    if rule.aggregate == "ratio":
        return four_digits(value)
    unit = f" M {case.settings.base_currency}" if rule.measure in MONEY else ""
    unit = " t/yr" if rule.measure.startswith("capacity") else unit
    return four_digits(value) + unit


def _subject(case: Case, rule: Rule) -> str:
    """What a rule's `where` picks."""
    words = [_clause(case.projects, name, values) for name, values in rule.picks.projects]
    words += [f"programmes of {_clause(case.programmes, name, values)}" for name, values in rule.picks.programmes]
    return ", ".join(words)


def _clause(rows: Sequence[Project] | Sequence[Programme], name: str, values: tuple[str, ...]) -> str:
    if name == "country":
        return " or ".join(english(value.upper()) for value in values)
    if name == "stage":
        return " or ".join(map(stage_name, values))
    return f"{name} {' or '.join(shorten(_as_written(rows, name, value), _LONGEST) for value in values)}"


def _as_written(rows: Sequence[Project] | Sequence[Programme], name: str, value: str) -> str:
    """A value of `where`, which is kept in lower case, as the workbook writes it."""
    cells = (getattr(row, name, None) or getattr(row, "texts", {}).get(name) for row in rows)
    return next((str(cell) for cell in cells if cell is not None and normal_form(cell) == value), value)


def _when(rule: Rule) -> str:
    if rule.year is None:
        return ""
    return f" in {rule.year}" if rule.measure.startswith("capacity") else f", decided by {rule.year}"


def attained(case: Case, rule: Rule, row: RuleRow) -> str:
    """What the plan attains of a rule, and whether that is enough."""
    value = "nothing picked" if row.value is None else amount(case, rule, row.value)
    if row.holds:
        return value + (" (at the limit)" if binds(row) else "")
    if where := where_asked(case, rule):
        return f"{value} as planned (not met there; asked {where})"
    return f"{value} (not met{_penalty(case, rule, row)})"


def _penalty(case: Case, rule: Rule, row: RuleRow) -> str:
    """What the shortfall of a soft rule costs the objective."""
    if rule.hard or not rule.penalty:
        return ""
    lost, unit = rule.penalty * row.shortfall, objective_unit(case.settings)
    return f", which costs {100 * lost:.3g} points" if unit == "points" else f", which costs {number(lost)} {unit}"


def lines(case: Case, plan: Plan, most: int) -> list[str]:
    """The rules of a plan in words: those not met, those at their limit, then the others; of more than `most` how many."""
    rules = {rule.rule: rule for rule in case.rules}
    shown = sorted(plan.rules, key=lambda row: (row.holds, not binds(row)))
    told = [f"{asked(case, rules[row.rule])}: {_outcome(case, plan, rules[row.rule], row)}." for row in shown[:most]]
    more = len(plan.rules) - most
    return [*told, *([f"{count(more, 'more rule')}, in plan.xlsx and report.html."] if more > 0 else [])]


def named(case: Case, rule: Rule) -> str:
    """A rule within a sentence, by its name and in words: `rule au-share (Australia at most 55 % of public support)`."""
    return f"rule {shorten(rule.rule, 40)} ({shorten(in_words(case, rule), _LONGEST_RULE)})"


def not_met(case: Case, plan: Plan) -> list[str]:
    """The rules that the plan does not meet, each with its name, what it asks and what the plan attains."""
    rules = {rule.rule: rule for rule in case.rules}
    missed = [(rules[row.rule], row) for row in plan.rules if not row.holds]
    return [f"{capital(named(case, rule))}: {attained(case, rule, row)}." for rule, row in missed]


def _outcome(case: Case, plan: Plan, rule: Rule, row: RuleRow) -> str:
    if rule.aggregate != "each":
        return attained(case, rule, row)
    return barred(plan, rule)


def barred(plan: Plan, rule: Rule) -> str:
    """How many projects an `each` rule bars."""
    n = sum(row.reason == "fails rule" and row.detail.startswith(f"{rule.rule}: ") for row in plan.not_financed)
    return f"bars {count(n, 'project')}"
