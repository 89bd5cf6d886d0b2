"""Evaluation of a plan in a scenario: its deliveries, its value, the rules that hold, and the calls of its projects.

The case in a scenario is `ScenarioSets`: the sets of the case with other deliveries, existing capacity and demand. The
decisions stay as planned, and every expression of the plan is evaluated over these sets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from models.calls import claims
from models.case import Case
from models.instruments.offtake import contract_years
from models.plan import Plan, RuleRow
from models.plan_assembly import Awards, coverages, decided, objective_value, penalty, rule_table
from models.risk_plan import StatePlan
from models.scenario_prices import Floor, price_rows, protected_years, repriced, top_up, unprofitable_years
from models.scenario_sets import ScenarioSets as ScenarioSets  # noqa: PLC0414
from models.scenario_sets import delivers_in as delivers_in  # noqa: PLC0414
from models.scenarios import AS_PLANNED, Named, Realization
from models.schema import Programme, Scenario
from models.sets import DemandKey, Sets
from models.states import realization, review_year, state_known_by, state_of, states


@dataclass(frozen=True)
class Decided:
    """The decisions of a plan: project -> year of its final investment decision, and the awards in millions."""

    case: Case
    chosen: Mapping[str, int]
    awards: Awards
    states: Mapping[str, "Decided"] = field(default_factory=dict)
    """After a review: state -> all decisions in it; the other fields are the state as planned."""

    @cached_property
    def given(self) -> dict[str, list[tuple[Programme, float]]]:
        """Financed project -> its awards: programme and face value."""
        programmes = {p.id: p for p in self.case.programmes}
        given: dict[str, list[tuple[Programme, float]]] = {}
        for (i, name, _), face in sorted(self.awards.items()):
            if face > 0:
                given.setdefault(i, []).append((programmes[name], face))
        return given

    @classmethod
    def of(cls, case: Case, plan: Plan) -> "Decided":
        """The decisions of a plan, in every state."""
        awards = {(f.id, a.programme, f.fid_year): a.face_m for f in plan.projects for a in f.awards}
        others = plan.risk.states if plan.risk is not None and review_year(case.settings) is not None else ()
        states = {s.state: cls._of_state(case, s) for s in others if s.state != AS_PLANNED}
        return cls(case, {f.id: f.fid_year for f in plan.projects}, awards, states)

    @classmethod
    def _of_state(cls, case: Case, state: StatePlan) -> "Decided":
        awards = {(p.id, a.programme, p.fid_year): a.face_m for p in state.projects for a in p.awards or ()}
        return cls(case, {p.id: p.fid_year for p in state.projects}, awards)

    @property
    def key(self) -> tuple[object, ...]:
        """The decisions of every state, as the key of a mapping."""
        states = tuple((name, state.key) for name, state in sorted(self.states.items()))
        return tuple(sorted(self.chosen.items())), tuple(sorted(self.awards.items())), states

    def in_scenario(self, scenario: Named) -> tuple["Decided", Realization]:
        """The decisions that apply in a scenario, and what the scenario changes."""
        state = self.states.get(self._state_of.get(scenario.name, ""), self)
        return state, realization(self.case, scenario)

    def known_by(self, rows: tuple[Scenario, ...]) -> tuple["Decided", int | None]:
        """The decisions in the state that some rows of a scenario belong to, and the year from which the state is known; those
        as planned, and None, if the plan decides for no such state."""
        state = state_known_by(self.case, rows)
        if state is None:
            return self, None
        return self.states.get(state.name, self), review_year(self.case.settings)

    @cached_property
    def _state_of(self) -> dict[str, str]:
        return state_of(states(self.case))


@dataclass(frozen=True)
class Valuation:
    """A plan in one scenario."""

    value: float
    """The objective less the penalty of soft rules, in the objective's unit."""
    coverage: Mapping[tuple[DemandKey, int], float]
    """Part of each demand that is covered; by what the chain delivers if the objective counts that."""
    rules: tuple[RuleRow, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """Rules that do not hold."""
        return tuple(row.rule for row in self.rules if not row.holds)


def valuation(
    decisions: Decided, sets: Sets, delivered: Mapping[tuple[DemandKey, int], float] | None = None
) -> Valuation:
    """The plan over the sets of a scenario. `delivered`: coverage by what the chain delivers, where it counts."""
    decision = decided(sets, decisions.chosen, decisions.awards)
    covered = coverages(decision) if delivered is None else delivered
    return Valuation(objective_value(decision, delivered) - penalty(decision), covered, rule_table(decision))


def priced(decisions: Decided, realization: Realization) -> Realization:
    """The realization with the projects that stand idle at its prices.

    These are the projects under viability in years in which a tonne earns less than it costs, unless an offtake contract that
    was awarded to them runs. A project that was decided when these prices were known runs.
    """
    rows = price_rows(realization.rows)
    if not rows:
        return realization
    by_id = {p.id: p for p in decisions.case.projects}
    idle = {}
    for i, fid in decisions.chosen.items():
        if realization.knows(fid):
            continue
        kept = protected_years([p for p, _ in decisions.given.get(i, ())], by_id[i], fid)
        if years := unprofitable_years(decisions.case, by_id[i], rows) - kept:
            idle[i] = years
    return replace(realization, idle=idle)


def calls(decisions: Decided, realization: Realization) -> dict[str, float]:
    """Project -> capital call, millions, if it has one (`models.calls`); a project that fails in a draw has none."""
    owed = claims(decisions.case, decisions.chosen, decisions.given, realization)
    amounts = {i: c.call(realization.overruns.get(i, 1.0)) for i, c in owed.items() if i not in realization.failed}
    return {i: call for i, call in amounts.items() if call > 0}


def top_ups(decisions: Decided, realization: Realization) -> float:
    """Payments of price floors to the projects that deliver in a realization, millions at their decisions."""
    case, by_id = decisions.case, {p.id: p for p in decisions.case.projects}
    at = repriced(case, price_rows(realization.rows))
    total = 0.0
    for i, awards in sorted(decisions.given.items()):
        fid, project = decisions.chosen[i], by_id[i]
        for programme, face in awards:
            if programme.instrument == "offtake" and programme.strike_per_t is not None:
                years = contract_years(programme, project, fid)
                share = {y: realization.delivery_share(project, fid, y, case.settings.first_year) for y in years}
                total += top_up(case, at, Floor(programme, face, project, fid), share)
    return total
