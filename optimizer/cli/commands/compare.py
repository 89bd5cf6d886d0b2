"""`compare`: changes from one plan to others."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import PLAN_SCREEN, options

if TYPE_CHECKING:
    from optimizer.plan_folder.compare import Comparison, Run


@click.command("compare")
@click.argument("plans", metavar="PLAN PLAN...", nargs=-1)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PLACE",
    help="Folder for compare.xlsx, or another name for the file.",
)
@options("language", "force", *PLAN_SCREEN)
def command(plans: tuple[str, ...], out: Path | None, **parameters: Any) -> None:
    """Show what changed from the first PLAN to each of the others: projects, money by programme, coverage by stage and
    year, and the cells, options or versions that caused it.

    A PLAN is a plan folder, its plan.json, or `last`.
    """
    if len(plans) < 2:
        raise click.UsageError("name two plans or more")
    place = None if out is None else _place(out, plans, force=parameters["force"])
    from optimizer.files import json_bytes
    from optimizer.plan_folder.compare import compare, data, load
    from optimizer.reports.compare.text import story

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    runs = [load(plan) for plan in plans]
    comparison = compare(*runs)
    if place is not None:
        _write(place, comparison, runs, parameters["language"] or runs[0].case.settings.language)
    screen.data(json_bytes(data(comparison)))
    screen.show(*story(comparison, width=screen.out.width, rows=screen.rows))
    if place is not None:
        screen.note(f"the comparison is {place}")
        screen.result(place)


def _place(out: Path, plans: Sequence[str], *, force: bool) -> Path:
    """The file to write, checked before anything is read."""
    from optimizer.plan_folder.destination import output_path
    from optimizer.plan_folder.store import inputs_of
    from optimizer.reports.compare.workbook import NAME

    inputs = [path for plan in plans for path in inputs_of(plan)]
    return output_path(out if out.suffix.lower() == ".xlsx" else out / NAME, inputs, force=force)


def _write(place: Path, comparison: "Comparison", runs: "Sequence[Run]", language: str) -> None:
    from optimizer.files import write_whole
    from optimizer.reports.compare.workbook import book_bytes, comparison_head
    from optimizer.reports.language import spoken

    with spoken(language):
        content = book_bytes(comparison, comparison_head(runs))
    write_whole(place, content)
