"""`verify --second-opinion`: SCIP agrees with HiGHS on small books, and contradicts forged optima."""

import random
import shutil
import sys
from pathlib import Path

import pytest
from support import books, strategies, tables
from support.commandline import BOOK

from models.case import Case
from models.checks import check
from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.cli.main import run
from optimizer.errors import Infeasible
from optimizer.solver.second_opinion import SecondOpinion, contradictions, second_opinion


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    book = str(books.write(place / "book.xlsx", BOOK))
    assert run(["solve", book, "--out", str(place / "plan"), "--quiet"]) == 0
    return place / "plan"


@pytest.fixture
def folder(originals: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(originals, tmp_path / "plan"))


def test_both_solvers_agree_on_small_random_books() -> None:
    """Value for value at gap 0, with rules, programmes and penalties; infeasible for both or for neither."""
    plans = nothing = 0
    for seed in range(24):
        case = tables.case(strategies.small_book(random.Random(seed)))
        if check(case)[0]:
            continue
        opinion = second_opinion(case, gap=0.0, time_limit=60.0)
        try:
            plan = solve(case, gap=0.0, time_limit=60.0)
        except Infeasible:
            assert opinion.status == "infeasible"
            nothing += 1
            continue
        value = plan.objective.value - plan.objective.penalty
        assert opinion.status == "optimal"
        assert opinion.value == pytest.approx(value, rel=2e-6, abs=2e-6)
        assert opinion.bound == pytest.approx(value, rel=2e-6, abs=2e-6)
        assert contradictions(plan, opinion) == []
        plans += 1
    assert plans >= 8
    assert nothing >= 2


def test_an_honest_plan_is_confirmed_with_both_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(folder), "--second-opinion"]) == 0
    shown = capsys.readouterr()
    assert "second opinion: the plan has value" in shown.out
    assert "SCIP" in shown.out
    assert "the proof itself is not repeated" not in shown.err


def test_a_forged_optimum_is_contradicted(folder: Path) -> None:
    """A plan of half the money, said to be the best for all of it."""
    less = folder.parent / "less"
    book = books.write(folder.parent / "book.xlsx", BOOK)
    assert run(["solve", str(book), "--budget", "90", "--out", str(less), "--quiet"]) == 0
    poor = Plan.model_validate_json((less / "plan.json").read_bytes())
    case = Case.model_validate_json((folder / "case.json").read_bytes())
    (sentence,) = contradictions(poor, second_opinion(case, gap=0.0, time_limit=60.0))
    assert "has an audited plan of" in sentence
    assert "above the bound" in sentence


def test_what_contradicts_and_what_does_not(originals: Path) -> None:
    plan = Plan.model_validate_json((originals / "plan.json").read_bytes())
    value = plan.objective.value

    def sentences(status: str, own: float | None, bound: float | None) -> list[str]:
        return contradictions(plan, SecondOpinion("SCIP 0", status, own, bound, 0.0))  # type: ignore[arg-type]

    assert sentences("optimal", value, plan.objective.bound) == []
    assert sentences("nothing found", None, None) == []
    assert sentences("feasible", value / 2, 2 * value) == []
    assert len(sentences("infeasible", None, None)) == 1
    assert len(sentences("optimal", plan.objective.bound * 1.01, None)) == 1
    assert len(sentences("feasible", None, value * 0.99)) == 1


def test_without_the_extra_the_cure_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyscipopt", None)  # as if it were not installed
    assert run(["verify", str(folder), "--second-opinion"]) == 1
    assert "pip install pyscipopt" in capsys.readouterr().err
