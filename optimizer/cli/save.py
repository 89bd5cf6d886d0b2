"""Saves a run. The result is written before anything is drawn, so that a failed drawing loses nothing."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.cli.console import Screen
from optimizer.cli.options import quoted
from optimizer.cli.refusals import as_refusal
from optimizer.files import write_whole
from optimizer.plan_folder.destination import Destination
from optimizer.plan_folder.digests import read_manifest
from optimizer.plan_folder.replacement import replace
from optimizer.plan_folder.store import with_manifest, write

if TYPE_CHECKING:
    from models.case import Case
    from models.plan import Plan

Makers = Mapping[str, Callable[[], bytes]]
"""File name -> function that makes its content."""


def save(core: Mapping[str, bytes], record: Mapping[str, Any], to: Destination) -> Path:
    """Write the result of a run, whole or not at all, and return the folder. Raises OSError and Refusal."""
    return write(with_manifest(core, record), to)


def decorate(
    folder: Path,
    core: Mapping[str, bytes],
    makers: Makers,
    screen: Screen,
    *,
    again: str = "",
    recorded: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> list[str]:
    """Add the files for people to a folder that holds `core`, in one step; return the names of those that failed.

    A file that cannot be made, or written, is a notice with the command `again` (by default `report`), not an error.
    `recorded` changes what manifest.json records besides the digests.
    """
    contents, failed = _contents(makers)
    if contents:
        try:
            record = {key: value for key, value in read_manifest(folder).items() if key != "files"}
            replace(folder, with_manifest({**core, **contents}, recorded(record)))
        except Exception as problem:  # the plan is safe without them
            failed |= dict.fromkeys(contents, problem)
    _tell(folder, failed, screen, again)
    return sorted(failed)


def add_brief(folder: Path, case: "Case", plan: "Plan", form: str | None, screen: Screen) -> None:
    """Write the requested brief beside a new plan, and name briefs that an earlier plan left in the folder.

    A brief that cannot be written is a notice with the command that makes it, not an error.
    """
    from optimizer.reports.brief.render import NAMES, brief_bytes

    name = f"brief.{form}"
    if form is not None:
        try:
            write_whole(folder / name, brief_bytes(case, plan, form))
        except Exception as problem:  # the plan is safe without it
            _tell(folder, {name: problem}, screen, f"mine2magnet brief {quoted(folder)} --format {form}")
    for old in (n for n in NAMES if n != name and (folder / n).is_file()):
        again = f"mine2magnet brief {quoted(folder)} --format {Path(old).suffix.removeprefix('.')} --force"
        screen.note(f"note: {old} was made of an earlier plan, and left as it is; to make it again: {again}")


def _contents(makers: Makers) -> tuple[dict[str, bytes], dict[str, BaseException]]:
    """Content of each file that could be made, and the reason for each that could not."""
    contents: dict[str, bytes] = {}
    failed: dict[str, BaseException] = {}
    for name, make in makers.items():
        try:
            contents[name] = make()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # a panic of the chart library is no Exception
            failed[name] = problem
    return contents, failed


def _tell(folder: Path, failed: Mapping[str, BaseException], screen: Screen, again: str) -> None:
    for reason in dict.fromkeys(as_refusal(problem).message for problem in failed.values()):
        names = [name for name, problem in failed.items() if as_refusal(problem).message == reason]
        command = again or f"mine2magnet report {quoted(folder)}"
        screen.note(f"note: {_listed(names)} not written ({reason}); the result is safe in {folder}. Later: {command}")


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last} were" if first else f"{last} was"
