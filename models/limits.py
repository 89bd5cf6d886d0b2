"""The limits of money in a case, and how much of each a plan leaves unused."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum
from typing import Any

from models.case import Case
from models.plan import Plan
from models.sets import Fund, Sets
from models.text import Text


@dataclass(frozen=True)
class MoneyLimit:
    """One envelope or total. Money in millions, in what the fund limits: budget cost or face value."""

    name: str
    """Name for the planner: `DFC-loans 2027`, `DFC-loans in total`, `total budget`."""
    limit: float
    left: float
    """Unused money; in a year with carry-over the money carried into the next year. Never negative."""
    row: tuple[Any, ...]
    """Name and index of the row of the program."""


def money_limits(case: Case, plan: Plan) -> Iterator[MoneyLimit]:
    """All limits above 0: the total budget, then fund by fund its years, its total, its total of face value."""
    total = case.settings.total_budget_m
    if total:
        yield _limit(Text("total budget"), total, total - budget_cost(case, plan), ("total_budget",))
    for fund in Sets(case).funds:
        yield from _years(fund, plan)
        if fund.total:
            left = fund.total - committed(fund, plan, face=fund.on_face)
            yield _limit(Text("{fund} in total", fund=fund.name), fund.total, left, ("total", fund.name))
        if fund.total_face:
            left = fund.total_face - committed(fund, plan, face=True)
            yield _limit(
                Text("{fund} in total, face value", fund=fund.name), fund.total_face, left, ("total_face", fund.name)
            )


def _limit(name: str, limit: float, left: float, row: tuple[Any, ...]) -> MoneyLimit:
    return MoneyLimit(name, limit, max(0.0, left), row)


def budget_cost(case: Case, plan: Plan) -> float:
    """Budget cost of all awards; without programmes the cost of the projects themselves."""
    if not case.programmes:
        return fsum(p.alone_m for p in plan.projects)
    return fsum(a.cost_m for p in plan.projects for a in p.awards)


def committed(fund: Fund, plan: Plan, *, face: bool) -> float:
    """Face value or budget cost of all that a fund commits."""
    ids = {p.id for p in fund.programmes}
    return fsum(a.face_m if face else a.cost_m for p in plan.projects for a in p.awards if a.programme in ids)


def _years(fund: Fund, plan: Plan) -> Iterator[MoneyLimit]:
    """Envelopes above 0. With carry-over a year binds if little is carried out of it."""
    ids = {p.id for p in fund.programmes}
    for year, envelope in (fund.envelopes or {}).items():
        rows = [r for r in plan.budgets if r.programme in ids and r.year == year]
        if envelope <= 0 or not rows:
            continue
        left = rows[0].carried_m if fund.carry_over else envelope - fsum(r.spent_m for r in rows)
        kind = "carry_over" if fund.carry_over else "envelope"
        yield _limit(f"{fund.name} {year}", envelope, left, (kind, fund.name, year))


def available(fund: Fund, plan: Plan) -> tuple[float, float] | None:
    """The money of a fund over all years, and how much of it is left, millions; None without a limit."""
    pots = []
    if fund.envelopes is not None:
        ids = {p.id for p in fund.programmes}
        whole = fsum(fund.envelopes.values())
        pots.append((whole, whole - fsum(r.spent_m for r in plan.budgets if r.programme in ids)))
    if fund.total is not None:
        pots.append((fund.total, fund.total - committed(fund, plan, face=fund.on_face)))
    if fund.total_face is not None and (fund.on_face or not pots):
        pots.append((fund.total_face, fund.total_face - committed(fund, plan, face=True)))
    if not pots:
        return None
    return min(whole for whole, _ in pots), max(0.0, min(left for _, left in pots))
