"""mpi-sppy, another tool for stochastic programs, finds the same expected value in the extensive form of the same book."""

import pytest
from support import sppy_form
from support.repeatable import EXAMPLES

from optimizer.analysis.risk import solve

pytest.importorskip("mpisppy", reason="mpi-sppy is not installed: pip install 'mine2magnet[sppy]'")


@pytest.mark.parametrize("contingency", [False, True])
def test_the_extensive_form_of_another_tool_has_the_same_value(contingency: bool) -> None:
    for seed in range(3, 5 + EXAMPLES // 12):
        case = sppy_form.book(seed, contingency=contingency)
        value = solve(case, gap=0.0, time_limit=60).objective.value
        assert sppy_form.best_expected(case) == pytest.approx(value, abs=1e-6), seed
