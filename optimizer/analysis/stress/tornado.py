"""Tornado: each parameter of the scenarios and risks at its low and its high value, all else as planned. After a review the
decisions are those of the state with these values, or as planned if there is no such state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.evaluation import Decided
from models.risks import units
from models.scenarios import Realization
from models.schema import Scenario
from models.sets import Sets
from models.stress import Evidence, Tornado
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.sampling import inverse

LOW, HIGH = 0.05, 0.95
"""Quantiles of a risk's delay and overrun."""
NEUTRAL = {"delay_years": 0.0, "fails": 0.0}


@dataclass(frozen=True)
class Bar:
    """A parameter with its low and its high value."""

    parameter: str
    low: Realization
    high: Realization
    at_low: float
    at_high: float


def tornado(plan: Evaluator, rows: Sequence[Scenario], evidence: Evidence | None = None) -> tuple[Tornado, ...]:
    """Every bar, the widest first.

    The low and the high are the least and the largest value that the rows of the scenarios name for a parameter and a
    `where`, the value as planned among them; of risks, the quantiles of 5 and 95 % for all projects at once. `evidence`:
    where what each end rests on is noted for the auditor.
    """
    noted = Evidence() if evidence is None else evidence
    bars = [_worked_out(plan, bar, noted) for bar in (*_of_scenarios(rows), *_of_risks(plan.decisions))]
    planned = plan.planned.value
    return tuple(sorted(bars, key=lambda t: (-_width(t, planned), t.parameter)))


def _worked_out(plan: Evaluator, bar: Bar, evidence: Evidence) -> Tornado:
    values = {}
    for end, realization in (("low", bar.low), ("high", bar.high)):
        changed = realization.rows or realization.delays or realization.overruns
        evaluator, known = plan.as_known(realization)
        values[end], evidence.ends[bar.parameter, end] = evaluator.value(known if changed else None)
    return Tornado(parameter=bar.parameter, at_low=bar.at_low, at_high=bar.at_high, **values)


def _width(bar: Tornado, planned: float) -> float:
    values = (bar.low, bar.high, planned)
    return max(values) - min(values)


def _of_scenarios(rows: Sequence[Scenario]) -> Iterator[Bar]:
    rows_of: dict[tuple[str, str], list[Scenario]] = {}
    for row in rows:
        rows_of.setdefault((row.parameter, row.where), []).append(row)
    for (parameter, where), of_one in rows_of.items():
        neutral = NEUTRAL.get(parameter, 1.0)
        planned = Realization()
        options = [(neutral, planned), *((r.value, Realization(r.scenario, (_alone(r),))) for r in of_one)]
        at_low, low = min(options, key=lambda o: o[0])
        at_high, high = max(options, key=lambda o: o[0])
        yield Bar(f"{parameter}, {where}" if where else parameter, low, high, at_low, at_high)


def _alone(row: Scenario) -> Scenario:
    return row.model_copy(update={"probability": None})


def _of_risks(decisions: Decided) -> Iterator[Bar]:
    of_risks = units(Sets(decisions.case))
    for place, risk in enumerate(decisions.case.risks):
        ids = [i for unit in of_risks if unit.risk is risk for i in unit.projects]
        where = risk.where or f"row {place + 1}"
        if ids and risk.delay:
            years = [y for y, _ in risk.delay]
            shares = [s / 100 for _, s in risk.delay]
            at_low, at_high = (years[int(inverse(shares, np.array([q]))[0])] for q in (LOW, HIGH))
            low, high = (Realization("risks", delays=dict.fromkeys(ids, y)) for y in (at_low, at_high))
            yield Bar(f"risks: delay, {where}", low, high, at_low, at_high)
        if ids and (risk.overrun != 1 or risk.overrun_sigma):
            factors = [
                risk.overrun * float(np.exp(risk.overrun_sigma * z)) for z in (-1.6448536269514722, 1.6448536269514722)
            ]
            low, high = (replace(Realization("risks"), overruns=dict.fromkeys(ids, f)) for f in factors)
            yield Bar(f"risks: overrun, {where}", low, high, *factors)
