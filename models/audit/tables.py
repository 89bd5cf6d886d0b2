"""Comparison of a table of the plan with the recomputed one, row by row and number by number."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TypeVar

from models.audit.exact import Finding, equal, must
from models.frozen import Frozen

Cells = Mapping[str, Decimal | str | bool | None]


Key = TypeVar("Key", bound=Hashable)


def compare(name: str, stated: Sequence[tuple[Key, Frozen]], expected: Mapping[Key, Cells]) -> Iterator[Finding]:
    """Each expected row is there once, no other is, and every cell is as recomputed."""
    listed = Counter(key for key, _ in stated)
    for key in expected:
        yield must(listed[key] == 1, partial(_not_once, name, key, listed[key]))
    for key, row in stated:
        yield must(key in expected, partial(_not_there, name, key))
        for column, value in expected.get(key, {}).items():
            yield cell((name, key, column), getattr(row, column), value)


def _not_once(name: str, key: Hashable, times: int) -> str:
    return f"{name} has {times} rows of {label(key)} instead of one"


def _not_there(name: str, key: Hashable) -> str:
    return f"{name} has a row of {label(key)}, which the case has not"


def cell(at: tuple[str, Hashable, str], stated: object, recomputed: Decimal | str | bool | None) -> Finding:
    """One cell, of a table, row and column: numbers within the tolerance, everything else the same."""

    def what() -> str:
        name, key, column = at
        return f"{name}, {label(key)}: {column}"

    if isinstance(recomputed, Decimal) and isinstance(stated, int | float):
        return equal(stated, recomputed, what)
    return must(stated == recomputed, lambda: f"{what()} is stated as {stated!r}, recomputed {recomputed!r}")


def label(key: Hashable) -> str:
    """A row's key in words."""
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join(str(part) for part in parts if part is not None)
