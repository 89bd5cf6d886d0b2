"""What the plan loses where one project, or all of a sponsor, country or programme, delivers nothing; the worst set.

Failures are from the start, on the book as planned: what requires a failed project goes on, nothing is called for.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import numpy as np

from models.evaluation import Decided
from models.scenarios import Realization
from models.stress import Kind, Lost, WorstSet
from optimizer.analysis.stress.arrays import CHUNK, Evaluated, Floats, PlanArrays, ScenarioView

MOST_SETS = 20_000
"""Sets that are enumerated."""
By = Literal["project", "sponsor", "country"]


def groups(decisions: Decided, by: By) -> dict[str, tuple[str, ...]]:
    """Financed projects by project, sponsor or country; a project without one is its own."""
    found: dict[str, list[str]] = {}
    by_id = {p.id: p for p in decisions.case.projects}
    for i in sorted(decisions.chosen):
        name = i if by == "project" else str(getattr(by_id[i], by)) or i
        found.setdefault(name, []).append(i)
    return {name: tuple(ids) for name, ids in sorted(found.items())}


class Failures:
    """The plan where sets of its projects fail."""

    def __init__(self, arrays: PlanArrays) -> None:
        self.decisions = arrays.decisions
        self.arrays = arrays
        self.view: ScenarioView = self.arrays.view(Realization())
        self._shares = self.arrays.shares(Realization())

    def evaluate(self, sets: list[tuple[str, ...]]) -> Evaluated:
        """The plan where each of these sets of projects fails."""
        parts = [self._some(sets[n : n + CHUNK]) for n in range(0, len(sets), CHUNK)]
        return Evaluated(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in ("value", "coverage", "holds"))
        )

    def _some(self, sets: list[tuple[str, ...]]) -> Evaluated:
        masks: Floats = np.ones((len(sets), len(self.arrays.plants)))
        for n, failed in enumerate(sets):
            masks[n, [place for i in failed for place in self.arrays.places[i]]] = 0.0
        return self.view.evaluate(self._shares * masks[:, :, None])


def one_lost(failures: Failures) -> tuple[Lost, ...]:
    """Each project, sponsor, country and programme of the plan, the largest loss first."""
    named = list(_kinds(failures.decisions))
    result = failures.evaluate([(), *(ids for _, _, ids in named)])
    planned, rules = result.holds[0], failures.arrays.rules
    found = [
        Lost(
            kind=kind,
            name=name,
            loss=float(result.value[0] - result.value[n]),
            broken=tuple(
                r.rule for r, now, was in zip(rules, result.holds[n], planned, strict=True) if was and not now
            ),
        )
        for n, (kind, name, _) in enumerate(named, 1)
    ]
    order = {"project": 0, "sponsor": 1, "country": 2, "programme": 3}
    return tuple(sorted(found, key=lambda x: (order[x.kind], -x.loss, x.name)))


def _kinds(decisions: Decided) -> Iterator[tuple[Kind, str, tuple[str, ...]]]:
    by_id = {p.id: p for p in decisions.case.projects}
    for i in sorted(decisions.chosen):
        yield "project", i, (i,)
    for sponsor, ids in groups(decisions, "sponsor").items():
        if any(by_id[i].sponsor for i in ids):
            yield "sponsor", sponsor, ids
    for country, ids in groups(decisions, "country").items():
        yield "country", country, ids
    backed: dict[str, set[str]] = {}
    for (i, programme, _), face in decisions.awards.items():
        if face > 0:
            backed.setdefault(programme, set()).add(i)
    for programme, supported in sorted(backed.items()):
        yield "programme", programme, tuple(sorted(supported))


def worst_set(
    failures: Failures, n: int, by: By = "project", stopped: Callable[[], bool] = lambda: False
) -> WorstSet | None:
    """The worst failure of exactly min(n, groups) groups; None where nothing is financed or n is 0.

    Up to 20,000 sets are enumerated. Above that the set is built and improved one by one, and only bounded: no set
    leaves less than the failure of all.
    """
    members = groups(failures.decisions, by)
    size = min(n, len(members))
    if size < 1:
        return None
    count = math.comb(len(members), size)
    names = list(members)
    if count <= MOST_SETS:
        sets = list(itertools.combinations(names, size))
        worst, value = _worst(failures, members, sets)
        bound, method = value, "enumerated"
    else:
        worst, value = _improved(failures, members, size, stopped)
        everything = failures.evaluate([tuple(failures.decisions.chosen)]).value[0]
        bound, method = min(value, float(everything)), "partial"
    planned = float(failures.evaluate([()]).value[0])
    return WorstSet.model_validate({
        "n": size, "by": by, "names": worst, "value": value, "loss": planned - value, "bound": bound,
        "proved": bound >= value, "sets": count, "method": method,
    })  # fmt: skip


def _worst(
    failures: Failures, members: Mapping[str, tuple[str, ...]], sets: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], float]:
    """The first of the worst of these sets."""
    values = failures.evaluate([tuple(i for name in names for i in members[name]) for names in sets]).value
    place = int(np.argmin(np.round(values, 12)))
    return sets[place], float(values[place])


def _improved(
    failures: Failures, members: Mapping[str, tuple[str, ...]], size: int, stopped: Callable[[], bool]
) -> tuple[tuple[str, ...], float]:
    """A bad set: the worst next one by one, then exchanges as long as one makes it worse."""
    chosen: tuple[str, ...] = ()
    for _ in range(size):
        chosen, value = _worst(failures, members, [(*chosen, n) for n in members if n not in chosen])
    while not stopped():
        others = [n for n in members if n not in chosen]
        swaps = [tuple(sorted({*chosen, new} - {old})) for old in chosen for new in others]
        better, reached = _worst(failures, members, swaps)
        if reached >= value - 1e-12:
            break
        chosen, value = better, reached
    return tuple(sorted(chosen)), value
