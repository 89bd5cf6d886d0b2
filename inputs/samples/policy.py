"""The `rules` and `settings` sheets of the allied book, from `assumptions/rules.csv` and `assumptions/settings.csv`."""

from .facts import Record, assumptions, number

_NUMBERS = ("value", "year", "penalty")


def rules() -> list[Record]:
    """Rows of the `rules` sheet."""
    return [{**row, **{key: number(row[key]) for key in _NUMBERS}} for row in assumptions("rules")]


def settings(other: str = "") -> list[Record]:
    """Rows of the `settings` sheet, numbers as numbers; `other` names a table that replaces some of them."""
    replaced = {row["key"]: row for row in assumptions(other)} if other else {}
    rows = [replaced.get(row["key"], row) for row in assumptions("settings")]
    return [{**row, "value": _typed(row["value"])} for row in rows]


def _typed(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
