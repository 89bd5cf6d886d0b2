"""The mixed-integer program: its symbols, the ordered list of its families, and how it is built.

Symbols of the formulas and their names in code:

| symbol | code | meaning |
| --- | --- | --- |
| $start_{i,t}$ | `start[i,t]` | binary: project i reaches its final investment decision in year t |
| $award_{c,p,t}$ | `award[c,p,t]` | face value that programme p commits to class c in year t, millions |
| $backed_{i,p,t}$ | `backed[i,p,t]` | binary, where p has a minimum ticket |
| $carried_{p,t}$ | `carried[p,t]` | budget of fund p unused at the end of t, millions |
| $vintage_{n,u}$ | `vintage[n,u]` | capacity of node n whose output begins in u |
| $coverage_{k,y}$ | `coverage[k,y]` | part of demand k covered in y |
| $run_{g,r,t}$ | `run[g,r,t]` | what process g runs by recipe r in t, in units of the largest capacity of g |
| $delivered_{k,y}$ | `delivered[k,y]` | part of demand k that the chain delivers in y |
| $shortfall_r$ | `shortfall[r]` | by how much a soft rule is missed, in units of its row |

Capital budgeting: Lorie & Savage (1955), Weingartner (1963). Capacity expansion: Sahinidis & Grossmann (1989).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from models import objectives
from models.constraints import (
    budgets,
    capacity,
    chain,
    coverage,
    financing,
    joint,
    precedence,
    rules,
    selection,
    tickets,
)
from models.decision import Decision, FundingClass, single_classes
from models.linear import face_value, fid_years, public_cost
from models.network import Network, Recipe, nameplate
from models.sets import DemandKey, Sets

FAMILIES: dict[str, Callable[["Program"], None]] = {
    "selection": selection.constrain,
    "precedence": precedence.constrain,
    "financing": financing.constrain,
    "tickets": tickets.constrain,
    "budgets": budgets.constrain,
    "joint": joint.constrain,
    "rules": rules.constrain,
    "capacity": capacity.constrain,
    "coverage": coverage.constrain,
    "chain": chain.constrain,
}
"""Constraint families in the order in which they are built."""


@dataclass(frozen=True)
class Goal:
    """One thing to make best after the goals before it: `sense` 1 for least, -1 for most."""

    name: str
    sense: int
    expression: Any


@dataclass
class Program:
    """A Pyomo model with its sets, and what the families hand to one another."""

    sets: Sets
    classes: tuple[FundingClass, ...]
    model: pyo.ConcreteModel
    decision: Decision
    without: frozenset[str] = frozenset()
    capacity: dict[tuple[DemandKey, int], Any] = field(default_factory=dict)
    """Capacity outside China, in units of the demand row's largest demand."""
    coverage: dict[tuple[DemandKey, int], Any] = field(default_factory=dict)
    sizes: dict[tuple[str, int], float] = field(default_factory=dict)
    """Process and year -> capacity that its runs are measured in, t/yr; 0 where it never has any."""
    nameplate: dict[tuple[str, int], Any] = field(default_factory=dict)
    """Process and year -> capacity outside China, in units of its size."""
    run: dict[tuple[Recipe, int], Any] = field(default_factory=dict)
    delivered: dict[tuple[DemandKey, int], Any] = field(default_factory=dict)
    """Part of each demand that the chain delivers, where that is what counts."""
    penalties: dict[str, float] = field(default_factory=dict)
    """Soft rule -> points lost per unit of shortfall."""
    goals: tuple[Goal, ...] = ()
    rows: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    """(name, *index) -> Pyomo constraint, of every row that is one."""
    _family: str = ""

    def add(self, name: str, index: Sequence[tuple[Any, ...]], rule: Callable[..., Any]) -> None:
        """Rows `name[index]`, each what `rule(model, *index)` gives; a row without variables holds or never can."""
        if self._family in self.without:
            return
        rows = dict(enumerate(index))

        def body(model: pyo.ConcreteModel, n: int) -> Any:
            row = rule(model, *rows[n])
            if row is True or row is pyo.Constraint.Feasible:
                return pyo.Constraint.Feasible
            return model.nothing >= 1 if row is False else row

        component = pyo.Constraint(range(len(rows)), rule=body)
        self.model.add_component(name, component)
        self.rows.update(((name, *rows[n]), row) for n, row in component.items())

    def years_of(self, c: FundingClass) -> list[int]:
        """Years in which a member of the class can be decided."""
        return sorted({s.year for i in c.members for s in self.decision.starts_of.get(i.id, ())})

    def decision_ids(self) -> list[str]:
        """Projects that can be decided at all."""
        return sorted(self.decision.starts_of)

    @cached_property
    def network(self) -> Network:
        """The chain."""
        return Network(self.sets)

    def add_families(self, families: Iterable[str]) -> None:
        """Adds the rows of these families."""
        for name in families:
            self._family = name
            FAMILIES[name](self)
        self._family = ""


