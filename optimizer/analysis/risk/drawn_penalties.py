"""Penalties of soft rules on deliveries in each of many outcomes, and cuts of their weighted sums.

The slack of a rule is linear in the decisions: each adds its delivery in the outcome times the coefficient of a tonne, and an
amount that does not depend on deliveries. The points lost, min(0, slack), are therefore concave, and a cut of their weighted sum
is the weighted sum of the slacks in the outcomes that miss the rule.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.constraints.rules import row
from models.decision import Decision
from models.scenario_sets import UnitSets, scenario_sets, soft_on_deliveries
from models.scenarios import Realization
from models.schema import Rule
from models.sets import Sets
from models.terms import fid_of_underway

if TYPE_CHECKING:
    from optimizer.analysis.risk.outcomes import DrawnOutcomes

Floats = npt.NDArray[np.float64]
Key = tuple[str, int]
"""Project and year of decision."""


class DrawnPenalties:
    """The soft rules on deliveries of a case over the outcomes of its decisions. All rows are in points of the objective."""

    def __init__(self, outcomes: "DrawnOutcomes") -> None:
        self._outcomes, self.rules = outcomes, soft_on_deliveries(outcomes.sets.case)
        self._rows = [_PenaltyRow(outcomes, rule) for rule in self.rules]

    @cached_property
    def most(self) -> dict[str, float]:
        """Rule -> most points that any decisions can lose to it in an outcome."""
        return {rule.rule: of.most for rule, of in zip(self.rules, self._rows, strict=True)}

    def lost(self, x: Floats) -> Floats:
        """[outcome, rule]: points lost by decisions, as numbers that are not above 0."""
        rows = [np.minimum(0.0, of.slack(x)) for of in self._rows]
        return np.array(rows).reshape(len(rows), -1).T if rows else np.zeros((len(self._outcomes.scenario), 0))

    def cuts(self, weights: Floats, lost: Floats) -> tuple[Floats, Floats]:
        """Constants [rule] and gradients [rule, decision] of the sums of points lost, weighted by outcome, at decisions that lose
        `lost`."""
        pairs = [of.cut(weights * (lost[:, n] < 0)) for n, of in enumerate(self._rows)]
        gradients = np.array([gradient for _, gradient in pairs]).reshape(len(pairs), len(self._outcomes.starts))
        return np.array([constant for constant, _ in pairs]), gradients


class _PenaltyRow:
    """One rule: slack of its row in each outcome, times its penalty; negative where it is missed."""

    def __init__(self, outcomes: "DrawnOutcomes", rule: Rule) -> None:
        self._outcomes, self._rule = outcomes, rule
        s = outcomes.sets.case.settings
        self._year = (s.last_year if rule.year is None else rule.year) - s.first_year

    def _slack(self, sets: Sets, start: Mapping[Key, float]) -> float:
        """The slack of a selection over other sets, in points."""
        body, limit = row(Decision(sets, (), start, {}), self._rule)
        return float(body - limit if self._rule.sense == ">=" else limit - body) * (self._rule.penalty or 0.0)

    @cached_property
    def _nothing(self) -> float:
        """The slack if no project delivers, with existing capacity as planned."""
        return self._slack(UnitSets(self._outcomes.sets.case), {})

    @cached_property
    def _fixed(self) -> Floats:
        """[decision]: the part of the slack that it adds without delivering."""
        sets = UnitSets(self._outcomes.sets.case)
        return np.array([self._slack(sets, {key: 1.0}) - self._nothing for key in self._outcomes.starts])

    @cached_property
    def _per_share(self) -> Floats:
        """[project]: the slack that its nameplate adds if it is financed."""
        year = dict(self._outcomes.starts)
        return np.array([self._gain(i, {(i, year[i]): 1.0}) for i in self._outcomes.projects])

    def _gain(self, project: str, start: Mapping[Key, float]) -> float:
        case = self._outcomes.sets.case
        return self._slack(UnitSets(case, only=project), start) - self._slack(UnitSets(case), start)

    @cached_property
    def _per_unaided(self) -> dict[str, float]:
        """Project that goes ahead without support unless it is financed -> the slack that its nameplate then adds."""
        case = self._outcomes.sets.case
        return {i: self._slack(UnitSets(case, unaided=i), {}) - self._nothing for i in self._outcomes.sets.unaided_fids}

    @cached_property
    def _added(self) -> Floats:
        """[scenario, delay, decision]: the slack that a decision adds by its deliveries."""
        of = self._outcomes
        per_unaided = np.array([self._per_unaided.get(i, 0.0) for i in of.projects])
        shares, unaided = of.delivered[..., self._year], of.unaided[:, :, of.project_of, self._year]
        return np.asarray(shares * self._per_share[of.project_of] - unaided * per_unaided[of.project_of])

    @cached_property
    def _without_decisions(self) -> Floats:
        """[outcome]: the slack without the decisions."""
        of, sets = self._outcomes, self._outcomes.sets
        everybody = frozenset(p.id for p in sets.case.projects)
        empty = [scenario_sets(sets, Realization(rows=s.rows, failed=everybody)) for s in of.scenarios]
        slack = np.array([self._slack(at, {}) for at in empty])[of.scenario]
        first = sets.case.settings.first_year
        plants = [(p, fid_of_underway(p, first), self._gain(p.id, {})) for p in sets.underway]
        plants += [(sets.by_id[i], fid, self._per_unaided[i]) for i, fid in sets.unaided_fids.items()]
        for project, fid, gain in plants:
            if gain:
                late, failed = of.outcome_of(project.id)
                slack += gain * of.shares(project, fid)[of.scenario, late, self._year] * ~failed
        return np.asarray(slack)

    @cached_property
    def most(self) -> float:
        """Bound of the points that any decisions lose."""
        least = np.zeros(len(self._outcomes.projects))
        of_decision = np.minimum(self._added, 0.0).min(axis=(0, 1)) + self._fixed
        np.minimum.at(least, self._outcomes.project_of, of_decision)
        return float(max(0.0, -(self._without_decisions.min(initial=0.0) + least.sum())))

    def slack(self, x: Floats) -> Floats:
        """[outcome]: slack of decisions, which may be fractional."""
        of, taken = self._outcomes, np.flatnonzero(x)
        slack = self._without_decisions + float(self._fixed @ x)
        for i in np.unique(of.project_of[taken]):
            of_project = taken[of.project_of[taken] == i]
            table = self._added[:, :, of_project] @ x[of_project]
            slack += table[of.scenario, of.late[:, i]] * ~of.failed[:, i]
        return np.asarray(slack)

    def cut(self, weights: Floats) -> tuple[float, Floats]:
        """Constant and gradient [decision] of the weighted sum of slacks."""
        of, gradient = self._outcomes, self._fixed * weights.sum()
        for s in np.unique(of.scenario):
            rows = np.flatnonzero(of.scenario == s)
            for delay in range(len(of.delays)):
                mass = weights[rows] @ ((of.late[rows] == delay) & ~of.failed[rows])
                gradient = gradient + mass[of.project_of] * self._added[s, delay]
        return float(weights @ self._without_decisions), gradient
