"""The cells of a project that a planner may ask about, and where the program stops being linear in them.

Between two neighbouring breaks every coefficient of the program is linear in the cell: need and caps have no kink, no
`each` rule begins or ceases to bar.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from models.case import Case
from models.market import has_viability
from models.measures import data_measure, matches
from models.schema import Programme, Project
from models.sets import Sets
from models.terms import award_cap, is_eligible, need
from models.viability import Viability

LEAST, MOST = 0.01, 10.0
"""Capital cost and capacity are varied between these parts of their value."""
INSIDE, HALVINGS = 1e-9, 40
"""Part of a piece by which its ends are evaluated from inside, and number of halvings that locate a switch."""


@dataclass(frozen=True)
class Datum:
    """One cell: column, value, range, and the direction in which a change is expected to help."""

    column: str
    now: float
    low: float
    high: float
    helps: int
    """-1 if less of it is expected to let the project in, 1 if more."""

    def changed(self, project: Project, value: float) -> Project:
        """The project with another value in this cell."""
        return project.model_copy(update={self.column: value})


def with_project(case: Case, project: Project) -> Case:
    """The case with a changed project in place of the one of the same id."""
    return case.model_copy(update={"projects": tuple(project if p.id == project.id else p for p in case.projects)})


Piece = tuple[float, float]
"""Part of the range without a break, from the end nearer to the present value."""


def data_of(case: Case, project: Project) -> list[Datum]:
    """The cells that can matter in this case; scores only where a rule reads them."""
    data = [
        Datum("capex_m", project.capex_m, project.capex_m * LEAST, project.capex_m * MOST, -1),
        Datum("capacity_tpa", project.capacity_tpa, project.capacity_tpa * LEAST, project.capacity_tpa * MOST, 1),
    ]
    if project.requested_m is None:
        data.insert(1, Datum("private_share", project.private_share, 0.0, 1.0, 1))
    else:
        room = max(project.requested_m, project.capex_m - project.secured_m)
        data.insert(1, Datum("requested_m", project.requested_m, 0.0, room, -1))
    read = {name for r in case.rules for name in (r.measure, r.per, r.weight)}
    for column in ("esg_e", "esg_s", "esg_g"):
        now = getattr(project, column)
        if now is not None and read & {"esg", column}:
            data.append(Datum(column, now, 0.0, 100.0, 1))
    return [datum for datum in data if datum.high > datum.low]


def pieces(case: Case, project: Project, datum: Datum, direction: int) -> list[Piece]:
    """The range on one side of the present value, outwards."""
    end = datum.high if direction > 0 else datum.low
    inside = [b for b in _breaks(case, project, datum) if min(datum.now, end) < b < max(datum.now, end)]
    stops = [datum.now, *sorted(set(inside), reverse=direction < 0), end]
    return [(a, b) for a, b in pairwise(stops) if abs(b - a) > 1e-9 * max(1.0, abs(a))]


def _breaks(case: Case, project: Project, datum: Datum) -> list[float]:
    breaks = list(_rule_breaks(case, project, datum))
    if datum.column == "private_share" and project.capex_m > 0:
        breaks.append(1 - project.secured_m / project.capex_m)
    if datum.column == "requested_m":
        breaks.append(project.capex_m - project.secured_m)
    if datum.column == "capex_m":
        breaks += _capex_breaks(case, project)
    return [*breaks, *_market_breaks(case, project, datum, breaks)]


def _market_breaks(case: Case, project: Project, datum: Datum, others: Iterable[float]) -> Iterable[float]:
    """Values at which the gap opens, and at which its rows appear or vanish, for each decision year.

    Between two breaks nothing is expected to change more than once: where it does, `parametric.line` says so.
    """
    if not has_viability(case, project):
        return
    stops = sorted({datum.low, datum.high, *(b for b in others if datum.low < b < datum.high)})
    for year in Sets(case).window(project):
        state = partial(_market_state, case, project, datum, year)
        for a, b in pairwise(stops):
            yield from _switches(state, a, b)


def _market_state(case: Case, project: Project, datum: Datum, year: int, value: float) -> tuple[bool, ...]:
    """Which rows and kinks the market gives a project that is decided in a year, with another value in the cell."""
    changed = datum.changed(project, value)
    alone = case.model_copy(update={"projects": (changed,)})
    eligible = tuple(p for p in case.programmes if Sets(alone).may_finance(p, changed) and award_cap(changed, p) > 0)
    market = Viability(alone, {changed.id: range(year, year + 1)}, {changed.id: eligible})
    missing = market.gaps[changed.id, year]
    if not case.programmes:
        return missing > 0, missing > need(changed), market.can_pay(changed, year)
    binds = market.gap_binds(changed, year), market.stake_binds(changed, year)
    return missing > 0, market.can_pay(changed, year), *binds


def _switches(state: Callable[[float], tuple[bool, ...]], low: float, high: float) -> Iterator[float]:
    """Value at which any part of a state switches, if it switches once between two values."""
    inside = (high - low) * INSIDE
    low, high = low + inside, high - inside
    at_low, at_high = state(low), state(high)
    for n in (n for n, pair in enumerate(zip(at_low, at_high, strict=True)) if pair[0] != pair[1]):
        a, b = low, high
        for _ in range(HALVINGS):
            middle = (a + b) / 2
            if state(middle)[n] == at_low[n]:
                a = middle
            else:
                b = middle
        yield (a + b) / 2


def _capex_breaks(case: Case, project: Project) -> list[float]:
    """Values at which the need begins, a ticket caps an award, or all awards together reach the capital cost."""
    programmes = [p for p in case.programmes if is_eligible(project, p)]
    if project.requested_m is not None:
        breaks = [project.secured_m, project.secured_m + project.requested_m]
    else:
        breaks = [project.secured_m / (1 - project.private_share)] if project.private_share < 1 else []
    breaks += [project.secured_m / (1 - p.max_share) for p in programmes if p.max_share < 1]
    breaks += [project.secured_m + p.max_ticket_m for p in programmes if p.max_ticket_m is not None]
    breaks += [p.max_ticket_m / p.max_share for p in programmes if p.max_ticket_m is not None and p.max_share > 0]
    stops = sorted({0.0, *breaks, MOST * max(project.capex_m, *breaks, 1.0)})
    for a, b in pairwise(stops):
        above, below = (_all_caps(programmes, v) - (v - project.secured_m) for v in (a, b))
        if above * below < 0:
            breaks.append(a + (b - a) * above / (above - below))
    return breaks


def _all_caps(programmes: Iterable[Programme], capex: float) -> float:
    return sum(
        p.max_share * capex if p.max_ticket_m is None else min(p.max_share * capex, p.max_ticket_m) for p in programmes
    )


def _rule_breaks(case: Case, project: Project, datum: Datum) -> Iterable[float]:
    """Value at which an `each` rule is just met; its measure is linear in the cell."""
    for rule in case.rules:
        if rule.aggregate != "each" or not matches(rule.picks, project):
            continue
        at_low, at_high = (data_measure(case, datum.changed(project, v), rule.measure) for v in (datum.low, datum.high))
        if at_low is not None and at_high is not None and at_low != at_high:
            yield datum.low + (rule.value - at_low) / (at_high - at_low) * (datum.high - datum.low)
