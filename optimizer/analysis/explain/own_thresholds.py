"""The price and the requested support at which one project enters or leaves the best plan.

Found by bisection: the case is solved again with another price for what the project sells, or another need, the project
forced in. Where a plan with it is as good as the best plan without it, the value is enough; where the bound of the solve is
below that, it is proved not to be; where time ends between the two, it is open (`optimizer.analysis.explain.bracket`).
No search is needed for a value at which the selection of the plan can still be paid for and is good enough.
A higher price never lowers the cash of a project, and a smaller need never excludes a plan, so that one value separates the
two; but a stake of equity is worth less as private money earns more, and rules can ask for public money: there the two ends
are what was tried.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from models.case import Case
from models.market import NoPrice, content_value, has_viability
from models.schema import Project
from models.sets import Sets
from models.terms import interpolate, most_support, need
from models.viability import main_material
from optimizer.analysis.explain.bracket import NARROW, ThresholdBracket
from optimizer.analysis.explain.explanation import Threshold
from optimizer.analysis.explain.parameters import with_project
from optimizer.analysis.explain.thresholds import CONFIRMED
from optimizer.analysis.what_if import Inquiry, Span, is_small, net
from optimizer.solver.allocation import NoAwards, least_awards
from optimizer.solver.lexicographic import Options
from optimizer.solver.no_solution import NoSolution, NoSolutionFound
from optimizer.solver.reoptimize import Question

HIGHEST = 10.0
"""Multiple of the price path up to which a price is looked for."""
TRIES, TRIES_OF_SMALL = 8, 20
"""Number of values tried between the ends; the second for small cases, which are solved exactly in little time."""
FIXED_TRIES, FIXED_SEARCHES = 5, 2
"""Number of values at a fixed effort: of a financed project, for which the selection of the plan is tried alone; of another one,
for which a search of few nodes is needed."""
FAR_PART = 3
"""The far end gets one of this number of parts of the time, because without it little is known."""
GAP_PART = 0.1
"""Part of the asked gap to which a value is solved: the two sides of a threshold often lie within the gap itself."""


@dataclass(frozen=True)
class OwnThresholds:
    """The thresholds of one project. `target`: value less penalty of the best plan without it."""

    case: Case
    project: Project
    target: float
    financed: bool
    options: Options
    chosen: Mapping[str, int]
    sure: bool = True
    """Whether it is proved that no plan as good contains the project, at its present values."""
    stop: threading.Event | None = None
    fixed_effort: bool = False
    """Whether values are tried at a fixed effort, without a whole search."""

    def all(self) -> tuple[list[Threshold], dict[str, str]]:
        """The thresholds, and for those without one the reason."""
        lacking: dict[str, str] = {}
        thresholds = (self._price(lacking), self._support(lacking))
        return [threshold for threshold in thresholds if threshold is not None], lacking

    # -- price -------------------------------------------------------------------------------------------------

    def _price(self, lacking: dict[str, str]) -> Threshold | None:
        """The least multiple of the price path, for what this project sells, at which it is in a plan that is as good."""
        p = self.project
        if not has_viability(self.case, p) or p.premium <= -1:
            return None
        try:
            value = content_value(self.case, p, self.case.settings.first_year)
        except NoPrice:
            return None
        if value <= 0:
            return None
        ends = (0.0, 1.0) if self.financed else (1.0, HIGHEST)
        threshold = self._bisect(*ends, lambda m: p.model_copy(update={"premium": m * (1 + p.premium) - 1}))
        if isinstance(threshold, str):
            lacking["price"] = _PRICE[threshold]
            return None
        material = main_material(self.case, p)
        path = next(row.years for row in self.case.prices if row.material == material)
        enough, not_enough = threshold.ends
        price = None if threshold.year is None else interpolate(path, threshold.year + p.build_years)
        return Threshold(
            kind="price", now=1.0, enough=enough, not_enough=not_enough, is_settled=threshold.open is None,
            fid_year=threshold.year, material=material, price=price,
        )  # fmt: skip

    # -- support -----------------------------------------------------------------------------------------------

    def _support(self, lacking: dict[str, str]) -> Threshold | None:
        """The most support that the project can ask for and be in a plan that is as good.

        Of a project left out the changes of its cells say it too (`private_share`, `requested_m`): in larger cases it is
        not asked a second time.
        """
        if not self.financed and not is_small(Sets(self.case)):
            return None
        p, room, now = self.project, most_support(self.project), need(self.project)
        ends = (room, now) if self.financed else (now, 0.0)
        if abs(ends[1] - ends[0]) <= NARROW * max(1.0, room):
            return None
        threshold = self._bisect(*ends, lambda m: p.model_copy(update={"requested_m": m}))
        if isinstance(threshold, str):
            lacking["support"] = _SUPPORT[threshold]
            return None
        enough, not_enough = threshold.ends
        return Threshold(
            kind="support", now=now, enough=enough, not_enough=not_enough, is_settled=threshold.open is None,
            fid_year=threshold.year,
        )  # fmt: skip

    # -- bisection ---------------------------------------------------------------------------------------------

    def _bisect(self, bad: float, good: float, changed: Callable[[float], Project]) -> ThresholdBracket | str:
        """What is proved between the two ends, as near as time allows; else "never" (no value is enough), "always" (every
        value is) or "time" (nothing is proved beyond how things stand)."""
        small = is_small(Sets(self.case))
        tries = TRIES_OF_SMALL if small else TRIES
        if self.fixed_effort:
            tries = FIXED_TRIES if self.financed else FIXED_SEARCHES
        until = time.monotonic() + (float("inf") if small else self.options.time_limit)

        def ask(value: float, left: int) -> int | None:
            return self._year(changed(value), until, left)

        bracket = ThresholdBracket(good, bad)
        bracket.tell(0.0 if self.financed else 1.0, self.chosen.get(self.project.id) if self.financed else None)
        far = ask(bad if self.financed else good, FAR_PART)
        if far if self.financed else far is None:
            return "always" if self.financed else "never"
        bracket.tell(1.0 if self.financed else 0.0, far)
        bracket.narrow(ask, tries, lambda: time.monotonic() >= until or self._is_stopped())
        if not self.financed and not self.sure and bracket.not_enough == 1.0:
            bracket.not_enough = None
        return bracket if _says_something(bracket, financed=self.financed) else "time"

    def _year(self, project: Project, until: float, tries: int) -> int | None:
        """Decision year of the project in a plan that is good enough; None: proved that there is none; 0: not known."""
        sets = Sets(with_project(self.case, project))
        if not any(p.id == project.id and sets.windows[p.id] for p in sets.candidates):
            return None
        room = CONFIRMED * max(1.0, abs(self.target))
        seconds = min(self.options.time_limit, max(1.0, (until - time.monotonic()) / tries))
        if self._stands(sets, self.target - room, seconds):
            return self.chosen[project.id]
        if self.fixed_effort:
            return 0 if self.financed else self._year_nearby(sets, project.id, room)
        options = replace(self.options, gap=GAP_PART * self.options.gap, time_limit=seconds)
        try:
            question = Question(include=frozenset({project.id}))
            answer = Inquiry.of(sets, options, self.stop).ask(question, start=self.chosen, tie_break=False)
        except (NoSolution, KeyError):
            return 0
        if answer is None or answer.span.high < self.target - room:
            return None
        return answer.chosen[project.id] if answer.span.low >= self.target - room else 0

    def _year_nearby(self, sets: Sets, project: str, room: float) -> int | None:
        """As `_year`, at a fixed effort."""
        target = Span(low=self.target, high=self.target)
        question = Question(include=frozenset({project}))
        try:
            answer = Inquiry.of(sets, self.options, self.stop).near(question, self.chosen, 0.0, target)
        except NoSolutionFound as end:
            return None if end.bound < self.target - room else 0
        except (NoSolution, KeyError):
            return 0
        if answer is None:
            return 0
        if answer.span.high < self.target - room:
            return None
        return answer.chosen[project] if answer.span.low >= self.target - room else 0

    def _stands(self, sets: Sets, enough: float, seconds: float) -> bool:
        """Whether the plan finances the project and its selection, with new awards, is still good enough: found without a
        search. False in a case without programmes: nothing is awarded there, so that awards do not confirm its money and rules."""
        if not self.financed or not sets.has_programmes:
            return False
        if any(t not in sets.windows.get(i, ()) for i, t in self.chosen.items()):
            return False
        try:
            return net(sets, self.chosen, least_awards(sets, self.chosen, seconds)) >= enough
        except NoAwards:
            return False

    def _is_stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()


def _says_something(bracket: ThresholdBracket, *, financed: bool) -> bool:
    """Whether it says more than that the project is in, or out, now."""
    if financed:
        return bracket.not_enough is not None or bracket.enough != 0.0
    return bracket.enough is not None or bracket.not_enough not in (None, 1.0)


_OPEN = "no other value was settled in the time given; --time-limit allows more"
_PRICE = {
    "never": f"no price up to {HIGHEST:g} times the price path lets it in",
    "always": "it stays at any price: its support closes the gap that the market leaves",
    "time": _OPEN,
}
_SUPPORT = {
    "never": "it is not in the best plan even if it asks for nothing",
    "always": "it stays whatever support it asks for, up to its capital cost",
    "time": _OPEN,
}
