"""A plan under a measure of risk: every scenario is evaluated again, and the measure is recomputed from their values."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from math import comb

from models.audit import risk_draws, score, states
from models.audit.exact import ONE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.measure import Name, StatedMeasure, Values, equally_likely, mean, stated_measures, stated_values
from models.audit.rules import asked_of_scenarios, penalty
from models.audit.stress import audit_stress
from models.audit.troubled import PLANNED, Trouble, by_scenario, troubled, value_of
from models.plan import Plan
from models.risk_plan import RiskPlan
from models.schema import CHAIN_OBJECTIVES, Scenario
from models.stress import DrawnFlows, Evidence, Stress

LEAST = Decimal("1e-9")
"""Least probability of `as planned` that counts."""
MOST_NAMED = 5
"""Scenarios or draws that a message names."""
MOST_SETS = 400
"""Number of failed sets up to which each is evaluated."""


def checks(ledger: Ledger, flows: DrawnFlows | None = None) -> Iterator[Finding]:
    """The block `risk` against the case, the plan and the scenarios. `flows`: of a chain in every draw, where its deliveries count
    and are planned for over draws."""
    risk = ledger.plan.risk
    measure = ledger.case.settings.risk
    yield must((risk is None) == (measure == "none"), f"the case asks for risk = {measure}, the plan states otherwise")
    if risk is None:
        return
    yield from _settings(ledger, risk)
    yield from states.checks(ledger, risk)
    yield from _scenarios(ledger, risk)
    yield from _held(ledger, risk, flows)
    yield from _measure(ledger, risk, flows)
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
    required = {name for name, rows in named.items() if not (risk.draws and _probability(rows))}
    if not risk.draws and ONE - sum(map(_probability, named.values()), ZERO) > LEAST:
        required.add(PLANNED)
    if risk.measure == "failures" and not named:
        required = set()
    stated = [r.scenario for r in risk.scenarios]
    yield must(
        sorted(stated) == sorted(required), "the scenarios of the measure of risk are not those of the sheet, each once"
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


def _held(ledger: Ledger, risk: RiskPlan, flows: DrawnFlows | None) -> Iterator[Finding]:
    """Rules that scenarios have to keep are broken in none, or kept in scenarios of their probability; likewise in draws."""
    for rule in ledger.case.rules:
        least = asked_of_scenarios(ledger.case, rule)
        if least is None:
            continue
        broken = sorted(r.scenario for r in risk.scenarios if rule.rule in r.broken)
        kept = sum((exact(r.probability) for r in risk.scenarios if rule.rule not in r.broken), ZERO)
        if risk.draws is not None:
            keep = risk_draws.drawn_plan(ledger, risk.draws).keep(rule, risk.draws.planned_for, flows)
            broken += [f"draw {n}" for n, holds in enumerate(keep, 1) if not holds]
            kept = exact(sum(keep)) / max(1, len(keep))
        if least > ONE:
            yield must(not broken, f"rule {rule.rule} is broken in {', '.join(broken[:MOST_NAMED])}")
        else:
            yield at_most(
                least - LEAST, kept, f"rule {rule.rule} holds with probability {say(kept)}, asked {say(least)}"
            )


# -- the measure -----------------------------------------------------------------------------------------------------


def _measure(ledger: Ledger, risk: RiskPlan, flows: DrawnFlows | None) -> Iterator[Finding]:
    if risk.draws is None:
        yield from _of_values(risk, stated_values(risk.scenarios))
    elif not risk_draws.draws_a_chain(ledger):
        yield from risk_draws.of_draws(ledger, risk, risk.draws)
    elif flows is not None:
        yield from risk_draws.of_drawn_chain(ledger, risk, risk.draws, flows)
    else:
        yield from risk_draws.order_of_numbers(risk)
    yield equal(risk.as_planned, score.value(ledger) - penalty(ledger), "the value as planned")
    if risk.measure == "failures":
        yield from _failures(ledger, risk)
    if risk.evpi is not None:
        for end, stated in (("low", risk.evpi.low), ("high", risk.evpi.high)):
            best = sum((exact(r.probability) * exact(getattr(r, f"best_{end}") or 0.0) for r in risk.scenarios), ZERO)
            perfect = max(ZERO, best - mean(stated_values(risk.scenarios)))
            yield equal(stated, perfect, f"the value of perfect information, {end}")
    for r in risk.scenarios:
        if r.best_low is not None and r.best_high is not None:
            yield at_most(exact(r.best_low), exact(r.best_high), f"{r.scenario}: best_low is above best_high")
            yield at_most(exact(r.value), exact(r.best_high), f"{r.scenario}: the plan is worth more than best_high")


def _of_values(risk: RiskPlan, values: Values) -> Iterator[Finding]:
    for quantity, stated, of in stated_measures(risk):
        yield equal(stated, of(values), quantity)


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


def _values(ledger: Ledger, plan: Plan, risk: RiskPlan) -> Values:
    """Scenario -> probability and value of a plan in which every project goes on."""
    named = by_scenario(ledger.case.scenarios)
    of_plan = Ledger(ledger.case, plan)
    values: dict[Name, tuple[Decimal, Decimal]] = {}
    if risk.draws is not None:
        values = equally_likely(
            [value for value, _ in risk_draws.drawn_plan(of_plan, risk.draws).best(1, risk.draws.planned_for)]
        )
    return values | {
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
