r"""Chain from ore to magnet: recipes run within the capacity of their process and the material that feeds them.

For every year t, process g, material m (Sahinidis & Grossmann 1989):

$$\sum_r use_{g,r}\, run_{g,r,t} \le existing_{g,t} + underway_{g,t} + financed_{g,t}$$
$$used_{m,t} + \sum_{k \in net_m} delivered_{k,t}\, demand_{k,t} \le made_{m,t} + supply_{m,t}, \qquad
delivered_{k,t}\, demand_{k,t} \le made_{m,t} \;\; \forall k \in gross_m$$

`made` and `used` are the positive and negative coefficients of the recipes times their run; surplus may be discarded. A
demand row without a material is met by what its stage runs. Runs are in units of the largest capacity of their process,
and each row is divided by its largest coefficient in tonnes.

>>> from models.examples import show
>>> show("feed", "mill,,2028", objective="delivered")
run[mill,,2028] - (vintage[mill,'100',25,2027] + vintage[mill,'100',25,2028])  <=  0
>>> show("balance", "2028", objective="delivered")
- run[press,,2028] + 0.5*delivered[magnet,magnets,2028]  <=  0
run[mill,,2028]  <=  0.5
- run[mill,,2028] + 0.8*run[press,,2028]  <=  0
>>> show("gross", "2028", objective="delivered")
0.8*delivered[separation,oxide,2028] - run[mill,,2028]  <=  0
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.family import Family
from models.network import Recipe, delivers, financed_process, unaided_process
from models.sets import DemandKey

if TYPE_CHECKING:
    from models.program import Program

Run = tuple[Recipe, int]
"""A recipe in a year."""


def constrain(program: "Program") -> None:
    """Add the rows of the chain if the objective or a rule reads its deliveries; none if it reads nameplate capacity."""
    if delivers(program.sets):
        rows(program, primary(program))


def stand(program: "Program", sizes: Mapping[tuple[str, int], float]) -> None:
    """Set the nameplate capacity of every process and year, in units of `sizes` (t/yr)."""
    decision, network = program.decision, program.network
    program.sizes = dict(sizes)
    program.nameplate = {
        (g, y): (
            network.existing[g, y]
            + network.underway[g, y]
            + unaided_process(decision, network, g, y)
            + financed_process(decision, network, g, y)
        )
        / (size or 1.0)
        for (g, y), size in sizes.items()
    }


def rows(program: "Program", full: Iterable[Run] = ()) -> None:
    """Rows of the capacity, the balance and the gross demand of each year; leaves `program.run` and
    `program.delivered`. `full`: runs that take all that their process has and are no variables."""
    _declare(program, full)
    _feed(program)
    _balance(program)
    _gross(program)
    _stages(program)


def primary(program: "Program") -> list[Run]:
    """Recipes of primary production, which use nothing and are the only ones of their process.

    Surplus may be discarded, so running them at full capacity loses nothing, and half of a chain needs no variables.
    """
    network = program.network
    return [
        (recipes[0], y)
        for recipes in network.recipes_of.values()
        for y in program.sets.years
        if len(recipes) == 1
        and network.use[recipes[0], y] > 0
        and all(tonnes > 0 for tonnes in network.coefficients[recipes[0], y].values())
    ]


def _declare(program: "Program", full: Iterable[Run]) -> None:
    network, sets = program.network, program.sets
    able = [(r, y) for r in network.recipes for y in sets.years if program.sizes[r.process, y] > 0]
    held = set(full)
    runs = {(r.process, r.name, y): (r, y) for r, y in able if network.coefficients[r, y] and (r, y) not in held}
    pairs = {(k.stage, k.material, y): (k, y) for k in sets.demands for y in sets.years if sets.demand[k, y] > 0}
    program.model.run = pyo.Var(list(runs), domain=pyo.NonNegativeReals)
    program.model.delivered = pyo.Var(list(pairs), bounds=(0, 1))
    program.run = {
        (r, y): program.nameplate[r.process, y] / network.use[r, y]
        for r, y in able
        if network.coefficients[r, y] and (r, y) in held
    }
    program.run |= {key: program.model.run[at] for at, key in runs.items()}
    program.delivered = {key: program.model.delivered[at] for at, key in pairs.items()}


def tonnes_run(program: "Program") -> Any:
    """Sum of the runs over recipes and years, t."""
    return sum(program.sizes[r.process, y] * x for (r, y), x in program.run.items())


def _feed(program: "Program") -> None:
    network = program.network
    index = sorted({(g, y) for g, _, y in program.model.run})

    def feed(m: pyo.Block, g: str, y: int) -> object:
        taken = [(network.use[r, y], r.name) for r in network.recipes_of[g] if (g, r.name, y) in m.run]
        return sum(use * m.run[g, name, y] for use, name in taken) - program.nameplate[g, y] <= 0

    program.add("feed", index, feed)


def _flows(program: "Program", material: str, year: int) -> list[tuple[float, Recipe]]:
    """Tonnes made (> 0) or used (< 0) of a material by one unit of each run."""
    network = program.network
    return [
        (tonnes * program.sizes[r.process, year], r)
        for r in network.recipes
        if (r, year) in program.run and (tonnes := network.coefficients[r, year].get(material, 0.0))
    ]


def _balance(program: "Program") -> None:
    network, sets = program.network, program.sets
    net = {m: k for m, k in network.demand_of.items() if network.basis[k] == "net"}
    index = [(m, y) for m in network.materials for y in sets.years if m in net or network.users[m]]

    def balance(_: pyo.Block, m: str, y: int) -> object:
        flows = [(-tonnes, program.run[r, y]) for tonnes, r in _flows(program, m, y)]
        if m in net and (net[m], y) in program.delivered:
            flows.append((sets.demand[net[m], y], program.delivered[net[m], y]))
        return _at_most(flows, network.supply[m, y])

    program.add("balance", index, balance)


def _gross(program: "Program") -> None:
    network, sets = program.network, program.sets
    keys = {k.material: k for k, basis in network.basis.items() if basis == "gross"}
    index = [(m, y) for m, k in keys.items() for y in sets.years if (k, y) in program.delivered]

    def gross(_: pyo.Block, m: str, y: int) -> object:
        makes = [(-tonnes, program.run[r, y]) for tonnes, r in _flows(program, m, y) if tonnes > 0]
        return _at_most([(sets.demand[keys[m], y], program.delivered[keys[m], y]), *makes], 0.0)

    program.add("gross", index, gross)


def _stages(program: "Program") -> None:
    network, sets = program.network, program.sets
    index = [(k.stage, y) for k, y in program.delivered if k.material is None]

    def stage(_: pyo.Block, s: str, y: int) -> object:
        key = DemandKey(s, None)
        recipes = (r for g in network.by_stage.get(s, ()) for r in network.recipes_of[g] if (r, y) in program.run)
        runs = [(-program.sizes[r.process, y], program.run[r, y]) for r in recipes]
        return _at_most([(sets.demand[key, y], program.delivered[key, y]), *runs], 0.0)

    program.add("stage_runs", index, stage)


def _at_most(terms: list[tuple[float, Any]], limit: float) -> object:
    """The row `sum of terms <= limit`, divided by its largest coefficient; feasible if it has no terms."""
    if not any(factor > 0 for factor, _ in terms):
        return True
    scale = max(abs(factor) for factor, _ in terms)
    return sum(factor / scale * x for factor, x in terms) <= limit / scale


CHAIN = Family(
    "chain", constrain, forbids=False, modelled="chain", checks=("chain",), audits=("chain runs", "chain processes", "chain balances"),
)  # fmt: skip
