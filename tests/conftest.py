"""What several test modules share: plans that are solved once for the whole run. Helpers are in tests/support."""

import shutil
from pathlib import Path

import pytest
from support.books import write
from support.chains import gallium
from support.commandline import BOOK, mine2magnet

from models.case import Case
from models.plan import Plan


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the small workbook, its plan in outputs/small-01 and its charts in drawn/; what `solve` printed.

    Only to read: tests that write take a copy, as `solved` gives it.
    """
    here = tmp_path_factory.mktemp("small")
    write(here / "small.xlsx", BOOK)
    done = mine2magnet("solve", "small.xlsx", "--figures", "drawn", cwd=here, check=0)
    return here, done.stdout


@pytest.fixture(scope="module")
def solved(small_run: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module's own copy of the small workbook with its plan."""
    return Path(shutil.copytree(small_run[0], tmp_path_factory.mktemp("solved") / "small"))


@pytest.fixture(scope="session")
def chain_plan() -> tuple[Case, Plan]:
    """A plan of a chain: the sample of the other mineral, with what further solves say about it."""
    return gallium()
