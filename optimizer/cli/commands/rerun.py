"""`rerun`: solves the workbook of a plan folder again with the recorded options, and reports any difference."""

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import SCREEN, Solving, options
from optimizer.cli.stopping import stoppable

if TYPE_CHECKING:
    from pathlib import Path

    from models.plan import Plan
    from optimizer.workbook.overrides import Overrides


@click.command("rerun")
@click.argument("plan")
@options(*SCREEN)
def command(plan: str, **parameters: Any) -> None:
    """Solve the copy of the workbook in PLAN again with the recorded options, and report any difference.

    PLAN is a plan folder, its plan.json, or `last`. Nothing is written.
    """
    from optimizer.cli.run import prepare, solved
    from optimizer.errors import Refusal
    from optimizer.files import json_bytes
    from optimizer.plan_folder import store
    from optimizer.plan_folder.manifest import changed_since
    from optimizer.reports.plan_differences import differences

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    folder = store.find(plan)
    before = store.open_folder(folder).plan
    try:
        copy, changes, solver_options = (
            _workbook(folder, before.manifest),
            changes_of(before.manifest),
            solving_of(before.manifest),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise Refusal("invalid", f"{folder} keeps no record of how its plan was made") from problem
    if change := changed_since(before.manifest):
        screen.note(f"note: {change}")
    run_input = prepare(copy, changes)
    with stoppable(screen) as stop:
        after = solved(run_input, solver_options, screen, stop).plan
    lines = differences(before, after)
    screen.data(json_bytes({"same": not lines, "differences": lines}))
    screen.show(
        "The same plan again, to the last digit." if not lines else "The plan differs:", *(f"  {x}" for x in lines)
    )
    if lines and (why := _why(before, after)):
        screen.show(why)
    screen.result(folder)


def _why(before: "Plan", after: "Plan") -> str:
    """A likely cause of a difference: workbook and options are the same."""
    if before.manifest.get("versions") != after.manifest.get("versions"):
        return "Other versions may choose differently among plans that are as good."
    if any(plan.status != "optimal" or plan.tie_break != "proved" for plan in (before, after)):
        return "The search ended before every choice was proved: how far it comes depends on the machine's speed."
    return ""


def _workbook(folder: "Path", manifest: dict[str, Any]) -> "Path":
    """The copy in the folder. Refuses one that is not the workbook that was solved."""
    from optimizer.errors import Refusal
    from optimizer.plan_folder.digests import is_inside
    from optimizer.plan_folder.manifest import WorkbookBytes

    copy: Path = folder / manifest["workbook"]["name"]
    if not is_inside(manifest["workbook"]["name"]) or not copy.exists():
        raise Refusal("invalid", f"the workbook's copy {copy} is missing: the plan cannot be made again")
    if WorkbookBytes.take(copy).digest != manifest["workbook"]["sha256"]:
        raise Refusal("invalid", f"{copy} is not the workbook that this plan was made from: it was changed afterwards")
    return copy


def changes_of(manifest: dict[str, Any]) -> "Overrides":
    """The overrides of that run."""
    from optimizer.workbook.overrides import Overrides

    recorded = manifest["overrides"]
    settings = {key: (text, source) for key, (text, source) in recorded["settings"].items()}
    return Overrides(settings=settings, include=tuple(recorded["include"]), exclude=tuple(recorded["exclude"]))


def solving_of(manifest: dict[str, Any]) -> Solving:
    """The solver's options of that run."""
    return Solving(**{name: manifest[name] for name in ("gap", "time_limit", "threads", "seed")})
