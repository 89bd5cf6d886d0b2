"""Losses of the plan if one project, or all of a sponsor, country or programme, deliver nothing; and the worst set.

Failures are from the start and all else is as planned: projects that require a failed one go on, and there are no calls.
"""

import itertools
import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import numpy as np

from models.constraints.failures import Affine, Failing, worst_program
from models.evaluation import Decided
from models.scenarios import Realization
from models.schema import Project
from models.stress import Kind, Lost, WorstSet
from optimizer.analysis.stress.arrays import CHUNK, Evaluated, Floats, PlanArrays, ScenarioView
from optimizer.analysis.stress.dominance import undominated
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import compile_program

MOST_SETS = 20_000
"""Most sets that are enumerated."""
SECONDS = 60.0
"""Seconds for the proof of a worst set if there are more."""
ROUNDING = 1e-9
"""Differences of values that are rounding errors."""
By = Literal["project", "sponsor", "country"]
Members = Mapping[str, tuple[str, ...]]
Known = tuple[tuple[str, ...], float]
"""A set of groups and the value that its failure leaves."""


def grouped(projects: Iterable[Project], by: By) -> dict[str, tuple[str, ...]]:
    """Projects by project, sponsor or country; a project without one is its own."""
    members: dict[str, list[str]] = {}
    for p in projects:
        members.setdefault(p.id if by == "project" else str(getattr(p, by)) or p.id, []).append(p.id)
    return {name: tuple(ids) for name, ids in sorted(members.items())}


def groups(decisions: Decided, by: By) -> dict[str, tuple[str, ...]]:
    """Financed projects by project, sponsor or country."""
    by_id = {p.id: p for p in decisions.case.projects}
    return grouped((by_id[i] for i in sorted(decisions.chosen)), by)


class Failures:
    """The plan where sets of its projects fail."""

    def __init__(self, arrays: PlanArrays) -> None:
        self.decisions = arrays.decisions
        self.arrays = arrays
        self.view: ScenarioView = self.arrays.view(Realization())
        self.shares = self.arrays.shares(Realization())

    def evaluate(self, sets: list[tuple[str, ...]], stop: threading.Event | None = None) -> Evaluated:
        """The plan where each of these sets of projects fails. Of a chain `stop` ends early: what was not reached is not a
        number."""
        parts = [self._some(sets[n : n + CHUNK], stop) for n in range(0, len(sets), CHUNK)]
        return Evaluated(
            *(np.concatenate([getattr(p, name) for p in parts]) for name in ("value", "coverage", "holds"))
        )

    def _some(self, sets: list[tuple[str, ...]], stop: threading.Event | None) -> Evaluated:
        masks: Floats = np.ones((len(sets), len(self.arrays.plants)))
        for n, failed in enumerate(sets):
            masks[n, [place for i in failed for place in self.arrays.places[i]]] = 0.0
        return self.view.evaluate(self.shares * masks[:, :, None], lambda: stop is not None and stop.is_set())


def one_lost(failures: Failures) -> tuple[Lost, ...]:
    """Each project, sponsor, country and programme of the plan, the largest loss first."""
    named = list(_kinds(failures.decisions))
    result = failures.evaluate([(), *(ids for _, _, ids in named)])
    planned, rules = result.holds[0], failures.arrays.rules
    losses = [
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
    return tuple(sorted(losses, key=lambda x: (order[x.kind], -x.loss, x.name)))


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
    failures: Failures, n: int, by: By = "project", stop: threading.Event | None = None, most_sets: int = MOST_SETS
) -> WorstSet | None:
    """The worst failure of exactly min(n, groups) groups; None where nothing is financed or n is 0.

    Up to `most_sets` sets are enumerated. Above that a mixed-integer program finds the worst and proves it, from a set
    that is built and improved one by one. Of a chain's deliveries there is no such program: there sets are left out that
    another of their number is at least as bad as, and only where still more are left is the value bounded and not proved.
    """
    members = groups(failures.decisions, by)
    size = min(n, len(members))
    if size < 1:
        return None
    count = math.comb(len(members), size)
    if failures.view.flows is not None:
        worst, value, bound, method = _of_chain(failures, members, size, most_sets, stop)
    elif count <= most_sets:
        worst, value = _worst(failures, members, list(itertools.combinations(members, size)))
        bound, method = value, "enumerated"
    else:
        known = _improved(failures, members, size, stop)
        worst, value, bound = _proved(failures, members, size, known, stop)
        method = "program"
    planned = float(failures.evaluate([()]).value[0])
    return WorstSet.model_validate({
        "n": size, "by": by, "names": worst, "value": value, "loss": planned - value, "bound": bound,
        "proved": bound >= value, "sets": count, "method": method,
    })  # fmt: skip


def _of_chain(
    failures: Failures, members: Members, size: int, most_sets: int, stop: threading.Event | None
) -> tuple[tuple[str, ...], float, float, str]:
    """The worst set of a chain: of all that can be the worst, or, where these are too many or time does not suffice, the
    worst that was found. What it leaves, what no set leaves less than, and how that is known."""
    harm, names = _harm(failures, members), list(members)
    listed = undominated(harm, size, most_sets)
    if listed is not None:
        sets = [tuple(names[i] for i in places) for places in listed]
        worst, value = _worst(failures, members, sets, stop)
        if stop is None or not stop.is_set():
            return worst, value, value, "enumerated"
    else:
        worst, value = _improved(failures, members, size, stop)
    return worst, value, min(value, _floor(failures, harm, size)), "partial"


