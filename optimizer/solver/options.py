"""Options of a search, and the defaults that commands, API and help read."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

GAP = 0.001
"""Default relative MIP gap at which the search may stop."""
TIME_LIMIT = 120.0
"""Seconds of one search for a plan."""
WHOLE_TIME_LIMIT = 60.0
"""Seconds for all questions about a whole plan, and for all portfolios of `alternatives`."""
QUESTION_TIME_LIMIT = 10.0
"""Default time limit of one question about a plan (`explain`), seconds."""
THREADS = 1
SEED = 0
NAMES = ("gap", "time_limit", "threads", "seed")
"""The options, in the order of help and manifest."""


@dataclass(frozen=True)
class Options:
    """Gap, time limit, threads and seed of a search."""

    gap: float = GAP
    """Relative MIP gap at which to stop."""
    time_limit: float = TIME_LIMIT
    """Seconds."""
    threads: int = THREADS
    seed: int = SEED


@dataclass(frozen=True)
class Solving(Options):
    """The options of one command, and where each came from."""

    asked: AbstractSet[str] = frozenset()

    def source(self, name: str) -> str:
        """The origin of a value: the command-line option, or `default`."""
        return f"--{name.replace('_', '-')}" if name in self.asked else "default"
