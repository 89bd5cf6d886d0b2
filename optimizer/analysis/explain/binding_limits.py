"""Binding rules and envelopes, and the worth of a step more of each, by solving again with the step.

A limit binds if the plan leaves less than a step of it unused, or if a step more adds value: projects are indivisible, so that
a budget can bind with money left. In a large case, whose projects are small beside its limits, only limits of the first kind
are asked about. The step of money is a round number of about a tenth of the limit, that of a score or a count is 1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import floor, log10

from models.case import Case
from models.limits import money_limits
from models.plan import Plan, RuleRow
from models.schema import Rule
from models.sets import Sets
from optimizer.analysis.explain.budget_sensitivity import question, with_limit
from optimizer.analysis.explain.explanation import LimitStory
from optimizer.analysis.what_if import Inquiry, Span, Swap, WhatIfResult, swap
from optimizer.solver.no_solution import NoSolution, NoSolutionFound
from optimizer.solver.reoptimize import Question, Row

STEP = 0.1
"""A step of money, as a part of its limit, before it is rounded."""
WORTHLESS = 1e-6
"""Part of max(1, |value|) that a tie-break may move it by."""
SCORES = ("esg", "esg_e", "esg_s", "esg_g", "count")


@dataclass(frozen=True)
class Limit:
    """A limit that binds."""

    name: str
    kind: str
    limit: float
    eased: float
    left: float
    row: Row | None = None
    """The row of the program, for a limit of money."""
    rule: Rule | None = None

    @property
    def is_tight(self) -> bool:
        """Whether less than a step of it is unused."""
        return self.left < abs(self.eased - self.limit)


def round_step(value: float) -> float:
    """The largest of 1, 2, 5, 10, 20 ... that is not above a value.

    >>> round_step(73), round_step(0.3), round_step(200)
    (50.0, 0.2, 200.0)
    """
    power = 10.0 ** floor(log10(value) + 1e-12)
    return float(max(m * power for m in (1, 2, 5) if m * power <= value * (1 + 1e-12)))


def questioned_limits(case: Case, plan: Plan, *, every: bool) -> list[Limit]:
    """The limits to ask about: money first, by programme and year, then the rules."""
    return [x for x in (*_money(case, plan), *_rules(case, plan)) if every or x.is_tight]


def _money(case: Case, plan: Plan) -> Iterator[Limit]:
    for m in money_limits(case, plan):
        yield Limit(m.name, "money", m.limit, m.limit + round_step(STEP * m.limit), m.left, row=m.row)


def _rules(case: Case, plan: Plan) -> Iterator[Limit]:
    rules = {r.rule: r for r in case.rules}
    for row in plan.rules:
        rule = rules[row.rule]
        if rule.aggregate == "each" or not rule.hard or row.value is None:
            continue
        step = _rule_step(rule, row)
        if step:
            eased = row.limit - step if row.sense == ">=" else row.limit + step
            left = max(0.0, row.value - row.limit if row.sense == ">=" else row.limit - row.value)
            yield Limit(row.rule, "rule", row.limit, eased, left, rule=rule)


def _rule_step(rule: Rule, row: RuleRow) -> float:
    if rule.measure in SCORES and rule.aggregate in ("sum", "average"):
        return 1.0
    if rule.aggregate == "share":
        return 0.01 if rule.value < 0.2 else 0.05
    size = abs(row.limit) or abs(row.value or 0.0)
    return round_step(STEP * size) if size else 0.0


@dataclass(frozen=True)
class Steps:
    """Worth of a step more of each limit to one plan."""

    inquiry: Inquiry
    chosen: Mapping[str, int]
    best: Span

    def story(self, limit: Limit) -> LimitStory | None:
        """The worth of a step; None where the limit does not bind. Raises NoSolutionFound."""
        try:
            answer = self._asked(limit)
        except NoSolution:
            raise NoSolutionFound from None
        if answer is None:
            return None
        worth = Span(
            low=max(0.0, answer.span.low - self.best.high),
            high=max(0.0, answer.span.high - self.best.low),
        )
        if not limit.is_tight and worth.low <= WORTHLESS * max(1.0, abs(self.best.low)):
            return None
        moved = swap(self.chosen, answer.chosen) if worth.low > 0 else Swap()
        return LimitStory.model_validate(
            {"name": limit.name, "kind": limit.kind, "limit": limit.limit, "eased": limit.eased, "left": limit.left,
             "worth": worth, "swap": moved}
        )  # fmt: skip

    def _asked(self, limit: Limit) -> WhatIfResult | None:
        case = self.inquiry.sets.case
        if limit.row is not None:
            money = question(self.inquiry, with_limit(case, limit.row, limit.eased))
            return self.inquiry.ask(money, start=self.chosen) if limit.row in money.limits else None
        rules = tuple(replace_value(r, limit.eased) if r == limit.rule else r for r in case.rules)
        eased = replace(self.inquiry, sets=Sets(case.model_copy(update={"rules": rules})), _sessions=[])
        return eased.ask(Question(), start=self.chosen)


def replace_value(rule: Rule, value: float) -> Rule:
    """A rule with another limit."""
    return rule.model_copy(update={"value": value})
