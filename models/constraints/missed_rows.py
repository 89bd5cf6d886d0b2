"""Violation of the row of a rule, and bounds of expressions over the bounds of their columns."""

from typing import Any

from models.constraints.rules import row
from models.decision import Decision
from models.schema import Rule


def missed_by(decision: Decision, rule: Rule) -> Any:
    """Violation of the row of a rule; negative if there is slack."""
    body, limit = row(decision, rule)
    left = limit - body if rule.sense == ">=" else body - limit
    return float(left) if isinstance(left, int | float) else left


def combined(expression: Any) -> Any:
    """A linear expression with one term for each variable; terms that cancel are left out."""
    from pyomo.repn import generate_standard_repn  # noqa: PLC0415 - only plans under risk wait for it

    terms = generate_standard_repn(expression, quadratic=False)
    pairs = zip(terms.linear_coefs, terms.linear_vars, strict=True)
    return terms.constant + sum(factor * variable for factor, variable in pairs if factor)


def span(expression: Any) -> tuple[float | None, float | None]:
    """Least and largest value of an expression over the bounds of its variables; None for an end without a bound."""
    from pyomo.contrib.fbbt.fbbt import compute_bounds_on_expr  # noqa: PLC0415 - only plans under risk wait for it

    low, high = compute_bounds_on_expr(expression)
    return low, high


def most(expression: Any) -> float | None:
    """Largest value of an expression, not below 0; None if it has no bound."""
    _, high = span(expression)
    return None if high is None else max(0.0, high)
