"""`report` for a frontier: writes its page, workbook and pictures again, or those of the plan at one point."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.figures import draw_frontier, draw_plan

if TYPE_CHECKING:
    from models.case import Case
    from optimizer.analysis.frontier import Frontier
    from optimizer.verification.opened import OpenedFrontier


def whole(path: Path, parameters: Mapping[str, Any], screen: Screen) -> None:
    """The page, the workbook and the pictures of a frontier again, in its folder."""
    from optimizer.cli.keep_changed import keep_changed
    from optimizer.cli.save import decorate
    from optimizer.errors import Refusal
    from optimizer.files import json_bytes
    from optimizer.plan_folder.destination import Destination, claimed
    from optimizer.plan_folder.manifest import document_language, with_language
    from optimizer.reports.frontier.files import people_files

    with claimed(Destination(path, path.name)):
        folder, frontier, core = _opened(path)
        tongue = parameters["language"] or document_language(folder.manifest, folder.case)
        makers = people_files(folder.case, frontier, tongue)
        keep_changed(path, {name: folder.record.files.get(name, "") for name in makers}, screen)
        marked = partial(with_language, language=tongue, case=folder.case)
        failed = decorate(path, core, makers, screen, recorded=marked)
    if failed:
        raise Refusal("failed", f"{' and '.join(failed)} could not be written")
    if parameters["figures"] is not None:
        draw_frontier(parameters["figures"], folder.case, frontier, screen, tongue)
    screen.data(json_bytes({"written": sorted(makers)}))
    screen.show(f"{', '.join(sorted(makers))} are written again in {path.as_posix()}.")
    screen.result(path)


def point(path: Path, given: str, parameters: Mapping[str, Any], screen: Screen) -> None:
    """The page and the workbook of the plan at a point, in a folder of their own."""
    from optimizer.cli.options import quoted
    from optimizer.files import json_bytes
    from optimizer.plan_folder.destination import Destination, claimed, destination
    from optimizer.plan_folder.manifest import document_language
    from optimizer.plan_folder.store import write
    from optimizer.reports.plan_files import people_files

    folder, frontier, _ = _opened(path)
    number = _number(given, folder, frontier, parameters["at"])
    case, plan = _case_at(folder, frontier, number), folder.plans[number - 1]
    to = destination(parameters["out"], parameters["force"], path)
    to = Destination(to.folder, f"{to.stem}-point-{number:03d}")
    with claimed(to, force=parameters["force"]):
        tongue = parameters["language"] or document_language(folder.manifest, case)
        makers = people_files(case, plan, language=tongue)
        place = write({name: make() for name, make in makers.items()}, to)
    if parameters["figures"] is not None:
        draw_plan(parameters["figures"], case, plan, screen, tongue)
    screen.data(json_bytes({"point": number, "folder": place.as_posix(), "written": sorted(makers)}))
    screen.show(
        f"{' and '.join(sorted(makers))} of point {number:03d} ({_words(case, frontier, number)}) are in {quoted(place)}."
    )
    screen.result(place)


def _opened(path: Path) -> tuple["OpenedFrontier", "Frontier", dict[str, bytes]]:
    """The folder, its frontier, and the files that `report` does not make again. Refuses what is changed or damaged."""
    from optimizer.plan_folder.digests import read_recorded
    from optimizer.reports.frontier.files import people_files
    from optimizer.verification.frontier_checks import rebuilt
    from optimizer.verification.opened import open_frontier

    folder = open_frontier(path)
    frontier = rebuilt(folder)
    remade = people_files(folder.case, frontier)
    return (
        folder,
        frontier,
        read_recorded(path, {n: digest for n, digest in folder.record.files.items() if n not in remade}),
    )


def _number(given: str, folder: "OpenedFrontier", frontier: "Frontier", at: str | None) -> int:
    """Number of the point that is meant, from 1."""
    from optimizer.cli.options import millions

    if at is None:
        name = Path(given).stem
        if not name.isdecimal() or not 1 <= int(name) <= len(frontier.points):
            raise click.UsageError(f"there is no point {given}: plans/ holds 001 to {len(folder.plans):03d}")
        return int(name)
    money = millions(at, frontier.base_m)
    there = [n for n, p in enumerate(frontier.points, 1) if p.budget_m <= money + 1e-9]
    if not there or money > frontier.to_m:
        raise click.UsageError(f"--at {at}: the frontier knows plans from {_range(frontier)}")
    return there[-1]


def _range(frontier: "Frontier") -> str:
    from optimizer.reports.formatting import money_to_cents

    first = frontier.points[0].budget_m if frontier.points else frontier.from_m
    return f"{money_to_cents(first)} to {money_to_cents(frontier.to_m)}"


def _case_at(folder: "OpenedFrontier", frontier: "Frontier", number: int) -> "Case":
    from optimizer.verification.frontier_checks import case_at

    return case_at(folder.case, folder.frontier, frontier.points[number - 1].budget_m)


def _words(case: "Case", frontier: "Frontier", number: int) -> str:
    from optimizer.reports.formatting import money_to_cents

    return f"{money_to_cents(frontier.points[number - 1].budget_m)} {case.settings.base_currency}"
