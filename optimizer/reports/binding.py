"""Binding envelopes and rules of a plan, and unspent money with the reason: two lines for screen, page and workbook."""

from collections import Counter
from math import fsum

from models.case import Case
from models.limits import MoneyLimit, available, money_limits
from models.plan import Plan
from models.plan_assembly import decided
from models.reasons.unspent import Unspent
from models.sets import Sets
from optimizer.reports import reason_words
from optimizer.reports.formatting import few, listed, number, shorten
from optimizer.reports.language import tr, tr_n, translated
from optimizer.reports.plan_summary import binds
from optimizer.reports.rule_sentences import named

SPENT = 0.01
"""Part of an envelope or total below which its rest counts as 0."""
NAMED = 4
"""Limits that are named; the others are counted."""
LEAST_SHOWN = 0.01
"""Millions below which a sum or a shortage is not shown."""


def lines(case: Case, plan: Plan) -> list[str]:
    """The binding limits, then the unspent money with the reason; the second line is left out if no limit on money exists."""
    return [tr("Binding: {limits}.", limits=_binding(case, plan)), *_unspent(case, plan)]


def _binding(case: Case, plan: Plan) -> str:
    rules = {rule.rule: rule for rule in case.rules}
    names = [named(case, rules[row.rule]) for row in plan.rules if binds(row)]
    names += dict.fromkeys(f"{r.rule}" for r in plan.not_financed if r.reason == "limit leaves no room")
    names += _by_fund([m for m in money_limits(case, plan) if m.left <= SPENT * m.limit])
    return few(names, NAMED) or tr("no envelope and no rule")


def _by_fund(limits: list[MoneyLimit]) -> list[str]:
    """The limits with the years of one fund together: `DFC-loans 2027 and 2028`."""
    years: dict[str, list[str]] = {}
    for m in limits:
        match m.row:
            case (_, fund, year):
                years.setdefault(fund, []).append(str(year))
            case _:
                years.setdefault(translated(m.name), [])
    return [
        tr("{name} {years}", name=shorten(name, 40), years=_span(of)) if of else shorten(name, 40)
        for name, of in years.items()
    ]


def _span(years: list[str]) -> str:
    if len(years) > 2 and int(years[-1]) - int(years[0]) == len(years) - 1:
        return tr("{first} to {last}", first=years[0], last=years[-1])
    return tr(" and ").join(filter(None, (listed(years[:-1]), *years[-1:])))


def _unspent(case: Case, plan: Plan) -> list[str]:
    pots = [pot for fund in Sets(case).funds if (pot := available(fund, plan)) is not None]
    whole, left = fsum(whole for whole, _ in pots), fsum(left for _, left in pots)
    total = next((m for m in money_limits(case, plan) if m.row == ("total_budget",)), None)
    if total is not None and (not pots or total.left < left):
        whole, left = total.limit, total.left
    if whole <= 0:
        return []
    whole_m = tr("{amount} M", amount=number(whole))
    if pots and not (total is not None and whole == total.limit):
        whole_m = tr("{money} of the envelopes", money=whole_m)
    if left < LEAST_SHOWN:
        return [tr("Unspent: nothing of {whole}.", whole=whole_m)]
    return [tr("Unspent: {left} of {whole}; {why}.", left=number(left), whole=whole_m, why=_why(case, plan))]


def _why(case: Case, plan: Plan) -> str:
    """The reason why no project that is left out can use the unspent money."""
    if not plan.not_financed:
        return tr("every candidate is financed")
    nearest = _nearest(case, plan)
    if nearest is None:
        counts: Counter[str] = Counter(row.reason for row in plan.not_financed)
        order = sorted(counts, key=reason_words.rank)
        reasons = listed(tr(reason_words.of_several(case, reason), n=counts[reason]) for reason in order)
        return tr("no project that is left out could use it ({reasons})", reasons=reasons)
    who, short, year = nearest
    more = tr("{amount} M", amount=number(short))
    if short < LEAST_SHOWN:
        more = tr("less than {amount} M", amount=number(LEAST_SHOWN))
    return tr(
        "{projects}, the nearest {more} more ({name} in {year})",
        projects=_need_more(case, plan), more=more, name=who, year=year,
    )  # fmt: skip


def _need_more(case: Case, plan: Plan) -> str:
    many = sum(row.reason == "outbid" for row in plan.not_financed)
    if Sets(case).has_programmes:
        return tr_n(
            "the outbid project needs more than its programmes have left",
            "each of the {n} outbid projects needs more than its programmes have left", many,
        )  # fmt: skip
    return tr_n(
        "the outbid project needs more than is left", "each of the {n} outbid projects needs more than is left", many
    )


def _nearest(case: Case, plan: Plan) -> tuple[str, float, int] | None:
    """The outbid project with the smallest shortage: its name, the shortage in millions, its decision year."""
    sets = Sets(case)
    awards = {(p.id, a.programme, a.year): a.face_m for p in plan.projects for a in p.awards}
    unspent = Unspent(decided(sets, {p.id: p.fid_year for p in plan.projects}, awards))
    outbid = [(sets.by_id[r.id], r.year) for r in plan.not_financed if r.reason == "outbid" and r.year is not None]
    lacking = [(unspent.shortage((p,), year), p.name or p.id, year) for p, year in outbid]
    if not lacking:
        return None
    short, name, year = min(lacking)
    return shorten(name, 40), short, year
