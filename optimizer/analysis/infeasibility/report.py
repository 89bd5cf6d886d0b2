"""The report on an infeasible case: frozen, in words, with exact numbers."""

from functools import reduce
from typing import Literal

from models.faults import Diagnostic
from models.frozen import Frozen, TextField
from models.text import Text

Kind = Literal[
    "envelope",  # money of one year of a programme or fund
    "total",  # limit of a programme or fund over all years
    "total_face",  # the same on face value
    "total_budget",
    "rule",  # sum, average, share or ratio
    "each",  # a rule that bars candidates
    "committed",
    "barred",
    "country",  # a country that is not on the list
    "requires",
    "excludes",
    "together",
    "group",
    "max_programmes",  # how many programmes may support a project, in the project's own row
    "opex",  # the operating cost of a project that does not pay
    "hurdle_rate",  # the return that private money asks, in the settings or in a project's own row
    "price",  # the whole price path of a material
    "setting",  # a limit of the settings sheet that a family declares (`models.family.Family.setting`)
]
MONEY: tuple[Kind, ...] = ("envelope", "total", "total_face", "total_budget")
RULES: tuple[Kind, ...] = ("rule", "each")
MARKET: tuple[Kind, ...] = ("opex", "hurdle_rate", "price")
"""Kinds of restrictions that decide whether a project pays."""


class Restriction(Frozen):
    """One restriction of the workbook that a planner could relax."""

    kind: Kind
    subject: str
    """Programme or fund, rule, project, group, country, setting or priced material; empty for the total budget and for the
    hurdle rate of the settings."""
    year: int | None = None
    """The envelope's year."""
    others: tuple[str, ...] = ()
    """`requires`: the alternatives; `excludes` and `together`: the other project."""


class Repaired(Frozen):
    """One relaxed restriction."""

    restriction: Restriction
    old: float | None = None
    """Number in the cell now, in the cell's own money; None if there is none to move; 1, a multiple, for a price path."""
    new: float | None = None
    """New number; None if the restriction is dropped."""
    by: float | None = None
    """Absolute change of the number."""
    digit: float | None = None
    """The printed digit: with a change that is one digit smaller the case would be infeasible."""
    least: bool = True
    """False if the change is enough, but time ran out before it was proved that less is not."""
    unit: str = ""
    """Unit of the numbers if they are money: "M JPY", "AUD per t"."""
    factor: float = 1.0
    """Limit in the case = number in the cell * factor."""
    cells: tuple[str, ...] = ()
    """The cells to change."""
    sentence: TextField
    """The change as an instruction: "raise DFC 2027 by 14.2 M USD, from 100 to 114.2"."""

    @property
    def limit(self) -> float | None:
        """The limit afterwards in the case's unit."""
        return None if self.new is None else self.new * self.factor


class Repair(Frozen):
    """Changes that together make the case feasible; none can be left out or made smaller."""

    changes: tuple[Repaired, ...]

    @property
    def sentence(self) -> str:
        return reduce(
            lambda changes, further: Text("{changes} and {further}", changes=changes, further=further),
            (change.sentence for change in self.changes),
        )


class Conflict(Frozen):
    """A restriction of the irreducible set: all of them together cannot hold, without any one of them they can."""

    restriction: Restriction
    cells: tuple[str, ...]
    sentence: TextField
    """The restriction in words: "'Average E' >= 70"."""


class RepairReport(Frozen):
    """Why a case is infeasible, and the smallest changes that make it feasible."""

    feasible: bool = False
    """True if some plan is feasible: there is nothing to repair."""
    reasons: tuple[Diagnostic, ...] = ()
    """Reasons that follow from sums, before anything is solved."""
    repairs: tuple[Repair, ...] = ()
    """Single changes first, of each kind the least; then changes of which several are needed."""
    conflict: tuple[Conflict, ...] = ()
    irreducible: bool = True
    """False where time ended before every restriction of `conflict` was tried."""
    complete: bool = True
    """False where time or the number of combinations ended the search: there may be more repairs."""
