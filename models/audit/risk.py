"""A plan under a measure of risk: every scenario is evaluated again, and the measure is recomputed from their values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import comb

from models.audit import score, states
from models.audit.draws import DrawnPlan
from models.audit.exact import ONE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.rules import asked_of_scenarios, penalty
from models.audit.stress import audit_stress
from models.audit.troubled import PLANNED, Trouble, by_scenario, troubled, value_of
from models.plan import Plan
from models.risk_plan import DrawnValues, RiskPlan
from models.schema import CHAIN_OBJECTIVES, Scenario
from models.stress import Evidence, ScenarioResult, Stress

LEAST = Decimal("1e-9")
"""Least probability of `as planned` that counts."""
MOST_SETS = 400
"""Number of failed sets up to which each is evaluated."""

Values = Mapping[str, tuple[Decimal, Decimal]]
"""Scenario -> probability and value."""


def checks(ledger: Ledger) -> Iterator[Finding]:
    """The block `risk` against the case, the plan and the scenarios."""
    risk = ledger.plan.risk
    wanted = ledger.case.settings.risk
    yield must((risk is None) == (wanted == "none"), f"the case asks for risk = {wanted}, the plan states otherwise")
    if risk is None:
        return
    yield from _settings(ledger, risk)
    yield from states.checks(ledger, risk)
    yield from _scenarios(ledger, risk)
    yield from _held(ledger, risk)
    yield from _measure(ledger, risk)
    yield from _objective(ledger, risk)


def _settings(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    s = ledger.case.settings
    drawn = 0 if risk.draws is None else risk.draws.planned_for
    for name, stated, given in (
        ("draws", drawn, s.draws),
        ("measure", risk.measure, s.risk), ("alpha", risk.alpha, s.alpha), ("aversion", risk.aversion, s.aversion),
        ("review_year", risk.review_year, s.review_year), ("contingency_m", risk.contingency_m, s.contingency_m),
    ):  # fmt: skip
        yield must(stated == given, f"{name} of the measure of risk is stated as {stated}, the case has {given}")


def _probability(rows: list[Scenario]) -> Decimal:
    return max((exact(row.probability) for row in rows if row.probability), default=ZERO)


def _scenarios(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    """Every scenario is there once; its value, its calls and the projects that go on are as recomputed."""
    named = by_scenario(ledger.case.scenarios)
    wanted = {name for name, rows in named.items() if not (risk.draws and _probability(rows))}
    if not risk.draws and ONE - sum(map(_probability, named.values()), ZERO) > LEAST:
        wanted.add(PLANNED)
    if risk.measure == "failures" and not named:
        wanted = set()
    stated = [r.scenario for r in risk.scenarios]
    yield must(
        sorted(stated) == sorted(wanted), "the scenarios of the measure of risk are not those of the sheet, each once"
    )
    again = audit_stress(
        ledger.case, ledger.plan, _as_stress(risk), ledger.case.scenarios, Evidence(dict(risk.runs or {}))
    )
    failed = [line for line in again.checks if line.startswith("FAILED")]
    yield must(again.passed, "; ".join(failed) or "the scenarios are not as recomputed")


def _as_stress(risk: RiskPlan) -> Stress:
    return Stress(
        objective="", planned=risk.as_planned, contingency_m=risk.contingency_m, built_in=False,
        scenarios=risk.scenarios, draws=None, lost=(), worst_sets=(), tornado=(), breaks=(), core=(),
    )  # fmt: skip


def _held(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    """Rules that scenarios have to keep are broken in none, or kept in scenarios of their probability."""
    for rule in ledger.case.rules:
        least = asked_of_scenarios(ledger.case, rule)
        if least is None:
            continue
        broken = sorted(r.scenario for r in risk.scenarios if rule.rule in r.broken)
        kept = sum((exact(r.probability) for r in risk.scenarios if rule.rule not in r.broken), ZERO)
        if least > ONE:
            yield must(not broken, f"rule {rule.rule} is broken in {', '.join(broken)}")
        else:
            yield at_most(
                least - LEAST, kept, f"rule {rule.rule} holds with probability {say(kept)}, asked {say(least)}"
            )


# -- the measure -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StatedMeasure:
    """A measure of risk over values."""

    risk: RiskPlan

    def of(self, values: Values) -> Decimal:
        """The measure that the plan states, of other values."""
        if self.risk.measure == "expected":
            return mean(values)
        if self.risk.measure == "cvar":
            part = exact(self.risk.aversion)
            return (ONE - part) * mean(values) + part * tail(values, ONE - exact(self.risk.alpha))
        if self.risk.measure == "regret":
            best = {r.scenario: exact(r.best_high or 0.0) for r in self.risk.scenarios}
            return -max(best[name] - value for name, (_, value) in values.items())
        return min(value for _, value in values.values())


def mean(values: Values) -> Decimal:
    """Probability-weighted mean."""
    return sum((p * v for p, v in values.values()), ZERO)


def tail(values: Values, part: Decimal) -> Decimal:
    """Mean of the worst `part` of probability: the values sorted, and taken until the part is full."""
    rest = full = part * min(ONE, sum((p for p, _ in values.values()), ZERO))
    total = ZERO
    for p, v in sorted(values.values(), key=lambda pair: pair[1]):
        taken = min(p, rest)
        total, rest = total + taken * v, rest - taken
    return total / full if full else min(v for _, v in values.values())


def _stated(scenarios: tuple[ScenarioResult, ...]) -> dict[str, tuple[Decimal, Decimal]]:
    return {r.scenario: (exact(r.probability), exact(r.value)) for r in scenarios}


def draws_a_chain(ledger: Ledger) -> bool:
    """Whether the measure is over draws of what a chain delivers. Checking it would take the flows of every draw, which no plan
    states."""
    risk = ledger.plan.risk
    return risk is not None and risk.draws is not None and score.name(ledger) in CHAIN_OBJECTIVES


def _measure_of_a_drawn_chain(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    """Checks that need no flows: the value as planned, and the order of the numbers."""
    yield equal(risk.as_planned, score.value(ledger) - penalty(ledger), "the value as planned")
    if (d := risk.draws) is not None:
        for low, high in ((d.low, d.mean), (d.mean, d.high), (d.p05, d.p50), (d.p50, d.p95)):
            yield at_most(exact(low), exact(high), "the fresh draws: a smaller quantile is above a larger one")
    worst = min((exact(r.value) for r in risk.scenarios), default=None)
    if worst is not None and risk.worst is not None:
        yield at_most(exact(risk.worst), worst, "the worst value is above that of a scenario")


def _measure(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    if draws_a_chain(ledger):
        yield from _measure_of_a_drawn_chain(ledger, risk)
        return
    if risk.draws is None:
        yield from _of_values(risk, _stated(risk.scenarios))
    else:
        yield from _of_draws(ledger, risk, risk.draws)
    yield equal(risk.as_planned, score.value(ledger) - penalty(ledger), "the value as planned")
    if risk.measure == "failures":
        yield from _failures(ledger, risk)
    if risk.evpi is not None:
        for what, stated in (("low", risk.evpi.low), ("high", risk.evpi.high)):
            best = sum((exact(r.probability) * exact(getattr(r, f"best_{what}") or 0.0) for r in risk.scenarios), ZERO)
            perfect = max(ZERO, best - mean(_stated(risk.scenarios)))
            yield equal(stated, perfect, f"the value of perfect information, {what}")
    for r in risk.scenarios:
        if r.best_low is not None and r.best_high is not None:
            yield at_most(exact(r.best_low), exact(r.best_high), f"{r.scenario}: best_low is above best_high")
            yield at_most(exact(r.value), exact(r.best_high), f"{r.scenario}: the plan is worth more than best_high")


def _stated_measures(risk: RiskPlan) -> Iterator[tuple[str, float, Callable[[Values], Decimal]]]:
    """Name, stated number and formula of everything that is made of the values."""
    if risk.expected is not None:
        yield "the expected value", risk.expected, mean
    if risk.cvar is not None:
        yield "the conditional value at risk", risk.cvar, lambda values: tail(values, ONE - exact(risk.alpha))
    if risk.worst is not None:
        yield "the worst value", risk.worst, lambda values: min(v for _, v in values.values())
    if risk.measure != "failures":
        yield "the measure of risk", risk.value, StatedMeasure(risk).of


def _of_values(risk: RiskPlan, values: Values) -> Iterator[Finding]:
    for what, stated, of in _stated_measures(risk):
        yield equal(stated, of(values), what)


def _of_draws(ledger: Ledger, risk: RiskPlan, told: DrawnValues) -> Iterator[Finding]:
    """The measure on the draws planned for, where those go on that are worth most, and on the fresh ones. Where too many projects
    are called to try every choice, it lies between the values of two choices."""
    drawn = _drawn(ledger, told)
    ranges = drawn.best(1, told.planned_for)
    low, high = (_stated(risk.scenarios) | _equal([pair[n] for pair in ranges]) for n in (0, 1))
    for what, stated, of in _stated_measures(risk):
        least, most = of(low), of(high)
        if least == most:
            yield equal(stated, least, what)
        else:
            yield at_most(least, exact(stated), f"{what} is stated as {say(exact(stated))}, at least {say(least)}")
            yield at_most(exact(stated), most, f"{what} is stated as {say(exact(stated))}, at most {say(most)}")
    fresh = _stated(risk.scenarios) | _equal(drawn.greedy(told.planned_for + 1, told.n))
    yield equal(told.mean, mean(fresh), "the mean of the fresh draws")
    yield equal(told.measure, StatedMeasure(risk).of(fresh), "the measure of risk on the fresh draws")


def _objective(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    stated = ledger.plan.objective
    yield equal(stated.value, exact(risk.value), "the objective's value")
    yield equal(stated.bound, exact(risk.bound), "the objective's bound")
    yield equal(stated.penalty, ZERO, "the penalty, which a measure of risk has taken off its values")
    if score.name(ledger) in CHAIN_OBJECTIVES:
        return
    nothing = ledger.plan.model_copy(update={"projects": (), "risk": None})
    if risk.measure == "failures":
        baseline = value_of(troubled(Ledger(ledger.case, nothing), Trouble()))
    else:
        baseline = StatedMeasure(risk).of(_values(ledger, nothing, risk))
    yield equal(stated.baseline, baseline, "the objective's baseline")


def _equal(values: list[float]) -> dict[str, tuple[Decimal, Decimal]]:
    """Draws, each as likely as the others."""
    part = ONE / max(1, len(values))
    return {f"draw {n}": (part, exact(value)) for n, value in enumerate(values, 1)}


def _drawn(ledger: Ledger, told: DrawnValues) -> DrawnPlan:
    """The plan in the draws of its stream, in each with the decisions of the state of its scenario."""
    since, case = states.review(ledger.case), ledger.case

    def decided_in(name: str) -> Ledger:
        return ledger if since is None else Ledger(case, states.of_scenario(ledger.plan, name))

    return DrawnPlan(ledger, by_scenario(case.scenarios), told.seed, decided_in, since)


def _values(ledger: Ledger, plan: Plan, risk: RiskPlan) -> Values:
    """Scenario -> probability and value of a plan in which every project goes on."""
    named = by_scenario(ledger.case.scenarios)
    of_plan, drawn = Ledger(ledger.case, plan), {}
    if risk.draws is not None:
        drawn = _equal([value for value, _ in _drawn(of_plan, risk.draws).best(1, risk.draws.planned_for)])
    return drawn | {
        r.scenario: (
            exact(r.probability),
            value_of(troubled(of_plan, Trouble(tuple(named.get(r.scenario, ()))))),
        )
        for r in risk.scenarios
    }


# -- failures --------------------------------------------------------------------------------------------------------


def _failures(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    """The worst set leaves the stated value, and no other set of its size leaves less; if there are many sets, only those that
    differ in one member are compared."""
    stated = risk.failure
    yield must(stated is not None, "the worst failure is not stated")
    if stated is None:
        return
    yield equal(risk.value, exact(stated.value), "the measure of risk")
    units = _units(ledger)
    size = min(ledger.case.settings.failures, len(units))
    named = set(stated.names) <= set(units) and len(set(stated.names)) == len(stated.names) == size
    yield must(named, f"the worst failure is not one of {size} of the plan's units")
    if not named or score.name(ledger) in CHAIN_OBJECTIVES:
        return
    yield equal(stated.value, _without(ledger, units, stated.names), "the value in the worst failure")
    for other in _other_sets(units, stated.names, size):
        left = _without(ledger, units, other)
        sentence = f"{say(left)} is left where {', '.join(other)} fail, stated {say(exact(stated.value))}"
        yield at_most(-left, -exact(stated.value), sentence, [left])


def _units(ledger: Ledger) -> dict[str, list[str]]:
    by = ledger.case.settings.failures_by
    units: dict[str, list[str]] = {}
    for name in sorted(ledger.financed):
        project = ledger.projects[name]
        unit = {"sponsor": project.sponsor, "country": project.country}.get(by, "") or name
        units.setdefault(unit, []).append(name)
    return units


def _other_sets(units: Mapping[str, list[str]], worst: tuple[str, ...], size: int) -> Iterator[tuple[str, ...]]:
    if comb(len(units), size) <= MOST_SETS:
        yield from combinations(units, size)
        return
    others = [name for name in units if name not in worst]
    swaps = ((*(n for n in worst if n != out), new) for out in worst for new in others)
    for n, swapped in enumerate(swaps):
        if n < MOST_SETS:
            yield swapped


def _without(ledger: Ledger, units: Mapping[str, list[str]], names: tuple[str, ...]) -> Decimal:
    stopped = [name for unit in names for name in units[unit]]
    return value_of(troubled(ledger, Trouble(), stopped))
