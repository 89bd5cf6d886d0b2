"""Plans with a review: what is decided now, whatever comes, and what is decided then, state by state."""

from collections.abc import Iterable, Iterator, Mapping
from math import fsum

from models.case import Case
from models.risk_plan import RiskPlan, StatePlan, StatePlanned
from models.states import review_year
from optimizer.reports.formatting import money
from optimizer.reports.report_table import Grid, columns

SHOWN = 4
"""Projects named in a sentence; the others are counted."""


def sentences(case: Case, risk: RiskPlan) -> list[str]:
    """Now, and then; nothing without a review."""
    year = review_year(case.settings)
    if year is None or not risk.states:
        return []
    return [_now(case, risk, year), *_then(case, risk, year)]


def tables(case: Case, risk: RiskPlan) -> list[Grid]:
    """What is decided before the review, and a row for each state after it; nothing without a review."""
    year = review_year(case.settings)
    if year is None or not risk.states:
        return []
    return [_now_table(case, risk, year), _then_table(case, risk, year)]


def _names(case: Case) -> dict[str, str]:
    return {p.id: p.name or p.id for p in case.projects}


def _early(state: StatePlan, year: int) -> list[StatePlanned]:
    return [p for p in state.projects if p.fid_year < year]


def _late(state: StatePlan, year: int) -> dict[str, StatePlanned]:
    return {p.id: p for p in state.projects if p.fid_year >= year}


def _changes(
    planned: Mapping[str, StatePlanned], own: Mapping[str, StatePlanned]
) -> tuple[list[str], list[str], list[str]]:
    """Projects that a state adds to those of the state as planned, leaves out, and decides in another year."""
    moved = [i for i in own if i in planned and own[i].fid_year != planned[i].fid_year]
    return sorted(set(own) - set(planned)), sorted(set(planned) - set(own)), sorted(moved)


def _counted(count: int) -> str:
    return "one project" if count == 1 else f"{count} projects"


def _public(case: Case, projects: Iterable[StatePlanned]) -> str:
    return f"{money(fsum(p.public_m for p in projects), case.settings.base_currency)} of public money"


def _now(case: Case, risk: RiskPlan, year: int) -> str:
    first = _early(risk.states[0], year)
    if not first:
        return f"Now: nothing is decided before the review in {year}."
    return f"Now, before the review in {year}: {_counted(len(first))} with {_public(case, first)}, whatever comes."


def _then(case: Case, risk: RiskPlan, year: int) -> Iterator[str]:
    """The state as planned, which may be the only one, then each that differs from it, then those that do not."""
    planned, *others = risk.states
    base = _late(planned, year)
    when = "as planned" if others else "in every scenario"
    yield f"Then, from {year}, {when}: {_listed(case, base) if base else 'nothing more'}."
    alike = []
    for state in others:
        parts = _differences(case, base, _late(state, year))
        if parts:
            yield f"Then, if {state.state}: {'; '.join(parts)}."
        else:
            alike.append(state.state)
    if alike:
        yield f"Then, if {' or if '.join(alike)}: as planned."


def _differences(case: Case, base: Mapping[str, StatePlanned], own: Mapping[str, StatePlanned]) -> list[str]:
    said = zip(("add", "leave out", "decide in another year"), _changes(base, own), strict=True)
    return [f"{verb} {_listed(case, ids)}" for verb, ids in said if ids]


def _listed(case: Case, ids: Iterable[str]) -> str:
    names, every = _names(case), sorted(ids)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(names[i] for i in every[:SHOWN]) + more


def _now_table(case: Case, risk: RiskPlan, year: int) -> Grid:
    names = _names(case)
    rows = tuple(
        (names[p.id], p.fid_year, p.public_m)
        for p in sorted(_early(risk.states[0], year), key=lambda p: (p.fid_year, p.id))
    )
    heads = columns("project", ("decided in", "year"), ("public money, M", "amount"))
    return Grid("Now", f"Now: decided before the review in {year}, whatever comes", heads, rows)


def _then_table(case: Case, risk: RiskPlan, year: int) -> Grid:
    heads = columns(
        "state", "scenarios", ("probability", "part"), "decided", "added", "left out", "in another year",
        ("public money from the review on, M", "amount"),
    )  # fmt: skip
    base = _late(risk.states[0], year)
    rows = tuple(_then_row(case, risk, s, base, year) for s in risk.states)
    note = "Added, left out and in another year: against what is decided as planned. Without a probability a state enters no mean."
    return Grid("Then", f"Then: decided from {year} on, state by state", heads, rows, note)


def _then_row(
    case: Case, risk: RiskPlan, state: StatePlan, base: Mapping[str, StatePlanned], year: int
) -> tuple[object, ...]:
    names, own = _names(case), _late(state, year)
    chance = fsum(r.probability for r in risk.scenarios if r.scenario in state.scenarios)
    told = [", ".join(names[i] for i in ids) for ids in (sorted(own), *_changes(base, own))]
    return (
        state.state, ", ".join(state.scenarios), chance or None, *told, fsum(p.public_m for p in own.values()),
    )  # fmt: skip
