"""Every constraint family is needed: without its rows the answer of its own world is another."""

import pytest
from pyomo.environ import Constraint
from support.cases import FAMILY_WORLDS, World
from support.tables import case

from models.families import FAMILIES
from models.formulation import build
from models.program import ProgramOptions
from models.sets import Sets
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import compile_program


def best_value(world: World, without: tuple[str, ...] = ()) -> float | None:
    """Best value of the program's first goal; None where it is infeasible."""
    matrix = compile_program(build(Sets(case(world.book)), options=ProgramOptions(without=without)))
    outcome = Engine(matrix).minimize(matrix.objectives[0], Limits(0.0, 60.0))
    return None if outcome.x is None else -outcome.objective


def test_every_family_has_a_world() -> None:
    assert sorted(str(world.family) for world in FAMILY_WORLDS) == sorted(FAMILIES)


@pytest.mark.parametrize("world", FAMILY_WORLDS, ids=lambda w: w.family)
def test_dropping_a_family_changes_the_answer(world: World) -> None:
    assert world.family is not None
    assert best_value(world) == pytest.approx(world.value, abs=1e-7)
    assert best_value(world, (world.family,)) != pytest.approx(world.value, abs=1e-3)


@pytest.mark.parametrize("world", FAMILY_WORLDS, ids=lambda w: w.family)
def test_dropping_a_family_drops_rows_of_that_family_alone(world: World) -> None:
    assert world.family is not None
    sets = Sets(case(world.book))
    whole, rest = build(sets), build(sets, options=ProgramOptions(without=(world.family,)))
    rows = {c.name for c in whole.model.component_objects(ctype=Constraint)}
    kept = {c.name for c in rest.model.component_objects(ctype=Constraint)}
    assert kept < rows
