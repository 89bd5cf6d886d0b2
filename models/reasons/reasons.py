"""The reason for each project that a plan leaves out, check after check."""

from dataclasses import dataclass, replace
from functools import cached_property

from models.decision import Decision
from models.formulation import FAMILIES
from models.plan import NotFinanced
from models.reasons import sentences
from models.reasons.gain import LEAST, Delivery, Gains
from models.reasons.rules import RuleRoom
from models.reasons.structure import Structure
from models.reasons.unspent import Unspent
from models.schema import Project, Rule
from models.sets import Sets

Bundle = tuple[Project, ...]
"""A project, and with it all that go together with it."""


def not_financed(d: Decision, delivery: Delivery | None = None) -> tuple[NotFinanced, ...]:
    """Every project that a plan leaves out, in the order of the case, each with the first reason that a check shows.

    `delivery`: what the objective gains by what the chain delivers with further projects; without it such gains are
    not known, and the reason is "not worked out" where it rests on them.
    """
    reasons = ReasonFinder(d, delivery)
    chosen = reasons.structure.decided
    return tuple(reasons.of(p) for p in d.sets.case.projects if p.status != "underway" and p.id not in chosen)


@dataclass(frozen=True)
class BestAddition:
    """A bundle added to the plan in a year where it would raise the objective."""

    bundle: Bundle
    year: int
    gain: float
    short: float
    """Millions of support that what is unspent cannot pay."""


@dataclass(frozen=True)
class ReasonFinder:
    """The checks, on one plan."""

    d: Decision
    delivery: Delivery | None = None

    @property
    def sets(self) -> Sets:
        return self.d.sets

    @cached_property
    def structure(self) -> Structure:
        return Structure(self.d)

    @cached_property
    def gains(self) -> Gains:
        return Gains(self.d, self.delivery)

    @cached_property
    def room(self) -> RuleRoom:
        return RuleRoom(self.d)

    @cached_property
    def unspent(self) -> Unspent:
        return Unspent(self.d)

    @cached_property
    def everything(self) -> Unspent:
        """All the money of the case."""
        return Unspent(replace(self.d, classes=(), start={}, award={}, joint={}))

    def of(self, p: Project) -> NotFinanced:
        """The first reason that is shown; of a project that goes ahead without support it says so."""
        reason = self.structure.reason(p) or self._by_years(p, self.structure.bundle(p))
        if (year := self.sets.unaided_fids.get(p.id)) is None:
            return reason
        return reason.model_copy(update={"detail": sentences.goes_ahead(reason.detail, year)})

    # -- years in which it could be decided ----------------------------------------------------------------------

    def _by_years(self, p: Project, bundle: Bundle) -> NotFinanced:
        """That it has nothing to follow in time, or that no money of the case is enough; else what it would add."""
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
            detail = sentences.too_small(self.sets, self.everything.wanted(bundle, year), short[year], year)
            return NotFinanced(id=p.id, reason="programmes closed in its years or too small", detail=detail)
        return self._by_gain(p, bundle, [t for t in following if not short[t]])

    # -- what it would add, and what stands against it -----------------------------------------------------------

    def _by_gain(self, p: Project, bundle: Bundle, years: list[int]) -> NotFinanced:
        """That it adds nothing in these years; else that a rule or money stands against it."""
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
        """That one rule stands against every addition."""
        first = additions[0]
        against = self._against(first)
        for other in additions[1:]:
            against = [rule for rule in against if rule in self._against(other)] if against else []
        if not against:
            return None
        detail = sentences.no_room(against[0], self.room.attained(against[0], first.bundle, first.year))
        return NotFinanced(id=p.id, reason="rule leaves no room", detail=detail, rule=against[0].rule)

    def _against(self, a: BestAddition) -> list[Rule]:
        """Rules that stand against an addition: hard ones that break, soft ones that cost more than it gains."""
        broken = list(self.room.broken(a.bundle, a.year))
        if not broken and self.room.penalty(a.bundle, a.year) >= a.gain - LEAST:
            return [r for r in self.room.soft if self.room.cost(r, a.bundle, a.year) > 0]
        return broken

    def _limited(self, p: Project, additions: list[BestAddition]) -> NotFinanced | None:
        """That the limit of one family stands against every addition."""
        for family in FAMILIES.values():
            details = [family.refuses(self.d, a.bundle, a.year) for a in additions]
            if all(details):
                limit = family.setting or family.name
                return NotFinanced(id=p.id, reason="limit leaves no room", detail=details[0], rule=limit)
        return None

    def _is_refused(self, a: BestAddition) -> bool:
        """Whether a rule or the limit of a family stands against an addition."""
        limited = any(family.refuses(self.d, a.bundle, a.year) for family in FAMILIES.values())
        return limited or bool(self._against(a))

    def _outbid(self, p: Project, additions: list[BestAddition]) -> NotFinanced:
        """That money stands against an addition which nothing else forbids, and nothing lets it in in another year."""
        short = [a for a in additions if a.short]
        if any(not self._is_refused(a) for a in additions if not a.short):
            detail = sentences.COULD_BE_ADDED if len(additions[0].bundle) == 1 else sentences.UNKNOWN
            return NotFinanced(id=p.id, reason="not worked out", detail=detail)
        if not short:
            return NotFinanced(id=p.id, reason="not worked out", detail=sentences.SEVERAL_LIMITS)
        a = min(short, key=lambda a: (a.short, a.year))
        detail = sentences.outbid(self.sets, a.gain, self.unspent.wanted(a.bundle, a.year), a.short, a.year)
        return NotFinanced(id=p.id, reason="outbid", detail=detail, year=a.year)
