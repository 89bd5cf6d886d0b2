"""The fingerprint changes with everything that decides a plan, and with nothing else."""

import random

import pytest
from support import strategies, tables

from models.case import Case
from models.checks import check
from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.fingerprint import fingerprint, same

MANIFEST = {
    "versions": {"mine2magnet": "1"},
    "options": {"gap": {"value": 0.001, "from": "default"}},
    "workbook": {"name": "book.xlsx", "path": "desk/book.xlsx", "sha256": "0" * 64, "size": 10},
    "timings": {"solve": 1.0},
    "platform": "Linux x86_64",
}


@pytest.fixture(scope="module")
def solved() -> tuple[Case, Plan]:
    for seed in range(60):
        case = tables.case(strategies.small_book(random.Random(seed)))
        if not check(case)[0]:
            try:
                return case, solve(case).model_copy(update={"manifest": MANIFEST})
            except Infeasible:
                continue
    pytest.fail("no book of the first sixty has a plan")


def test_case_and_plan_read_back_have_the_same_fingerprint(solved: tuple[Case, Plan]) -> None:
    case, plan = solved
    read_case = Case.model_validate_json(case.model_dump_json())
    read_plan = Plan.model_validate_json(plan.model_dump_json(by_alias=True))
    assert fingerprint(read_case, read_plan) == fingerprint(case, plan)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("versions", {"mine2magnet": "2"}),
        ("options", {"gap": {"value": 0.01, "from": "default"}}),
        ("workbook", {**MANIFEST["workbook"], "sha256": "1" * 64}),  # type: ignore[dict-item]
    ],
)
def test_what_decides_changes_it(solved: tuple[Case, Plan], key: str, value: object) -> None:
    case, plan = solved
    other = plan.model_copy(update={"manifest": {**MANIFEST, key: value}})
    assert fingerprint(case, other) != fingerprint(case, plan)


def test_any_number_of_case_or_plan_changes_it(solved: tuple[Case, Plan]) -> None:
    case, plan = solved
    bound = plan.objective.model_copy(update={"bound": plan.objective.bound + 1e-9})
    settings = case.settings.model_copy(update={"discount_rate": case.settings.discount_rate + 1e-9})
    assert fingerprint(case, plan.model_copy(update={"objective": bound})) != fingerprint(case, plan)
    assert fingerprint(case.with_(settings=settings), plan) != fingerprint(case, plan)


def test_time_machine_and_place_do_not_change_it(solved: tuple[Case, Plan]) -> None:
    case, plan = solved
    book = {**MANIFEST["workbook"], "path": "elsewhere/book.xlsx"}  # type: ignore[dict-item]
    other = plan.model_copy(
        update={"manifest": {**MANIFEST, "timings": {"solve": 9.0}, "platform": "Darwin arm64", "workbook": book}}
    )
    assert fingerprint(case, other) == fingerprint(case, plan)


def test_it_is_compared_as_people_type_it(solved: tuple[Case, Plan]) -> None:
    shown = fingerprint(*solved)
    assert len(shown) == 29
    assert same(shown, shown.upper().replace("-", " "))
    assert not same(shown, shown[:-1])
