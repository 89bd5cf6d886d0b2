"""The gain of the objective if projects are added to a plan that stays as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from models.audit.capacity import Need, covered, needs
from models.audit.exact import ONE, TOLERANCE, ZERO, exact
from models.audit.ledger import Ledger
from models.audit.projects import tonnes
from models.audit.score import name, row_weights, weight
from models.schema import CHAIN_OBJECTIVES, Project

Bundle = tuple[Project, ...]
Part = tuple[int, int]
"""Number of a demand row, and a year."""


@dataclass(frozen=True)
class Additions:
    """Gains of further projects on one plan."""

    ledger: Ledger

    @cached_property
    def rows(self) -> list[Need]:
        return needs(self.ledger)

    @cached_property
    def standing(self) -> dict[Part, tuple[Decimal, Decimal]]:
        """Demand row and year with demand -> capacity with the plan, and the demand."""
        standing = {}
        for n, row in enumerate(self.rows):
            for year in self.ledger.years:
                if (demand := row.demanded(year)) > 0:
                    standing[n, year] = (row.capacity(year), demand)
        return standing

    @cached_property
    def missing(self) -> dict[str, list[Part]]:
        """Stage -> its demand rows and years that are not covered."""
        missing: dict[str, list[Part]] = {}
        for (n, year), (capacity, demand) in self.standing.items():
            if capacity < demand:
                missing.setdefault(self.rows[n].stage, []).append((n, year))
        return missing

    @cached_property
    def discounts(self) -> dict[int, Decimal]:
        settings = self.ledger.case.settings
        growth = ONE + exact(settings.discount_rate)
        return {year: ONE / growth ** (year - settings.first_year) for year in self.ledger.years}

    def gain(self, bundle: Bundle, year: int) -> Decimal:
        """The gain of the objective. If it counts what a chain delivers: 1 if the process of a project runs at its full
        capacity in a year in which the project would deliver, so that there may be a gain, else 0."""
        objective = name(self.ledger)
        if objective in CHAIN_OBJECTIVES:
            return ONE if any(self._is_full(project, year) for project in bundle) else ZERO
        return self.GAINS[objective](self, bundle, year)

    def _capacity(self, bundle: Bundle, year: int) -> Decimal:
        at = self.ledger.case.settings.objective_year
        stages = self.ledger.case.settings.stages
        counted = [project for project in bundle if project.stage in stages]
        amounts = (weight(self.ledger, p.stage) * self._tonnes(p, year, at) for p in counted)
        return sum(amounts, ZERO)

    def _parts(self, bundle: Bundle, year: int) -> dict[Part, Decimal]:
        """Part of each demand that is covered in addition."""
        added: dict[Part, Decimal] = {}
        for project in bundle:
            for n, y in self._parts_of(project):
                share = (
                    ONE
                    if self.rows[n].material is None
                    else exact(project.shares.get(self.rows[n].material or "", 0.0))
                )
                if share and (amount := share * self._tonnes(project, year, y)):
                    added[n, y] = added.get((n, y), ZERO) + amount
        parts = {}
        for key, amount in added.items():
            capacity, demand = self.standing[key]
            parts[key] = covered(capacity + amount, demand) - covered(capacity, demand)
        return parts

    def _parts_of(self, project: Project) -> list[Part]:
        """Demand rows and years that a project can change. A project that goes ahead without support also ends earlier if it is
        decided earlier, which can change years that are covered."""
        if project.id in self.ledger.unaided:
            return [(n, y) for n, y in self.standing if self.rows[n].stage == project.stage]
        return self.missing.get(project.stage, [])

    def _tonnes(self, project: Project, fid: int, year: int) -> Decimal:
        """Tonnes that a decision adds in a year to what comes without support."""
        brought = dict(tonnes(project, fid, (year,)))[year]
        return brought - self.ledger.paths[project.id][year] if project.id in self.ledger.unaided else brought

    @cached_property
    def _weights(self) -> list[Decimal]:
        return row_weights(self.ledger, list(self.rows))

    @cached_property
    def _asked(self) -> Decimal:
        return sum((self._weights[n] * self.discounts[year] for n, year in self.standing), ZERO)

    def _coverage(self, bundle: Bundle, year: int) -> Decimal:
        parts = self._parts(bundle, year).items()
        reached = sum((self._weights[n] * self.discounts[y] * part for (n, y), part in parts), ZERO)
        return reached / self._asked if reached else ZERO

    @cached_property
    def _means(self) -> dict[int, tuple[Decimal, Decimal]]:
        """Demand row -> discounted coverage with the plan, and full coverage."""
        means: dict[int, tuple[Decimal, Decimal]] = {}
        for (n, year), pair in self.standing.items():
            reached, total = means.get(n, (ZERO, ZERO))
            means[n] = (reached + self.discounts[year] * covered(*pair), total + self.discounts[year])
        return means

    def _level(self, bundle: Bundle, year: int) -> Decimal:
        more: dict[int, Decimal] = {}
        for (n, y), part in self._parts(bundle, year).items():
            more[n] = more.get(n, ZERO) + self.discounts[y] * part
        before = min((reached / total for reached, total in self._means.values()), default=ZERO)
        means = ((reached + more.get(n, ZERO)) / total for n, (reached, total) in self._means.items())
        return min(means, default=ZERO) - before

    GAINS: ClassVar[dict[str, Callable[["Additions", Bundle, int], Decimal]]] = {
        "coverage": _coverage, "capacity": _capacity, "bottleneck": _level,
    }  # fmt: skip
    """Objective that reads nameplate capacity -> its gain."""

    # -- a chain -------------------------------------------------------------------------------------------------

    @cached_property
    def _full(self) -> set[tuple[str, int]]:
        """Process and year in which its runs take all of its capacity."""
        full = set()
        for row in self.ledger.plan.processes:
            have = exact(row.existing_t) + exact(row.underway_t) + exact(row.financed_t) + exact(row.unaided_t or 0.0)
            if exact(row.used_t) >= have - TOLERANCE * max(ONE, have):
                full.add((row.process, row.year))
        return full

    def _is_full(self, project: Project, fid: int) -> bool:
        process = self._process(project)
        years = (y for y in self.ledger.years if self._tonnes(project, fid, y) > 0)
        return process is not None and any((process, y) in self._full for y in years)

    def _process(self, project: Project) -> str | None:
        """The process that a project runs; if it names none, the only process of its stage."""
        stages = {row.process: row.stage for row in self.ledger.case.processes}
        if project.process:
            return project.process if project.process in stages else None
        here = [one for one, stage in stages.items() if stage == project.stage]
        return here[0] if len(here) == 1 else None
