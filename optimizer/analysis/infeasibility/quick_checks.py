"""Reasons for infeasibility that follow from sums, before anything is solved: a milestone above all candidates together, or
committed projects that the money cannot pay for. Each sentence is a proof; the absence of one proves nothing."""

from collections.abc import Callable, Iterable

from models.constraints.rules import row
from models.decision import Decision, single_classes
from models.faults import Diagnostic
from models.instruments import cost_rate
from models.measures import data_measure, matches
from models.numbers import Digits, every_digit
from models.schema import AWARD_MEASURES, Programme, Project, Rule
from models.sets import Fund, Sets
from models.terms import award_cap, most_support, need
from models.text import Text, clauses, joined
from optimizer.analysis.infeasibility import descriptions
from optimizer.analysis.infeasibility.report import Restriction

SLACK = 1e-6
MOST_NAMES = 5
"""Number of projects that a sentence names."""


def prechecks(sets: Sets) -> tuple[Diagnostic, ...]:
    """Every reason that follows from sums alone; money first, then rules."""
    return (*_unpaid(sets), *_not_paying(sets), *_total_budget(sets), *_funds(sets), *_sums(sets), *_averages(sets))


def _rounded(amount: float) -> Digits:
    """Millions to two decimals."""
    return every_digit(round(amount, 2))


def _exceeds(amount: float, limit: float) -> bool:
    return amount > limit + SLACK * max(1.0, abs(limit))


def committed(sets: Sets) -> tuple[Project, ...]:
    """Projects that must be financed."""
    return tuple(p for p in sets.candidates if p.status == "committed")


def _names(projects: Iterable[Project]) -> str:
    ids = [p.id for p in projects]
    names = joined(ids[:MOST_NAMES])
    more = len(ids) - MOST_NAMES
    return Text("{names} and {n} more", names=names, n=more) if more > 0 else names


# -- money -------------------------------------------------------------------------------------------------------------


def _unpaid(sets: Sets) -> Iterable[Diagnostic]:
    """Committed projects that all programmes together cannot pay for."""
    for p in committed(sets) if sets.has_programmes else ():
        caps = sorted((award_cap(p, programme) for programme in sets.eligible[p.id]), reverse=True)
        most = sum(caps[: sets.most_programmes(p)])
        if _exceeds(need(p), most):
            money = sets.case.settings.base_currency
            message = Text(
                "{name} is committed and needs {need} M {currency} of public support; all programmes that may finance it"
                " give at most {most} M",
                name=p.id, need=_rounded(need(p)), currency=money, most=_rounded(most),
            )  # fmt: skip
            yield Diagnostic(cell=sets.case.cell("projects", p.row, "status"), column="status", message=message)


def _not_paying(sets: Sets) -> Iterable[Diagnostic]:
    """Committed projects whose gap no support could close, in any year."""
    market, currency = sets.viability, sets.case.settings.base_currency
    for p in committed(sets):
        years = sets.windows[p.id]
        if not years or any(market.can_pay(p, t) for t in years):
            continue
        year = min(years, key=lambda t: market.gaps[p.id, t])
        most = market.most_worth(p, year) if sets.has_programmes else most_support(p)
        message = Text(
            "{name} is committed and does not pay at these prices: at market prices it lacks at least {missing} M {currency},"
            " and support is worth at most {most} M to it; raise its price, lower its cost, or free it",
            name=p.id, missing=_rounded(market.gaps[p.id, year]), currency=currency, most=_rounded(most),
        )  # fmt: skip
        yield Diagnostic(cell=sets.case.cell("projects", p.row, "opex_per_t"), column="opex_per_t", message=message)


def _least_cost(sets: Sets, p: Project, programmes: Iterable[Programme], *, face: bool) -> float:
    """Least budget cost of a project, whichever of these programmes pay."""
    years = sets.windows[p.id]
    rates = [1.0 if face else cost_rate(g, p, t, sets.case) for g in programmes for t in years]
    return need(p) * min(rates, default=1.0)


def _total_budget(sets: Sets) -> Iterable[Diagnostic]:
    limit, must = sets.case.settings.total_budget_m, committed(sets)
    least = sum(_least_cost(sets, p, sets.eligible[p.id], face=False) for p in must)
    if limit is not None and _exceeds(least, limit):
        yield _too_dear(sets, must, least, Restriction(kind="total_budget", subject=""), limit)


def _funds(sets: Sets) -> Iterable[Diagnostic]:
    """Committed projects that one fund alone may pay for, and its limits."""
    for fund in sets.funds:
        members = {g.id for g in fund.programmes}
        only = [p for p in committed(sets) if sets.eligible[p.id] and {g.id for g in sets.eligible[p.id]} <= members]
        for r, limit, face in _limits(fund):
            least = sum(_least_cost(sets, p, sets.eligible[p.id], face=face) for p in only)
            if _exceeds(least, limit):
                yield _too_dear(sets, only, least, r, limit)


