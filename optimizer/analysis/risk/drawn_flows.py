"""What a chain runs in each of many draws, for the auditor."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from models.evaluation import priced
from models.scenarios import Realization
from models.stress import DrawnFlows
from optimizer.analysis.stress.arrays import Floats
from optimizer.analysis.stress.distribution import realization
from optimizer.analysis.stress.draws import Drawn
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.solver.yearly_flows import YearlyFlows

Stops = Sequence[frozenset[str]]
"""Projects that stop, by draw."""


def stops_of(drawn: Drawn) -> list[frozenset[str]]:
    """The projects that stop in each draw."""
    return [frozenset(i for i, out in zip(drawn.ids, row, strict=True) if out) for row in drawn.stops]


def flows_of(evaluator: Evaluator, parts: Iterable[tuple[Drawn, Stops]]) -> DrawnFlows:
    """The flows of draws that follow one another in their stream, each with those that stop in it."""
    stopped: list[frozenset[str]] = []
    asked: list[tuple[YearlyFlows, Floats]] = []
    for drawn, stops in parts:
        stopped += stops
        asked += [_asked(*one) for one in _realized(evaluator, drawn, stops)]
    runs: list[list[list[float]]] = [[] for _ in asked]
    loaded = {id(flows): flows for flows, _ in asked}
    for key, flows in loaded.items():
        places = [n for n, (own, _) in enumerate(asked) if id(own) == key]
        tonnes = flows.run_tonnes(np.array([asked[n][1] for n in places]))
        for n, of_draw in zip(places, tonnes.tolist(), strict=True):
            runs[n] = of_draw
    ways = next(iter(loaded.values())).recipes if loaded else ()
    return DrawnFlows(tuple((r.process, r.name or None) for r in ways), runs, stopped)


def _realized(evaluator: Evaluator, drawn: Drawn, stops: Stops) -> Iterator[tuple[Evaluator, Realization]]:
    for place, out in enumerate(stops):
        own, one = realization(evaluator, drawn, place)
        yield own, priced(own.decisions, replace(one, stopped=out))


def _asked(own: Evaluator, one: Realization) -> tuple[YearlyFlows, Floats]:
    """The loaded chain of a draw, and the capacity of its processes."""
    found = own.flows(one)
    assert found is not None
    return found
