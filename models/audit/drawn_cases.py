"""Outcomes of projects in many draws, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Years = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """Outcomes of projects in a number of cases, as arrays by case. A project that is not named is on time, does not fail and goes
    on."""

    count: int
    late: Mapping[str, Years] = field(default_factory=dict)
    """Project -> years of delay."""
    failed: Mapping[str, Marks] = field(default_factory=dict)
    stopped: Mapping[str, Marks] = field(default_factory=dict)

    def delay(self, name: str) -> Years:
        """Years of delay of a project in each case."""
        return self.late[name] if name in self.late else np.zeros(self.count, dtype=np.int64)

    def fails(self, name: str) -> Marks:
        """Whether a project fails in each case."""
        return self.failed[name] if name in self.failed else np.zeros(self.count, dtype=np.bool_)

    def goes_on(self, name: str) -> Marks:
        """Whether a project neither fails nor stops in each case."""
        gone = self.fails(name)
        return np.logical_not(gone | self.stopped[name] if name in self.stopped else gone)
