"""The reason for each project that a plan leaves out: the first check that applies."""

from dataclasses import dataclass, replace
from functools import cached_property

from models.decision import Decision
from models.families import FAMILIES
from models.plan import NotFinanced
from models.reasons import sentences
from models.reasons.gain import LEAST, Delivery, Gains
from models.reasons.rules import RuleRoom
from models.reasons.structure import Structure
from models.reasons.unspent import Unspent
from models.schema import Project, Rule
from models.sets import Sets

Bundle = tuple[Project, ...]
"""A project and all that go together with it."""


def not_financed(decision: Decision, delivery: Delivery | None = None) -> tuple[NotFinanced, ...]:
    """Every project that a plan leaves out, in the order of the case, each with the first reason that a check shows.

    `delivery`: gain of the objective by what the chain delivers with further projects; without it such gains are unknown, and
    a reason that depends on them is "not worked out".
    """
    reasons = ReasonFinder(decision, delivery)
    chosen = reasons.structure.decided
    return tuple(reasons.of(p) for p in decision.sets.case.projects if p.status != "underway" and p.id not in chosen)


@dataclass(frozen=True)
class BestAddition:
    """A bundle added to the plan in a year where it would raise the objective."""

    bundle: Bundle
    year: int
    gain: float
    short: float
    """Millions of support that unspent money cannot pay."""


@dataclass(frozen=True)
class ReasonFinder:
    """The checks, on one plan."""

    decision: Decision
    delivery: Delivery | None = None

    @property
    def sets(self) -> Sets:
        return self.decision.sets

    @cached_property
    def structure(self) -> Structure:
        return Structure(self.decision)

    @cached_property
    def gains(self) -> Gains:
        return Gains(self.decision, self.delivery)

    @cached_property
    def room(self) -> RuleRoom:
        return RuleRoom(self.decision)

    @cached_property
    def unspent(self) -> Unspent:
        return Unspent(self.decision)

    @cached_property
    def everything(self) -> Unspent:
        """All the money of the case."""
        return Unspent(replace(self.decision, classes=(), start={}, award={}, joint={}))

    def of(self, p: Project) -> NotFinanced:
        """The first reason that applies; for a project that goes ahead without support the detail says so."""
        reason = self.structure.reason(p) or self._by_years(p, self.structure.bundle(p))
        if (year := self.sets.unaided_fids.get(p.id)) is None:
            return reason
        return reason.model_copy(update={"detail": sentences.goes_ahead(reason.detail, year)})

    # -- years in which it could be decided ----------------------------------------------------------------------

    def _by_years(self, p: Project, bundle: Bundle) -> NotFinanced:
        """The reason that it has nothing to follow in time, or that the money of the case does not suffice; else the next checks."""
        following = [t for t in self.structure.years(bundle) if self.structure.follows(bundle, t)]
        if not following:
            return NotFinanced(
                id=p.id,
                reason="nothing is financed that it could follow",
                detail=sentences.follows(self.structure, bundle),
            )
        if not (paying := [t for t in following if all(self.sets.viability.can_pay(i, t) for i in bundle)]):
            detail = sentences.does_not_pay(self.sets, bundle, following)
            return NotFinanced(id=p.id, reason="does not pay at these prices", detail=detail)
        following = paying
        short = {t: self.everything.shortage(bundle, t) for t in following}
        if all(short.values()):
            year = min(following, key=lambda t: short[t])
            detail = sentences.too_small(self.sets, self.everything.required(bundle, year), short[year], year)
            return NotFinanced(id=p.id, reason="programmes closed in its years or too small", detail=detail)
        return self._by_gain(p, bundle, [t for t in following if not short[t]])

    # -- what it would add, and what prevents it -----------------------------------------------------------

    def _by_gain(self, p: Project, bundle: Bundle, years: list[int]) -> NotFinanced:
        """The reason that it adds nothing in these years; else that a rule, a limit or money prevents it."""
        gains = {t: self.gains.gain(bundle, t) for t in years}
        useful = {t: gain for t, gain in gains.items() if gain is not None and gain > LEAST}
        if not useful:
            if None in gains.values():
                return NotFinanced(id=p.id, reason="not worked out", detail=sentences.UNKNOWN)
            if self._helps_soft_rules(bundle, years):
                return NotFinanced(id=p.id, reason="not worked out", detail=sentences.HELPS_SOFT_RULES)
            return NotFinanced(id=p.id, reason="adds nothing", detail=sentences.adds_nothing(self.gains, bundle))
        additions = [BestAddition(bundle, t, gain, self.unspent.shortage(bundle, t)) for t, gain in useful.items()]
        return self._refused(p, additions) or self._limited(p, additions) or self._outbid(p, additions)

    def _helps_soft_rules(self, bundle: Bundle, years: list[int]) -> bool:
        return any(self.room.penalty(bundle, t) < -LEAST for t in years)

    def _refused(self, p: Project, additions: list[BestAddition]) -> NotFinanced | None:
        """The reason that one rule prevents every addition."""
        first = additions[0]
        against = self._against(first)
        for other in additions[1:]:
            against = [rule for rule in against if rule in self._against(other)] if against else []
        if not against:
            return None
        detail = sentences.no_room(against[0], self.room.attained(against[0], first.bundle, first.year))
        return NotFinanced(id=p.id, reason="rule leaves no room", detail=detail, rule=against[0].rule)

    def _against(self, a: BestAddition) -> list[Rule]:
        """Rules that prevent an addition: hard ones that it breaks, soft ones that cost more than it gains."""
        broken = list(self.room.broken(a.bundle, a.year))
        if not broken and self.room.penalty(a.bundle, a.year) >= a.gain - LEAST:
            return [r for r in self.room.soft if self.room.cost(r, a.bundle, a.year) > 0]
        return broken

    def _limited(self, p: Project, additions: list[BestAddition]) -> NotFinanced | None:
        """The reason that the limit of one family prevents every addition."""
        for family in FAMILIES.values():
            details = [family.refuses(self.decision, a.bundle, a.year) for a in additions]
            if all(details):
                limit = family.setting or family.name
                return NotFinanced(id=p.id, reason="limit leaves no room", detail=details[0], rule=limit)
        return None

    def _is_refused(self, a: BestAddition) -> bool:
        """Whether a rule or the limit of a family prevents an addition."""
        limited = any(family.refuses(self.decision, a.bundle, a.year) for family in FAMILIES.values())
        return limited or bool(self._against(a))

    def _outbid(self, p: Project, additions: list[BestAddition]) -> NotFinanced:
        """The reason that money prevents an addition that nothing else forbids, and that no other year is possible."""
        short = [a for a in additions if a.short]
        if any(not self._is_refused(a) for a in additions if not a.short):
            detail = sentences.COULD_BE_ADDED if len(additions[0].bundle) == 1 else sentences.UNKNOWN
            return NotFinanced(id=p.id, reason="not worked out", detail=detail)
        if not short:
            return NotFinanced(id=p.id, reason="not worked out", detail=sentences.SEVERAL_LIMITS)
        a = min(short, key=lambda a: (a.short, a.year))
        detail = sentences.outbid(self.sets, a.gain, self.unspent.required(a.bundle, a.year), a.short, a.year)
        return NotFinanced(id=p.id, reason="outbid", detail=detail, year=a.year)
