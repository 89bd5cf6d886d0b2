"""The amount that one financed or underway project adds to a measure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from models.audit import market
from models.audit.exact import ONE, TOLERANCE, ZERO, base, exact
from models.audit.instruments import funded
from models.audit.ledger import Given, Ledger
from models.audit.picks import PLANT_COLUMNS, cell, names_underway, picks, picks_award
from models.audit.projects import along
from models.schema import DELIVERY_MEASURES, Project, Rule


class MissingNumberError(Exception):
    """A financed project has no number in a column that a rule counts."""


@dataclass(frozen=True)
class CountedProject:
    """A project that a rule counts: decided in `fid`, with these awards."""

    project: Project
    fid: int
    awards: list[Given]
    underway: bool


def entries(ledger: Ledger, rule: Rule, measure: str) -> Iterator[CountedProject]:
    """All financed projects; where the rule speaks of underway ones, and in `capacity_total`, those too; in
    `capacity_total` also what goes ahead without support."""
    for name, row in ledger.financed.items():
        if name not in ledger.underway:
            yield CountedProject(ledger.projects[name], row.fid_year, ledger.awards[name], underway=False)
    if names_underway(rule) or measure == "capacity_total":
        for project in ledger.underway.values():
            yield CountedProject(project, ledger.underway_fid(project), [], underway=True)
    if measure == "capacity_total":
        for name, fid in ledger.unaided.items():
            if name not in ledger.financed:
                yield CountedProject(ledger.projects[name], fid, [], underway=True)


def amounts(ledger: Ledger, rule: Rule, measure: str, *, everyone: bool = False) -> list[Decimal]:
    """The measure of each project that the rule picks (of every one, for the total of a `share`).

    Without a year a decision of any year counts; capacity is that of the rule's year, else of the last year. The total
    of `capacity_total` is that of its one stage.
    """
    values = []
    only = ("stage",) if measure == "capacity_total" else ()
    for entry in entries(ledger, rule, measure):
        timely = measure in DELIVERY_MEASURES or rule.year is None or entry.fid <= rule.year
        if timely and picks(rule, entry.project, only if everyone else None):
            values.append(amount(ledger, rule, measure, entry, everyone=everyone))
    if measure == "capacity_total":
        values.extend(plants(ledger, rule, everyone=everyone))
    return values


def amount(ledger: Ledger, rule: Rule, measure: str, entry: CountedProject, *, everyone: bool = False) -> Decimal:
    """Amount of one project in a measure of any kind."""
    if measure in DELIVERY_MEASURES:
        year = ledger.case.settings.last_year if rule.year is None else rule.year
        name = entry.project.id
        return (ledger.output[name] if name in ledger.output else ledger.paths[name]).get(year, ZERO)
    if measure in OF_AWARDS:
        return award_amount(ledger, rule, measure, entry, everyone=everyone)
    value = datum(ledger, measure, entry.project)
    if value is None:
        raise MissingNumberError(f"{entry.project.id} has no {measure}")
    return value


def plants(ledger: Ledger, rule: Rule, *, everyone: bool) -> Iterator[Decimal]:
    """Existing capacity outside the excluded countries, of the stage's own product."""
    year = ledger.case.settings.last_year if rule.year is None else rule.year
    for plant in ledger.case.existing:
        counts = plant.material is None and plant.country not in ledger.case.settings.excluded_countries
        if counts and picks(rule, plant, ("stage",) if everyone else PLANT_COLUMNS):
            capacity = along(plant.years, year) if plant.years else exact(plant.capacity_tpa or 0.0)
            yield capacity * exact(plant.allied_share)


def datum(ledger: Ledger, measure: str, project: Project) -> Decimal | None:
    """A number of the projects sheet; None where the cell is empty."""
    if measure == "count":
        return ONE
    if measure == "esg":
        return esg(ledger, project)
    value = cell(project, measure)
    return exact(value) if isinstance(value, int | float) else None


def esg(ledger: Ledger, project: Project) -> Decimal | None:
    """Mean of the scores, weighted where the settings give weights; None if a score with a weight is missing."""
    scores = {"e": project.esg_e, "s": project.esg_s, "g": project.esg_g}
    weights = {key: exact(weight) for key, weight in ledger.case.settings.esg_weights.items() if weight > 0}
    weights = weights or dict.fromkeys(scores, ONE)
    total = ZERO
    for key, weight in weights.items():
        if (score := scores[key]) is None:
            return None
        total += weight * exact(score)
    return total / sum(weights.values(), ZERO)


