"""Find total rows among the rows of a table; read as a row, a total would count everything twice."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.columns import columns
from models.schema import SHEETS
from models.text import Text
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_row import key_of
from optimizer.workbook.raw_row import RawRow

_LABEL = re.compile(
    r"(?:grand |sub ?-?)?(?:total|sum|subtotal|average|mean)s?(?: .*)?|.* (?:sub)?totals?|summe(?: .*)?|gesamt(?: .*)?"
    r"|zwischensumme(?: .*)?|insgesamt|all (?:of .*|projects|programmes|programs|plants|mines|countries)|合計|小計|総計|計|総額|[σ∑]"
)
_NAMES = ("id", "name", "country", "stage", "material", "process")
_LONGEST = 60
_AGREE = 0.005
"""Relative difference up to which a number is the sum of others: totals are often rounded."""
_FEWEST = 2
"""Rows that it takes to have a sum."""
_MOST_ROWS = 200
"""Rows above a label up to which every run of rows that ends at it is tried as the sum."""


def is_total(text: str) -> bool:
    """Whether a text labels a total.

    >>> [is_total(text) for text in ("TOTAL", "Sub-total mines", "合計", "World total", "TotalEnergies plant", "Summit")]
    [True, True, True, True, False, False]
    """
    return _LABEL.fullmatch(unicodedata.normalize("NFKC", text[:_LONGEST]).strip().rstrip(":").casefold()) is not None


def check_totals(sheet: Sheet, rows: Sequence[RawRow], diagnostics: Diagnostics) -> None:
    """A row with the label of a total and the sum of rows above it is a fault; one with the label alone a notice.

    Rows that lack a required cell have a fault of their own.
    """
    key = key_of(sheet.name)
    required = [c.field for c in columns(SHEETS[sheet.name]) if c.required]
    labels = [_label_of(raw) for raw in rows]
    amounts = [dict(_numbers(raw)) for raw in rows] if any(labels) else []
    for place, (raw, label) in enumerate(zip(rows, labels, strict=True)):
        if label is None or raw.faulty or not all(field in raw.values for field in required):
            continue
        address = sheet.address(raw.row, sheet.index_of(key) or 0)
        summed = _summed(place, rows, amounts)
        if summed is not None:
            column, first, last = summed
            message = (
                f'"{label}" looks like a total row: its {column} is the sum of rows {first} to {last}; delete the row'
            )
            diagnostics.fault(address, message, key)
            raw.faulty.add(key)
        else:
            notice = Text(
                '"{label}" looks like a total row and is read as a row like the others: delete it if it is a total',
                label=label,
            )
            diagnostics.notice(address, notice, key)


def _label_of(raw: RawRow) -> str | None:
    """The first name of a row that labels a total; None where none does."""
    names = (str(raw.values[field]) for field in _NAMES if field in raw.values)
    return next((name for name in names if is_total(name)), None)


def _summed(place: int, rows: Sequence[RawRow], amounts: Sequence[Mapping[str, float]]) -> tuple[str, int, int] | None:
    """A column whose number in row `place` is the sum of rows above: all of them, those of its stage, or the last ones.

    `amounts` are the numbers of each row by column. The answer is the column with the first and the last row of the sum.
    """
    stage = rows[place].values.get("stage")
    same = [n for n in range(place) if rows[n].values.get("stage") == stage]
    for name, value in amounts[place].items():
        if not value:
            continue
        for group in (range(place), same):
            given = [amounts[n][name] for n in group if name in amounts[n]]
            if _is_sum(value, sum(given), len(given)):
                return name, rows[group[0]].row, rows[group[-1]].row
        if place <= _MOST_ROWS and (first := _last_ones(place, name, amounts)) is not None:
            return name, rows[first].row, rows[place - 1].row
    return None


def _last_ones(place: int, name: str, amounts: Sequence[Mapping[str, float]]) -> int | None:
    """The row from which the rows above `place` sum to its number, the nearest one; None where there is none."""
    total, count = 0.0, 0
    for n in range(place - 1, 0, -1):
        total, count = total + amounts[n].get(name, 0.0), count + (name in amounts[n])
        if place - n >= _FEWEST and _is_sum(amounts[place][name], total, count):
            return n
    return None


def _is_sum(value: float, total: float, count: int) -> bool:
    return count >= _FEWEST and abs(total - value) <= _AGREE * abs(value)


def _numbers(raw: RawRow) -> Iterator[tuple[str, float]]:
    """Amounts of a row by column; of a family by its year."""
    for field in ("capacity_tpa", "capex_m", "requested_m", "total_m", "total_face_m"):
        if isinstance(raw.values.get(field), int | float):
            yield field, raw.values[field]
    for field in ("years", "envelopes"):
        family: dict[Any, float] = raw.values.get(field, {})
        yield from ((str(year), value) for year, value in family.items())
