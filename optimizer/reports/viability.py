"""Viability in sentences: projects that pay at the prices of the workbook, and the gap that support closes."""

from collections.abc import Sequence
from math import fsum

from models.case import Case
from models.market_rows import MarketRow, market_rows
from models.plan import Plan
from models.sets import Sets
from optimizer.reports.formatting import clauses, count, money, sentence
from optimizer.reports.language import tr_n


def rows_of(case: Case, plan: Plan) -> tuple[MarketRow, ...]:
    """Every project that states its cost, by clearing price."""
    return market_rows(Sets(case), plan) if case.prices else ()


def sentences(rows: Sequence[MarketRow]) -> list[str]:
    """The number of projects that pay without support, and the gap that support closes; empty without viability."""
    if not rows:
        return []
    pay = [r for r in rows if r.pays]
    financed = [r for r in rows if r.financed is not None]
    gaps = [r for r in financed if not r.pays]
    lines = [
        tr_n(
            "At these prices {n} of {projects} with a stated cost pays without support",
            "At these prices {n} of {projects} with a stated cost pay without support",
            len(pay), projects=count(len(rows), "project"),
        )
    ]  # fmt: skip
    if gaps:
        lines.append(
            tr_n(
                "{n} of the {financed} financed lacks {gap}, closed by support worth {worth}",
                "{n} of the {financed} financed lack {gap}, closed by support worth {worth}",
                len(gaps), financed=len(financed),
                gap=money(fsum(r.gap_m for r in gaps)), worth=money(fsum(r.worth_m for r in gaps)),
            )
        )  # fmt: skip
    free = [r for r in financed if r.pays and r.worth_m > 0]
    if free:
        lines.append(
            tr_n(
                "{n} financed would pay without support and receives support worth {worth}",
                "{n} financed would pay without support and receive support worth {worth}",
                len(free), worth=money(fsum(r.worth_m for r in free)),
            )
        )  # fmt: skip
    return [sentence(clauses(lines))]
