"""The deadline of a task, shared by all of its searches; each takes the remaining time."""

import time
from dataclasses import dataclass, replace
from typing import TypeVar

from optimizer.solver.options import Options

AnyOptions = TypeVar("AnyOptions", bound=Options)


@dataclass(frozen=True, order=True)
class Deadline:
    """The end of a task, by the monotonic clock of the process."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The deadline so many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds left, not below 0."""
        return max(0.0, self.at - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.at

    def earlier(self, seconds: float) -> "Deadline":
        """The deadline that keeps so many seconds for what follows."""
        return Deadline(self.at - seconds)

    def not_before(self, seconds: float) -> "Deadline":
        """The deadline, put off where it is less than so many seconds from now."""
        return max(self, Deadline.after(seconds))

    def part(self, share: float) -> "Deadline":
        """The end of a part of the time that is left."""
        return Deadline.after(share * self.left)

    def limit(self, options: AnyOptions, *, share: float = 1.0, least: float = 0.0) -> AnyOptions:
        """Options whose time limit is what is left, or a part of it, and not below `least` seconds."""
        return replace(options, time_limit=max(least, share * self.left))
