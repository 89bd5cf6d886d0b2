"""The `scenarios` and `risks` sheets of the allied books, from `assumptions/scenarios.csv` and `assumptions/risks.csv`."""

from .facts import Record, assumptions, number


def scenarios() -> list[Record]:
    """Rows of the `scenarios` sheet."""
    numbers = ("probability", "value", "from_year", "to_year")
    return [{**row, **{key: number(row[key]) for key in numbers}} for row in assumptions("scenarios")]


def risks() -> list[Record]:
    """Rows of the `risks` sheet, in the order in which projects take them."""
    numbers = ("p_fail", "overrun", "overrun_sigma")
    return [{**row, **{key: number(row[key]) for key in numbers}} for row in assumptions("risks")]
