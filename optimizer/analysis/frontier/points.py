"""Points of a frontier from what is known, and the check that no plan contradicts a proof."""

from collections.abc import Sequence

from models.case import Case
from models.objectives import objective_of
from models.risk import risk_of
from models.sets import Sets
from optimizer.analysis.frontier.certified import Known, Point
from optimizer.analysis.frontier.tasks import Answer, plan_of
from optimizer.analysis.risk.most_value import most_value
from optimizer.errors import AuditFailed

DOUBT = 1e-5
"""How far a plan may exceed a proved bound, as a part of max(1, |value|): ten times the tolerance of the audit."""


def point(known: Known, most: float, place: float, value: float, answer: Answer) -> Point:
    """A plan at its budget, with the bound that holds there: `most` if no better one is proved."""
    high, _ = known.high_below(place, closed=True)
    bound = max(most if high is None else high, value)
    plan = plan_of(answer)
    o = plan.objective
    full = max(bound + o.penalty, o.value)
    gap = (full - o.value) / max(abs(o.value), 1e-9)
    status = "optimal" if full - o.value <= known.tolerance * (1 + 1e-9) else "feasible"
    changed: dict[str, object] = {"objective": o.model_copy(update={"bound": full, "gap": gap}), "status": status}
    if plan.risk is not None:
        changed["risk"] = plan.risk.model_copy(update={"bound": full})
    return Point(place, value, bound, plan.model_copy(update=changed))


def most_of_all(case: Case) -> float:
    """An upper bound on the value of any plan, from the data alone; under a measure of risk in any scenario."""
    sets = Sets(case)
    if case.settings.risk == "none":
        return objective_of(sets).most(sets)
    return most_value(sets, risk_of(case).outcomes)


def confirmed(known: Known, answers: Sequence[Answer]) -> None:
    """Compare every plan with every proof. Raises AuditFailed if a plan is better than was proved possible."""
    for place, value, number in known.plans:
        high, _ = known.high_below(place, closed=True)
        if high is None or value <= high + DOUBT * max(1.0, abs(value)):
            continue
        plan = plan_of(answers[number])
        failure = (
            f"FAILED frontier: a plan of {place:,.6f} M reaches {value:.9g}, though at most {high:.9g} was proved there"
        )
        record = (
            plan.audit.model_copy(update={"passed": False, "checks": (*plan.audit.checks, failure)})
            if plan.audit
            else None
        )
        raise AuditFailed(plan.model_copy(update={"audit": record}))
