"""What several test modules share: plans that are solved once for the whole run. Helpers are in tests/support."""

import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.books import write
from support.chains import gallium
from support.commandline import BOOK, PICTURES, mine2magnet
from support.remembered_pictures import remember

from models.case import Case
from models.plan import Plan

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")  # no random example fails because other programs had the processor

gc.disable()  # until all tests are collected: what collecting makes stays


def pytest_collection_finish() -> None:
    """Modules and tests live as long as the process: the garbage collector need not look through them again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _pictures_drawn_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pictures are drawn once for all tests, also of the other workers and in the commands that are run."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    os.environ[PICTURES] = str(folder / "pictures")
    remember(folder / "pictures")


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> None:
    """A flush to the disk is for a power cut, which no test tries: in the process of the tests it does nothing."""
    os.fsync = _nothing


def _nothing(handle: int) -> None:
    """In place of `os.fsync`."""


@pytest.fixture(scope="session")
def office_profile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The argument that gives LibreOffice a profile of the tests, which it takes seconds to make."""
    return f"-env:UserInstallation={(tmp_path_factory.mktemp('office') / 'profile').as_uri()}"


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
