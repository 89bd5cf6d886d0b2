"""Find total rows among the rows of a table; read as a row, a total would count everything twice."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from models.columns import columns
from models.schema import SHEETS
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
    for place, raw in enumerate(rows):
        label = next((str(raw.values[f]) for f in _NAMES if f in raw.values and is_total(str(raw.values[f]))), None)
        if label is None or raw.faulty or not all(field in raw.values for field in required):
            continue
        address = sheet.address(raw.row, sheet.index_of(key) or 0)
        summed = _summed(raw, rows[:place])
        if summed is not None:
            column, first, last = summed
            message = (
                f'"{label}" looks like a total row: its {column} is the sum of rows {first} to {last}; delete the row'
            )
            diagnostics.fault(address, message, key)
            raw.faulty.add(key)
        else:
            message = (
                f'"{label}" looks like a total row and is read as a row like the others: delete it if it is a total'
            )
            diagnostics.notice(address, message, key)


def _summed(raw: RawRow, above: Sequence[RawRow]) -> tuple[str, int, int] | None:
    """A column whose number is the sum of rows above: all of them, those of the same stage, or the last ones."""
    stage = raw.values.get("stage")
    groups = [list(above), [r for r in above if r.values.get("stage") == stage]]
    groups += [list(above[-count:]) for count in range(_FEWEST, len(above))] if len(above) <= 200 else []
    for name, value in _numbers(raw):
        for group in groups:
            parts = [dict(_numbers(r)).get(name) for r in group]
            given = [part for part in parts if part is not None]
            if len(given) >= _FEWEST and value and abs(sum(given) - value) <= _AGREE * abs(value):
                return name, group[0].row, group[-1].row
    return None


def _numbers(raw: RawRow) -> Iterator[tuple[str, float]]:
    """Amounts of a row by column; of a family by its year."""
    for field in ("capacity_tpa", "capex_m", "requested_m", "total_m", "total_face_m"):
        if isinstance(raw.values.get(field), int | float):
            yield field, raw.values[field]
    for field in ("years", "envelopes"):
        family: dict[Any, float] = raw.values.get(field, {})
        yield from ((str(year), value) for year, value in family.items())
