"""`report`: writes page, workbook and pictures of a plan, a frontier, or one point of a frontier again."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.figures import draw_plan
from optimizer.cli.options import SCREEN, budget, options


@click.command("report")
@click.argument("plan", metavar="PLAN|POINT")
@click.option(
    "--at", type=budget, metavar="MONEY", help="Budget whose point to write, of a folder of `explore`, as in 3bn."
)
@options("figures", "language")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write for a POINT.",
    show_default="outputs/<folder>-point-NNN-NN",
)  # fmt: skip
@options("force", *SCREEN)
def command(plan: str, **parameters: Any) -> None:
    """Write the page, the workbook and, with --figures, the pictures of PLAN or POINT again.

    PLAN is a plan folder, its plan.json, or `last`: its report.html and plan.xlsx are made again from its plan.json and
    case.json, and a copy that you changed is kept beside the new one under another name. PLAN may also be a folder of
    `explore`. POINT is one of the files in its plans/, or the folder with --at: its report.html and plan.xlsx go to a
    folder of their own.
    """
    from optimizer.plan_folder.destination import figure_folder
    from optimizer.plan_folder.store import find
    from optimizer.verification.verify import frontier_folder

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    folder = None if plan == "last" else frontier_folder(Path(plan))
    is_file_of_point = folder is not None and Path(plan).parent == folder / "plans"
    _refuse(plan, parameters, is_frontier=folder is not None, is_file_of_point=is_file_of_point)
    path = find(plan) if folder is None else folder
    if parameters["figures"] is not None:
        figure_folder(parameters["figures"], [path], force=parameters["force"])
    if folder is None:
        _plan(path, parameters, screen)
    elif is_file_of_point or parameters["at"] is not None:
        from optimizer.cli.frontier_report import point

        point(folder, plan, parameters, screen)
    else:
        from optimizer.cli.frontier_report import whole

        whole(folder, parameters, screen)


def _refuse(plan: str, parameters: dict[str, Any], *, is_frontier: bool, is_file_of_point: bool) -> None:
    """Refuse options that do not apply to what is reported."""
    if parameters["at"] is not None and not is_frontier:
        raise click.UsageError(f"--at needs a folder of `explore`: {plan} is none")
    if parameters["at"] is not None and is_file_of_point:
        raise click.UsageError(f"{plan} is a point already: leave --at out, or name the folder")
    if parameters["out"] is not None and parameters["at"] is None and not is_file_of_point:
        raise click.UsageError("--out is for a POINT: a plan and a frontier are written again in their own folders")


def _plan(path: Path, parameters: dict[str, Any], screen: Screen) -> None:
    from optimizer.cli.keep_changed import keep_changed
    from optimizer.cli.save import decorate
    from optimizer.errors import Refusal
    from optimizer.files import json_bytes
    from optimizer.plan_folder.destination import Destination, claimed
    from optimizer.plan_folder.digests import REMADE
    from optimizer.plan_folder.manifest import document_language, with_language
    from optimizer.plan_folder.store import open_folder
    from optimizer.reports.plan_files import answers_of, people_files

    with claimed(Destination(path, path.name)):
        folder = open_folder(path, but=frozenset(REMADE))
        tongue = parameters["language"] or document_language(folder.manifest, folder.case)
        makers = people_files(folder.case, folder.plan, answers_of(folder, tongue), tongue)
        keep_changed(path, {name: folder.manifest["files"].get(name, "") for name in REMADE}, screen)
        marked = partial(with_language, language=tongue, case=folder.case)
        failed = decorate(path, folder.files, makers, screen, recorded=marked)
    if failed:
        raise Refusal("failed", f"{' and '.join(failed)} could not be written")
    if parameters["figures"] is not None:
        draw_plan(parameters["figures"], folder.case, folder.plan, screen, tongue)
    screen.data(json_bytes({"written": sorted(makers)}))
    screen.show(f"{' and '.join(sorted(makers))} are written again in {path.as_posix()}.")
    screen.result(path)
