"""Rules that a plan would break with further projects, whatever awards pay for them.

A rule's row is linear in the decisions. The terms of the projects are computed with the awards, between need and capital cost,
that are best for the rule: if it breaks even then, no awards keep it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from models.constraints import rules as rule_rows
from models.decision import Decision, FundingClass
from models.plan_assembly import rule_value
from models.schema import AWARD_MEASURES, Project, Rule
from models.sets import Sets
from models.terms import award_cap, most_support, need

TOLERANCE = 1e-6
"""A row holds within this part of max(1, |limit|, |body|)."""


@dataclass(frozen=True)
class RuleRoom:
    """Room that the rules of a plan leave for further projects."""

    decision: Decision

    @property
    def sets(self) -> Sets:
        return self.decision.sets

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are rows; those of joint finance are left out, as they are not linear in the awards."""
        return tuple(r for r in rule_rows.rows(self.sets.case.rules) if "joint" not in (r.measure, r.per))

    @cached_property
    def _with_the_plan(self) -> dict[str, float]:
        """Rule -> the body of its row."""
        return {r.rule: float(rule_rows.row(self.decision, r)[0]) for r in self.rules}

    def missing(self, rule: Rule, projects: Sequence[Project], year: int) -> float:
        """By how much a rule's row is missed at least with these projects decided in a year; 0 within the tolerance."""
        limit = self._limits[rule.rule]
        body = self.body(rule, projects, year)
        missing = limit - body if rule.sense == ">=" else body - limit
        return missing if missing > TOLERANCE * max(1.0, abs(limit), abs(body)) else 0.0

    def body(self, rule: Rule, projects: Sequence[Project], year: int) -> float:
        """The body of a rule's row with these projects, paid for as is best for it."""
        empty = self._constant[rule.rule]
        return self._with_the_plan[rule.rule] + sum(self._best(rule, p, year, empty) for p in projects)

    def attained(self, rule: Rule, projects: Sequence[Project], year: int) -> float | None:
        """The sum, average, share or ratio with these projects; None if it depends on their awards."""
        if rule.measure in AWARD_MEASURES or rule.per in AWARD_MEASURES:
            return None
        more = tuple(FundingClass(p.id, (p,), self.sets.eligible[p.id], (1.0,)) for p in projects)
        start = {**self.decision.start, **{(p.id, year): 1.0 for p in projects}}
        return rule_value(replace(self.decision, classes=(*self.decision.classes, *more), start=start), rule)

    def broken(self, projects: Sequence[Project], year: int) -> Iterator[Rule]:
        """Hard rules that hold now and would not with these projects decided in a year."""
        return (r for r in self.rules if r.hard and self.missing(r, projects, year))

    def penalty(self, projects: Sequence[Project], year: int) -> float:
        """Least further points that soft rules take away, beyond what they take from the plan."""
        return sum(self.cost(r, projects, year) for r in self.soft)

    @cached_property
    def soft(self) -> tuple[Rule, ...]:
        """Rules that may be missed, at a penalty."""
        return tuple(r for r in self.rules if not r.hard and r.penalty)

    def cost(self, rule: Rule, projects: Sequence[Project], year: int) -> float:
        """Least further points that one soft rule takes away, beyond what it takes from the plan."""
        return (rule.penalty or 0.0) * (self.missing(rule, projects, year) - self.missing(rule, (), year))

    @cached_property
    def _nothing(self) -> Decision:
        return replace(self.decision, classes=(), start={}, award={}, joint={})

    @cached_property
    def _constant(self) -> dict[str, float]:
        """Rule -> constant of its row."""
        return {r.rule: float(rule_rows.row(self._nothing, r)[0]) for r in self.rules}

    @cached_property
    def _limits(self) -> dict[str, float]:
        return {r.rule: rule_rows.row(self._nothing, r)[1] for r in self.rules}

    def _best(self, rule: Rule, p: Project, year: int, empty: float) -> float:
        alone = float(rule_rows.row(self._one(p, year), rule)[0]) - empty
        programmes = self.sets.eligible[p.id]
        if not programmes or not (rule.measure in AWARD_MEASURES or rule.per in AWARD_MEASURES):
            return alone
        effects = [
            (float(rule_rows.row(self._one(p, year, programme.id), rule)[0]) - empty - alone, award_cap(p, programme))
            for programme in programmes
        ]
        return alone + most_of_awards(effects, need(p), most_support(p), 1.0 if rule.sense == ">=" else -1.0)

    def _one(self, p: Project, year: int, programme: str = "") -> Decision:
        """The decision of a single project, with 1 M of face value of a programme."""
        c = FundingClass(p.id, (p,), self.sets.eligible[p.id], (1.0,))
        award = {(p.id, programme, year): 1.0} if programme else {}
        return replace(self.decision, classes=(c,), start={(p.id, year): 1.0}, award=award, joint={})


def most_of_awards(effects: Sequence[tuple[float, float]], least: float, most: float, sense: float) -> float:
    """The largest (sense 1) or smallest (sense -1) sum of effect * award, with the awards from 0 to their own most and
    together from `least` to `most`. `effects`: (effect of one million, largest award).

    >>> most_of_awards([(2.0, 30.0), (-1.0, 50.0)], 40.0, 100.0, 1.0)
    50.0
    >>> most_of_awards([(2.0, 30.0), (-1.0, 50.0)], 10.0, 100.0, -1.0)
    -50.0
    """
    given = total = 0.0
    for effect, cap in sorted(effects, key=lambda pair: -sense * pair[0]):
        rest = most - given if sense * effect > 0 else max(0.0, least - given)
        face = min(cap, rest)
        given, total = given + face, total + effect * face
    return total