def build(
    sets: Sets,
    *,
    classes: tuple[FundingClass, ...] | None = None,
    fixed: dict[str, int] | None = None,
    without: Iterable[str] = (),
) -> Program:
    """The program of a case, in canonical order so that equal cases give equal programs.

    `classes`: how awards are summed (default: each project by itself, the plain form). `fixed`: only these projects,
    each decided in its year. `without`: families whose rows are left out, to show that each is needed.
    """
    with PauseGC():
        model = pyo.ConcreteModel()
        model.nothing = pyo.Var(bounds=(0, 0))
        classes = single_classes(sets) if classes is None else classes
        decision = _declare(sets, model, classes, fixed)
        program = Program(sets, classes, model, decision, frozenset(without))
        program.decision = _with_joint(program)
        program.add_families(FAMILIES)
        program.goals = _goals(program)
    return program


def flow_program(d: Decision, room: Mapping[tuple[str, int], float] | None = None) -> Program:
    """What the chain makes of a given selection: runs and deliveries alone, each year by itself.

    Goals: the objective where it is a delivery, then the delivered score, magnets, and the least that has to run.
    `room`: capacity by process and year, t/yr, up to which the rows `feed` can be widened later (to the limit 1).
    """
    with PauseGC():
        model = pyo.ConcreteModel()
        model.nothing = pyo.Var(bounds=(0, 0))
        program = Program(d.sets, (), model, d)
        stands = nameplate(d, program.network)
        program.sizes = {at: tonnes + (room[at] if room else 0.0) for at, tonnes in stands.items()}
        program.nameplate = {at: tonnes / (program.sizes[at] or 1.0) for at, tonnes in stands.items()}
        chain.rows(program)
        names = sorted(("delivered", "magnets"), key=lambda name: name != d.sets.case.settings.objective)
        deliveries = [Goal(n, -1, objectives.OBJECTIVES[n].maximise(program)[0]) for n in names]
        program.goals = (*deliveries, Goal("least to run", 1, chain.tonnes_run(program)))
    return program


def _declare(sets: Sets, model: Any, classes: tuple[FundingClass, ...], fixed: dict[str, int] | None) -> Decision:
    starts = [(i.id, t) for i in sets.candidates for t in sets.windows[i.id] if fixed is None or fixed.get(i.id) == t]
    model.start = pyo.Var(starts, domain=pyo.Binary)
    if fixed is not None:
        for key in starts:
            model.start[key].setlb(1)
    years = {}
    open_to: dict[str, set[int]] = {}
    for i, t in starts:
        open_to.setdefault(i, set()).add(t)
    for c in classes:
        years[c.name] = sorted(set().union(*(open_to.get(i.id, set()) for i in c.members)))
    cells = [(c.name, p.id, t) for c in classes for p in c.programmes for t in years[c.name]]
    model.award = pyo.Var(cells if sets.has_programmes else [], domain=pyo.NonNegativeReals)
    return Decision(sets, classes, dict(model.start), dict(model.award))


def _with_joint(program: Program) -> Decision:
    d = program.decision
    return Decision(d.sets, d.classes, d.start, d.award, joint.declare(program))


def _goals(program: Program) -> tuple[Goal, ...]:
    """The objective less the penalties of soft rules; then the tie-break: cost, face value, years."""
    d, settings = program.decision, program.sets.case.settings
    first, *rest = objectives.OBJECTIVES[settings.objective].maximise(program)
    penalty = sum(points * program.model.shortfall[r] for r, points in program.penalties.items())
    face = [Goal("least face value", 1, face_value(d))] if program.sets.has_programmes else []
    return (
        Goal(settings.objective, -1, first - penalty),
        *(Goal("coverage", -1, expression) for expression in rest),
        Goal("least budget cost", 1, public_cost(d)),
        *face,
        Goal("earliest decisions", 1, fid_years(d)),
    )
