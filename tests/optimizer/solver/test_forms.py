"""The class form is the plain form: same bound, same value, on cases where classes are formed."""

import pytest
from generate import book

from models.case import Case
from models.classes import funding_classes
from models.formulation import build
from models.schema import Programme
from models.sets import Sets
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import compile_program

MONEY = ("tight", "ample")


def with_tickets(case: Case) -> Case:
    """The same case where half of the programmes cap single awards."""
    capped = [
        Programme.model_validate({**dict(p), "max_ticket_m": 40.0 if n % 2 else None})
        for n, p in enumerate(case.programmes)
    ]
    return case.with_(programmes=tuple(capped))


@pytest.mark.parametrize("money", MONEY)
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("tickets", [False, True])
def test_both_forms_have_the_same_relaxation(money: str, seed: int, tickets: bool) -> None:
    case = book(60, money, seed, programmes=3)
    sets = Sets(with_tickets(case) if tickets else case)
    classes = funding_classes(sets)
    assert any(len(c.members) > 1 for c in classes), "the case forms no class: the test would prove nothing"
    values = []
    for form in (None, classes):
        matrix = compile_program(build(sets, classes=form))
        relaxed = Engine(matrix, relaxed=True).relax(matrix.objectives[0], 60)
        assert relaxed is not None
        values.append(relaxed.objective)
    assert values[0] == pytest.approx(values[1], abs=1e-7)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_both_forms_have_the_same_best_plan(seed: int) -> None:
    sets = Sets(with_tickets(book(14, "tight", seed, programmes=2)))
    values = []
    for form in (None, funding_classes(sets)):
        matrix = compile_program(build(sets, classes=form))
        outcome = Engine(matrix).minimize(matrix.objectives[0], Limits(0.0, 60))
        assert outcome.status == "optimal"
        values.append(outcome.objective)
    assert values[0] == pytest.approx(values[1], abs=1e-7)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_members_that_share_a_column_have_the_same_best_plan(seed: int) -> None:
    case = book(30, "tight", seed, programmes=2)
    everywhere = tuple(p.model_copy(update={"countries": (), "stages": ()}) for p in case.programmes)
    soon = case.settings.model_copy(update={"last_fid_year": 2028})
    sets = Sets(case.with_(programmes=everywhere, settings=soon))
    values = []
    for form in (None, funding_classes(sets)):
        program = build(sets, classes=form)
        matrix = compile_program(program)
        outcome = Engine(matrix).minimize(matrix.objectives[0], Limits(0.0, 60))
        assert outcome.status == "optimal"
        values.append(outcome.objective)
    assert len(program.model.weighed), "no members are alike: the test would prove nothing"
    assert values[0] == pytest.approx(values[1], abs=1e-7)
