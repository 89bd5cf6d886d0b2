"""Viability for people: which projects pay at the prices of the book, and what support closes."""

from collections.abc import Sequence
from math import fsum

from models.case import Case
from models.market_rows import MarketRow, market_rows
from models.plan import Award, Plan
from models.sets import Sets
from optimizer.reports.formatting import count, money, stage_name
from optimizer.reports.report_table import Grid, columns


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


# -- tables ------------------------------------------------------------------------------------------------------------


def viability_table(case: Case, plan: Plan, rows: Sequence[MarketRow]) -> Grid:
    """One line a project, by clearing price."""
    currency = case.settings.base_currency
    why: dict[str, str] = {row.id: row.reason for row in plan.not_financed}
    heads = columns(
        "project",
        ("id", "id"),
        "stage",
        "what becomes of it",
        ("decided", "year"),
        (f"capital asked for, M {currency}", "number"),
        (f"bankable at these prices, M {currency}", "number"),
        (f"gap, M {currency}", "number"),
        (f"value without support, M {currency}", "number"),
        (f"support is worth, M {currency}", "number"),
        ("clears at, of the price path", "part"),
        "main material",
        (f"its price, {currency} per t", "number"),
        (f"clears at, {currency} per t", "number"),
    )
    note = (
        "Cash at nameplate over the whole life, at the hurdle rate. Bankable: the most capital that it serves. Of projects "
        "left out: the year of least gap, and the most that support could be worth. Prices are those of the first year of "
        "delivery."
    )
    return Grid("viability", "Viability at these prices", heads, tuple(_line(r, why) for r in rows), note)


def _line(r: MarketRow, why: dict[str, str]) -> tuple[object, ...]:
    p = r.project
    fate = "financed" if r.financed is not None else why.get(p.id, "left out")
    return (
        p.name or p.id, p.id, stage_name(p.stage), fate, r.year, p.capex_m - p.secured_m, r.bankable_m, r.gap_m, r.npv_m,
        r.worth_m, r.clears_at, r.material, r.price or None, r.clears_at_price,
    )  # fmt: skip


def awards_with_worth(plan: Plan) -> list[tuple[str, Award]]:
    """Each award of which something is known: what it is worth to its project, or what the budget expects back; with the
    id of the project."""
    known = ((f.id, award) for f in plan.projects for award in f.awards)
    return [(i, award) for i, award in known if award.worth_m is not None or award.expected_receipt_m]


def award_table(case: Case, plan: Plan) -> Grid:
    """What each award is worth to its project, and what the budget expects to earn by it."""
    currency = case.settings.base_currency
    instrument = {p.id: p.instrument for p in case.programmes}
    rows = tuple(
        (i, a.programme, instrument[a.programme], a.face_m, a.cost_m, a.worth_m, a.expected_receipt_m)
        for i, a in awards_with_worth(plan)
    )
    heads = columns(
        ("project", "id"),
        ("programme", "id"),
        "instrument",
        (f"face value, M {currency}", "number"),
        (f"budget cost, M {currency}", "number"),
        (f"worth to the project, M {currency}", "amount"),
        (f"expected receipt, M {currency}", "amount"),
    )
    note = (
        "Worth: the grant that would do as much for the project. A price floor pays the strike on all contained metal and "
        "the buyer pays only the payable part of the price: it does not guarantee the strike. Expected receipts are reported "
        "and pay for nothing."
    )
    return Grid("worth", "What each award is worth", heads, rows, note, "No award has a stated worth.")
