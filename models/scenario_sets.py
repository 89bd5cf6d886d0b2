"""The sets of a case in one scenario: deliveries, existing capacity and demand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from models.case import Case
from models.scenarios import Realization
from models.schema import AWARD_MEASURES, DELIVERY_MEASURES, Existing, Project, Rule
from models.sets import DemandKey, Sets


@dataclass(frozen=True)
class ScenarioSets(Sets):
    """Sets and derived numbers of a case in one scenario."""

    realization: Realization = field(default_factory=Realization)
    idle: Mapping[tuple[str, int], frozenset[int]] = field(default_factory=dict)
    """Candidate and decision year -> years in which it cannot run at the prices of the scenario, whatever it is awarded."""

    def delivery_share(self, project: Project, fid: int, year: int) -> float:
        """Part of nameplate that a project decided in `fid` delivers in `year`."""
        if self.idle and year in self.idle.get((project.id, fid), ()):
            return 0.0
        key = project.id, fid, year
        if key not in self._known:
            self._known[key] = self.realization.delivery_share(project, fid, year, self.case.settings.first_year)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[str, int, int], float]:
        return {}

    def unaided_share(self, project: Project, year: int) -> float:
        """Part of nameplate that a project delivers without support, also if it is financed and has stopped."""
        fid = self.unaided_fids.get(project.id)
        if fid is None:
            return 0.0
        return self._going_on.delivery_share(project, fid, year, self.case.settings.first_year)

    @cached_property
    def _going_on(self) -> Realization:
        return replace(self.realization, stopped=frozenset(), idle={})

    def standing_tonnes(self, row: Existing, year: int) -> float:
        """Capacity of an existing row that is free to serve demand outside China, t/yr."""
        return super().standing_tonnes(row, year) * self.realization.existing_factor(row, year)

    def demanded_tonnes(self, key: DemandKey, year: int) -> float:
        """Demand outside China, t/yr."""
        return super().demanded_tonnes(key, year) * self.realization.demand_factor(self.demand_rows[key], year)


UNCHANGED = (
    "years", "discount", "barred", "candidates", "underway", "unaided_fids", "by_id", "windows", "demands", "demand_rows",
    "weight", "stage_share", "eligible", "profile", "funds",
)  # fmt: skip
"""Sets and numbers that are the same in every scenario of a case."""


def scenario_sets(
    planned: Sets, realization: Realization, idle: Mapping[tuple[str, int], frozenset[int]] | None = None
) -> ScenarioSets:
    """The sets of a scenario. Numbers that it does not change are those of the case as planned, computed once."""
    sets = ScenarioSets(planned.case, realization, idle or {})
    names = [*UNCHANGED]
    for table in ("demand", "existing"):
        if not any(r.parameter == table for r in realization.rows):
            names.append(table)
    sets.__dict__.update({name: getattr(planned, name) for name in names})
    return sets


@dataclass(frozen=True)
class MeanSets(Sets):
    """The mean scenario: deliveries, existing capacity and demand of the scenarios, weighted by their probabilities."""

    parts: tuple[tuple[float, ScenarioSets], ...] = ()

    def delivery_share(self, project: Project, fid: int, year: int) -> float:
        """Mean part of nameplate that a project decided in `fid` delivers in `year`."""
        return sum(p * sets.delivery_share(project, fid, year) for p, sets in self.parts)

    def unaided_share(self, project: Project, year: int) -> float:
        """Mean part of nameplate that a project delivers without support."""
        return sum(p * sets.unaided_share(project, year) for p, sets in self.parts)

    def standing_tonnes(self, row: Existing, year: int) -> float:
        """Mean capacity of an existing row, t/yr."""
        return sum(p * sets.standing_tonnes(row, year) for p, sets in self.parts)

    def demanded_tonnes(self, key: DemandKey, year: int) -> float:
        """Mean demand, t/yr."""
        return sum(p * sets.demanded_tonnes(key, year) for p, sets in self.parts)


@dataclass(frozen=True)
class UnitSets(Sets):
    """Sets in which one project delivers its nameplate in every year and one would do so without support, to find what a tonne
    adds to the row of a rule; the others deliver nothing."""

    only: str = ""
    unaided: str = ""

    def delivery_share(self, project: Project, fid: int, year: int) -> float:  # noqa: ARG002
        """1 for the one project, else 0."""
        return float(project.id == self.only)

    def unaided_share(self, project: Project, year: int) -> float:  # noqa: ARG002
        """1 for the one project that goes ahead without support, else 0."""
        return float(project.id == self.unaided)


def soft_on_deliveries(case: Case) -> tuple[Rule, ...]:
    """The soft rules whose penalty depends on deliveries, so that it differs from scenario to scenario."""
    return tuple(r for r in case.rules if not r.hard and r.penalty and delivers_in(r))


def weighs_awards(case: Case) -> bool:
    """Whether the penalty of a soft rule depends on deliveries and awards together, so that a scenario weighs the awards."""
    return bool(case.programmes) and any(map(counts_awards, soft_on_deliveries(case)))


def counts_awards(rule: Rule) -> bool:
    """Whether a rule counts money that is awarded."""
    return rule.aggregate != "each" and bool({rule.measure, rule.per} & set(AWARD_MEASURES))


def delivers_in(rule: Rule) -> bool:
    """Whether a rule counts deliveries, which scenarios change."""
    return rule.aggregate != "each" and bool({rule.measure, rule.per} & set(DELIVERY_MEASURES))
