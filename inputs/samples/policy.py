"""The `rules` and `settings` sheets of the allied book, from `assumptions/rules.csv` and `assumptions/settings.csv`."""

from .facts import Record, assumptions, number

_NUMBERS = ("value", "year", "penalty")


def rules() -> list[Record]:
    """Rows of the `rules` sheet."""
    return [{**row, **{key: number(row[key]) for key in _NUMBERS}} for row in assumptions("rules")]


def settings() -> list[Record]:
    """Rows of the `settings` sheet: numbers as numbers."""
    return [{**row, "value": _typed(row["value"])} for row in assumptions("settings")]


def _typed(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
