"""Plans with a review: the decisions before it, and the decisions after it in each state."""

from collections.abc import Iterable, Iterator, Mapping
from math import fsum

from models.case import Case
from models.risk_plan import RiskPlan, StatePlan, StatePlanned
from models.scenarios import scenarios
from models.states import review_year
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.formatting import clauses, few_more, listed, money
from optimizer.reports.language import N_, tr, tr_n
from optimizer.reports.report_table import Grid, columns

SHOWN = 4
"""Projects named in a sentence; the others are counted."""


def sentences(case: Case, risk: RiskPlan) -> list[str]:
    """The decisions before the review and after it, in sentences; empty without a review."""
    year = review_year(case.settings)
    if year is None or not risk.states:
        return []
    return [_now(case, risk, year), *_then(case, risk, year)]


def tables(case: Case, risk: RiskPlan) -> list[Grid]:
    """The decisions before the review, and a row for each state after it; empty without a review."""
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
    planned: Mapping[str, StatePlanned], in_state: Mapping[str, StatePlanned]
) -> tuple[list[str], list[str], list[str]]:
    """Projects that a state adds to those of the state as planned, leaves out, and decides in another year."""
    moved = [i for i in in_state if i in planned and in_state[i].fid_year != planned[i].fid_year]
    return sorted(set(in_state) - set(planned)), sorted(set(planned) - set(in_state)), sorted(moved)


def _counted(n: int) -> str:
    return tr_n("one project", "{n} projects", n)


def _public(case: Case, projects: Iterable[StatePlanned]) -> str:
    total = money(fsum(p.public_m for p in projects), case.settings.base_currency)
    return tr("{money} of public money", money=total)


def _now(case: Case, risk: RiskPlan, year: int) -> str:
    first = _early(risk.states[0], year)
    if not first:
        return tr("Now: nothing is decided before the review in {year}.", year=year)
    return tr(
        "Now, before the review in {year}: {projects} with {money}, in every scenario.",
        year=year, projects=_counted(len(first)), money=_public(case, first),
    )  # fmt: skip


def _then(case: Case, risk: RiskPlan, year: int) -> Iterator[str]:
    """The state as planned, then each state whose decisions differ from it, then those whose decisions do not."""
    planned, *others = risk.states
    base = _late(planned, year)
    projects = _listed(case, base) if base else tr("nothing more")
    if others:
        yield tr("Then, from {year}, as planned: {projects}.", year=year, projects=projects)
    else:
        yield tr("Then, from {year}, in every scenario: {projects}.", year=year, projects=projects)
    alike = []
    for state in others:
        parts = _differences(case, base, _late(state, year))
        if parts:
            yield tr("Then, if {state}: {changes}.", state=state.state, changes=clauses(parts))
        else:
            alike.append(state.state)
    if alike:
        yield tr("Then, if {states}: as planned.", states=tr(" or if ").join(alike))


def _differences(case: Case, base: Mapping[str, StatePlanned], in_state: Mapping[str, StatePlanned]) -> list[str]:
    added, left, moved = (_listed(case, ids) if ids else "" for ids in _changes(base, in_state))
    return [
        *([tr("add {projects}", projects=added)] if added else []),
        *([tr("leave out {projects}", projects=left)] if left else []),
        *([tr("decide in another year {projects}", projects=moved)] if moved else []),
    ]


def _listed(case: Case, ids: Iterable[str]) -> str:
    names = _names(case)
    return few_more([names[i] for i in sorted(ids)], SHOWN)


def _now_table(case: Case, risk: RiskPlan, year: int) -> Grid:
    names = _names(case)
    rows = tuple(
        (names[p.id], p.fid_year, p.public_m)
        for p in sorted(_early(risk.states[0], year), key=lambda p: (p.fid_year, p.id))
    )
    heads = columns("project", ("decided in", "year"), ("public money", "amount", "M"))
    return Grid("Now", tr("Now: decided before the review in {year}, in every scenario", year=year), heads, rows)


def _then_table(case: Case, risk: RiskPlan, year: int) -> Grid:
    heads = columns(
        "state", "scenarios", ("probability", "part"), "decided", "added", "left out", "in another year",
        ("public money from the review on", "amount", "M"),
    )  # fmt: skip
    base = _late(risk.states[0], year)
    rows = tuple(_then_row(case, s, base, year) for s in risk.states)
    note = N_(
        "Added, left out and in another year: against what is decided as planned. Without a probability a state enters no mean."
    )
    return Grid("Then", tr("Then: decided from {year} on, state by state", year=year), heads, rows, note)


def _then_row(case: Case, state: StatePlan, base: Mapping[str, StatePlanned], year: int) -> tuple[object, ...]:
    names, late = _names(case), _late(state, year)
    chance = fsum(s.probability for s in scenarios(case.scenarios) if s.name in state.scenarios)
    changes = [", ".join(names[i] for i in ids) for ids in (sorted(late), *_changes(base, late))]
    return (
        state.state, listed([scenario_name(name) for name in state.scenarios]), chance or None, *changes,
        fsum(p.public_m for p in late.values()),
    )  # fmt: skip
