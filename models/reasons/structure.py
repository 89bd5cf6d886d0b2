"""Reasons that follow from statuses, links and windows alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from models.decision import Decision
from models.plan import NotFinanced
from models.schema import Project
from models.sets import Sets
from models.terms import need
from models.text import Text, joined_or


@dataclass(frozen=True)
class Structure:
    """Projects that are financed or underway, and those that these exclude."""

    decision: Decision

    @property
    def sets(self) -> Sets:
        return self.decision.sets

    @cached_property
    def decided(self) -> dict[str, int]:
        """Financed project -> decision year."""
        return {s.project.id: s.year for s in self.decision.starts}

    @cached_property
    def underway(self) -> frozenset[str]:
        return frozenset(u.id for u in self.sets.underway)

    @cached_property
    def standing(self) -> frozenset[str]:
        """Financed and underway projects."""
        return self.underway.union(self.decided)

    @cached_property
    def _rivals(self) -> dict[tuple[str, str], str]:
        """("id", project) and ("group", name) -> the first financed or underway project that excludes it."""
        in_the_way: dict[tuple[str, str], str] = {}
        for j in sorted(self.standing):
            other = self.sets.by_id[j]
            for i in other.excludes:
                in_the_way.setdefault(("id", i), j)
            if other.group:
                in_the_way.setdefault(("group", other.group), j)
        return in_the_way

    def reason(self, p: Project) -> NotFinanced | None:
        """The first reason of this kind, of the project itself or of a partner it goes together with."""
        own_reason = self._alone(p)
        if own_reason is not None:
            return own_reason
        for partner in self.bundle(p)[1:]:
            if (why := self._alone(partner)) is not None:
                detail = Text(
                    "goes together with {partner}, which is not financed ({reason})",
                    partner=partner.id,
                    reason=Text(why.reason),
                )
                return NotFinanced(id=p.id, reason="needs another", detail=detail)
        return None

    def _alone(self, p: Project) -> NotFinanced | None:
        sets = self.sets
        if p.id in sets.barred:
            reason, detail = sets.barred[p.id]
            return NotFinanced.model_validate({"id": p.id, "reason": reason, "detail": detail})
        if sets.has_programmes and need(p) > 0 and not sets.eligible[p.id]:
            detail = Text("no programme serves its country and stage")
            return NotFinanced(id=p.id, reason="no eligible programme", detail=detail)
        together = {i.id for i in self.bundle(p)}
        there = self.standing.union(together, self.sets.unaided_fids)
        if waits := [a for a in p.requires if there.isdisjoint(a)]:
            names = joined_or(waits[0])
            detail = Text("needs {names}, which is not financed", names=names)
            return NotFinanced(id=p.id, reason="needs another", detail=detail)
        if rival := self._rival(p):
            return NotFinanced(id=p.id, reason="excluded by another", detail=Text("excluded by {name}", name=rival))
        first = sets.windows[p.id].start if sets.windows[p.id] else sets.years[-1] + 1
        if first + p.build_years > sets.years[-1]:
            detail = Text("would deliver from {year} on", year=first + p.build_years)
            return NotFinanced(id=p.id, reason="does not fit the horizon", detail=detail)
        return None

    def _rival(self, p: Project) -> str | None:
        """A financed or underway project that excludes a project."""
        named = self._rivals.get(("id", p.id)) or self._rivals.get(("group", p.group or ""))
        return named or next((j for j in p.excludes if j in self.standing), None)

    def bundle(self, p: Project) -> tuple[Project, ...]:
        """A project and all that go together with it, directly or by another: decided in one year or not at all."""
        if p.id not in self._partners:
            return (p,)
        bundle, waiting = [p.id], [p.id]
        while waiting:
            for j in sorted(self._partners.get(waiting.pop(), ())):
                if j not in bundle and j not in self.underway:
                    bundle.append(j)
                    waiting.append(j)
        return tuple(self.sets.by_id[i] for i in bundle)

    @cached_property
    def _partners(self) -> dict[str, set[str]]:
        """Project -> those that go together with it, whichever of the two names the other."""
        partners: dict[str, set[str]] = {}
        for p in self.sets.case.projects:
            for j in p.together:
                partners.setdefault(p.id, set()).add(j)
                partners.setdefault(j, set()).add(p.id)
        return partners

    # -- years ---------------------------------------------------------------------------------------------------

    def years(self, bundle: tuple[Project, ...]) -> tuple[int, ...]:
        """Years in which every project of a bundle may be decided by its window."""
        windows = [self.sets.windows[p.id] for p in bundle]
        return tuple(t for t in windows[0] if all(t in w for w in windows))

    def follows(self, bundle: tuple[Project, ...], year: int) -> bool:
        """Whether of every clause that the bundle requires something is decided by a year."""
        return all(any(self._stands(j, year) for j in clause) for clause in self._clauses(bundle))

    def latest(self, bundle: tuple[Project, ...]) -> Iterator[tuple[str, int]]:
        """The requirements of the bundle, each clause with its first decision: (project, year)."""
        for clause in self._clauses(bundle):
            if self.underway.isdisjoint(clause):
                years = self.sets.unaided_fids | self.decided
                yield min(((j, years[j]) for j in clause if j in years), key=lambda pair: pair[1])

    def _clauses(self, bundle: tuple[Project, ...]) -> Iterator[tuple[str, ...]]:
        members = {p.id for p in bundle}
        return (clause for p in bundle for clause in p.requires if members.isdisjoint(clause))

    def _stands(self, project: str, year: int) -> bool:
        return self.sets.stands_unfinanced(project, year) or self.decided.get(project, year + 1) <= year
