"""The runs of a chain in each of many draws, for the auditor."""

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
    """The flows of consecutive draws of a stream, each with the projects that stop in it."""
    stopped: list[frozenset[str]] = []
    pairs: list[tuple[YearlyFlows, Floats]] = []
    for drawn, stops in parts:
        stopped += stops
        pairs += [_loaded(*one) for one in _realized(evaluator, drawn, stops)]
    runs: list[list[list[float]]] = [[] for _ in pairs]
    loaded = {id(flows): flows for flows, _ in pairs}
    for key, flows in loaded.items():
        places = [n for n, (chain, _) in enumerate(pairs) if id(chain) == key]
        tonnes = flows.run_tonnes(np.array([pairs[n][1] for n in places]))
        for n, of_draw in zip(places, tonnes.tolist(), strict=True):
            runs[n] = of_draw
    ways = next(iter(loaded.values())).recipes if loaded else ()
    return DrawnFlows(tuple((r.process, r.name or None) for r in ways), runs, stopped)


def _realized(evaluator: Evaluator, drawn: Drawn, stops: Stops) -> Iterator[tuple[Evaluator, Realization]]:
    for place, out in enumerate(stops):
        state_evaluator, one = realization(evaluator, drawn, place)
        yield state_evaluator, priced(state_evaluator.decisions, replace(one, stopped=out))


def _loaded(evaluator: Evaluator, one: Realization) -> tuple[YearlyFlows, Floats]:
    """The loaded chain of a draw, and the capacity of its processes."""
    flows = evaluator.flows(one)
    assert flows is not None
    return flows
