"""The measure of risk over draws is recomputed, on those that were planned for and on the fresh ones."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from models.audit import score, states
from models.audit.exact import ONE, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.measure import StatedMeasure, equally_likely, mean, stated_measures, stated_values
from models.audit.troubled import by_scenario
from models.risk_plan import DrawnValues, RiskPlan
from models.schema import CHAIN_OBJECTIVES
from models.stress import DrawnFlows

if TYPE_CHECKING:
    from models.audit.draws import DrawnPlan, FlowsFound


def draws_a_chain(ledger: Ledger) -> bool:
    """Whether the measure is over draws of what a chain delivers, whose flows no plan states."""
    risk = ledger.plan.risk
    return risk is not None and risk.draws is not None and score.name(ledger) in CHAIN_OBJECTIVES


def order_of_numbers(risk: RiskPlan) -> Iterator[Finding]:
    """The checks of a chain without its flows: the order of the numbers."""
    if (draws := risk.draws) is not None:
        for low, high in (
            (draws.low, draws.mean),
            (draws.mean, draws.high),
            (draws.p05, draws.p50),
            (draws.p50, draws.p95),
        ):
            yield at_most(exact(low), exact(high), "the fresh draws: a smaller quantile is above a larger one")
    worst = min((exact(r.value) for r in risk.scenarios), default=None)
    if worst is not None and risk.worst is not None:
        yield at_most(exact(risk.worst), worst, "the worst value is above that of a scenario")


def of_draws(ledger: Ledger, risk: RiskPlan, reported: DrawnValues) -> Iterator[Finding]:
    """The measure on the draws planned for, where those go on that are worth most, and on the fresh ones. Where too many projects
    are called to try every choice, it lies between the values of two choices."""
    drawn = drawn_plan(ledger, reported)
    ranges = drawn.best(1, reported.planned_for)
    low, high = (stated_values(risk.scenarios) | equally_likely([pair[n] for pair in ranges]) for n in (0, 1))
    for quantity, stated, of in stated_measures(risk):
        least, most = of(low), of(high)
        if least == most:
            yield equal(stated, least, quantity)
        else:
            yield at_most(least, exact(stated), f"{quantity} is stated as {say(exact(stated))}, at least {say(least)}")
            yield at_most(exact(stated), most, f"{quantity} is stated as {say(exact(stated))}, at most {say(most)}")
    yield from _of_fresh(risk, reported, drawn.greedy(reported.planned_for + 1, reported.n))


def of_drawn_chain(ledger: Ledger, risk: RiskPlan, reported: DrawnValues, flows: DrawnFlows) -> Iterator[Finding]:
    """As `of_draws`, for the deliveries of a chain by the given flows of all draws."""
    count = reported.planned_for + reported.n
    complete = len(flows.runs) == len(flows.stopped) == count
    yield must(complete, f"flows of {len(flows.runs)} draws are handed over, and {count} are reported")
    if not complete:
        return
    outcomes_of_draws = list(drawn_plan(ledger, reported).by_flows(1, count, flows))
    yield from _flows_hold(ledger, outcomes_of_draws)
    values = [one.value for one in outcomes_of_draws]
    planned = stated_values(risk.scenarios) | equally_likely(values[: reported.planned_for])
    for quantity, stated, of in stated_measures(risk):
        yield equal(stated, of(planned), quantity)
    yield from _of_fresh(risk, reported, values[reported.planned_for :])


def _of_fresh(risk: RiskPlan, reported: DrawnValues, values: Sequence[float]) -> Iterator[Finding]:
    """Mean and measure on the fresh draws, with the stated values of the stresses."""
    fresh = stated_values(risk.scenarios) | equally_likely(values)
    yield equal(reported.mean, mean(fresh), "the mean of the fresh draws")
    yield equal(reported.measure, StatedMeasure(risk).of(fresh), "the measure of risk on the fresh draws")


def _flows_hold(ledger: Ledger, outcomes_of_draws: "Sequence[FlowsFound]") -> Iterator[Finding]:
    """The flows of every draw keep capacities and balances, and the calls of those that go on fit the contingency."""
    for number, one in enumerate(outcomes_of_draws, 1):
        part = exact(max(0.0, one.violation))
        yield Finding(part, ONE, f"draw {number}: the flows violate a capacity or a balance by {say(part)} of it")
        limit = exact(ledger.case.settings.contingency_m or 0.0)
        sentence = f"draw {number}: {say(exact(one.excess))} M more are called than the contingency has"
        yield Finding(exact(max(0.0, one.excess)), max(ONE, limit), sentence)
        yield must(not one.needless, f"draw {number}: projects stop although every call is met")


def drawn_plan(ledger: Ledger, reported: DrawnValues) -> "DrawnPlan":
    """The plan in the draws of its stream, in each with the decisions of the state of its scenario."""
    from models.audit.draws import DrawnPlan  # arrays are loaded only if something was drawn

    since, case = states.review(ledger.case), ledger.case

    def decided_in(name: str) -> Ledger:
        return ledger if since is None else Ledger(case, states.of_scenario(ledger.plan, name))

    return DrawnPlan(ledger, by_scenario(case.scenarios), reported.seed, decided_in, since)
