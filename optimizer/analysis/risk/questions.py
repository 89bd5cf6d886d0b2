"""The measure of risk as the goal of further questions: alternatives, other budgets, single projects.

A question solves the extensive form of the named scenarios again, with other limits. It therefore needs a measure with such a
form, of a size that can be solved in the time of a question; other questions are refused with the cure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from models.case import Case
from models.constraints.going_on import awards_decide
from models.decision import FundingClass
from models.evaluation import Decided
from models.formulation import risk_program
from models.network import delivers
from models.plan import Plan
from models.program import Program
from models.risk import RiskMeasure, risk_of
from models.rule_holds import held_rules
from models.scenario_sets import weighs_awards
from models.scenarios import scenarios
from models.sets import Sets
from models.states import review_year
from optimizer.analysis.risk.judge import Interval, NamedJudge, best_of
from optimizer.analysis.risk.solve import assembled
from optimizer.errors import Refusal
from optimizer.solver import tuning
from optimizer.solver.allocation import Awards, allocate_under_risk, fewest_awards
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.solve import confirmed

MOST, MOST_OF_A_CHAIN = 20_000, 1_000
"""Product of decisions and scenarios up to which a question is solved; each scenario of a chain has the rows of its flows."""


@dataclass(frozen=True)
class AskedMeasure:
    """A measure over the named scenarios of a case. `best`: for regret, scenario -> interval of the best plan there."""

    risk: RiskMeasure
    best: Mapping[str, Interval] = field(default_factory=dict)

    def value(self, sets: Sets, chosen: Mapping[str, int], awards: Awards) -> float:
        """The measure of decisions."""
        return self._judge(sets).value(Decided(sets.case, chosen, awards))

    def awards(self, sets: Sets, chosen: Mapping[str, int]) -> Awards:
        """The awards of a selection: the best for the measure if they decide which projects continue, else the fewest.

        Raises NoAwards."""
        if not awards_may_decide(sets, self.risk):
            return fewest_awards(sets, chosen).awards
        return allocate_under_risk(
            sets, self.risk, {self.risk.states[0].name: chosen}, tuning.ALLOCATION_SECONDS
        ).awards

    def program(
        self, sets: Sets, classes: tuple[FundingClass, ...] | None = None, fixed: Mapping[str, int] | None = None
    ) -> Program:
        """The program whose first goal is the measure; see `models.formulation.build`."""
        return risk_program(sets, self.risk, classes=classes, fixed=fixed)

    def plan(self, sets: Sets, solution: Solution, options: Options) -> Plan:
        """The audited plan of a selection. Raises AuditFailed."""
        return confirmed(sets.case, self.unaudited(sets, solution, options))

    def unaudited(self, sets: Sets, solution: Solution, options: Options) -> Plan:
        """The plan of a selection, before its audit."""
        judge = self._judge(sets)
        block = judge.block(Decided(sets.case, solution.chosen, solution.awards))
        return assembled(sets, options, judge, solution, block)

    def _judge(self, sets: Sets) -> NamedJudge:
        return NamedJudge(sets.case, self.best)


def asked_measure(case: Case, question: str, plan: Plan | None = None) -> AskedMeasure | None:
    """The measure of risk of a case; None if its settings have none.

    `question`: the question, for the message. `plan`: a plan of the case that has proved the best value of each scenario,
    against which regret is measured. Raises Refusal if the question cannot be solved under the measure.
    """
    if case.settings.risk == "none":
        return None
    best = {} if plan is None else known_best(plan)
    refuse_unasked(case, question, known=bool(best))
    return AskedMeasure(replace(risk_of(case), best={name: high for name, (_, high) in best.items()}), best)


def refuse_unasked(case: Case, question: str, *, known: bool = True) -> None:
    """Raise Refusal if a question cannot be solved under the measure of a case. `known`: whether the best plan of each scenario,
    against which regret is measured, is known."""
    if case.settings.risk != "none" and (why := obstacle(case, known=known)) is not None:
        raise Refusal("usage", f"{question} is not modelled under a measure of risk {why}")


def known_best(plan: Plan) -> dict[str, Interval]:
    """Scenario -> interval of its best plan, if a plan under regret has proved it."""
    rows = plan.risk.scenarios if plan.risk is not None and plan.risk.measure == "regret" else ()
    return best_of(rows)


def obstacle(case: Case, *, known: bool = True) -> str | None:
    """The reason why questions cannot be solved under the measure of a case, other than `none`, with the cure; None if they can.
    `known`: as in `refuse_unasked`."""
    s = case.settings
    if s.risk == "failures":
        return (
            f"that seeks the worst set of failures of each plan (risk = failures): {_cure('risk=worst', 'risk=none')}"
        )
    if s.draws > 0:
        return f"over draws (draws = {s.draws}): {_cure('draws=0', 'risk=none')}"
    if review_year(s) is not None:
        return f"with decisions after a review (review_year = {s.review_year}): {_cure('risk=none')}"
    if rules := held_rules(case):
        return f"with rules that hold in scenarios (holds of {rules[0].rule}): {_cure('risk=none')}"
    if s.risk == "regret" and not known:
        return (
            "that compares with the best plan of each scenario (risk = regret), which another question moves: "
            + _cure("risk=worst", "risk=none")
        )
    return _too_large(Sets(case))


def _cure(*settings: str) -> str:
    """What to ask instead, for every command that asks further questions.

    >>> _cure("draws=0", "risk=none")
    'name a plan solved with --set draws=0 or --set risk=none; `explain` and `explore` also take the workbook with it'
    """
    options = " or ".join(f"--set {setting}" for setting in settings)
    return f"name a plan solved with {options}; `explain` and `explore` also take the workbook with it"


def awards_may_decide(sets: Sets, risk: RiskMeasure) -> bool:
    """Whether awards change values in scenarios: by price floors or calls within contingency_m, which decide who continues, or by
    the penalties of soft rules on deliveries."""
    if not sets.has_programmes:
        return False
    if weighs_awards(sets.case):
        return True
    starts = {(i.id, t): 1.0 for i in sets.candidates for t in sets.windows[i.id]}
    return any(awards_decide(sets, w.realization, starts) for w in risk.outcomes)


def _too_large(sets: Sets) -> str | None:
    count = sets.decision_count * len(scenarios(sets.case.scenarios))
    most, what = (MOST_OF_A_CHAIN, "of a chain of this size") if delivers(sets) else (MOST, "of this size")
    if count <= most:
        return None
    return f"{what} ({count:,} decisions times scenarios, at most {most:,}): {_cure('risk=none')}"
