"""Links of the flow chart: the tonnes that go from one demand row to the next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from models.case import Case
from models.network import Network, Recipe
from models.plan import Plan
from models.sets import Sets
from optimizer.reports.chain.numbers import Link

_LEAST = 1e-6


@dataclass(frozen=True)
class Ribbon:
    """The flow from one row to another in a year, t/yr."""

    source: int
    """Place of the giving row."""
    target: int
    used_t: float
    """Input in the material of the giving row."""
    made_t: float
    """Output in the material of the taking row."""


def ribbons(case: Case, plan: Plan, rows: Sequence[Link], year: int) -> list[Ribbon]:
    """Every pair of rows between which something flows onward, in the order of the rows.

    A recipe's product is attributed to its largest input; if it makes several products, the input is shared among them by weight.
    A material without demand (a mixed concentrate) is replaced by what it was made from; material that flows back (swarf) is
    left out.
    """
    network = Network(Sets(case))
    place = _Places(network, rows, year)
    flows: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for run in (r for r in plan.runs if r.year == year and r.run_t > _LEAST):
        moved = network.coefficients[Recipe(run.process, run.recipe or ""), year]
        main, outputs = main_input(moved), {m: c for m, c in moved.items() if c > 0 and m in place.own}
        source = None if main is None else place.of(main)
        if main is None or source is None:
            continue
        whole = fsum(outputs.values())
        for m, share in outputs.items():
            if source < place.own[m]:
                flows[source, place.own[m]].append((-moved[main] * run.run_t * share / whole, share * run.run_t))
    return [
        Ribbon(source, target, fsum(u for u, _ in pairs), fsum(m for _, m in pairs))
        for (source, target), pairs in sorted(flows.items())
    ]


def main_input(moved: Mapping[str, float]) -> str | None:
    """The material of which a recipe takes most; None where it takes none."""
    used = [(tonnes, m) for m, tonnes in moved.items() if tonnes < 0]
    return min(used)[1] if used else None


class _Places:
    """Material -> the row that counts it, or that it was made from."""

    def __init__(self, network: Network, rows: Sequence[Link], year: int) -> None:
        self.network, self.year = network, year
        self.own: dict[str, int] = {}
        """Materials that a row counts: its own, its grades, or what the stage makes where the row names none."""
        made_by = {r.material: r.stage for r in network.sets.case.processes if r.tonnes_per_tonne > 0}
        for place, row in enumerate(rows):
            grades = [k.material for k in network.sets.demands if k.stage == row.stage and k.material]
            products = [m for m, stage in made_by.items() if stage == row.stage]
            materials = [row.material] if row.material else grades or products
            self.own.update(dict.fromkeys(filter(None, materials), place))

    def of(self, material: str, seen: frozenset[str] = frozenset()) -> int | None:
        """The place of a material; None where it comes from outside or only from itself."""
        if material in self.own or material in seen:
            return self.own.get(material)
        for (_, year), moved in self.network.coefficients.items():
            if year == self.year and moved.get(material, 0.0) > 0 and (main := main_input(moved)) is not None:
                return self.of(main, seen | {material})
        return None
