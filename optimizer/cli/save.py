"""How a run is kept: what it found is on the disk before anything is drawn, and a failed drawing loses nothing."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from optimizer.cli.console import Screen
from optimizer.cli.options import quoted
from optimizer.cli.refusals import as_refusal
from optimizer.plan_folder.destination import Destination
from optimizer.plan_folder.digests import read_manifest
from optimizer.plan_folder.replacement import replace
from optimizer.plan_folder.store import with_manifest, write

Makers = Mapping[str, Callable[[], bytes]]
"""File name -> what makes its content."""


def save(core: Mapping[str, bytes], record: Mapping[str, Any], to: Destination) -> Path:
    """Writes what a run found, whole or not at all, and returns the folder. Raises OSError and Refusal."""
    return write(with_manifest(core, record), to)


def decorate(folder: Path, core: Mapping[str, bytes], makers: Makers, screen: Screen, again: str = "") -> list[str]:
    """Adds what is made for people to a folder that holds `core`, in one step; returns the names of what failed.

    A file that cannot be made, or written, is a notice with the command `again` (by default `report`), not an error.
    """
    made, failed = _made(makers)
    if made:
        try:
            record = {key: value for key, value in read_manifest(folder).items() if key != "files"}
            replace(folder, with_manifest({**core, **made}, record))
        except Exception as problem:  # the plan is safe without them
            failed |= dict.fromkeys(made, problem)
    _tell(folder, failed, screen, again)
    return sorted(failed)


def _made(makers: Makers) -> tuple[dict[str, bytes], dict[str, BaseException]]:
    made: dict[str, bytes] = {}
    failed: dict[str, BaseException] = {}
    for name, make in makers.items():
        try:
            made[name] = make()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # a panic of the chart library is no Exception
            failed[name] = problem
    return made, failed


def _tell(folder: Path, failed: Mapping[str, BaseException], screen: Screen, again: str) -> None:
    for reason in dict.fromkeys(as_refusal(problem).message for problem in failed.values()):
        names = [name for name, problem in failed.items() if as_refusal(problem).message == reason]
        command = again or f"mine2magnet report {quoted(folder)}"
        screen.note(f"note: {_listed(names)} not written ({reason}); the result is safe in {folder}. Later: {command}")


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last} were" if first else f"{last} was"
