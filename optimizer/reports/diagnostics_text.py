"""Faults and warnings on a screen: similar ones of one column together, the first twenty, then the number of others."""

import re
from collections.abc import Iterable

from models.faults import Diagnostic

SHOWN = 20
"""Lines shown before the rest is counted."""
_ALONE = 3
"""Number of similar diagnostics up to which each has its own line, with its value."""


ALL = "--json, or `mine2magnet check WORKBOOK --out faults.xlsx`"
"""Hint that names the option which shows all of them."""


def grouped(diagnostics: Iterable[Diagnostic], see_all: str = ALL, shown: int = SHOWN) -> list[str]:
    """Lines for a screen, in the order of the workbook; after `shown` of them what to use instead.

    Diagnostics are alike when they are of one sheet and column and differ only in the value that was found.

    >>> bad = [Diagnostic(cell=f"projects!F{n}", column="capex_m", message=f'"{n}x" is not a number') for n in range(2, 9)]
    >>> grouped(bad)
    ['projects!F2  capex_m  "2x" is not a number  (and 6 like it: F3:F8)']
    """
    groups: dict[tuple[str, str | None, str], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        groups.setdefault((_sheet(diagnostic.cell), diagnostic.column, _pattern(diagnostic.message)), []).append(
            diagnostic
        )
    lines: list[tuple[str, int]] = []
    for alike in groups.values():
        if len(alike) <= _ALONE and len({r.message for r in alike}) > 1:
            lines += [(str(r), 1) for r in alike]
        else:
            lines.append((_line(alike), len(alike)))
    rest = sum(n for _, n in lines[shown:])
    more = [f"and {rest:,} more: {see_all}"]
    return [text for text, _ in lines[:shown]] + (more if rest else [])


def _line(alike: list[Diagnostic]) -> str:
    if len(alike) == 1:
        return str(alike[0])
    return f"{alike[0]}  (and {len(alike) - 1:,} like it: {_places(alike[1:])})"


def _sheet(cell: str) -> str:
    return cell.rpartition("!")[0]


def _pattern(message: str) -> str:
    """A message without the values that were found: quoted text and numbers."""
    return re.sub(r'"[^"]*"|\d[\d.,]*', "#", message)


def _places(alike: list[Diagnostic], most: int = 8) -> str:
    """Cells without their sheet, runs in one column drawn together: `F3:F8, F12`."""
    runs: list[list[tuple[str, int]]] = []
    for diagnostic in alike:
        match = re.fullmatch(r"([A-Z]+)(\d+)", diagnostic.cell.rpartition("!")[2])
        if match is None:
            runs.append([(diagnostic.cell.rpartition("!")[2], -1)])
            continue
        here = (match[1], int(match[2]))
        if runs and runs[-1][-1] == (here[0], here[1] - 1):
            runs[-1].append(here)
        else:
            runs.append([here])
    words = [_run(run) for run in runs[:most]]
    return ", ".join(words) + (", ..." if len(runs) > most else "")


def _run(run: list[tuple[str, int]]) -> str:
    def name(place: tuple[str, int]) -> str:
        return place[0] if place[1] < 0 else f"{place[0]}{place[1]}"

    return name(run[0]) if len(run) == 1 else f"{name(run[0])}:{name(run[-1])}"
