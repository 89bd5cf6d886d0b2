"""The frontier on one screen: a chart in letters, what the next money buys, and how far it is proved."""

from rich.console import RenderableType
from rich.text import Text

from models.case import Case
from optimizer.analysis.frontier.certified import Frontier, as_json
from optimizer.fingerprint import frontier_fingerprint
from optimizer.reports.formatting import fold, number
from optimizer.reports.frontier.sentences import (
    described,
    headline,
    proof,
    round_step,
    sentences,
    shown,
    stretches,
    what_is_gained,
)
from optimizer.reports.frontier.tables import trade_off
from optimizer.reports.table_text import fitted, terminal

HEIGHT = 12
STRETCHES = 6
_MORE = "More (what the next money buys, step by step): --verbose, or frontier.html."


def story(case: Case, f: Frontier, *, ascii_only: bool, width: int, rows: int | None = None) -> list[RenderableType]:
    """The parts of the screen, top to bottom; in at most about `rows` lines, where None shows everything."""
    every = len(stretches(case, f, len(f.points) + 1))
    if rows is None:
        return _parts(case, f, width, every, ascii_only=ascii_only)
    shapes = dict.fromkeys((every, *range(min(every, STRETCHES), -1, -1)))
    return fitted((_parts(case, f, width, n, ascii_only=ascii_only) for n in shapes), rows, width, _MORE)


def _parts(case: Case, f: Frontier, width: int, shown: int, *, ascii_only: bool) -> list[RenderableType]:
    """The parts with so many stretches of the frontier."""
    parts: list[RenderableType] = [Text(fold(headline(case, f), width, "  "), "bold"), ""]
    parts += [Text(line) for line in chart(f, width=min(width, 96), ascii_only=ascii_only)]
    parts += ["", *(Text(fold(s, width, "  ")) for s in sentences(case, f))]
    if widest := stretches(case, f, shown) if shown else ():
        parts += ["", Text(f"What the next money buys, in {what_is_gained(case, round_step(f))}, by stage", "bold")]
        parts += [Text(fold(described(case, s), width, "    ")) for s in widest]
    for table in trade_off(case, f):
        parts += ["", Text(table.title, "bold"), terminal(table), Text(table.note)]
    print_of = frontier_fingerprint(case, as_json(f), [p.plan for p in f.points])
    return [*parts, "", Text(fold(proof(f), width, "  "), "bold"), Text(f"fingerprint {print_of}")]


def chart(f: Frontier, *, width: int, ascii_only: bool) -> list[str]:
    """At least (full) and at most (light) by money, one column per step of the range."""
    full, light = ("#", ".") if ascii_only else ("█", "░")
    inner = width - 12
    amounts = [f.from_m + (f.to_m - f.from_m) * n / (inner - 1) for n in range(inner)]
    boxes = [next((b for b in f.boxes if b.from_m <= a < b.to_m), f.boxes[-1]) for a in amounts]
    highs = [b.high for b in f.boxes if b.high is not None]
    lows = [b.low for b in f.boxes if b.low is not None]
    if not highs or not lows:
        return []
    top, least = max(highs), min(lows)
    bottom = least - 0.15 * (top - least) - 1e-9
    lines = []
    for row in range(HEIGHT, 0, -1):
        level = bottom + (top - bottom) * (row - 0.5) / HEIGHT
        cells = "".join(
            full if (b.low is not None and b.low >= level) else light if (b.high is None or b.high >= level) else " "
            for b in boxes
        )
        lines.append(f"{_level(f, bottom + (top - bottom) * row / HEIGHT):>9} |{cells}".rstrip())
    left, right = f"{number(f.from_m)} M", f"{number(f.to_m)} M"
    lines.append(" " * 10 + "+" + "-" * inner)
    lines.append(" " * 11 + left + right.rjust(inner - len(left)))
    lines.append(f"{'':11}{full} reached by an audited plan   {light} not ruled out")
    return lines


def _level(f: Frontier, value: float) -> str:
    """A value beside the axis, without its unit."""
    return shown(f, value).removesuffix(f" {f.unit}")
