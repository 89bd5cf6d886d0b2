"""The constants of a search: each has one value."""

import ast
import inspect
from collections import Counter
from types import ModuleType

import pytest

from optimizer.analysis.frontier import tuning as frontier_tuning
from optimizer.solver import tolerance, tuning


@pytest.mark.parametrize("module", [tuning, tolerance, frontier_tuning], ids=lambda m: m.__name__)
def test_no_constant_is_set_twice(module: ModuleType) -> None:
    targets = [
        t for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.Assign) for t in node.targets
    ]
    names = Counter(n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    assert names
    assert [name for name, count in names.items() if count > 1] == []
