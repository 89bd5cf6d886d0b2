"""What a chain delivers, for the oracle: one linear program a year, written from the mathematics alone.

Variables of a year: the run of every recipe, what is drawn of every supply, and the part of every demand delivered.
Nothing here is taken from the program but the case.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from support.oracle_rules import delivered, interpolated, unaided_year

from models.case import Case
from models.schema import Existing, Project

Capacities = tuple[float, ...]


class ChainTable:
    """The chain of a case; the linear program of a year and its capacities is solved once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.years = range(case.settings.first_year, case.settings.last_year + 1)
        self.stages = {row.process: row.stage for row in case.processes}
        self.names = sorted(self.stages)
        self.recipes = sorted({(row.process, row.recipe or "") for row in case.processes})
        self.materials = sorted(
            {row.material for row in case.processes}
            | {demand_row.material for demand_row in case.demand if demand_row.material}
        )
        self._solved: dict[tuple[int, Capacities], tuple[float, float]] = {}

    # -- the numbers of a year -----------------------------------------------------------------------------------------

    def coefficients(self, process: str, recipe: str, year: int) -> dict[str, float]:
        """Tonnes made or used per tonne run."""
        result: dict[str, tuple[int, float]] = {}
        for row in self.case.processes:
            if (row.process, row.recipe or "") == (process, recipe) and (row.from_year or 0) <= year:
                since = row.from_year or 0
                if row.material not in result or since >= result[row.material][0]:
                    result[row.material] = since, row.tonnes_per_tonne
        return {material: tonnes for material, (_, tonnes) in result.items()}

    def use(self, process: str, recipe: str, year: int) -> float:
        since, use = -1, 1.0
        for row in self.case.processes:
            mine = (row.process, row.recipe or "") == (process, recipe) and row.capacity_use is not None
            if mine and since < (row.from_year or 0) <= year:
                since, use = row.from_year or 0, row.capacity_use or 0.0
        return use

    def process(self, plant: Project | Existing) -> str | None:
        if plant.process:
            return plant.process
        own = [name for name in self.names if self.stages[name] == plant.stage]
        return own[0] if len(own) == 1 else None

    def existing(self, row: Existing, year: int) -> float:
        if row.country in self.case.settings.excluded_countries:
            return 0.0
        tonnes = row.capacity_tpa if row.capacity_tpa is not None else interpolated(row.years, year)
        return tonnes * row.allied_share

    @cached_property
    def standing(self) -> dict[tuple[str, int], float]:
        """Process and year -> capacity without the plan."""
        result = dict.fromkeys(((g, y) for g in self.names for y in self.years), 0.0)
        for row in self.case.existing:
            process = None if row.material else self.process(row)
            for year in self.years if process else ():
                result[process or "", year] += self.existing(row, year)
        for p in self.case.projects:
            process = self.process(p)
            if p.status == "underway" and process is not None:
                fid = self.case.settings.first_year if p.earliest_fid is None else p.earliest_fid
                for year in self.years:
                    result[process, year] += delivered(p, fid, year)
        return result

    def supply(self, material: str, year: int) -> float:
        return sum(self.existing(row, year) for row in self.case.existing if row.material == material)

    def is_final(self, material: str) -> bool:
        """Whether no recipe uses the material in any year."""
        return not any(self.coefficients(g, r, y).get(material, 0) < 0 for g, r in self.recipes for y in self.years)

    def weight(self, stage: str) -> float:
        same = sum(demand_row.stage == stage for demand_row in self.case.demand)
        return self.case.settings.stage_weights.get(stage, 1.0) / same

    def discount(self, year: int) -> float:
        return float((1 + self.case.settings.discount_rate) ** -(year - self.case.settings.first_year))

    # -- values --------------------------------------------------------------------------------------------------------

    def value(self, fids: Mapping[str, float]) -> float:
        """The objective (delivered score, or tonnes of magnets) of a selection: project -> year, infinite for never."""
        built: list[tuple[Project, float]] = []
        for p in self.case.projects:
            fid, own = fids.get(p.id, np.inf), unaided_year(self.case, p)
            if p.status != "underway" and (np.isfinite(fid) or own is not None):
                built.append((p, fid if own is None or np.isfinite(fid) else own))
        score = magnets = 0.0
        for year in self.years:
            capacity = {g: self.standing[g, year] for g in self.names}
            for p, fid in built:
                process = self.process(p)
                if process is not None:
                    capacity[process] += delivered(p, fid, year)
            reached, tonnes = self.of_year(year, tuple(capacity[g] for g in self.names))
            score, magnets = score + self.discount(year) * reached, magnets + tonnes
        if self.case.settings.objective == "magnets":
            return magnets
        demanded = (
            (demand_row, y)
            for demand_row in self.case.demand
            for y in self.years
            if interpolated(demand_row.years, y) > 0
        )
        most = sum(self.weight(demand_row.stage) * self.discount(y) for demand_row, y in demanded)
        return score / most if most else 0.0

    def of_year(self, year: int, capacities: Capacities) -> tuple[float, float]:
        """Weighted coverage of the year and tonnes of magnets, the one that is the objective at its most."""
        if (year, capacities) not in self._solved:
            self._solved[year, capacities] = self._solve(year, dict(zip(self.names, capacities, strict=True)))
        return self._solved[year, capacities]

    def _solve(self, year: int, capacity: Mapping[str, float]) -> tuple[float, float]:
        demands = [demand_row for demand_row in self.case.demand if interpolated(demand_row.years, year) > 0]
        asked = [interpolated(demand_row.years, year) for demand_row in demands]
        begun = [(g, r) for g, r in self.recipes if any(self.coefficients(g, r, year).values())]
        n, m, k = len(begun), len(self.materials), len(demands)
        rows: list[np.ndarray] = []
        limits: list[float] = []

        def row(limit: float) -> np.ndarray:
            rows.append(np.zeros(n + m + k))
            limits.append(limit)
            return rows[-1]

        for process in self.names:
            line = row(capacity[process])
            for at, (g, r) in enumerate(begun):
                if g == process:
                    line[at] = self.use(g, r, year)
        result = np.array([[self.coefficients(g, r, year).get(x, 0.0) for g, r in begun] for x in self.materials])
        result = result.reshape(m, n)
        balance = {}
        for at, material in enumerate(self.materials):
            balance[material] = line = row(0.0)
            line[:n], line[n + at] = -result[at], -1.0
        for at, demand_row in enumerate(demands):
            if demand_row.material is None:
                line = row(0.0)
                line[:n] = [-1.0 if self.stages[g] == demand_row.stage else 0.0 for g, _ in begun]
                line[n + m + at] = asked[at]
            elif demand_row.basis == "net" or (demand_row.basis is None and self.is_final(demand_row.material)):
                balance[demand_row.material][n + m + at] = asked[at]
            else:
                line = row(0.0)
                line[:n] = -np.maximum(result[self.materials.index(demand_row.material)], 0.0)
                line[n + m + at] = asked[at]
        score, tonnes = np.zeros(n + m + k), np.zeros(n + m + k)
        for at, demand_row in enumerate(demands):
            score[n + m + at] = self.weight(demand_row.stage)
            tonnes[n + m + at] = asked[at] if demand_row.stage == "magnet" else 0.0
        bounds = [*[(0, None)] * n, *[(0, self.supply(x, year)) for x in self.materials], *[(0, 1)] * k]
        first = tonnes if self.case.settings.objective == "magnets" else score
        from scipy.optimize import linprog  # here: it loads more than most tests need

        solution = linprog(-first, A_ub=np.array(rows), b_ub=limits, bounds=bounds, method="highs")
        assert solution.status == 0, solution.message
        return float(score @ solution.x), float(tonnes @ solution.x)
