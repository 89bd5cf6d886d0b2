"""Deliveries of a chain in draws: checks that the stated flows keep every capacity and balance, and reach the value.

It does not check that no other flows reach more, as for named scenarios: a stated value is one that is reached.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from models.audit import score
from models.audit.chain import Chain, Way
from models.audit.drawn_world import DrawnWorld
from models.audit.ledger import Ledger
from models.audit.troubled import Trouble, troubled
from models.schema import Demand, Scenario

RUN_OF_RESIDUE = 100.0
"""Violations are measured in at least this part of the largest run of a year."""
OfYear = Sequence[float]
"""Runs of one year, by way, t/yr."""


class DrawnChain(DrawnWorld):
    """The chain of one scenario: recipes, capacities without projects, supply and demand as floats."""

    def __init__(self, ledger: Ledger, rows: Sequence[Scenario], known_from: int | None, ways: Sequence[Way]) -> None:
        super().__init__(ledger, rows, known_from)
        everybody = {*ledger.financed, *ledger.underway, *ledger.unaided}
        self._chain = Chain(troubled(ledger, Trouble(tuple(rows)), everybody))
        self._ways = list(ways)
        self._processes = {i: g for i, _ in self.plants if (g := self._chain.process(ledger.projects[i])) is not None}

    # -- capacities and balances -----------------------------------------------------------------------------------

    def violation(self, late: Mapping[str, int], gone: Iterable[str], runs: Sequence[OfYear]) -> float:
        """The largest violation of a capacity, of a balance, or of 0 by a run, as a part of its base."""
        capacity, out = self._capacity(late, {*gone}), 0.0
        for n, of_year in enumerate(runs):
            residue = max([1.0, *(run / RUN_OF_RESIDUE for run in of_year)])
            out = max([out, *(-run / residue for run in of_year)])
            for process, used in self._used(of_year, n).items():
                most = capacity[process][n]
                out = max(out, (used - most) / max(residue, most, used))
            for material, (produced, used) in self._flows(of_year, n).items():
                most = produced + self._supply[material][n]
                out = max(out, (used - most) / max(residue, most, used))
        return out

    def _capacity(self, late: Mapping[str, int], gone: set[str]) -> dict[str, list[float]]:
        capacity = {g: list(stands) for g, stands in self._existing.items()}
        for name, process in self._processes.items():
            if name not in gone:
                output = self.output(name, late.get(name, 0), unaided=name not in self._ledger.financed)
                capacity[process] = [a + b for a, b in zip(capacity[process], output, strict=True)]
        return capacity

    @cached_property
    def _existing(self) -> dict[str, list[float]]:
        return {g: [float(self._chain.capacity(g, y)[0]) for y in self._years] for g in self._chain.stages}

    @cached_property
    def _supply(self) -> dict[str, list[float]]:
        return {m: [float(self._chain.supply(m, y)) for y in self._years] for m in self._chain.materials}

    @cached_property
    def _takes(self) -> list[list[float]]:
        """[year, way]: capacity that a tonne takes."""
        return [[float(self._chain.takes(way, y)) for way in self._ways] for y in self._years]

    @cached_property
    def _recipes(self) -> list[list[list[tuple[str, float]]]]:
        """[year, way]: material and tonnes made (> 0) or used (< 0) a tonne run."""
        return [
            [[(m, float(tonnes)) for m, tonnes in self._chain.recipe(way, y).items()] for way in self._ways]
            for y in self._years
        ]

    def _used(self, runs: OfYear, year: int) -> dict[str, float]:
        used = dict.fromkeys(self._existing, 0.0)
        for (process, _), run, takes in zip(self._ways, runs, self._takes[year], strict=True):
            used[process] += run * takes
        return used

    def _flows(self, runs: OfYear, year: int) -> dict[str, tuple[float, float]]:
        """Material -> made, used."""
        flows = dict.fromkeys(self._supply, (0.0, 0.0))
        for run, recipe in zip(runs, self._recipes[year], strict=True):
            for material, tonnes in recipe:
                produced, used = flows[material]
                flows[material] = (produced + tonnes * run, used) if tonnes > 0 else (produced, used - tonnes * run)
        return flows

    # -- value -----------------------------------------------------------------------------------------------------

    def delivers(self, runs: Sequence[OfYear]) -> float:
        """The objective that the flows reach."""
        covered = [self._covered_in(of_year, n) for n, of_year in enumerate(runs)]
        return self._magnets(covered) if score.name(self._ledger) == "magnets" else self._score(covered)

    @cached_property
    def _demands(self) -> list[tuple[Demand, list[float], float]]:
        """Each demand row, what it demands by year, and its weight."""
        rows = [(item.demand, demand, weight) for weight, demand, _, item in self.rows]
        return [(row, demand, weight) for row, demand, weight in rows if row is not None]

    def _covered_in(self, runs: OfYear, year: int) -> list[float]:
        """Part of each demand that is delivered in a year; 1 where nothing is demanded."""
        flows = self._flows(runs, year)
        return [
            min(1.0, max(0.0, self._available(row, runs, flows, year)) / demand[year]) if demand[year] > 0 else 1.0
            for row, demand, _ in self._demands
        ]

    def _available(self, row: Demand, runs: OfYear, flows: Mapping[str, tuple[float, float]], year: int) -> float:
        if row.material is None:
            stages = self._chain.stages
            return sum(run for (process, _), run in zip(self._ways, runs, strict=True) if stages[process] == row.stage)
        produced, used = flows[row.material]
        return produced if self._chain.gross[row.material] else produced + self._supply[row.material][year] - used

    def _score(self, covered: Sequence[Sequence[float]]) -> float:
        growth = 1 + self._ledger.case.settings.discount_rate
        reached = total = 0.0
        for n, parts in enumerate(covered):
            for (_, demand, weight), part in zip(self._demands, parts, strict=True):
                if demand[n] > 0:
                    reached, total = reached + weight * growth**-n * part, total + weight * growth**-n
        return reached / total if total else 0.0

    def _magnets(self, covered: Sequence[Sequence[float]]) -> float:
        stages = self._ledger.case.settings.stages
        last = "magnet" if "magnet" in stages else stages[-1]
        return sum(
            demand[n] * part
            for n, parts in enumerate(covered)
            for (row, demand, _), part in zip(self._demands, parts, strict=True)
            if row.stage == last
        )
