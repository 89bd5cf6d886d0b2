"""The reasons with their numbers, in words."""

from collections.abc import Sequence

from models.network import delivers
from models.reasons.gain import Gains
from models.reasons.structure import Structure
from models.schema import OBJECTIVE_UNITS, Project, Rule
from models.sets import Sets
from models.terms import material_share, most_support, output

UNKNOWN = "not worked out with the plan; `mine2magnet explain` works it out"
HELPS_SOFT_RULES = "it would only lower the penalty of soft rules; `mine2magnet explain` works it out"
COULD_BE_ADDED = "it could be added to this plan, which is not proved to be the best; a smaller --gap or `mine2magnet explain` tells more"
SEVERAL_RULES = "another rule stands against it in each year; `mine2magnet explain` works it out"


def number(value: float) -> str:
    """Whole from 100 on, else three significant digits; 0 for less than a millionth.

    >>> number(1234.5), number(12.345), number(1e-8)
    ('1,234', '12.3', '0')
    """
    if abs(value) < 1e-6:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def follows(structure: Structure, bundle: Sequence[Project]) -> str:
    """What comes too late for a bundle."""
    years = structure.years(tuple(bundle))
    if not years:
        names = ", ".join(p.id for p in bundle[1:])
        return f"it has no decision year in common with {names}"
    other, year = max(structure.latest(tuple(bundle)), key=lambda pair: pair[1])
    return f"{other} is decided in {year}, its last year is {years[-1]}"


def too_small(sets: Sets, needed: float, short: float, year: int) -> str:
    """By how much all the money of the case falls short of a need."""
    money = f"the need of {number(needed)} M"
    if not sets.has_programmes:
        total = sets.case.settings.total_budget_m or 0.0
        return f"{money} is more than the total budget of {number(total)} M"
    most = f"at most {number(max(0.0, needed - short))} M of {money}"
    return f"{most} could be paid, in {year}"


def does_not_pay(sets: Sets, bundle: Sequence[Project], years: Sequence[int]) -> str:
    """The least gap of the bundle's worst member over the years, and what support could be worth."""
    gaps = sets.viability.gaps
    year = min(years, key=lambda t: max(gaps.get((p.id, t), 0.0) for p in bundle))
    worst = max(bundle, key=lambda p: gaps.get((p.id, year), 0.0))
    name = "it" if len(bundle) == 1 else worst.id
    most = sets.viability.most_worth(worst, year) if sets.has_programmes else most_support(worst)
    gap = number(gaps.get((worst.id, year), 0.0))
    return f"the market leaves {name} {gap} M short in {year}; support is worth at most {number(most)} M to it"


def adds_nothing(gains: Gains, bundle: Sequence[Project]) -> str:
    """Why the objective does not rise."""
    sets = gains.sets
    if delivers(sets):
        return "its process has more capacity already than the chain can feed and place"
    if not any(map(output, bundle)):
        return "it has no output outside China"
    objective = sets.case.settings.objective
    if objective == "capacity":
        year = sets.case.settings.objective_year
        return f"it delivers nothing in {year}, or its stage has no weight"
    made = [k for p in bundle for k in sets.demands if k.stage == p.stage and material_share(p, k.material)]
    if not any(sets.demand[k, y] > 0 for k in made for y in sets.years):
        return "what it makes is not in demand"
    if objective == "bottleneck" and any(pair[0] in made for pairs in gains.open_years.values() for pair in pairs):
        return "another demand row is the least covered"
    return "demand is already covered in the years in which it could deliver"


def no_room(rule: Rule, attained: float | None) -> str:
    """What a rule would come to with the project; without a number where that rests on the awards."""
    soft = "" if rule.hard else ", at a penalty above its gain"
    what = rule.measure if rule.aggregate == "sum" else f"the {rule.aggregate}"
    if attained is None:
        return f"{rule.rule}: with it {what} would not be {rule.sense} {number(rule.value)}{soft}"
    return f"{rule.rule}: with it {what} would be {number(attained)}, not {rule.sense} {number(rule.value)}{soft}"


def outbid(sets: Sets, gain: float, needed: float, short: float, year: int) -> str:
    """What it would add, and how much money is left for it."""
    unit = OBJECTIVE_UNITS[sets.case.settings.objective]
    worth = f"{number(gain * 100 if unit == 'points' else gain)} {unit}"
    left = f"{number(max(0.0, needed - short))} M of the {number(needed)} M that it needs"
    return f"decided in {year} it would add {worth}, but others use the money: {left} could still be paid"