def _harm(failures: Failures, members: Members) -> Floats:
    """Loss by the failure of each group, [group, ...]: capacity of each process and year, then points by soft
    rules."""
    view, arrays, shares = failures.view, failures.arrays, failures.shares
    tonnes = np.einsum("iy,ig->igy", shares, view.process_tonnes).reshape(len(shares), -1)
    _, _, sign, price = view.rule_bodies(shares[None])
    points = (sign * price)[None, :] * shares[:, arrays.rule_years] * arrays.rule_terms.T
    of_plants = np.hstack([tonnes, points])
    return np.array([of_plants[[n for i in ids for n in arrays.places[i]]].sum(axis=0) for ids in members.values()])


def _floor(failures: Failures, harm: Floats, size: int) -> float:
    """Lower bound of what any set leaves: for each quantity, the groups that take most of it are removed."""
    view, shares = failures.view, failures.shares
    most = np.sort(np.maximum(harm, 0.0), axis=0)[::-1][:size].sum(axis=0)
    capacity = view.process_capacity(shares[None])
    tonnes, points = most[: capacity.size], most[capacity.size :]
    assert view.flows is not None
    value, _ = view.flows.deliver(np.maximum(0.0, capacity - tonnes.reshape(capacity.shape)))
    body, limit, sign, price = view.rule_bodies(shares[None])
    lost = np.maximum(0.0, price * sign * (limit - body[0]) + points).sum()
    return float(value[0] - lost - failures.arrays.other_penalty)


def _proved(
    failures: Failures, members: Members, size: int, known: Known, stop: threading.Event | None
) -> tuple[tuple[str, ...], float, float]:
    """The worst set by the program of `models.constraints.failures`, what it leaves, and what no set leaves less than."""
    program = worst_program(failures.arrays.sets, failing(failures, members), size)
    matrix = compile_program(program)
    columns = {g: matrix.column(program.model.fails[g]) for g in members}
    start = np.full(matrix.shape[1], np.nan)
    for g, column in columns.items():
        start[column] = float(g in known[0])
    result = Engine(matrix).minimize(matrix.objectives[0], Limits(0.0, SECONDS), start=start, stop=stop)
    worst, value = known
    if result.x is not None:
        names = tuple(sorted(g for g, column in columns.items() if result.x[column] > 0.5))
        reached = _worst(failures, members, [names])[1]
        worst, value = (names, reached) if reached < value - ROUNDING else known
    close = result.status == "optimal" and result.bound >= value - ROUNDING * max(1.0, abs(value))
    return worst, value, value if close else min(value, result.bound)


def failing(failures: Failures, members: Members) -> Failing:
    """The effect of the failure of each group on the plan, in the form of the program."""
    view, arrays, shares = failures.view, failures.arrays, failures.shares
    everything = failures.view.capacity(shares[None])[0]
    places = {g: [n for i in ids for n in arrays.places[i]] for g, ids in members.items()}
    lost = {g: np.einsum("iy,ik->ky", shares[at], arrays.tonnes[at]) for g, at in places.items()}

    def ratio(k: int, y: int) -> Affine:
        demand = view.demand[k, y]
        return Affine(everything[k, y] / demand, {g: -float(x[k, y]) / demand for g, x in lost.items()})

    parts = [[(weight, ratio(k, y)) for k, y, weight in part] for part in view.weighted_parts()]
    body, limit, sign, price = view.rule_bodies(shares[None])
    missed = [
        (float(price[r]), Affine(float(sign[r] * (limit[r] - body[0, r])), {
            g: float(sign[r] * sum(shares[i, arrays.rule_years[r]] * arrays.rule_terms[r, i] for i in at))
            for g, at in places.items()
        }))
        for r in range(len(arrays.rules)) if price[r] > 0
    ]  # fmt: skip
    plants = view.per_plant()
    base = float(shares[:, view.objective_place] @ plants) if plants is not None else 0.0
    linear = Affine(base - arrays.other_penalty, {} if plants is None else {
        g: -float(sum(shares[i, view.objective_place] * plants[i] for i in at)) for g, at in places.items()
    })  # fmt: skip
    return Failing(list(members), parts, missed, linear)


def _worst(
    failures: Failures, members: Members, sets: list[tuple[str, ...]], stop: threading.Event | None = None
) -> Known:
    """The worst of these sets (the first of equal ones), of those that were evaluated before `stop`."""
    values = failures.evaluate([tuple(i for name in names for i in members[name]) for names in sets], stop).value
    if np.isnan(values[0]):
        values[0] = failures.evaluate([tuple(i for name in sets[0] for i in members[name])]).value[0]
    place = int(np.nanargmin(np.round(values, 12)))
    return sets[place], float(values[place])


def _improved(
    failures: Failures, members: Members, size: int, stop: threading.Event | None
) -> tuple[tuple[str, ...], float]:
    """A bad set by a greedy heuristic: the worst next group one by one, then exchanges as long as one makes it worse."""
    chosen: tuple[str, ...] = ()
    for _ in range(size):
        chosen, value = _worst(failures, members, [(*chosen, n) for n in members if n not in chosen])
    while stop is None or not stop.is_set():
        others = [n for n in members if n not in chosen]
        swaps = [tuple(sorted({*chosen, new} - {old})) for old in chosen for new in others]
        if not swaps:
            break
        better, reached = _worst(failures, members, swaps)
        if reached >= value - ROUNDING:
            break
        chosen, value = better, reached
    return tuple(sorted(chosen)), value
