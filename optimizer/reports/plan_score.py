"""The value of a plan in words: a plan score in points of a hundred, or tonnes."""

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan
from optimizer.reports.chain.numbers import final_name
from optimizer.reports.formatting import number, points, stage_name


def score(case: Case, plan: Plan) -> str:
    """The objective's value, and what it is without the plan."""
    objective, unit = plan.objective, objective_unit(case.settings)
    less = points(objective.penalty) if unit == "points" else f"{number(objective.penalty)} {unit}"
    penalty = f", less {less} for rules not held" if objective.penalty > 0 else ""
    if objective.name == "capacity":
        return f"{number(objective.value)} {unit} added in {case.settings.objective_year}{penalty}"
    if objective.name == "magnets":
        tonnes = f"{number(objective.value)} t of {stage_name(final_name(case))} delivered by {case.settings.last_year}"
        return f"{tonnes}{penalty}, {number(objective.baseline)} t without the plan"
    of_risk = "" if plan.risk is None else f" by the measure of risk ({plan.risk.measure})"
    return f"plan score {_of_100(objective.value)} of 100 points{of_risk}{penalty}, {_of_100(objective.baseline)} without the plan"


def _of_100(value: float) -> str:
    return points(value).removesuffix(" points")
