"""What `check` says that a workbook models."""

import pytest
from support import stress_books

from models.checks import check
from optimizer.reports.case_summary import modelled


@pytest.mark.parametrize(
    ("settings", "message"),
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
def test_the_line_of_scenarios_says_what_solve_plans_for(settings: dict[str, object], message: str) -> None:
    world = stress_books.book(1).case
    case = world.with_(risks=stress_books.risks(1), settings=world.settings.model_copy(update=settings))
    assert any(text.endswith(f"`solve` {message}") for text in modelled(case))
    draws_only_if = [
        diagnostic for diagnostic in check(case)[1] if "draws from these risks only where" in diagnostic.message
    ]
    assert bool(draws_only_if) == (settings["draws"] == 0)
