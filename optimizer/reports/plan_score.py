"""The value of a plan in words: a plan score in points of a hundred, or tonnes."""

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan
from models.sets import Sets
from optimizer.reports.chain.numbers import final_name
from optimizer.reports.formatting import demand_name, listed, number, points, stage_name, with_unit
from optimizer.reports.language import localized, tr


def score(case: Case, plan: Plan) -> str:
    """The objective's value, with and without the plan."""
    objective, unit = plan.objective, objective_unit(case.settings)
    value = with_unit(number(objective.value), unit)
    if objective.name == "capacity":
        return listed(
            [tr("{value} added in {year}", value=value, year=case.settings.objective_year), *_penalty(case, plan)]
        )
    if objective.name == "magnets":
        sentence = tr(
            "{amount} t of {product} delivered by {year}",
            amount=number(objective.value), product=stage_name(final_name(case)), year=case.settings.last_year,
        )  # fmt: skip
        without = tr("{amount} t without the plan", amount=number(objective.baseline))
        return listed([sentence, *_penalty(case, plan), without])
    if plan.risk is None:
        sentence = tr("plan score {value} of 100 points", value=_of_100(objective.value))
    else:
        sentence = tr(
            "plan score {value} of 100 points by the measure of risk ({measure})",
            value=_of_100(objective.value), measure=tr(plan.risk.measure),
        )  # fmt: skip
    without = tr("{value} without the plan", value=_of_100(objective.baseline))
    return listed([sentence, *_penalty(case, plan), without, *_weights(case, plan)])


def _weights(case: Case, plan: Plan) -> list[str]:
    """The weight of every demand row, where the workbook gives one and the objective reads it."""
    if plan.objective.name not in ("coverage", "delivered") or all(row.weight is None for row in case.demand):
        return []
    rows = Sets(case).weight.items()
    weights = listed(f"{demand_name(k.stage, k.material)} {localized(f'{weight:.4g}')}" for k, weight in rows)
    return [tr("weights of the demand: {weights}", weights=weights)]


def _penalty(case: Case, plan: Plan) -> list[str]:
    """The penalty of soft rules that do not hold; "" if all hold."""
    lost, unit = plan.objective.penalty, objective_unit(case.settings)
    if lost <= 0:
        return []
    amount = points(lost) if unit == "points" else with_unit(number(lost), unit)
    return [tr("less {amount} for rules not held", amount=amount)]


def _of_100(value: float) -> str:
    """Points without their unit, which follows."""
    return points(value).removesuffix(tr("{value} points", value=""))