def _limits(fund: Fund) -> Iterable[tuple[Restriction, float, bool]]:
    """Limits over all years: the totals, and the envelopes added up."""
    if fund.total is not None:
        yield Restriction(kind="total", subject=fund.name), fund.total, fund.on_face
    if fund.total_face is not None:
        yield Restriction(kind="total_face", subject=fund.name), fund.total_face, True
    if fund.envelopes is not None:
        every = Restriction(kind="envelope", subject=fund.name, year=min(fund.envelopes))
        yield every, sum(fund.envelopes.values()), fund.on_face


def _too_dear(sets: Sets, must: Iterable[Project], least: float, r: Restriction, limit: float) -> Diagnostic:
    money = sets.case.settings.base_currency
    if r.kind == "envelope":
        allowed = Text(
            "the envelopes of {name} together are {amount} M {currency}",
            name=r.subject, amount=_rounded(limit), currency=money,
        )  # fmt: skip
    else:
        allowed = descriptions.statement(sets, r, limit)
    needed = Text(
        "the committed projects ({names}) need at least {least} M {currency}",
        names=_names(must), least=_rounded(least), currency=money,
    )  # fmt: skip
    message = clauses([needed, allowed])
    return Diagnostic(cell=descriptions.cells(sets, r)[0], column=descriptions.column_of(r), message=message)


# -- rules -------------------------------------------------------------------------------------------------------------


def _sums(sets: Sets) -> Iterable[Diagnostic]:
    """Limits on sums that all candidates together cannot reach, or that the committed ones alone exceed."""
    for rule in sets.case.rules:
        if not rule.hard or rule.aggregate != "sum" or (rule.measure in AWARD_MEASURES and sets.has_programmes):
            continue
        if rule.measure == "joint":
            continue
        if rule.sense == ">=" and _exceeds(rule.value, most := _reach(sets, rule, max)):
            reach = Text("all candidates together reach at most {most}", most=every_digit(round(most, 3)))
            yield _rule_diagnostic(sets, rule, reach)
        if rule.sense == "<=" and _exceeds(least := _reach(sets, rule, min), rule.value):
            fewest = Text("no plan has less than {least}", least=every_digit(round(least, 3)))
            yield _rule_diagnostic(sets, rule, fewest)


def _reach(sets: Sets, rule: Rule, extreme: Callable[..., float]) -> float:
    """The most (or least) of a sum, each project decided in the year that is best for it."""
    bare = _value(sets, rule, {})
    total = bare
    for p in sets.candidates:
        choices = [_value(sets, rule, {(p.id, t): 1.0}) - bare for t in sets.windows[p.id]]
        total += extreme([*choices, *(() if p.status == "committed" and choices else (0.0,))])
    return total


def _value(sets: Sets, rule: Rule, start: dict[tuple[str, int], float]) -> float:
    return float(row(Decision(sets, single_classes(sets), start, {}), rule)[0])


def _averages(sets: Sets) -> Iterable[Diagnostic]:
    """An average that no project reaches while one that it counts is committed."""
    for rule in sets.case.rules:
        if not rule.hard or rule.aggregate != "average" or rule.weight not in (None, "capex", "count"):
            continue
        counted = [p for p in sets.candidates if matches(rule.picks, p)]
        values = [v for p in counted if (v := data_measure(sets.case, p, rule.measure)) is not None]
        must = [p for p in counted if p.status == "committed" and rule.year is None]
        underway = any(c == "status" for c, _ in rule.picks.projects)
        if not values or not must or underway:
            continue
        nearest = max(values) if rule.sense == ">=" else min(values)
        if _exceeds(rule.value, nearest) if rule.sense == ">=" else _exceeds(nearest, rule.value):
            yield _rule_diagnostic(sets, rule, _none_beyond(rule, nearest, must[0].id))


def _none_beyond(rule: Rule, nearest: float, name: str) -> Text:
    """States that no candidate is nearer to an average, while one that it counts is committed."""
    number = every_digit(nearest)
    if rule.sense == ">=":
        return Text("no candidate that it counts is above {number}, and {name} is committed", number=number, name=name)
    return Text("no candidate that it counts is below {number}, and {name} is committed", number=number, name=name)


def _rule_diagnostic(sets: Sets, rule: Rule, fact: Text) -> Diagnostic:
    cell = sets.case.cell("rules", rule.row, "value")
    return Diagnostic(cell=cell, column="value", message=clauses([descriptions.rule_in_words(rule), fact]))
