"""The funding matrix for the screen: commitments by programme and year, and their budget cost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import fsum

from rich.table import Table

from models.case import Case
from models.plan import Award, Plan
from models.sets import Sets
from optimizer.reports.formatting import money, number, shorten
from optimizer.reports.plan_summary import commitments

MOST = 12
"""Programmes of the matrix, the largest first; the others are added up in one line."""
_YEAR, _SUM, _INSTRUMENT, _BETWEEN = 6, 8, 9, 2
"""Columns of the terminal that a year, a sum and an instrument take, and the space between two of them."""
_LONGEST_NAME, _SHORTEST_NAME = 32, 12


@dataclass(frozen=True)
class MatrixLine:
    """A row: some awards under a name."""

    name: str
    instrument: str
    awards: Sequence[Award]


def funding_matrix(case: Case, plan: Plan, *, width: int) -> Table | None:
    """Face value by programme and decision year, M of the base currency; budget cost last. None where nothing is
    committed by a programme. Years that do not fit beside each other are added up in the last of them."""
    lines = list(_lines(case, plan))
    if not lines:
        return None
    spans = _spans(sorted({a.year for line in lines for a in line.awards}), width)
    names = _names(spans, width)
    table = Table(box=None, padding=(0, _BETWEEN, 0, 0), header_style="bold", pad_edge=False)
    table.add_column(f"face value, M {case.settings.base_currency}"[:names], no_wrap=True, overflow="crop")
    table.add_column("as", no_wrap=True, overflow="crop")
    for heading in (*map(_heading, spans), "together", "cost"):
        table.add_column(heading, justify="right", no_wrap=True, overflow="crop")
    for line in lines:
        table.add_row(shorten(line.name, names), line.instrument, *_numbers(line.awards, spans))
    total = [award for line in lines for award in line.awards]
    table.add_row("together", "", *_numbers(total, spans), style="bold")
    return table


def _lines(case: Case, plan: Plan) -> Iterator[MatrixLine]:
    """Programmes that commit money, by face value."""
    given: dict[str, list[Award]] = {p.id: [] for p in case.programmes}
    for _, award in commitments(case, plan) if case.programmes else ():
        given[award.programme].append(award)
    order = sorted((p for p in case.programmes if given[p.id]), key=lambda p: (-_face(given[p.id]), p.id))
    shown = order if len(order) <= MOST else order[: MOST - 1]
    for p in shown:
        yield MatrixLine(p.name or p.id, p.instrument, given[p.id])
    if rest := order[len(shown) :]:
        yield MatrixLine(f"and {len(rest)} more", "", list(chain.from_iterable(given[p.id] for p in rest)))


def _spans(years: Sequence[int], width: int) -> list[range]:
    """The years with commitments, one a column while they fit; the later ones together in the last column."""
    room = width - _SHORTEST_NAME - _INSTRUMENT - 2 * (_SUM + _BETWEEN) - 2 * _BETWEEN
    most = max(1, room // (_YEAR + _BETWEEN) - 1)
    alone, rest = (years, ()) if len(years) <= most else (years[: most - 1], years[most - 1 :])
    return [range(y, y + 1) for y in alone] + ([range(rest[0], rest[-1] + 1)] if rest else [])


def _names(spans: Sequence[range], width: int) -> int:
    taken = sum(len(_heading(s)) if len(s) > 1 else _YEAR for s in spans) + len(spans) * _BETWEEN
    return max(_SHORTEST_NAME, min(_LONGEST_NAME, width - taken - _INSTRUMENT - 2 * (_SUM + _BETWEEN) - 2 * _BETWEEN))


def _heading(span: range) -> str:
    """
    >>> _heading(range(2030, 2031)), _heading(range(2030, 2034))
    ('2030', '2030-33')
    """
    return str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1] % 100:02}"


def _numbers(awards: Iterable[Award], spans: Sequence[range]) -> list[str]:
    awards = list(awards)
    by_year = [_face(a for a in awards if a.year in span) for span in spans]
    shown = [number(m) if m else "" for m in by_year]
    return [*shown, number(_face(awards)), number(fsum(a.cost_m for a in awards))]


def _face(awards: Iterable[Award]) -> float:
    return fsum(a.face_m for a in awards)


def later_outlays(case: Case, plan: Plan) -> list[str]:
    """The part of the budget cost that is spent after the horizon, on the outlay basis; it is in no envelope but in every total."""
    if case.settings.budget_basis != "outlay" or not case.programmes:
        return []
    last, profiles = case.settings.last_year, Sets(case).profile
    later = fsum(a.cost_m * fsum(profiles[f.id][max(0, last - a.year + 1) :]) for f, a in commitments(case, plan))
    whole = fsum(a.cost_m for _, a in commitments(case, plan))
    if later <= 0:
        return []
    return [
        f"Of the budget cost of {money(whole)}, {money(later)} is spent after {last}: in no envelope, in every total."
    ]
