"""A plan in a scenario: what it delivers, what it is worth, which rules it keeps, what its projects call for.

The case in a scenario is `ScenarioSets`: the sets of the case with other deliveries, existing capacity and demand. What
is decided stays as planned, and every expression of the plan is read again over these sets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from models.case import Case
from models.plan import Plan, RuleRow
from models.plan_assembly import Awards, coverages, decided, objective_value, penalty, rule_table
from models.scenarios import Realization
from models.schema import DELIVERY_MEASURES, Existing, Project, Rule
from models.sets import DemandKey, Sets


@dataclass(frozen=True)
class ScenarioSets(Sets):
    """Sets and derived numbers of a case in one scenario."""

    realization: Realization = field(default_factory=Realization)

    def delivery_share(self, project: Project, fid: int, year: int) -> float:
        """Part of nameplate that a project decided in `fid` delivers in `year`."""
        return self.realization.delivery_share(project, fid, year, self.case.settings.first_year)

    def unaided_share(self, project: Project, year: int) -> float:
        """As if decided then; that the project is financed and has stopped does not change it."""
        fid = self.unaided_fids.get(project.id)
        if fid is None:
            return 0.0
        return self._going_on.delivery_share(project, fid, year, self.case.settings.first_year)

    @cached_property
    def _going_on(self) -> Realization:
        return replace(self.realization, stopped=frozenset())

    def standing_tonnes(self, row: Existing, year: int) -> float:
        """Capacity of an existing row that is free to serve demand outside China, t/yr."""
        return super().standing_tonnes(row, year) * self.realization.existing_factor(row, year)

    def demanded_tonnes(self, key: DemandKey, year: int) -> float:
        """Demand outside China, t/yr."""
        return super().demanded_tonnes(key, year) * self.realization.demand_factor(self.demand_rows[key], year)


@dataclass(frozen=True)
class Decided:
    """What a plan has decided: project -> year of its final investment decision, and the awards in millions."""

    case: Case
    chosen: Mapping[str, int]
    awards: Awards

    @classmethod
    def of(cls, case: Case, plan: Plan) -> "Decided":
        """The decisions of a plan."""
        awards = {(f.id, a.programme, f.fid_year): a.face_m for f in plan.projects for a in f.awards}
        return cls(case, {f.id: f.fid_year for f in plan.projects}, awards)


@dataclass(frozen=True)
class Valuation:
    """A plan in one scenario."""

    value: float
    """The objective less the penalty of soft rules, in the objective's unit."""
    coverage: Mapping[tuple[DemandKey, int], float]
    """Part of each demand that is covered: by what the chain delivers where the objective counts that."""
    rules: tuple[RuleRow, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """Rules that do not hold."""
        return tuple(row.rule for row in self.rules if not row.holds)


def valuation(
    decisions: Decided, sets: Sets, delivered: Mapping[tuple[DemandKey, int], float] | None = None
) -> Valuation:
    """The plan over the sets of a scenario. `delivered`: coverage by what the chain delivers, where it counts."""
    d = decided(sets, decisions.chosen, decisions.awards)
    covered = coverages(d) if delivered is None else delivered
    return Valuation(objective_value(d, delivered) - penalty(d), covered, rule_table(d))


def calls(decisions: Decided, realization: Realization) -> dict[str, float]:
    """Project -> capital call beyond its need as planned, millions, where there is one: private money carries its
    share of an overrun, savings do not come back."""
    by_id = {p.id: p for p in decisions.case.projects}
    found = {i: realization.call(by_id[i], fid) for i, fid in sorted(decisions.chosen.items())}
    return {i: call for i, call in found.items() if call > 0}


def delivers_in(rule: Rule) -> bool:
    """Whether a rule counts deliveries, which scenarios change."""
    return rule.aggregate != "each" and bool({rule.measure, rule.per} & set(DELIVERY_MEASURES))
