"""A plan in one scenario: who goes on, what is delivered, what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.evaluation import Decided, ScenarioSets, Valuation, calls, delivers_in, valuation
from models.network import delivers
from models.plan_assembly import decided
from models.scenarios import AS_PLANNED, Named, Realization
from models.sets import DemandKey
from models.stress import Covered, ScenarioResult
from optimizer.analysis.stress.continuation import kept
from optimizer.analysis.stress.envelopes import cut_envelopes
from optimizer.solver.chain_flows import covered_by_chain

Coverage = Mapping[tuple[DemandKey, int], float]


@dataclass(frozen=True)
class Outturn:
    """What became of the plan in one realization."""

    sets: ScenarioSets
    valuation: Valuation
    stopped: tuple[str, ...]
    called_m: float

    @property
    def value(self) -> float:
        return self.valuation.value


def realize(decisions: Decided, realization: Realization) -> Outturn:
    """The plan in a realization, with the best choice of who goes on.

    Without a contingency every call is met. Named scenarios are exact: where the contingency or a cut envelope does not
    suffice for all, a mixed-integer program chooses.
    """
    owed, limit = calls(decisions, realization), decisions.case.settings.contingency_m
    choice = cut_envelopes(decisions, realization, {} if limit is None else owed, limit)
    stopped: frozenset[str] = frozenset()
    if choice is not None:
        stopped = kept(decisions, ScenarioSets(decisions.case, realization), choice)
    return outturn(decisions, replace(realization, stopped=realization.stopped | stopped), owed)


def outturn(decisions: Decided, realization: Realization, owed: Mapping[str, float] | None = None) -> Outturn:
    """The plan in a realization in which it is settled who stops."""
    sets = ScenarioSets(decisions.case, realization)
    found = valuation(
        decisions, sets, covered_by_chain(decided(sets, decisions.chosen, {})) if delivers(sets) else None
    )
    met = sum(call for i, call in (owed or {}).items() if i not in realization.stopped)
    return Outturn(sets, found, tuple(sorted(realization.stopped)), met)


def scenario_result(decisions: Decided, scenario: Named) -> ScenarioResult:
    """A row of the section on scenarios."""
    found = realize(decisions, Realization(scenario.name, scenario.rows))
    return ScenarioResult(
        scenario=scenario.name,
        probability=scenario.probability,
        value=found.value,
        kept=tuple(i for i in sorted(decisions.chosen) if i not in found.stopped),
        stopped=found.stopped,
        called_m=found.called_m,
        broken=found.valuation.broken,
        coverage=coverage_rows(found),
    )


def coverage_rows(found: Outturn) -> tuple[Covered, ...]:
    """Every demand row and year; 1 and no gap where nothing is demanded."""
    sets, covered = found.sets, found.valuation.coverage
    return tuple(
        Covered(
            stage=k.stage,
            material=k.material,
            year=y,
            coverage=covered.get((k, y), 1.0),
            gap_t=max(0.0, sets.demand[k, y] * (1 - covered.get((k, y), 1.0))),
        )
        for k in sets.demands
        for y in sets.years
    )


def as_planned(decisions: Decided) -> Outturn:
    """The plan on the book unchanged."""
    return outturn(decisions, Realization(AS_PLANNED))


def counted_rules(decisions: Decided) -> tuple[str, ...]:
    """Rules that count deliveries, in the order of the case."""
    return tuple(rule.rule for rule in decisions.case.rules if delivers_in(rule))
