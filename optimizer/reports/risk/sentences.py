"""A plan under a measure of risk in sentences: the measure, the results in scenarios, cost and benefit of insurance."""

from collections.abc import Iterator

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan
from models.risk_plan import Bracket, RiskPlan
from models.settings import Settings
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.formatting import count, listed, number, project_names, whole, with_unit
from optimizer.reports.language import N_, localized, tr, tr_n
from optimizer.reports.risk import review
from optimizer.reports.stress.sentences import consequences

MEASURES = {
    "expected": N_("the expected value"),
    "worst": N_("the worst scenario"),
    "regret": N_("the largest regret, the distance to the best plan of a scenario"),
}
"""Measure of risk -> its name for people; the names of other measures contain numbers."""
LOWER_BOUNDS = N_("In some draws the calls exceed the contingency: the values of the draws are then lower bounds.")
NOTHING = 5e-5
"""Difference below which two values are shown as equal: half of the last digit of points."""


def amount(case: Case, value: float) -> float:
    """A value for people: points out of 100, or tonnes."""
    return 100 * value if objective_unit(case.settings) == "points" else value


def value_text(case: Case, value: float) -> str:
    """A value with its unit."""
    unit = objective_unit(case.settings)
    return with_unit(localized(f"{100 * value:z.2f}") if unit == "points" else number(value), unit)


def measure_text(case: Case, risk: RiskPlan) -> str:
    """The measure in words.

    >>> from models.examples import world
    >>> from models.risk_plan import RiskPlan
    >>> r = RiskPlan(measure="cvar", value=0, bound=0, alpha=0.9, aversion=0.5, as_planned=0, expected=0, cvar=0, worst=0,
    ...     contingency_m=None, scenarios=(), states=())
    >>> measure_text(world(), r)
    'the mean and the worst 10 % (CVaR), weighted 0.5 and 0.5'
    """
    if risk.measure == "cvar":
        return tr(
            "the mean and the worst {tail} (CVaR), weighted {mean} and {worst}",
            tail=_tail(risk), mean=localized(f"{1 - risk.aversion:.4g}"), worst=localized(f"{risk.aversion:.4g}"),
        )  # fmt: skip
    if risk.measure == "failures":
        return tr("the worst failure of {failures}", failures=_failures(case.settings))
    return tr(MEASURES[risk.measure])


def _tail(risk: RiskPlan) -> str:
    return tr("{number} %", number=localized(f"{100 * (1 - risk.alpha):.4g}"))


def _failures(s: Settings) -> str:
    """The number and kind of things that fail together."""
    match s.failures_by:
        case "sponsor":
            return tr_n("{n} sponsor", "{n} sponsors", s.failures)
        case "country":
            return tr_n("{n} country", "{n} countries", s.failures)
    return count(s.failures, "project")


def sentences(case: Case, plan: Plan) -> list[str]:
    """The results of the plan in its scenarios; empty for a plan without a measure of risk."""
    risk = plan.risk
    if risk is None:
        return []
    return [
        _reached(case, risk),
        *_insurance(case, risk),
        *review.sentences(case, risk),
        *_worst(case, risk),
        *_drawn(case, risk),
        *_information(case, risk),
    ]


def brief_sentences(case: Case, plan: Plan) -> list[str]:
    """Risk in a brief: the measure, the decisions now and at the review, and the worst scenario."""
    risk = plan.risk
    if risk is None:
        return []
    return [_reached(case, risk), *review.sentences(case, risk), *_worst(case, risk)]


def _reached(case: Case, risk: RiskPlan) -> str:
    shown = value_text(case, -risk.value if risk.measure == "regret" else risk.value)
    parts = [tr("as planned {value}", value=value_text(case, risk.as_planned))]
    if risk.expected is not None and risk.measure != "expected":
        parts.append(tr("expected {value}", value=value_text(case, risk.expected)))
    if risk.cvar is not None and risk.measure != "expected":
        parts.append(tr("worst {tail} {value}", tail=_tail(risk), value=value_text(case, risk.cvar)))
    values = {"measure": measure_text(case, risk), "value": shown, "others": listed(parts)}
    if not risk.draws:
        return tr("Planned for {measure}: {value} ({others}).", **values)
    n = whole(risk.draws.planned_for)
    return tr("Planned for {measure} over {n} draws: {value} ({others}).", n=n, **values)


