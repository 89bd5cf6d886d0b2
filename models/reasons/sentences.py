"""The reasons with their numbers, in words."""

from collections.abc import Sequence

from models.network import delivers
from models.numbers import three_digits
from models.objective_units import objective_unit
from models.reasons.gain import Gains
from models.reasons.structure import Structure
from models.schema import AWARD_MEASURES, DELIVERY_MEASURES, Project, Rule
from models.sets import Sets
from models.terms import material_share, most_support, output

MONEY_MEASURES = (*AWARD_MEASURES, "capex", "capex_m", "secured_m", "requested_m")
CAPACITY_MEASURES = (*DELIVERY_MEASURES, "capacity_tpa")
UNKNOWN = "not worked out with the plan; `mine2magnet explain` works it out"
HELPS_SOFT_RULES = "it would only lower the penalty of soft rules; `mine2magnet explain` works it out"
COULD_BE_ADDED = "it could be added to this plan, which is not proved to be the best; a smaller --gap or `mine2magnet explain` tells more"
UNDER_RISK = "what it would add in the scenarios is not worked out"
SEVERAL_LIMITS = "another rule or limit stands against it in each year; `mine2magnet explain` works it out"


def follows(structure: Structure, bundle: Sequence[Project]) -> str:
    """What comes too late for a bundle."""
    years = structure.years(tuple(bundle))
    if not years:
        names = ", ".join(p.id for p in bundle[1:])
        return f"it has no decision year in common with {names}"
    other, year = max(structure.latest(tuple(bundle)), key=lambda pair: pair[1])
    decided = "is decided in" if other in structure.decided else "goes ahead without support in"
    return f"{other} {decided} {year}, its last year is {years[-1]}"


def too_small(sets: Sets, needed: float, short: float, year: int) -> str:
    """By how much all the money of the case falls short of a need."""
    money = f"the need of {three_digits(needed)} M"
    if not sets.has_programmes:
        total = sets.case.settings.total_budget_m or 0.0
        return f"{money} is more than the total budget of {three_digits(total)} M"
    most = f"at most {three_digits(max(0.0, needed - short))} M of {money}"
    return f"{most} could be paid, in {year}"


def does_not_pay(sets: Sets, bundle: Sequence[Project], years: Sequence[int]) -> str:
    """The least gap of the bundle's worst member over the years, and what support could be worth."""
    gaps = sets.viability.gaps
    year = min(years, key=lambda t: max(gaps.get((p.id, t), 0.0) for p in bundle))
    worst = max(bundle, key=lambda p: gaps.get((p.id, year), 0.0))
    name = "it" if len(bundle) == 1 else worst.id
    most = sets.viability.most_worth(worst, year) if sets.has_programmes else most_support(worst)
    gap = three_digits(gaps.get((worst.id, year), 0.0))
    return f"the market leaves {name} {gap} M short in {year}; support is worth at most {three_digits(most)} M to it"


def adds_nothing(gains: Gains, bundle: Sequence[Project]) -> str:
    """Why the objective does not rise."""
    sets = gains.sets
    if (anyway := [p for p in bundle if p.id in sets.unaided_fids]) and any(map(output, anyway)):
        return "financing it would bring nothing that does not come without support"
    if delivers(sets):
        return "its process has more capacity already than the chain can feed and place"
    if not any(map(output, bundle)):
        return "it has no output outside China"
    objective = sets.case.settings.objective
    if objective == "capacity":
        year = sets.case.settings.objective_year
        return f"it delivers nothing in {year}, or its stage has no weight"
    own_rows = [k for p in bundle for k in sets.demands if k.stage == p.stage and material_share(p, k.material)]
    if not any(sets.demand[k, y] > 0 for k in own_rows for y in sets.years):
        return "what it makes is not in demand"
    if objective == "bottleneck" and any(pair[0] in own_rows for pairs in gains.open_years.values() for pair in pairs):
        return "another demand row is the least covered"
    return "demand is already covered in the years in which it could deliver"


def goes_ahead(year: int) -> str:
    """What becomes of a project that is left out and needs no support."""
    return f"it goes ahead without support in {year}"


def no_room(rule: Rule, attained: float | None) -> str:
    """What a rule would come to with the project; without a number where that rests on the awards."""
    soft = "" if rule.hard else ", at a penalty above its gain"
    what = rule.measure if rule.aggregate == "sum" else f"the {rule.aggregate}"
    bound = f"{'at least' if rule.sense == '>=' else 'at most'} {_with_unit(rule, rule.value)}"
    if attained is None:
        return f"{rule.rule}: with it {what} would not be {bound}{soft}"
    return f"{rule.rule}: with it {what} would be {_with_unit(rule, attained)}, not {bound}{soft}"


def _with_unit(rule: Rule, value: float) -> str:
    """A limit or an attained value of a rule: shares in per cent, money in millions, capacity in tonnes a year.

    >>> _with_unit(Rule(row=0, rule="r", measure="capex", aggregate="share", sense="<=", value=0.55), 0.5825)
    '58.2 %'
    """
    if rule.aggregate == "share":
        return f"{three_digits(100 * value)} %"
    if rule.aggregate == "ratio":
        return three_digits(value)
    unit = " M" if rule.measure in MONEY_MEASURES else " t/yr" if rule.measure in CAPACITY_MEASURES else ""
    return three_digits(value) + unit


def outbid(sets: Sets, gain: float, needed: float, short: float, year: int) -> str:
    """What it would add, and how much money is left for it."""
    unit = objective_unit(sets.case.settings)
    worth = f"{three_digits(gain * 100 if unit == 'points' else gain)} {unit}"
    left = f"{three_digits(max(0.0, needed - short))} M of the {three_digits(needed)} M that it needs"
    return f"decided in {year} it would add {worth}, but others use the money: {left} could still be paid"
