"""A plan under a measure of risk in sentences: what was maximized, what it reaches, what the insurance costs and buys."""

from collections.abc import Iterator

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan
from models.risk_plan import Bracket, RiskPlan
from optimizer.reports.formatting import number, project_names
from optimizer.reports.risk import review
from optimizer.reports.stress.sentences import consequences

NOTHING = 5e-5
"""Difference of two values below which they are shown as equal: half of the last digit of points."""


def amount(case: Case, value: float) -> float:
    """A value as people read it: points of a hundred, or tonnes."""
    return 100 * value if objective_unit(case.settings) == "points" else value


def value_text(case: Case, value: float) -> str:
    """A value with its unit."""
    unit = objective_unit(case.settings)
    return f"{100 * value:.2f} points" if unit == "points" else f"{number(value)} {unit}"


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
        tail = f"{100 * (1 - risk.alpha):.4g} %"
        return f"the mean and the worst {tail} (CVaR), weighted {1 - risk.aversion:.4g} and {risk.aversion:.4g}"
    if risk.measure == "failures":
        s = case.settings
        several = {"country": "countries"}.get(s.failures_by, f"{s.failures_by}s")
        return f"the worst failure of {s.failures} {s.failures_by if s.failures == 1 else several}"
    return {
        "expected": "the expected value", "worst": "the worst scenario",
        "regret": "the largest regret, the distance to the best plan of a scenario",
    }[risk.measure]  # fmt: skip


def sentences(case: Case, plan: Plan) -> list[str]:
    """What the plan reaches; nothing for a plan as planned."""
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
    """What a brief says of risk: what was maximized, what is decided now and what at the review, the worst scenario."""
    risk = plan.risk
    if risk is None:
        return []
    return [_reached(case, risk), *review.sentences(case, risk), *_worst(case, risk)]


def _reached(case: Case, risk: RiskPlan) -> str:
    over = f" over {risk.draws.planned_for:,} draws" if risk.draws else ""
    shown = -risk.value if risk.measure == "regret" else risk.value
    parts = [f"as planned {value_text(case, risk.as_planned)}"]
    if risk.expected is not None and risk.measure != "expected":
        parts.append(f"expected {value_text(case, risk.expected)}")
    if risk.cvar is not None and risk.measure != "expected":
        parts.append(f"worst {100 * (1 - risk.alpha):.4g} % {value_text(case, risk.cvar)}")
    return f"Planned for {measure_text(case, risk)}{over}: {value_text(case, shown)} ({', '.join(parts)})."


def _insurance(case: Case, risk: RiskPlan) -> Iterator[str]:
    """What planning for the scenarios costs as planned, and what it buys."""
    if risk.without is None:
        return
    price, gain = risk.without.as_planned - risk.as_planned, risk.value - risk.without.measure
    if abs(amount(case, gain)) < 100 * NOTHING:
        yield "The plan that is best as planned does as well: planning for risk buys nothing here."
        yield from _on_fresh_draws(case, risk)
        return
    cost = (
        "costs nothing as planned"
        if abs(amount(case, price)) < 100 * NOTHING
        else f"costs {value_text(case, price)} as planned"
    )
    yield f"The insurance {cost} and buys {value_text(case, gain)} of {measure_text(case, risk)}."
    yield from _on_fresh_draws(case, risk)


def _on_fresh_draws(case: Case, risk: RiskPlan) -> Iterator[str]:
    """Whether the insurance is worth it on draws that it was not made from, with an interval."""
    gain = None if risk.without is None else risk.without.gain
    if gain is None:
        return
    if gain.low == gain.high == 0.0:
        yield f"On {gain.n:,} fresh draws the two plans are worth the same: the insurance is not worth having."
        return
    interval = f"95 % interval {value_text(case, gain.low)} to {value_text(case, gain.high)}"
    what = "by the measure" if gain.of == "measure" else "on average"
    more = "more" if gain.value >= 0 else "less"
    verdict = (
        "it is worth it"
        if gain.low > 0
        else "it is not worth it"
        if gain.high < 0
        else "the draws do not show that it is worth it"
    )
    yield (
        f"On {gain.n:,} fresh draws the plan is worth {value_text(case, abs(gain.value))} {more} {what} than the plan that is "
        f"best as planned ({interval}): {verdict}."
    )


def _worst(case: Case, risk: RiskPlan) -> Iterator[str]:
    if risk.failure is not None and risk.failure.names:
        names = project_names(case)
        who = ", ".join(names.get(n, n) for n in risk.failure.names)
        proof = "proved over all" if risk.failure.proved else "the worst found of"
        yield f"The worst failure is that of {who}: {value_text(case, risk.failure.value)} are left, {proof} {risk.failure.sets:,} sets."
    if risk.scenarios:
        row = min(risk.scenarios, key=lambda r: (r.value, r.scenario))
        yield f"The worst of {len(risk.scenarios)} scenarios is {row.scenario}: {value_text(case, row.value)}{consequences(case, row)}."


def _information(case: Case, risk: RiskPlan) -> Iterator[str]:
    if risk.evpi is not None:
        yield f"To know the scenario beforehand would be worth {_span(case, risk.evpi)} (EVPI)."
    if risk.vss is not None:
        yield f"To plan for the scenarios and not for their mean is worth {_span(case, risk.vss)} (VSS)."


def _span(case: Case, bracket: Bracket) -> str:
    low, high = value_text(case, bracket.low), value_text(case, bracket.high)
    return low if low == high else f"{low} to {high}"


def _drawn(case: Case, risk: RiskPlan) -> Iterator[str]:
    d = risk.draws
    if d is None:
        return
    flattery = risk.value - d.measure
    yield (
        f"On {d.n:,} fresh draws the plan is worth {value_text(case, d.mean)} on average (95 % interval "
        f"{value_text(case, d.low)} to {value_text(case, d.high)}) and {value_text(case, d.measure)} by the measure; on the "
        f"draws that it was planned for the measure is {value_text(case, abs(flattery))} {'higher' if flattery >= 0 else 'lower'}."
    )