def _insurance(case: Case, risk: RiskPlan) -> Iterator[str]:
    """The value that planning for the scenarios gives up as planned, and the value that it gains in the scenarios."""
    if risk.without is None:
        return
    price, gain = risk.without.as_planned - risk.as_planned, risk.value - risk.without.measure
    if abs(amount(case, gain)) < 100 * NOTHING:
        yield tr("The plan that is best as planned does as well: planning for risk buys nothing here.")
        yield from _on_fresh_draws(case, risk)
        return
    bought = {"gain": value_text(case, gain), "measure": measure_text(case, risk)}
    if abs(amount(case, price)) < 100 * NOTHING:
        yield tr("The insurance costs nothing as planned and buys {gain} of {measure}.", **bought)
    else:
        cost = value_text(case, price)
        yield tr("The insurance costs {cost} as planned and buys {gain} of {measure}.", cost=cost, **bought)
    yield from _on_fresh_draws(case, risk)


def _on_fresh_draws(case: Case, risk: RiskPlan) -> Iterator[str]:
    """The gain from insurance on fresh draws, with an interval; if it is a loss, both are those of the loss."""
    gain = None if risk.without is None else risk.without.gain
    if gain is None:
        return
    if gain.low == gain.high == 0.0:
        yield tr(
            "On {n} fresh draws the two plans are worth the same: the insurance is not worth having.", n=whole(gain.n)
        )
        return
    low, high = (gain.low, gain.high) if gain.value >= 0 else (-gain.high, -gain.low)
    values = {
        "n": whole(gain.n),
        "value": value_text(case, abs(gain.value)),
        "what": tr("by the measure") if gain.of == "measure" else tr("on average"),
        "low": value_text(case, low),
        "high": value_text(case, high),
        "verdict": _verdict(gain.low, gain.high),
    }
    if gain.value >= 0:
        yield tr(
            "On {n} fresh draws the plan is worth {value} more {what} than the plan that is best as planned (95 % interval "
            "{low} to {high}): {verdict}.",
            **values,
        )
    else:
        yield tr(
            "On {n} fresh draws the plan is worth {value} less {what} than the plan that is best as planned (95 % interval "
            "{low} to {high}): {verdict}.",
            **values,
        )
    if not gain.exact and not (risk.draws is not None and not risk.draws.exact):
        yield tr(LOWER_BOUNDS)


def _verdict(low: float, high: float) -> str:
    """The conclusion about insurance from an interval of its gain."""
    if low > 0:
        return tr("it is worth it")
    return tr("it is not worth it") if high < 0 else tr("the draws do not show that it is worth it")


def _worst(case: Case, risk: RiskPlan) -> Iterator[str]:
    if risk.failure is not None and risk.failure.names:
        names = project_names(case)
        values = {
            "names": listed(names.get(n, n) for n in risk.failure.names),
            "value": value_text(case, risk.failure.value),
            "n": whole(risk.failure.sets),
        }
        if risk.failure.proved:
            yield tr("The worst failure is that of {names}: {value} are left, proved over all {n} sets.", **values)
        else:
            yield tr("The worst failure is that of {names}: {value} are left, the worst found of {n} sets.", **values)
    if risk.scenarios:
        row = min(risk.scenarios, key=lambda r: (r.value, r.scenario))
        yield tr(
            "The worst of {n} scenarios is {name}: {value}{consequences}.",
            n=len(risk.scenarios), name=scenario_name(row.scenario), value=value_text(case, row.value),
            consequences=consequences(case, row),
        )  # fmt: skip


def _information(case: Case, risk: RiskPlan) -> Iterator[str]:
    if risk.evpi is not None:
        yield tr("Knowing the scenario in advance would be worth {span} (EVPI).", span=_span(case, risk.evpi))
    if risk.vss is not None:
        yield tr("Planning for the scenarios instead of their mean is worth {span} (VSS).", span=_span(case, risk.vss))


def _span(case: Case, bracket: Bracket) -> str:
    low, high = value_text(case, bracket.low), value_text(case, bracket.high)
    return low if low == high else tr("{first} to {last}", first=low, last=high)


def _drawn(case: Case, risk: RiskPlan) -> Iterator[str]:
    draws = risk.draws
    if draws is None:
        return
    flattery = risk.value - draws.measure
    values = {
        "n": whole(draws.n),
        "mean": value_text(case, draws.mean),
        "low": value_text(case, draws.low),
        "high": value_text(case, draws.high),
        "measure": value_text(case, draws.measure),
        "difference": value_text(case, abs(flattery)),
    }
    if flattery >= 0:
        yield tr(
            "On {n} fresh draws the plan is worth {mean} on average (95 % interval {low} to {high}) and {measure} by the "
            "measure; on the draws that it was planned for the measure is {difference} higher.",
            **values,
        )
    else:
        yield tr(
            "On {n} fresh draws the plan is worth {mean} on average (95 % interval {low} to {high}) and {measure} by the "
            "measure; on the draws that it was planned for the measure is {difference} lower.",
            **values,
        )
    if not draws.exact:
        yield tr(LOWER_BOUNDS)
