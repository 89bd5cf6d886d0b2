"""Comparisons for a plan of a chain by deliveries: without the plan, without research, and with the best plan by nameplate.

The flows of the same projects are computed again with parts of the case removed. If the plan was made for deliveries and time
is left, the best plan by nameplate is searched too.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from models.case import Case
from models.chain_value import ChainValue, Delivered, NameplateBest, Research, Saved
from models.milestones import milestone_years
from models.network import Network, Recipe, delivers, recipe_of
from models.plan import Plan
from models.schema import Coefficient
from models.sets import Sets
from optimizer.analysis.chain_bottlenecks import bottlenecks
from optimizer.solver.allocation import NoAwards
from optimizer.solver.chain_flows import Flows, flows
from optimizer.solver.deadline import Deadline
from optimizer.solver.no_solution import NoSolution

if TYPE_CHECKING:
    from optimizer.solver.lexicographic import Options

LEAST_SECONDS = 3.0
"""Least seconds for the search of a second plan."""


def chain_value(case: Case, plan: Plan, options: "Options", stop: threading.Event | None = None) -> ChainValue | None:
    """Results of further solves about a plan; None for a case without a chain.

    `options`: those of the search for the plan best by nameplate; the time limit is of all further solves together. If it is
    over, only the deliveries with and without the plan are computed (`ChainValue.cut_short`).
    """
    if not case.processes:
        return None
    end = Deadline.after(options.time_limit)
    sets = Sets(case)
    chosen = {f.id: f.fid_year for f in plan.projects}
    with_plan, without = flows(sets, chosen), flows(sets, {})
    value = ChainValue(
        delivered=with_plan.delivered, magnets_t=with_plan.magnets, without=_rows(sets, without), cut_short=end.is_over
    )
    if value.cut_short:
        return value
    short = bottlenecks(sets, chosen)
    thrift, recovery = improvements(Network(sets))
    value = value.model_copy(
        update={
            "steps": tuple(step for step in short.steps if step.delivered_gain > 0 or step.magnets_gain_t > 0),
            "shortages": short.shortages,
            "thrift": _research(case, plan, thrift, chosen),
            "recovery": _research(case, plan, recovery, chosen),
        }
    )
    if not delivers(sets) or end.left < LEAST_SECONDS or (stop is not None and stop.is_set()):
        return value
    return value.model_copy(update={"nameplate": _nameplate(case, end.limit(options), stop)})


def _rows(sets: Sets, flow: Flows) -> tuple[Delivered, ...]:
    return tuple(
        Delivered(stage=k.stage, material=k.material, year=y, coverage=flow.coverage.get((k, y), 1.0))
        for k in sets.demands
        for y in sets.years
    )


# -- research --------------------------------------------------------------------------------------------------------


class Improvement(NamedTuple):
    """A coefficient that uses less or makes more from a year on, and the one that it replaces."""

    recipe: Recipe
    row: Coefficient
    before: float


def improvements(network: Network) -> tuple[list[Improvement], list[Improvement]]:
    """Later coefficients that are better than those before them: in recipes of what leaves the chain (thrift), and in
    all others (recovery)."""
    final = {k.material for k, basis in network.basis.items() if basis == "net"}
    saves = {recipe_of(row) for row in network.sets.case.processes if row.material in final and _made(row)}
    groups: tuple[list[Improvement], list[Improvement]] = ([], [])
    for one in _better(network.sets.case.processes):
        groups[one.recipe not in saves].append(one)
    return groups


def _made(row: Coefficient) -> bool:
    return row.tonnes_per_tonne > 0


def _better(rows: Iterable[Coefficient]) -> Iterator[Improvement]:
    def key(row: Coefficient) -> tuple[str, str, str]:
        return row.process, row.recipe or "", row.material

    for _, of in groupby(sorted(rows, key=lambda r: (*key(r), r.from_year or 0)), key):
        first, *later = of
        before = first.tonnes_per_tonne
        for row in later:
            if row.tonnes_per_tonne > before:
                yield Improvement(recipe_of(row), row, before)
            else:
                before = row.tonnes_per_tonne


def _research(case: Case, plan: Plan, improvements: list[Improvement], chosen: dict[str, int]) -> Research | None:
    """The same projects without these coefficients; None where there are none."""
    if not improvements:
        return None
    gone = {id(one.row) for one in improvements}
    kept = tuple(row for row in case.processes if id(row) not in gone)
    flow = flows(Sets(case.with_(processes=kept)), chosen)
    return Research(
        delivered=flow.delivered,
        magnets_t=flow.magnets,
        from_year=min(one.row.from_year or 0 for one in improvements),
        saved=tuple(saved(case, plan, improvements)),
    )


def saved(case: Case, plan: Plan, improvements: list[Improvement]) -> Iterator[Saved]:
    """Tonnes a year that better coefficients save or bring at what the plan runs, and the ore that gives as much."""
    network = Network(Sets(case))
    runs = {(Recipe(r.process, r.recipe or ""), r.year): r.run_t for r in plan.runs}
    before = {(one.recipe, one.row.material): one.before for one in improvements}
    per_tonne = ore_per_tonne(case, plan)
    for material in sorted({material for _, material in before}):
        for year in network.sets.years:
            tonnes = sum(
                (network.coefficients[recipe, year].get(m, 0.0) - base) * runs.get((recipe, year), 0.0)
                for (recipe, m), base in before.items()
                if m == material
            )
            if tonnes > 0:
                ore = per_tonne(material, year)
                yield Saved(material=material, year=year, saved_t=tonnes, ore_t=None if ore is None else ore * tonnes)


def ore_per_tonne(case: Case, plan: Plan) -> Callable[[str, int], float | None]:
    """Ore that the plan uses for a tonne that it makes of a material, in a year: an average over all that it makes.

    Ore is what the first stage makes. None where the material is made of none.
    """
    first = case.settings.stages[0]
    ores = {row.material for row in case.processes if row.stage == first and _made(row)}
    at = {(row.material, row.year): row for row in plan.materials}

    def per_tonne(material: str, year: int) -> float | None:
        output, ore = at[material, year].made_t, sum(at[o, year].used_t for o in ores)
        return ore / output if output > 0 and ore > 0 and material not in ores else None

    return per_tonne


# -- the plan best by nameplate --------------------------------------------------------------------------------------


def _nameplate(case: Case, options: "Options", stop: threading.Event | None) -> NameplateBest | None:
    """A plan of the objective `coverage`, and what it delivers; None where none was found in time.

    Only its selection is searched, because its tie-break and awards do not matter here.
    """
    from optimizer.solver.reoptimize import Question, Session
    from optimizer.solver.solve import assemble

    other = Sets(case.with_(settings=case.settings.model_copy(update={"objective": "coverage"})))
    try:
        solution = Session.of(other, options, stop=stop).ask(Question())
    except (NoSolution, NoAwards):
        return None
    best = assemble(other, solution, options)
    sets = Sets(case)
    flow = flows(sets, {f.id: f.fid_year for f in best.projects})
    years = milestone_years(case.settings)
    return NameplateBest(
        gap=best.objective.gap,
        delivered=flow.delivered,
        magnets_t=flow.magnets,
        projects=tuple(sorted(f.id for f in best.projects)),
        processes=tuple(
            (row.process, row.year, row.capacity_t, row.used_t) for row in flow.processes if row.year in years
        ),
    )
