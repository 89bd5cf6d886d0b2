"""Viability for people: which projects pay at the prices of the book, and what support closes."""

from collections.abc import Sequence
from math import fsum

from models.case import Case
from models.market_rows import MarketRow, market_rows
from models.plan import Plan
from models.sets import Sets
from optimizer.reports.formatting import count, money


def rows_of(case: Case, plan: Plan) -> tuple[MarketRow, ...]:
    """Every project that states its cost, by clearing price."""
    return market_rows(Sets(case), plan) if case.prices else ()


def sentences(rows: Sequence[MarketRow]) -> list[str]:
    """How many pay by themselves, and what support closes; nothing without viability."""
    if not rows:
        return []
    pay = [r for r in rows if r.pays]
    financed = [r for r in rows if r.financed is not None]
    gaps = [r for r in financed if not r.pays]
    pays = "pays" if len(pay) == 1 else "pay"
    said = [f"At these prices {len(pay)} of {count(len(rows), 'project')} with a stated cost {pays} without support"]
    if gaps:
        closed = money(fsum(r.gap_m for r in gaps))
        worth = money(fsum(r.worth_m for r in gaps))
        lack = "lacks" if len(gaps) == 1 else "lack"
        said.append(f"{len(gaps)} of the {len(financed)} financed {lack} {closed}, closed by support worth {worth}")
    free = [r for r in financed if r.pays and r.worth_m > 0]
    if free:
        given = money(fsum(r.worth_m for r in free))
        receive = "receives" if len(free) == 1 else "receive"
        said.append(f"{len(free)} financed would pay without support and {receive} support worth {given}")
    return ["; ".join(said) + "."]
