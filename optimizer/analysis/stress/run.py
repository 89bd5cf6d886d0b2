"""`stress`: evaluates a plan in scenarios and draws, and finds what would break it. The decisions stay as they are."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from models.audit import audit_stress
from models.case import Case
from models.evaluation import Decided, priced
from models.network import delivers
from models.plan import Plan
from models.scenarios import Named, scenarios
from models.sets import Sets
from models.stress import Break, CoreIndex, Draws, Evidence, ScenarioResult, Stress, Tornado, WorstSet
from optimizer.analysis.stress.breaks import breaks
from optimizer.analysis.stress.built_in import built_in
from optimizer.analysis.stress.distribution import realization, seen_places, summary
from optimizer.analysis.stress.draws import draw
from optimizer.analysis.stress.evaluate import Evaluator, in_scenarios
from optimizer.analysis.stress.losses import By, Failures, one_lost, worst_set
from optimizer.analysis.stress.replan import IMPOSSIBLE, Replan, named_first
from optimizer.analysis.stress.tornado import tornado
from optimizer.analysis.what_if import ProgressStep
from optimizer.errors import StressAuditFailed
from optimizer.solver.options import Options

T = TypeVar("T")
DRAWS, DRAWS_OF_A_CHAIN = 10_000, 1_000
"""Default number of draws."""


@dataclass(frozen=True)
class StressOptions:
    """Options of a stress test.

    `failures`: size of the worst set of failures, 0 for none. `by`: what fails together. `draws`: how many; None for
    10,000, or 1,000 where the objective counts what a chain delivers. `seed`: of the draws. `skip`: draws of the stream
    that are left out; those of this seed that the plan was made from are left out in any case. `replan`: how to look for
    the best plan of each scenario; None for not at all.
    """

    failures: int = 2
    by: By = "project"
    draws: int | None = None
    seed: int = 0
    skip: int = 0
    replan: Options | None = None


def stress(
    case: Case,
    plan: Plan,
    options: StressOptions | None = None,
    *,
    progress: Callable[[ProgressStep], None] | None = None,
    stop: threading.Event | None = None,
) -> Stress:
    """Test a plan with the scenarios and risks of its case, or with built-in scenarios if it has none.

    Setting `stop` ends it with what is worked out; sections that were not reached are named in `unfinished`.
    """
    return StressRun(case, plan, options or StressOptions(), progress, stop).stress()


def planned_bound(plan: Plan) -> float | None:
    """Bound on the value of any plan as planned, from the proof of the plan itself if it has one; less penalty.

    The bound of a plan under a measure of risk is one of the measure, and says nothing of the case as planned.
    """
    o = plan.objective
    proved = plan.risk is None and plan.audit is not None and o.bound >= o.value
    return o.bound - o.penalty if proved else None


class StressRun:
    """A stress test in progress, and the evidence for the auditor."""

    def __init__(
        self,
        case: Case,
        plan: Plan,
        options: StressOptions,
        progress: Callable[[ProgressStep], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        decisions = Decided.of(case, plan)
        self.plan, self.decisions, self.options, self.progress, self.stop = plan, decisions, options, progress, stop
        self.rows = case.scenarios or built_in(decisions)
        self.named = scenarios(self.rows)
        self.unfinished: list[str] = []
        self._evaluator = Evaluator(decisions)
        planned = self._evaluator.planned.sets.realization
        self.evidence = Evidence(planned=self._evaluator.runs(planned))
        self._failures = Failures(self._evaluator.arrays)
        self._done = 0
        self._total = len(self.named) + 5 + (0 if self.options.replan is None else len(self.named) + 1)

    def stress(self) -> Stress:
        planned = self._evaluator.planned.value
        results = self._scenarios()
        drawn = self._section("draws", self._draws)
        lost = self._section("one lost", lambda: one_lost(self._failures)) or ()
        worst = self._section("worst set", self._worst)
        bars = self._section("tornado", self._tornado) or ()
        broken = self._section("what breaks it", self._breaks) or ()
        settings = self.decisions.case.settings
        replan = self._replan(results)
        core: tuple[CoreIndex, ...] = ()
        if replan is not None:
            results = tuple(replan.with_best(r) for r in results)
            core = replan.core(settings.review_year)
        result = Stress(
            objective=settings.objective, planned=planned, contingency_m=settings.contingency_m,
            built_in=not self.decisions.case.scenarios, scenarios=results, draws=drawn, lost=lost,
            worst_sets=(worst,) if worst else (), tornado=bars, breaks=broken, core=core,
            without_best={} if replan is None else replan.without,
            unfinished=tuple(self.unfinished),
        )  # fmt: skip
        audit = audit_stress(self.decisions.case, self.plan, result, self.rows, self.evidence)
        if not audit.passed:
            raise StressAuditFailed("; ".join(line for line in audit.checks if line.startswith("FAILED")))
        return result.model_copy(update={"audit": audit})

    def _stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def _tell(self, message: str) -> None:
        if self.progress is not None:
            self.progress(ProgressStep(self._done, self._total, message))
        self._done += 1

    def _section(self, name: str, work: Callable[[], T]) -> T | None:
        if self._stopped():
            self.unfinished.append(name)
            return None
        self._tell(name)
        return work()

    def _scenarios(self) -> tuple[ScenarioResult, ...]:
        results = []
        for result, runs in in_scenarios(self._evaluator, self._told()):
            self.evidence.scenarios[result.scenario] = runs
            results.append(result)
        return tuple(results)

    def _told(self) -> Iterator[Named]:
        """The scenarios, each announced before it is evaluated, until stopped."""
        for scenario in self.named:
            if self._stopped():
                self.unfinished.append("scenarios")
                break
            self._tell(scenario.name)
            yield scenario

    def _replan(self, results: tuple[ScenarioResult, ...]) -> Replan | None:
        """The best plan of each scenario, where that is asked."""
        if self.options.replan is None:
            return None
        replan = Replan(self.decisions, self.options.replan, self.stop, planned_bound=planned_bound(self.plan))
        values = {r.scenario: r.value for r in results}
        scenarios = [s for s in named_first(self.named) if s.name in values]
        for n, scenario in enumerate(scenarios):
            self._tell(f"the best plan of {scenario.name}")
            replan.add(scenario, values[scenario.name], len(scenarios) - n)
        self._tell("what all best plans hold")
        replan.prove()
        if len(replan.best) + list(replan.without.values()).count(IMPOSSIBLE) < len(self.named):
            self.unfinished.append("best plans")
        return replan

    def _draws(self) -> Draws | None:
        """None where nothing is uncertain: no risks, and no scenario with probability but `as planned`."""
        certain = not any(s.probability > 0 and s.rows for s in self.named)
        if certain and not self.decisions.case.risks:
            return None
        o = self.options
        n = o.draws or (DRAWS_OF_A_CHAIN if delivers(Sets(self.decisions.case)) else DRAWS)
        skip = self._left_out()
        drawn = draw(self._evaluator, self.named, n, o.seed, skip, self._stopped)
        if len(drawn.result.value) < n:
            self.unfinished.append("draws")
        result = summary(self._evaluator, drawn, seed=o.seed, skip=skip)
        for place in seen_places(drawn.result.value) if result else ():
            evaluator, one = realization(self._evaluator, drawn, place)
            self.evidence.draws[int(drawn.numbers[place])] = evaluator.runs(priced(evaluator.decisions, one))
        return result

    def _left_out(self) -> int:
        """Draws at the head of the stream that are left out: on those that it was made from a plan looks too good."""
        drawn = None if self.plan.risk is None else self.plan.risk.draws
        fitted = drawn.planned_for if drawn is not None and drawn.seed == self.options.seed else 0
        return max(self.options.skip, fitted)

    def _tornado(self) -> tuple[Tornado, ...]:
        return tornado(self._evaluator, self.rows, self.evidence)

    def _breaks(self) -> tuple[Break, ...]:
        return breaks(self._evaluator, self._failures, self._stopped, self.evidence)

    def _worst(self) -> WorstSet | None:
        return worst_set(self._failures, self.options.failures, self.options.by, self.stop)
