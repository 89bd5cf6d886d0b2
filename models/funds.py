"""Funds: programmes that share one set of limits. A row with an empty limit takes that of its fund."""

from collections.abc import Iterable, Sequence
from typing import Any

from models.schema import Programme

KINDS = ("limit_on", "carry_over")
"""Columns that must agree in all rows of a fund and have a default: an empty cell would contradict the others."""


def completed(programmes: Iterable[Programme]) -> tuple[Programme, ...]:
    """The programmes in their order, with empty `limit_on` and `carry_over` cells filled from the first row of the fund that
    gives them. Rows that contradict each other are unchanged, because `models.checks` refuses them.

    >>> row = {"row": 0, "instrument": "loan", "fund": "f"}
    >>> [p.carry_over for p in completed([Programme(id="a", **row), Programme(id="b", carry_over=True, **row)])]
    [True, True]
    """
    rows = tuple(programmes)
    stated = {name: _stated_terms([p for p in rows if p.fund == name]) for name in {p.fund for p in rows if p.fund}}
    return tuple(_filled(p, stated[p.fund]) if p.fund else p for p in rows)


def _stated_terms(members: Sequence[Programme]) -> dict[str, Any]:
    return {k: getattr(p, k) for k in KINDS for p in reversed(members) if k in p.model_fields_set}


def _filled(p: Programme, stated: dict[str, Any]) -> Programme:
    empty = {k: v for k, v in stated.items() if k not in p.model_fields_set}
    return p.model_copy(update=empty) if empty else p
