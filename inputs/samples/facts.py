"""The collected facts and our assumptions, as rows of text, and the money conventions the facts were written with."""

import csv
from functools import cache
from pathlib import Path

INPUTS = Path(__file__).resolve().parents[1]

Text = dict[str, str]
"""A row of a csv file: every cell as stripped text, empty where nothing is known."""
Record = dict[str, object]
"""A row of a workbook: texts and numbers, None where the cell stays empty."""

PER_USD = {"USD": 1.0, "AUD": 1 / 0.65, "CAD": 1 / 0.72, "JPY": 150.0}
"""Units of a currency for one US dollar, as in `inputs/facts/README.md`."""


def facts(name: str) -> list[Text]:
    """Rows of `facts/facts_<name>.csv`: what was found, never changed here."""
    return _rows(INPUTS / "facts" / f"facts_{name}.csv")


def assumptions(name: str) -> list[Text]:
    """Rows of `assumptions/<name>.csv`: assumptions from the facts, each with its reason."""
    return _rows(INPUTS / "assumptions" / f"{name}.csv")


def prose(name: str) -> str:
    """Text of `notes/<name>.md`."""
    return (INPUTS / "notes" / f"{name}.md").read_text(encoding="utf-8")


def the_fact(name: str, **where: str) -> Text:
    """The one row of a facts file whose columns have these values.

    Raises:
        ValueError: no row or more than one row fits.
    """
    matching = [row for row in facts(name) if all(row[key] == value for key, value in where.items())]
    if len(matching) != 1:
        raise ValueError(f"facts_{name}.csv has {len(matching)} rows with {where}, one is needed")
    return matching[0]


def number(cell: str) -> float | None:
    """A cell's number; None where it is empty."""
    return float(cell) if cell else None


def _rows(path: Path) -> list[Text]:
    return [dict(row) for row in _read(path)]


@cache
def _read(path: Path) -> list[Text]:
    """The rows of a file, which is read once: recipes ask for a single row more than a thousand times."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
