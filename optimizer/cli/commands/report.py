"""`report`: the page and the workbook of a plan made again from its folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import SCREEN, options

if TYPE_CHECKING:
    from optimizer.plan_folder.store import PlanFolder


@click.command("report")
@click.argument("plan")
@options(*SCREEN)
def command(plan: str, **parameters: Any) -> None:
    """Write report.html and plan.xlsx of PLAN again, from its plan.json and case.json.

    PLAN is a plan folder, its plan.json, or `last`. A copy that you changed is kept beside the new one under another
    name.
    """
    from optimizer.cli.save import decorate
    from optimizer.errors import Refusal
    from optimizer.files import json_bytes
    from optimizer.plan_folder.destination import Destination, claimed
    from optimizer.plan_folder.digests import REMADE
    from optimizer.plan_folder.store import find, open_folder
    from optimizer.reports.plan_files import answers_of, people_files

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    path = find(plan)
    with claimed(Destination(path, path.name)):
        folder = open_folder(path, but=frozenset(REMADE))
        makers = people_files(folder.case, folder.plan, answers_of(folder))
        _keep_changed(folder, REMADE, screen)
        failed = decorate(path, folder.files, makers, screen)
    if failed:
        raise Refusal("failed", f"{' and '.join(failed)} could not be written")
    screen.data(json_bytes({"written": sorted(makers)}))
    screen.show(f"{' and '.join(sorted(makers))} are written again in {path.as_posix()}.")
    screen.result(path)


def _keep_changed(folder: "PlanFolder", names: tuple[str, ...], screen: Screen) -> None:
    """Gives files that somebody changed another name, before they are made again."""
    from optimizer.plan_folder.digests import problems

    for name in names:
        path = folder.path / name
        if not path.is_file() or not list(problems(folder.path, {name: folder.manifest["files"].get(name, "")})):
            continue
        kept = _free(path)
        path.rename(kept)
        screen.note(f"note: your changed {name} is now {kept.name}")


def _free(path: Path) -> Path:
    number = 1
    while (place := path.with_name(f"{path.stem}-changed-{number}{path.suffix}")).exists():
        number += 1
    return place
