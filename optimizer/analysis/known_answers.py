"""Results of earlier questions about a case that later questions use: plans and bounds.

A plan that satisfies a question is a lower bound of its answer. The bound of a question holds for every narrower one: where
a separation plant requires a mine, a plan without the mine is without the plant too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from models.sets import Sets
from optimizer.solver.allocation import Awards
from optimizer.solver.reoptimize import Question

MOST = 200
"""Plans that are kept: those of most value."""
Needs = Mapping[str, frozenset[str]]
"""Project -> all projects without which it is not financed, itself among them."""


@dataclass(frozen=True)
class KnownPlan:
    """A feasible plan of the case: project -> decision year, its awards and its value less penalties."""

    chosen: Mapping[str, int]
    awards: Awards
    value: float


@dataclass
class KnownAnswers:
    """Feasible plans of one case, the best first, and bounds of its questions."""

    needs: Needs
    committed: frozenset[str] = frozenset()
    """Projects that a plan holds unless a question lets them go."""
    _plans: list[KnownPlan] = field(default_factory=list)
    _bounds: list[tuple[Question, float]] = field(default_factory=list)

    @classmethod
    def of(cls, sets: Sets) -> "KnownAnswers":
        """None yet of this case."""
        return cls(needs_of(sets), frozenset(p.id for p in sets.candidates if p.status == "committed"))

    def add(self, question: Question, plan: KnownPlan, bound: float = inf) -> None:
        """Keeps what came of a question, unless it moves a limit of the case. `bound`: no plan under it is worth more."""
        if not _keeps_limits(question):
            return
        self.limit(question, bound)
        if all(p.chosen != plan.chosen for p in self._plans):
            self._plans = sorted([*self._plans, plan], key=lambda p: -p.value)[:MOST]

    @property
    def plans(self) -> tuple[KnownPlan, ...]:
        """The plans that are kept, the best first."""
        return tuple(self._plans)

    def limit(self, question: Question, bound: float) -> None:
        """Keep a bound of a question, unless it moves a limit of the case or gives a decision year."""
        if bound < inf and not question.at and _keeps_limits(question):
            self._bounds.append((question, bound))

    def best(self, question: Question) -> KnownPlan | None:
        """The best known plan that satisfies a question; None where there is none, or where the question moves a limit."""
        if not _keeps_limits(question):
            return None
        held = self._held(question)
        return next((p for p in self._plans if _satisfies(p.chosen, held, question)), None)

    def bound(self, question: Question) -> float:
        """The least bound of a question that is as wide as this one or wider; infinity where there is none."""
        if not _keeps_limits(question):
            return inf
        return min((b for other, b in self._bounds if self._is_within(question, other)), default=inf)

    def has_asked(self, question: Question) -> bool:
        """Whether a question with the same plans was searched before: of two projects that are decided together one is asked."""
        return any(self._is_within(question, other) and self._is_within(other, question) for other, _ in self._bounds)

    def _held(self, question: Question) -> frozenset[str]:
        return question.include | (self.committed - question.exclude)

    def _is_within(self, question: Question, other: Question) -> bool:
        """Whether every plan under a question satisfies the other too."""
        held = {j for i in self._held(question) for j in self.needs.get(i, {i})}
        out = question.exclude
        return self._held(other) <= held and all(not out.isdisjoint(self.needs.get(i, {i})) for i in other.exclude)


def needs_of(sets: Sets) -> Needs:
    """The projects that each one cannot do without: requirements with one way to meet them, what is decided
    together with it, and what these need."""
    direct = {p.id: frozenset({p.id, *_required(sets, p.id)}) for p in sets.candidates}
    while True:
        wider = {i: own.union(*(direct.get(j, own) for j in own)) for i, own in direct.items()}
        if wider == direct:
            return direct
        direct = wider


def _required(sets: Sets, project: str) -> Iterable[str]:
    """Projects that must be financed where this one is, whatever its year."""
    for alternatives in sets.by_id[project].requires:
        if len(alternatives) == 1 and not any(
            sets.stands_unfinanced(alternatives[0], year) for year in sets.windows.get(project, ())
        ):
            yield alternatives[0]
    underway = {p.id for p in sets.underway}
    for other in sets.case.projects:
        pair = other.id != project and (other.id in sets.by_id[project].together or project in other.together)
        if pair and underway.isdisjoint((project, other.id)):
            yield other.id


def _keeps_limits(question: Question) -> bool:
    """Whether a question is about projects alone, and leaves money and rules as they are."""
    return question.sets is None and all(row[0] == "selection" for row in question.limits)


def _satisfies(chosen: Mapping[str, int], held: frozenset[str], question: Question) -> bool:
    return (
        held <= chosen.keys()
        and question.exclude.isdisjoint(chosen)
        and all(chosen.get(i) in (None, t) for i, t in question.at.items())
    )
