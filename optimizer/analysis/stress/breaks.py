"""Reverse stress test: the smallest change of each parameter with which a rule on capacity no longer holds.

Every answer is seen from both sides: the plan is worked out again at the value that breaks the rule and at the largest
one below it that does not. Where the book has no rule on capacity, milestones are asked about instead: a demand row
that falls below nine tenths of the coverage planned.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.evaluation import Decided
from models.market import has_viability
from models.milestones import milestone_years
from models.network import delivers
from models.plan_assembly import TOLERANCE
from models.scenario_prices import reads_prices
from models.scenarios import Realization
from models.schema import Scenario
from models.sets import DemandKey
from models.stress import Break, Evidence, Worked
from optimizer.analysis.stress.evaluate import Evaluator, Outturn
from optimizer.analysis.stress.losses import Failures

KEPT_PART = 0.9
"""Part of the planned coverage below which a milestone is broken."""
MOST_FACTOR = 4.0
"""Largest factor of overrun and growth that is searched."""
STEPS, FINE, FINE_OF_A_CHAIN = 16, 5e-4, 1e-2
"""Factors tried before the bisection, and its resolution; a chain is loaded again for every factor on demand."""


@dataclass(frozen=True)
class Target:
    """A rule or milestone that can break."""

    name: str
    kind: str
    holds: Callable[[Outturn], bool]


def breaks(
    plan: Evaluator,
    failures: Failures,
    stopped: Callable[[], bool] = lambda: False,
    evidence: Evidence | None = None,
) -> tuple[Break, ...]:
    """Every rule on capacity (or milestone) by every parameter that can break it. `evidence`: where what each answer rests
    on is noted for the auditor."""
    aims = _targets(plan.decisions, plan.planned, failures)
    noted = Evidence() if evidence is None else evidence
    breaking: list[Break] = []
    for parameter in _parameters(plan.decisions, aims):
        if not stopped():
            breaking += parameter(_Outcomes(plan, noted), aims)
    if not stopped():
        breaking += _failed(plan, failures, aims)
    order = {t.name: n for n, t in enumerate(aims)}
    return tuple(sorted(breaking, key=lambda b: order[b.rule]))


def _targets(decisions: Decided, planned: Outturn, failures: Failures) -> list[Target]:
    if failures.arrays.rules:
        return [Target(r.rule, "rule", _keeps(r.rule)) for r in failures.arrays.rules]
    years = milestone_years(decisions.case.settings)
    pairs = [(k, y) for k in planned.sets.demands for y in years if planned.valuation.coverage.get((k, y), 0.0) > 0]
    return [Target(f"{k} {y}", "milestone", _covers(k, y, planned.valuation.coverage[k, y])) for k, y in pairs]


def _keeps(rule: str) -> Callable[[Outturn], bool]:
    return lambda outturn: rule not in outturn.valuation.broken


def _covers(key: DemandKey, year: int, planned: float) -> Callable[[Outturn], bool]:
    return lambda outturn: outturn.valuation.coverage.get((key, year), 1.0) >= KEPT_PART * planned - TOLERANCE


# -- parameters ------------------------------------------------------------------------------------------------------


class _Outcomes:
    """The plan at values of one parameter, each evaluated once."""

    def __init__(self, plan: Evaluator, evidence: Evidence) -> None:
        self.plan, self._evidence = plan, evidence
        self._seen: dict[tuple[str, float], Outturn] = {}
        self._worked: dict[tuple[str, float], Worked] = {}
        self.fine = FINE_OF_A_CHAIN if delivers(plan.arrays.sets) else FINE

    def at(self, parameter: str, value: float) -> Outturn:
        """A delay of 0 and a factor of 1 are the plan as planned."""
        if value == (0 if parameter == "delay_years" else 1):
            return self.plan.planned
        if (parameter, value) not in self._seen:
            row = Scenario(row=0, scenario=parameter, parameter=parameter, value=value)
            self._seen[parameter, value] = self.plan.realize(Realization(parameter, (row,)))
        return self._seen[parameter, value]

    def answer(self, aim: Target, parameter: str, value: float | None, holds_at: float | None, end: float) -> Break:
        for side, level in (("value", value), ("holds_at", holds_at)):
            if level is not None:
                if (parameter, level) not in self._worked:
                    self._worked[parameter, level] = self.plan.worked(self.at(parameter, level))
                self._evidence.sides[aim.name, parameter, side] = self._worked[parameter, level]
        return _break(aim, parameter, value, holds_at, end)


Finder = Callable[[_Outcomes, list[Target]], Iterator[Break]]


def _parameters(decisions: Decided, aims: list[Target]) -> Iterator[Finder]:
    """Parameters that can break something. Only a contingency can be exceeded by an overrun; rules in tonnes do not feel
    demand."""
    yield _delay
    if decisions.case.settings.contingency_m is not None:
        yield partial(_by_factor, parameter="capex")
    if any(aim.kind == "milestone" for aim in aims):
        yield partial(_by_factor, parameter="demand")
    if reads_prices(decisions.case):
        yield partial(_by_factor, parameter="price", end=0.0)


def _delay(outcomes: _Outcomes, aims: list[Target]) -> Iterator[Break]:
    """Whole years by which everything is late that is decided or not yet delivering: each is looked at, as a later end
    of life can help."""
    s = outcomes.plan.decisions.case.settings
    most = s.last_year - s.first_year + 1
    for aim in aims:
        value = next((n for n in range(most + 1) if not aim.holds(outcomes.at("delay_years", n))), None)
        holds_at = (most if value is None else value - 1) if value != 0 else None
        yield outcomes.answer(aim, "delay_years", value, holds_at, most)


def _by_factor(outcomes: _Outcomes, aims: list[Target], parameter: str, end: float = MOST_FACTOR) -> Iterator[Break]:
    """The factor nearest to 1, between 1 and `end`, that breaks a target: a grid, then bisection."""
    grid = _grid(outcomes.plan.decisions, parameter, end)
    for aim in aims:
        if parameter == "demand" and aim.kind != "milestone":
            continue
        above = next((n for n, factor in enumerate(grid) if not aim.holds(outcomes.at(parameter, factor))), None)
        if above is None or above == 0:
            value, holds_at = (None, end) if above is None else (1.0, None)
            yield outcomes.answer(aim, parameter, value, holds_at, end)
            continue
        kept, broken = grid[above - 1], grid[above]
        while abs(broken - kept) > outcomes.fine:
            middle = (kept + broken) / 2
            kept, broken = (middle, broken) if aim.holds(outcomes.at(parameter, middle)) else (kept, middle)
        yield outcomes.answer(aim, parameter, broken, kept, end)


def _grid(decisions: Decided, parameter: str, end: float) -> list[float]:
    """Factors from 1 to `end`. Prices change what is delivered only of projects that must be viable: without any the end
    stands for all."""
    by_id = {p.id: p for p in decisions.case.projects}
    if parameter == "price" and not any(has_viability(decisions.case, by_id[i]) for i in decisions.chosen):
        return [1.0, end]
    spaced = np.geomspace if end > 1 else np.linspace
    return [float(x) for x in spaced(1.0, end, STEPS + 1)]


def _failed(plan: Evaluator, failures: Failures, aims: list[Target]) -> Iterator[Break]:
    """The fewest projects whose failure breaks it: what each delivers towards a rule adds up, so the largest first are
    the fewest."""
    planned, ids = plan.planned, sorted(plan.decisions.chosen)
    for aim in aims:
        adds = _contributions(failures, aim, planned)
        if adds is None:
            continue
        order = sorted(range(len(ids)), key=lambda n: (-adds[n], ids[n]))
        count = next((n for n in range(len(ids) + 1) if not _holds(plan, aim, [ids[i] for i in order[:n]])), None)
        names = () if count is None else tuple(sorted(ids[i] for i in order[:count]))
        holds_at = (len(ids) if count is None else count - 1) if count != 0 else None
        yield _break(aim, "failures", count, holds_at, len(ids), names)


def _holds(plan: Evaluator, aim: Target, failed: list[str]) -> bool:
    return aim.holds(plan.outturn(Realization("failures", failed=frozenset(failed))))


def _contributions(failures: Failures, aim: Target, planned: Outturn) -> list[float] | None:
    """The contribution of each financed project to a rule or milestone; None if deliveries of a chain are not additive."""
    arrays, count = failures.arrays, failures.arrays.count
    shares = arrays.shares(Realization())[:count]
    if aim.kind == "rule":
        place = next(n for n, r in enumerate(arrays.rules) if r.rule == aim.name)
        sign = 1.0 if arrays.rules[place].sense == ">=" else -1.0
        return [float(x) for x in sign * arrays.rule_terms[place, :count] * shares[:, arrays.rule_years[place]]]
    if delivers(planned.sets):
        return None
    k, y = next((k, y) for k in range(len(arrays.sets.demands)) for y in range(len(arrays.sets.years))
                if f"{arrays.sets.demands[k]} {arrays.sets.years[y]}" == aim.name)  # fmt: skip
    return [float(x) for x in arrays.tonnes[:count, k] * shares[:, y]]


def _break(  # noqa: PLR0917
    aim: Target,
    parameter: str,
    value: float | None,
    holds_at: float | None,
    searched_to: float,
    names: tuple[str, ...] = (),
) -> Break:
    return Break.model_validate({
        "rule": aim.name, "parameter": parameter, "value": value, "kind": aim.kind, "holds_at": holds_at,
        "searched_to": searched_to, "names": names,
    })  # fmt: skip
