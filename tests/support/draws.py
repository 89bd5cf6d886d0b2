"""A few words for drawing random workbooks, and the names that they use."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
FIRST = 2026
COUNTRIES = ("US", "JP", "AU", "CA", "VN")
STAGES = ("mine", "separation", "magnet")


class Draw:
    """A source of random numbers, spoken to in the words of a workbook."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def whole(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def one(self, items: Sequence[T]) -> T:
        return items[self.rng.randint(0, len(items) - 1)]

    def maybe(self, percent: int) -> bool:
        return self.rng.randint(1, 100) <= percent

    def some(self, items: Sequence[T], percent: int = 50) -> list[T]:
        return [item for item in items if self.maybe(percent)]
