"""`brief`: the brief of a plan as a Word document, slides or PDF."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import SCREEN, options

if TYPE_CHECKING:
    from optimizer.plan_folder.store import PlanFolder

FORMATS = ("docx", "pptx", "pdf")


@click.command("brief")
@click.argument("plan")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), show_default="by the ending of --out, else docx",
    help="Word document, slides, or PDF by an installed browser.",
)  # fmt: skip
@click.option(
    "--template", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Document or slides of your agency, whose styles, page and letterhead replace ours.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="File to write.", show_default="brief.docx in PLAN"
)
@options("language", "force", *SCREEN)
def command(plan: str, **parameters: Any) -> None:
    """Write the brief of PLAN to forward: what is financed, what it costs, what stays open, with charts and tables.

    PLAN is a plan folder, its plan.json, or `last`. Word documents and slides need the extra `office`. The file is yours
    to edit: no other command reads it.
    """
    from optimizer.files import json_bytes, write_whole
    from optimizer.plan_folder.destination import Destination, claimed, output_path
    from optimizer.plan_folder.store import find, inputs_of, open_folder
    from optimizer.reports.brief.render import require

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    out, template = parameters["out"], parameters["template"]
    form = _form(parameters["form"], out)
    if template is not None and form == "pdf":
        raise click.UsageError("--template is for docx and pptx: leave it out, or name another --format")
    require(form)
    path = find(plan)
    place = out or path / f"brief.{form}"
    reads = [*inputs_of(plan), *([template] if template is not None else [])]
    output_path(place, reads, force=parameters["force"])
    with claimed(Destination(path, path.name)):
        content = _content(open_folder(path), form, template, parameters["language"])
        write_whole(place, content)
    screen.data(json_bytes({"written": place.as_posix()}))
    screen.show(f"The brief is in {place.as_posix()}.")
    screen.result(place)


def _form(form: str | None, out: Path | None) -> str:
    """The requested format, by name or by the ending of --out."""
    ending = out.suffix.lower().lstrip(".") if out is not None else ""
    if out is not None and ending not in FORMATS:
        raise click.UsageError(f"--out {out} must end in {', '.join(f'.{form}' for form in FORMATS)}")
    if form and ending and form != ending:
        raise click.UsageError(f"--out {out} ends in .{ending}, but the format is {form}: change one of them")
    return form or ending or "docx"


def _content(folder: "PlanFolder", form: str, template: Path | None, language: str | None) -> bytes:
    from optimizer.plan_folder.manifest import document_language
    from optimizer.reports.brief.render import brief_bytes
    from optimizer.reports.brief.template import read_template
    from optimizer.reports.plan_files import answers_of

    style = None if template is None else read_template(template, form)
    tongue = language or document_language(folder.manifest, folder.case)
    return brief_bytes(folder.case, folder.plan, form, answers_of(folder, tongue), style, language=tongue)
