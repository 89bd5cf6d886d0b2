"""Rounding of a least change: away from the present value to the printed digit, and confirmed at that number.

Entry is not monotone in the data, so that the rounded number can be too far. One more digit is then printed, until the audited
plan with the printed number is good enough.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor

from models.case import Case
from models.schema import Project
from models.sets import Sets
from optimizer.analysis.explain.parameters import Datum, with_project
from optimizer.analysis.what_if import net
from optimizer.errors import AuditFailed
from optimizer.solver.allocation import NoAwards, least_awards
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.solve import audited

TIMES = {"private_share": 100.0}
"""Factor on a cell when it is printed: 100 for a share in per cent."""
UNITS = {"private_share": " %", "capacity_tpa": " t/yr"}
"""Unit in which a cell is printed, if it is not money."""
MONEY = ("capex_m", "requested_m")
MOST_DECIMALS = 6
NUDGE = 1e-6
"""Distance from a digit, as a part of it, within which a number counts as that digit."""


def unit_of(column: str, money: str) -> str:
    """Unit of a cell as it is printed, after a space; empty for scores. `money`: the base currency.

    >>> unit_of("capex_m", "USD"), unit_of("private_share", "USD"), unit_of("esg_e", "USD")
    (' M USD', ' %', '')
    """
    return f" M {money}" if column in MONEY else UNITS.get(column, "")


@dataclass(frozen=True)
class Stating:
    """One project's change, with the plan that it makes possible. `least`: value less penalty that the plan must have."""

    case: Case
    project: Project
    chosen: Mapping[str, int]
    least: float

    def stated(self, datum: Datum, needed: float, factor: float = 1.0) -> float:
        """The number to print, in the case's unit; `needed` itself where no printed number does.

        `factor`: value in the case = number in the cell * factor, where the cell has money of its own.
        """
        times = TIMES.get(datum.column, 1.0) / factor
        for printed in outward(needed * times, up=needed > datum.now):
            value = printed / times
            if datum.low <= value <= datum.high and self.stands(datum.changed(self.project, value)):
                return value
        return needed

    def stands(self, project: Project) -> bool:
        """Whether the plan with the changed project passes the audit and is good enough."""
        sets = Sets(with_project(self.case, project))
        if not any(p.id == project.id for p in sets.candidates):
            return False
        try:
            awards = least_awards(sets, self.chosen)
            value = net(sets, self.chosen, awards)
            audited(sets, Solution(dict(self.chosen), awards, value, False, False), Options())
        except (NoAwards, AuditFailed):
            return False
        return value >= self.least


def outward(value: float, *, up: bool) -> Iterator[float]:
    """A number rounded away from what it comes from, to more and more digits: first whole from 1,000 on, else a tenth.

    >>> [round(v, 6) for v in outward(1266.66667, up=False)][:3], next(outward(71.01, up=True)), next(outward(50, up=True))
    ([1266.0, 1266.6, 1266.66], 71.1, 50.0)
    """
    for decimals in range(0 if abs(value) >= 1000 else 1, MOST_DECIMALS + 1):
        scale = 10.0**decimals
        yield (ceil(value * scale - NUDGE) if up else floor(value * scale + NUDGE)) / scale
