"""`template`: an annotated workbook to fill in."""

from pathlib import Path
from typing import Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import SCREEN, options, quoted


@click.command("template")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.xlsx")
@click.option("--from", "plan", metavar="PLAN", help="Write the workbook of this plan instead of an empty one.")
@options("force", *SCREEN)
def command(file: Path, plan: str | None, force: bool, **parameters: Any) -> None:
    """Write an annotated workbook: every sheet and column with its unit, drop-downs and an example row.

    With --from, the workbook holds the rows that PLAN was solved from, including the changes made by options.
    """
    from optimizer.files import json_bytes
    from optimizer.plan_folder import store
    from optimizer.plan_folder.destination import output_path
    from optimizer.workbook.template import write_case, write_template

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"the template is a spreadsheet: give it a name that ends in .xlsx, not {file}")
    output_path(file, [] if plan is None else store.inputs_of(plan), force=force)
    if file.exists() and is_filled(file):
        raise click.UsageError(f"{file} holds rows of yours, which are never overwritten: name another file")
    if plan is None:
        write_template(file)
        ready = "is ready. Fill in `projects` and a budget; every other sheet is optional."
    else:
        folder = store.find(plan)
        write_case(store.open_folder(folder).case, file)
        ready = f"is the workbook of {folder.as_posix()}, money in its base currency and price year."
    screen.data(json_bytes({"template": str(file)}))
    screen.result(file)
    screen.show(
        f"{file} {ready}",
        f"Next:  mine2magnet check {quoted(file)}   mine2magnet solve {quoted(file)}",
    )


def is_filled(file: Path) -> bool:
    """Whether a workbook has projects beside the example of the template; a file that cannot be read counts as filled."""
    from models.faults import InvalidInput
    from optimizer.workbook.read import read

    try:
        return any(project.id != "EXAMPLE" for project in read(file).projects)
    except InvalidInput:
        return True
