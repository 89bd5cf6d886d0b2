"""Which envelopes and rules bind in a plan, how much stays unspent and why: two lines for screen, page and workbook."""

import re
from collections import Counter
from math import fsum

from models.case import Case
from models.limits import MoneyLimit, available, money_limits
from models.plan import Plan
from models.plan_assembly import decided
from models.reasons.unspent import Unspent
from models.sets import Sets
from optimizer.reports.formatting import number, shorten
from optimizer.reports.plan_summary import REASONS, binds
from optimizer.reports.rule_sentences import named

SPENT = 0.01
"""Part of an envelope or total below which what is left of it counts as nothing."""
NAMED = 4
"""Limits that are named; of more it is said how many."""
LEAST_SHOWN = 0.01
"""Millions below which a sum or a shortage is no number that helps anybody."""


def lines(case: Case, plan: Plan) -> list[str]:
    """What binds, then what is unspent and why; the second is left out where nothing limits money."""
    return [f"Binding: {_binding(case, plan)}.", *_unspent(case, plan)]


def _binding(case: Case, plan: Plan) -> str:
    rules = {rule.rule: rule for rule in case.rules}
    names = [named(case, rules[row.rule]) for row in plan.rules if binds(row)]
    names += dict.fromkeys(f"{r.rule}" for r in plan.not_financed if r.reason == "limit leaves no room")
    names += _by_fund([m for m in money_limits(case, plan) if m.left <= SPENT * m.limit])
    more = len(names) - NAMED
    return ", ".join([*names[:NAMED], *([f"{more} more"] if more > 0 else [])]) or "no envelope and no rule"


def _by_fund(limits: list[MoneyLimit]) -> list[str]:
    """The limits with the years of one fund together: `DFC-loans 2027 and 2028`."""
    years: dict[str, list[str]] = {}
    for m in limits:
        match = re.fullmatch(r"(.*) (\d{4})", m.name) if len(m.row) == 3 else None
        years.setdefault(match[1] if match else m.name, []).extend([match[2]] if match else [])
    return [f"{shorten(name, 40)} {_span(match)}".strip() for name, match in years.items()]


def _span(years: list[str]) -> str:
    if len(years) > 2 and int(years[-1]) - int(years[0]) == len(years) - 1:
        return f"{years[0]} to {years[-1]}"
    return " and ".join(filter(None, (", ".join(years[:-1]), *years[-1:])))


def _unspent(case: Case, plan: Plan) -> list[str]:
    pots = [pot for fund in Sets(case).funds if (pot := available(fund, plan)) is not None]
    whole, left = fsum(whole for whole, _ in pots), fsum(left for _, left in pots)
    total = next((m for m in money_limits(case, plan) if m.row == ("total_budget",)), None)
    if total is not None and (not pots or total.left < left):
        whole, left = total.limit, total.left
    if whole <= 0:
        return []
    where = "" if not pots or (total is not None and whole == total.limit) else " of the envelopes"
    if left < LEAST_SHOWN:
        return [f"Unspent: nothing of {number(whole)} M{where}."]
    return [f"Unspent: {number(left)} of {number(whole)} M{where}; {_why(case, plan)}."]


def _why(case: Case, plan: Plan) -> str:
    """Why nothing that is left out takes what is unspent."""
    if not plan.not_financed:
        return "every candidate is financed"
    nearest = _nearest(case, plan)
    if nearest is None:
        counts: Counter[str] = Counter(row.reason for row in plan.not_financed)
        told = ", ".join(f"{counts[reason]} {words}" for reason, words in REASONS.items() if counts[reason])
        return f"no project that is left out could use it ({told})"
    many = sum(row.reason == "outbid" for row in plan.not_financed)
    who, short, year = nearest
    projects = "the outbid project needs" if many == 1 else f"each of the {many} outbid projects needs"
    more = f"{number(short)} M" if short >= LEAST_SHOWN else f"less than {number(LEAST_SHOWN)} M"
    remains = "its programmes have left" if Sets(case).has_programmes else "is left"
    return f"{projects} more than {remains}, the nearest {more} more ({who} in {year})"


def _nearest(case: Case, plan: Plan) -> tuple[str, float, int] | None:
    """The outbid project that lacks least: its name, what it lacks in millions, its decision year."""
    sets = Sets(case)
    awards = {(p.id, a.programme, a.year): a.face_m for p in plan.projects for a in p.awards}
    unspent = Unspent(decided(sets, {p.id: p.fid_year for p in plan.projects}, awards))
    outbid = [(sets.by_id[r.id], r.year) for r in plan.not_financed if r.reason == "outbid" and r.year is not None]
    lacking = [(unspent.shortage((p,), year), p.name or p.id, year) for p, year in outbid]
    if not lacking:
        return None
    short, name, year = min(lacking)
    return shorten(name, 40), short, year
