"""Numbers between which a linear expression of the program lies, from the bounds of its columns."""

from typing import Any


def span(expression: Any) -> tuple[float | None, float | None]:
    """The least and the most that an expression can be; None where it has no such bound."""
    from pyomo.contrib.fbbt.fbbt import compute_bounds_on_expr  # noqa: PLC0415 - only plans under risk wait for it

    low, high = compute_bounds_on_expr(expression)
    return low, high


def most(expression: Any) -> float | None:
    """The most that an expression can be, not below 0; None where it has no bound."""
    _, high = span(expression)
    return None if high is None else max(0.0, high)
