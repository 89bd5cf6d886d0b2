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
from support.once import SHARED, once
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


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the whole run, which its workers share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def _made_once(shared_folder: Path) -> None:
    """Pictures and plans are made once for all tests, also of the other workers; pictures in commands that are run too."""
    os.environ[SHARED] = str(shared_folder)
    os.environ[PICTURES] = str(shared_folder / "pictures")
    remember(shared_folder / "pictures")


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> None:
    """A flush to the disk is for a power cut, which no test tries: in the process of the tests it does nothing."""
    os.fsync = _nothing


def _nothing(handle: int) -> None:
    """In place of `os.fsync`."""


@pytest.fixture(scope="session")
def office_profile(shared_folder: Path) -> Path:
    """The folder of LibreOffice's profile, for `support.office.convert`."""
    return shared_folder / "office"


@pytest.fixture(scope="session")
def small_run(shared_folder: Path) -> tuple[Path, str]:
    """A folder with the small workbook, its plan in outputs/small-01 and its charts in drawn/; what `solve` printed.

    Only to read: tests that write take a copy, as `solved` gives it.
    """
    here = shared_folder / "small"

    def solved_small() -> str:
        here.mkdir(exist_ok=True)
        write(here / "small.xlsx", BOOK)
        return mine2magnet("solve", "small.xlsx", "--figures", "drawn", cwd=here, check=0).stdout

    return here, once("small", solved_small)


@pytest.fixture(scope="module")
def solved(small_run: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module's own copy of the small workbook with its plan."""
    return Path(shutil.copytree(small_run[0], tmp_path_factory.mktemp("solved") / "small"))


@pytest.fixture(scope="session")
def chain_plan() -> tuple[Case, Plan]:
    """A plan of a chain: the sample of the other mineral, with what further solves say about it."""
    return gallium()
