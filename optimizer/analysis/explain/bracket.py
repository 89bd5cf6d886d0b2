"""The bracket of a threshold: values of a number that are proved to be enough, and values that are proved not to be.

Each tried value is proved to be enough, proved not to be, or left open by a search that ended before its proof. Plain bisection
would end at the first open value; here both sides of the open part are narrowed further.
"""

from collections.abc import Callable
from dataclasses import dataclass

NARROW = 1e-4
"""Part of the larger end at which a bracket without an open stretch is narrow enough."""
NEAR = 0.02
"""Part of the range at which an end is near enough to the open stretch."""

Ask = Callable[[float, int], int | None]
"""A value, and how many may be asked about from it on, to a decision year (enough), None (proved not enough) or 0 (open)."""


@dataclass
class ThresholdBracket:
    """Results on the way from `good`, the value that is most likely enough, to `bad`.

    Places are parts of the way: 0 is `good`, 1 is `bad`.
    """

    good: float
    bad: float
    enough: float | None = None
    """Place of the last value that is enough; None if none is known."""
    not_enough: float | None = None
    """Place of the first value that is proved not to be enough."""
    open: tuple[float, float] | None = None
    """Places of the first and the last value between them that were left open."""
    year: int | None = None
    """Decision year at `enough`."""

    def value(self, place: float | None) -> float | None:
        """The value at a place."""
        return None if place is None else self.good + place * (self.bad - self.good)

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """(enough, not enough)."""
        return self.value(self.enough), self.value(self.not_enough)

    def tell(self, place: float, answer: int | None) -> None:
        """Record an answer."""
        if answer is None:
            self.not_enough = place
            self.open = None if self.open is None or place <= self.open[0] else self.open
        elif answer:
            self.enough, self.year = place, answer
            self.open = None if self.open is None or place >= self.open[1] else self.open
        else:
            first, last = self.open or (place, place)
            self.open = (min(first, place), max(last, place))

    def narrow(self, ask: Ask, tries: int, is_over: Callable[[], bool]) -> "ThresholdBracket":
        """Ask about values, up to a number, each in the middle of the widest part that is not narrow enough."""
        for tried in range(tries):
            stretch = self._widest()
            if stretch is None or is_over():
                break
            place = sum(stretch) / 2
            value = self.value(place)
            assert value is not None
            self.tell(place, ask(value, tries - tried))
        return self

    def _widest(self) -> tuple[float, float] | None:
        """The widest part between a known end and an open value, or between both ends; None if all are narrow."""
        if self.open is None:
            (enough, not_enough), (a, b) = self.ends, (self.enough, self.not_enough)
            if a is None or b is None or enough is None or not_enough is None:
                return None
            return None if abs(enough - not_enough) <= NARROW * max(abs(enough), abs(not_enough)) else (a, b)
        sides = [(self.enough, self.open[0]), (self.open[1], self.not_enough)]
        wide = [(a, b) for a, b in sides if a is not None and b is not None and b - a > NEAR]
        return max(wide, key=lambda side: side[1] - side[0], default=None)
