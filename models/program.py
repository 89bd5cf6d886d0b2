"""The mixed-integer program: its symbols, and the values that constraint families pass to one another.

Symbols of the formulas and their names in code:

| symbol | code | meaning |
| --- | --- | --- |
| $start_{i,t}$ | `start[i,t]` | binary: project i reaches its final investment decision in year t |
| $award_{c,p,t}$ | `award[c,p,t]` | face value that programme p commits to class c in year t, millions |
| $backed_{i,p,t}$ | `backed[i,p,t]` | binary, where p has a minimum ticket |
| $backing_{i,p,t}$ | `backing[i,p,t]` | binary: an offtake award that can keep a project running is given |
| $supports_{i,p}$ | `supports[i,p]` | binary: programme p supports project i |
| $carried_{p,t}$ | `carried[p,t]` | budget of fund p unused at the end of t, millions |
| $vintage_{n,u}$ | `vintage[n,u]` | capacity of node n whose output begins in u |
| $coverage_{k,y}$ | `coverage[k,y]` | part of demand k covered in y |
| $run_{g,r,t}$ | `run[g,r,t]` | what process g runs by recipe r in t, in units of the largest capacity of g |
| $delivered_{k,y}$ | `delivered[k,y]` | part of demand k that the chain delivers in y |
| $shortfall_r$ | `shortfall[r]` | by how much a soft rule is missed, in units of its row |

Capital budgeting: Lorie & Savage (1955), Weingartner (1963). Capacity expansion: Sahinidis & Grossmann (1989).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.decision import Decision, FundingClass
from models.network import Network, Recipe
from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.family import Family


@dataclass(frozen=True)
class Goal:
    """One objective of the lexicographic order, optimized while the goals before it keep their values. `sense`: 1 minimizes,
    -1 maximizes."""

    name: str
    sense: int
    expression: Any


@dataclass(frozen=True, kw_only=True)
class ProgramOptions:
    """Parts of the program of a case. The default is the whole program."""

    without: Collection[str] = ()
    """Constraint families whose rows are left out, for example to show that each is needed."""
    count_awards: bool = False
    """Add the last step of the tie-break, the fewest awards; each project must be in a class of its own
    (`models.constraints.max_programmes`)."""
    money_stands: bool = False
    """The limits of money are never relaxed in the loaded program, so that rows may depend on them."""
    overdraft: float = 0.0
    """Part of the money of a fund with carry-over in a year by which it may be overdrawn (`models.constraints.budgets`)."""
    by_scenario: frozenset[str] = frozenset()
    """Rules that hold in scenarios instead of as planned (`models.constraints.held_rules`)."""


WHOLE = ProgramOptions()
"""The options of a whole program."""


@dataclass
class Program:
    """A Pyomo model with its sets, and the values that families pass to one another."""

    sets: Sets
    classes: tuple[FundingClass, ...]
    model: pyo.ConcreteModel
    decision: Decision
    options: ProgramOptions = WHOLE
    capacity: dict[tuple[DemandKey, int], Any] = field(default_factory=dict)
    """Capacity outside China, in units of the demand row's largest demand."""
    coverage: dict[tuple[DemandKey, int], Any] = field(default_factory=dict)
    sizes: dict[tuple[str, int], float] = field(default_factory=dict)
    """Process and year -> capacity that is the unit of its runs, t/yr; 0 if it never has any."""
    nameplate: dict[tuple[str, int], Any] = field(default_factory=dict)
    """Process and year -> capacity outside China, in units of its size."""
    run: dict[tuple[Recipe, int], Any] = field(default_factory=dict)
    delivered: dict[tuple[DemandKey, int], Any] = field(default_factory=dict)
    """Part of each demand that the chain delivers, if the objective or a rule counts deliveries."""
    penalties: dict[str, float] = field(default_factory=dict)
    """Soft rule -> points lost per unit of shortfall."""
    goals: tuple[Goal, ...] = ()
    rows: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    """(name, *index) -> Pyomo constraint; rows without variables are left out."""
    limits: set[str] = field(default_factory=set)
    """Names of the rows that state a limit of the workbook (`models.family`)."""
    backing: dict[tuple[str, str, int], Any] = field(default_factory=dict)
    """Project, programme and year -> binary that is 1 if the award is given; only if that decides whether the project runs in a
    scenario."""
    awards_decide: bool = False
    """Whether awards change the values of outcomes (`models.constraints.going_on`)."""
    states: dict[str, "Program"] = field(default_factory=dict)
    """After a review: state -> its program, which shares the decisions before the review. The state as planned is this program."""
    _family: str = ""

    def add(self, name: str, index: Sequence[tuple[Any, ...]], rule: Callable[..., Any]) -> None:
        """Add rows `name[index]` as `rule(model, *index)` returns them; a row without variables is either feasible or not."""
        if self._family in self.options.without or not index:
            return
        rows = [self._row(rule(self.model, *key)) for key in index]
        component = pyo.Constraint(range(len(rows)), rule=rows)
        self.model.add_component(name, component)
        self.rows.update(((name, *index[n]), row) for n, row in component.items())

    def _row(self, row: Any) -> Any:
        if row is True or row is pyo.Constraint.Feasible:
            return pyo.Constraint.Feasible
        return self.model.nothing >= 1 if row is False else row

    def limit_rows(self) -> Iterator[Any]:
        """Rows that state a hard limit of the workbook, which the auditor lets be missed by its tolerance."""
        for (name, *index), row in self.rows.items():
            if name in self.limits and not (name == "rule" and index[0] in self.penalties):
                yield row
        for of_state in self.states.values():
            yield from of_state.limit_rows()

    @property
    def every_state(self) -> tuple["Program", ...]:
        """The program itself and those of its other states."""
        return (self, *self.states.values())

    def years_of(self, c: FundingClass) -> list[int]:
        """Years in which a member of the class can be decided."""
        return sorted({s.year for i in c.members for s in self.decision.starts_of.get(i.id, ())})

    def decision_ids(self) -> list[str]:
        """Projects that can be decided in some year."""
        return sorted(self.decision.starts_of)

    @cached_property
    def network(self) -> Network:
        """The chain."""
        return Network(self.sets)

    def add_families(self, families: Iterable["Family"]) -> None:
        """Add the rows of these families in their order."""
        for family in families:
            self._family = family.name
            family.constrain(self)
            self.limits |= set(family.limits)
        self._family = ""