def award_amount(ledger: Ledger, rule: Rule, measure: str, entry: CountedProject, *, everyone: bool) -> Decimal:
    """Money of one project: face, budget cost, public, private, contingent, or its weight if jointly financed."""
    chosen = entry.awards if everyone else [given for given in entry.awards if picks_award(rule, given.programme)]
    return OF_AWARDS[measure](ledger, rule, entry, chosen, everyone)


def _public(ledger: Ledger, rule: Rule, entry: CountedProject, chosen: list[Given], everyone: bool) -> Decimal:
    by_programme = bool(rule.picks.programmes) and not everyone
    return public(ledger, entry, chosen, with_secured=not by_programme)


def _private(ledger: Ledger, _rule: Rule, entry: CountedProject, _chosen: list[Given], _everyone: bool) -> Decimal:
    return exact(entry.project.capex_m) - public(ledger, entry, entry.awards, with_secured=True)


def _award(ledger: Ledger, _rule: Rule, entry: CountedProject, chosen: list[Given], _everyone: bool) -> Decimal:
    return _alone(ledger, entry) if _takes_its_need(ledger, entry) else faces(chosen)


def _public_cost(ledger: Ledger, _rule: Rule, entry: CountedProject, chosen: list[Given], _everyone: bool) -> Decimal:
    if _takes_its_need(ledger, entry):
        return _alone(ledger, entry)
    return sum((given.cost for given in chosen), ZERO)


def _contingent(_ledger: Ledger, _rule: Rule, _entry: CountedProject, chosen: list[Given], _everyone: bool) -> Decimal:
    return faces(given for given in chosen if not funded(given.programme))


def _joint(ledger: Ledger, rule: Rule, entry: CountedProject, chosen: list[Given], _everyone: bool) -> Decimal:
    return joint(ledger, rule, entry, chosen)


def _alone(ledger: Ledger, entry: CountedProject) -> Decimal:
    """Cost of a project to the budget in a case without programmes, in its year of decision."""
    return market.alone(ledger, entry.project, ledger.financed[entry.project.id].fid_year)


def _support(ledger: Ledger, rule: Rule, entry: CountedProject, chosen: list[Given], everyone: bool) -> Decimal:
    return _public(ledger, rule, entry, chosen, everyone) + _contingent(ledger, rule, entry, chosen, everyone)


def _unaided(ledger: Ledger, rule: Rule, entry: CountedProject, chosen: list[Given], everyone: bool) -> Decimal:
    return _private(ledger, rule, entry, chosen, everyone) - _contingent(ledger, rule, entry, chosen, everyone)


def _takes_its_need(ledger: Ledger, entry: CountedProject) -> bool:
    """Without programmes a project is paid its need; an underway one takes no new money."""
    return not ledger.case.programmes and not entry.underway


OF_AWARDS: dict[str, Callable[[Ledger, Rule, CountedProject, list[Given], bool], Decimal]] = {
    "award": _award,
    "public_cost": _public_cost,
    "public": _public,
    "private": _private,
    "contingent": _contingent,
    "support": _support,
    "unaided": _unaided,
    "joint": _joint,
}
"""Measures of money: amount of one project, given the awards that the rule picks (all of them for a total)."""


def public(ledger: Ledger, entry: CountedProject, chosen: list[Given], *, with_secured: bool) -> Decimal:
    """Public money in a project: what was secured and what is funded now (without programmes, its need)."""
    now = faces(given for given in chosen if funded(given.programme))
    if not ledger.case.programmes and not entry.underway:
        now = _alone(ledger, entry)
    return now + (exact(entry.project.secured_m) if with_secured else ZERO)


def joint(ledger: Ledger, rule: Rule, entry: CountedProject, chosen: list[Given]) -> Decimal:
    """Capital cost, or 1 if the weight is count, of a project to which two donors each give the least joint share."""
    threshold = exact(ledger.case.settings.joint_min_share) * exact(entry.project.capex_m)
    by_donor: dict[str, Decimal] = {}
    for given in chosen:
        by_donor[given.programme.donor] = by_donor.get(given.programme.donor, ZERO) + given.face
    slack = TOLERANCE * base(threshold)
    donors = [donor for donor, face in by_donor.items() if donor and face > 0 and face >= threshold - slack]
    if len(donors) < 2:
        return ZERO
    return ONE if rule.weight == "count" else exact(entry.project.capex_m)


def faces(awards: Iterable[Given]) -> Decimal:
    return sum((given.face for given in awards), ZERO)
