"""`gaps`: capacity missing outside China, today's makers, additions of a plan, and projects that would close the gaps."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.figures import draw_plan
from optimizer.cli.options import PLAN_SCREEN, options, overrides, quoted, workbook
from optimizer.safe_text import clean

if TYPE_CHECKING:
    from models.case import Case
    from models.gaps import Gaps
    from models.plan import Plan

FORMATS = ["text", "md", "csv", "xlsx", "html", "json"]
_ON_SCREEN = ("md", "csv", "json")
"""Formats that go to stdout without --out."""


@click.command("gaps")
@click.argument("source", metavar="WORKBOOK|PLAN")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Format of the report.", show_default="text")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PLACE",
    help="Folder for the report, or a file whose ending gives the format.",
)
@options("figures", "set", "language", "force", *PLAN_SCREEN)
def command(source: str, format_: str | None, out: Path | None, figures: Path | None, **parameters: Any) -> None:
    """Report the capacity gap outside China by stage, material and year: demand, existing, underway, financed, covered,
    gap.

    For a WORKBOOK this is today's baseline; no solver runs. For a PLAN (a plan folder, its plan.json, or `last`) the
    report includes what the plan adds and what it leaves uncovered.
    """
    from models.gaps import gaps
    from optimizer.plan_folder.destination import figure_folder
    from optimizer.plan_folder.store import inputs_of

    form = _form(format_, out, as_json=parameters["as_json"])
    screen = Screen(as_json=form == "json" and out is None, quiet=parameters["quiet"], verbose=parameters["verbose"])
    place = _place(source, form, out, force=parameters["force"])
    if figures is not None:
        figure_folder(figures, inputs_of(source), force=parameters["force"])
    case, plan = _read(source, parameters, screen)
    report, tongue = gaps(case, plan), parameters["language"] or case.settings.language
    if place is not None:
        _write(place, form, case, report, tongue)
        screen.note(f"the report is {place}")
        screen.result(place)
    else:
        _show(form, case, report, screen, tongue)
    if figures is not None:
        draw_plan(figures, case, plan, screen, tongue)


def _form(format_: str | None, out: Path | None, *, as_json: bool) -> str:
    """The requested format: by name, by --json, or by the ending of --out."""
    ending = out.suffix.lower().lstrip(".") if out is not None else ""
    by_ending = {"md": "md", "csv": "csv", "xlsx": "xlsx", "html": "html", "htm": "html", "json": "json"}.get(ending)
    if as_json and format_ not in (None, "json"):
        raise click.UsageError(f"--json and --format {format_} are both given: leave one out")
    named = "json" if as_json else format_
    if named and by_ending and named != by_ending:
        raise click.UsageError(f"--out {out} ends in .{ending}, but the format is {named}: change one of them")
    form = named or by_ending or ("md" if out is not None else "text")
    if form == "text" and out is not None:
        raise click.UsageError("--format text is for the screen: choose md, csv, xlsx, html or json for --out")
    return form


def _place(source: str, form: str, out: Path | None, *, force: bool) -> Path | None:
    """The file to write, checked before anything is read; None for the screen."""
    from optimizer.plan_folder import store
    from optimizer.plan_folder.destination import output_path

    if form not in ("xlsx", "html") and out is None:
        return None
    place = _free(source, form) if out is None else out
    if place.suffix.lower() not in (f".{form}", ".htm"):
        place /= f"gaps.{form}"
    return output_path(place, store.inputs_of(source), force=force)


def _free(source: str, form: str) -> Path:
    """The first free name below outputs/, from the name of the workbook or of the plan's folder."""
    from optimizer.plan_folder import store
    from optimizer.plan_folder.destination import OUTPUTS
    from optimizer.safe_text import file_name

    stem = store.find(source).resolve().name if store.is_plan(source) else workbook(source).resolve().stem
    number, stem = 1, file_name(stem)
    while (place := OUTPUTS / f"{stem}-gaps{f'-{number}' if number > 1 else ''}.{form}").exists():
        number += 1
    return place


def _read(source: str, parameters: dict[str, Any], screen: Screen) -> tuple["Case", "Plan | None"]:
    """The case of a plan and the plan, or the case of a workbook."""
    from optimizer.plan_folder import store

    if store.is_plan(source):
        from optimizer.plan_folder.manifest import changed_since

        if parameters["settings"]:
            raise click.UsageError("a plan is finished: --set needs a workbook")
        folder = store.open_folder(store.find(source))
        if change := changed_since(folder.plan.manifest):
            screen.note(change)
        return folder.case, folder.plan
    from optimizer.workbook.read import read

    nothing: dict[str, Any] = {"budget": None, "objective": None, "include": (), "exclude": ()}
    case = read(workbook(source), overrides({**parameters, **nothing}))
    screen.warnings(case.notices, f"mine2magnet check {quoted(source)}")
    return case, None


def _content(form: str, case: "Case", report: "Gaps", language: str) -> bytes:
    from optimizer.reports.gaps import FORMATS
    from optimizer.reports.language import spoken

    with spoken(language):
        return FORMATS[form](case, report)


def _write(place: Path, form: str, case: "Case", report: "Gaps", language: str) -> None:
    from optimizer.files import write_whole

    write_whole(place, _content(form, case, report, language))


def _show(form: str, case: "Case", report: "Gaps", screen: Screen, language: str) -> None:
    if form in _ON_SCREEN:
        click.echo(clean(_content(form, case, report, language).decode()), nl=False)
        return
    from optimizer.reports.gaps.text import story

    screen.show(*story(case, report, width=screen.out.width, rows=screen.rows))
