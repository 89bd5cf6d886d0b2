"""The reasons with their numbers, in words."""

from collections.abc import Sequence

from models.network import delivers
from models.objective_units import objective_unit
from models.reasons.gain import Gains
from models.reasons.structure import Structure
from models.schema import AWARD_MEASURES, DELIVERY_MEASURES, Project, Rule
from models.sets import Sets
from models.terms import material_share, most_support, output
from models.text import Text, joined

MONEY_MEASURES = (*AWARD_MEASURES, "capex", "capex_m", "secured_m", "requested_m")
CAPACITY_MEASURES = (*DELIVERY_MEASURES, "capacity_tpa")
UNKNOWN = Text("not computed with the plan; `mine2magnet explain` computes it")
HELPS_SOFT_RULES = Text("it would only lower the penalty of soft rules; `mine2magnet explain` computes its gain")
COULD_BE_ADDED = Text(
    "it could be added to this plan, which is not proved to be the best; a smaller --gap or `mine2magnet explain` tells more"
)
UNDER_RISK = Text("its gain in the scenarios is not known")
SEVERAL_LIMITS = Text("another rule or limit prevents it in each year; `mine2magnet explain` finds out which")


def follows(structure: Structure, bundle: Sequence[Project]) -> Text:
    """The required project that comes too late for a bundle."""
    years = structure.years(tuple(bundle))
    if not years:
        return Text("it has no decision year in common with {names}", names=joined(p.id for p in bundle[1:]))
    other, year = max(structure.latest(tuple(bundle)), key=lambda pair: pair[1])
    if other in structure.decided:
        return Text("{other} is decided in {year}, its last year is {last}", other=other, year=year, last=years[-1])
    return Text(
        "{other} goes ahead without support in {year}, its last year is {last}", other=other, year=year, last=years[-1]
    )


def too_small(sets: Sets, needed: float, short: float, year: int) -> Text:
    """By how much all the money of the case falls short of a need."""
    if not sets.has_programmes:
        total = sets.case.settings.total_budget_m or 0.0
        return Text("the need of {need} M is more than the total budget of {total} M", need=needed, total=total)
    paid = max(0.0, needed - short)
    return Text("at most {paid} M of the need of {need} M could be paid, in {year}", paid=paid, need=needed, year=year)


def does_not_pay(sets: Sets, bundle: Sequence[Project], years: Sequence[int]) -> Text:
    """The least gap of the bundle's worst member over the years, and what support could be worth."""
    gaps = sets.viability.gaps
    year = min(years, key=lambda t: max(gaps.get((p.id, t), 0.0) for p in bundle))
    worst = max(bundle, key=lambda p: gaps.get((p.id, year), 0.0))
    worth = sets.viability.most_worth(worst, year) if sets.has_programmes else most_support(worst)
    gap = gaps.get((worst.id, year), 0.0)
    if len(bundle) == 1:
        return Text(
            "at market prices it lacks {gap} M in {year}; support is worth at most {worth} M to it",
            gap=gap, year=year, worth=worth,
        )  # fmt: skip
    return Text(
        "at market prices {name} lacks {gap} M in {year}; support is worth at most {worth} M to it",
        name=worst.id, gap=gap, year=year, worth=worth,
    )  # fmt: skip


def adds_nothing(gains: Gains, bundle: Sequence[Project]) -> Text:
    """Why the objective does not rise."""
    sets = gains.sets
    if (anyway := [p for p in bundle if p.id in sets.unaided_fids]) and any(map(output, anyway)):
        return Text("financing it adds nothing beyond what comes without support")
    if delivers(sets):
        return Text("its process has more capacity already than the chain can feed and place")
    if not any(map(output, bundle)):
        return Text("it has no output outside China")
    objective = sets.case.settings.objective
    if objective == "capacity":
        year = sets.case.settings.objective_year
        return Text("it delivers nothing in {year}, or its stage has no weight", year=year)
    own_rows = [k for p in bundle for k in sets.demands if k.stage == p.stage and material_share(p, k.material)]
    if not any(sets.demand[k, y] > 0 for k in own_rows for y in sets.years):
        return Text("there is no demand for its output")
    if objective == "bottleneck" and any(pair[0] in own_rows for pairs in gains.open_years.values() for pair in pairs):
        return Text("another demand row is the least covered")
    return Text("demand is already covered in the years in which it could deliver")


def goes_ahead(detail: str, year: int) -> Text:
    """A detail, and what becomes of a project that is left out and needs no support."""
    return Text("{detail}; it goes ahead without support in {year}", detail=detail, year=year)


def no_room(rule: Rule, attained: float | None) -> Text:
    """The value of a rule with the project; without a number if that depends on the awards."""
    missed = _missed(rule) if attained is None else _attained(rule, attained)
    return missed if rule.hard else Text("{missed}, at a penalty above its gain", missed=missed)


def _missed(rule: Rule) -> Text:
    values = {"rule": rule.rule, "what": _what(rule), "limit": _with_unit(rule, rule.value)}
    if rule.sense == ">=":
        return Text("{rule}: with it {what} would not be at least {limit}", **values)
    return Text("{rule}: with it {what} would not be at most {limit}", **values)


def _attained(rule: Rule, attained: float) -> Text:
    values = {
        "rule": rule.rule, "what": _what(rule), "attained": _with_unit(rule, attained),
        "limit": _with_unit(rule, rule.value),
    }  # fmt: skip
    if rule.sense == ">=":
        return Text("{rule}: with it {what} would be {attained}, not at least {limit}", **values)
    return Text("{rule}: with it {what} would be {attained}, not at most {limit}", **values)


def _what(rule: Rule) -> str:
    """The quantity that a rule limits: its measure, if that is summed."""
    match rule.aggregate:
        case "average":
            return Text("the average")
        case "share":
            return Text("the share")
        case "ratio":
            return Text("the ratio")
        case _:
            return rule.measure if rule.aggregate == "sum" else f"the {rule.aggregate}"


def _with_unit(rule: Rule, value: float) -> Text:
    """A limit or an attained value of a rule: shares in per cent, money in millions, capacity in tonnes a year.

    >>> _with_unit(Rule(row=0, rule="r", measure="capex", aggregate="share", sense="<=", value=0.55), 0.5825)
    '58.2 %'
    """
    if rule.aggregate == "share":
        return Text("{number} %", number=100 * value)
    if rule.aggregate != "ratio" and rule.measure in MONEY_MEASURES:
        return Text("{number} M", number=float(value))
    if rule.aggregate != "ratio" and rule.measure in CAPACITY_MEASURES:
        return Text("{number} t/yr", number=float(value))
    return Text("{number}", number=float(value))


def outbid(sets: Sets, gain: float, needed: float, short: float, year: int) -> Text:
    """The gain of the project, and the money that is left for it."""
    unit = objective_unit(sets.case.settings)
    return Text(
        "decided in {year} it would add {gain} {unit}, but others use the money: {left} M of the {need} M that it needs"
        " could still be paid",
        year=year, gain=gain * 100 if unit == "points" else gain, unit=Text(unit),
        left=max(0.0, needed - short), need=needed,
    )  # fmt: skip
