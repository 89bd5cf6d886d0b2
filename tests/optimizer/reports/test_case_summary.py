"""What `check` says that a workbook models."""

import pytest
from support import stress_books

from models.checks import check
from optimizer.reports.case_summary import modelled


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"risk": "none", "draws": 0}, "plans as planned (risk none)"),
        ({"risk": "cvar", "draws": 0}, "plans for the scenarios (risk cvar)"),
        ({"risk": "expected", "draws": 16}, "plans for 16 draws of them (risk expected)"),
        (
            {"risk": "failures", "draws": 0},
            "plans for failures, as the workbook is planned (risk failures, failures 1)",
        ),
    ],
)
def test_the_line_of_scenarios_says_what_solve_plans_for(settings: dict[str, object], said: str) -> None:
    made = stress_books.book(1).case
    case = made.with_(risks=stress_books.risks(1), settings=made.settings.model_copy(update=settings))
    assert any(text.endswith(f"`solve` {said}") for text in modelled(case))
    draws_only_if = [d for d in check(case)[1] if "draws from these risks only where" in d.message]
    assert bool(draws_only_if) == (settings["draws"] == 0)
