"""`explore`: what other budgets would buy, as a frontier with a proof between the plans."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.exploration_folder import exploration_folder
from optimizer.cli.figures import draw_frontier
from optimizer.cli.options import (
    EXPLORE,
    PLAN_SCREEN,
    WORKBOOK,
    Solving,
    budget,
    millions,
    not_negative,
    options,
    overrides,
    positive,
    quoted,
    workbook,
)
from optimizer.cli.stopping import Stop, stoppable

if TYPE_CHECKING:
    from optimizer.analysis.frontier import ExplorationOptions, Frontier, Status
    from optimizer.cli.run import RunInput


@click.command("explore")
@click.argument("book", type=workbook, metavar="WORKBOOK")
@options(*WORKBOOK)
@click.option(
    "--from", "from_", type=budget, metavar="MONEY", help="Smallest budget.", show_default="the smallest feasible"
)
@click.option(
    "--to", type=budget, metavar="MONEY", help="Largest budget.", show_default="where more money buys nothing"
)
@click.option(
    "--over",
    metavar="AXIS",
    help="Budget to vary: total, all (every envelope by one factor) or the id of a programme.",
    show_default="all; total without programmes",
)
@click.option(
    "--tolerance",
    type=positive,
    metavar="VALUE",
    help="Absolute accuracy of the value, in the unit of the objective.",
    show_default="0.01 to 1 % of a full score, by the size of the workbook",
)
@click.option(
    "--money-tolerance",
    type=positive,
    metavar="M",
    default=0.01,
    show_default=True,
    help="Accuracy of the budgets where the plan changes.",
)
@click.option(
    "--against",
    metavar="RULE",
    help="Rule to vary too, or esg, country, stage, price, aversion (with risk=cvar); adds a table of trade-off points.",
)
@click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Worker processes on this machine."
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to run on instead, as in tcp://host:8786.")
@click.option("--resume", is_flag=True, help="Continue an interrupted exploration: the one in --out, or the newest.")
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder for the chart as PNG and SVG.",
)
@options(*EXPLORE, "language", *PLAN_SCREEN)
def command(book: Path, **p: Any) -> None:
    """Show what other budgets would buy: the best plan for every budget in a range, and what the next money adds.

    The range is divided into boxes; in each, the best value is proved to lie between two bounds. If the time limit ends
    the exploration first, the result says what is still open, and --resume continues.
    """
    from optimizer.cli.run import prepare
    from optimizer.plan_folder.destination import figure_folder

    screen = Screen(as_json=p["as_json"], quiet=p["quiet"], verbose=p["verbose"])
    run_input = prepare(book, overrides(p))
    exploration = _asked(run_input, p)
    if p["figures"] is not None:
        figure_folder(p["figures"], [book], force=p["force"], out=p["out"])
    with exploration_folder(book, p["out"], force=p["force"], resume=p["resume"]) as folder:
        screen.warnings(run_input.case.notices, f"mine2magnet check {quoted(book)}")
        _run(run_input, exploration, folder, screen, p)


def _run(
    run_input: "RunInput", exploration: "ExplorationOptions", folder: Path, screen: Screen, p: dict[str, Any]
) -> None:
    """Explore, write and show; the entries of the journal are never lost."""
    with stoppable(screen, "this is the frontier as far as it was proved until then") as stop:
        frontier = _explored(run_input, exploration, folder, (screen, stop), p)
        stop.complete()
        solver_options = Solving(
            gap=frontier.tolerance,
            time_limit=exploration.time_limit,
            threads=exploration.threads,
            seed=exploration.seed,
        )
        _write(run_input, frontier, solver_options, folder, screen)
        _show(run_input, frontier, folder, screen)
        if p["figures"] is not None:
            draw_frontier(p["figures"], run_input.case, frontier, screen, run_input.case.settings.language)


def _explored(
    run_input: "RunInput",
    exploration: "ExplorationOptions",
    folder: Path,
    watch: tuple[Screen, Stop],
    p: dict[str, Any],
) -> "Frontier":
    from optimizer.analysis.frontier import explore
    from optimizer.analysis.journal import NAME
    from optimizer.errors import Refusal

    screen, stop = watch
    more = {"against": p["against"], "resume": p["resume"], "stop": stop}
    try:
        with _following(screen) as progress:
            return explore(run_input.case, exploration, journal=folder / NAME, progress=progress, **more)
    except KeyboardInterrupt as second:
        again = f"mine2magnet explore {quoted(run_input.source.path)} --resume --out {quoted(folder)}"
        raise Refusal("stopped", f"stopped; what was proved until then is kept. To go on: {again}") from second


def _asked(run_input: "RunInput", p: dict[str, Any]) -> "ExplorationOptions":
    from optimizer.analysis.frontier import ExplorationOptions
    from optimizer.analysis.frontier.budget_axis import Axis

    base = Axis.of(run_input.case, p["over"]).base_m
    ends = [None if p[name] is None else millions(p[name], base) for name in ("from_", "to")]
    if ends[0] is not None and ends[1] is not None and ends[0] >= ends[1]:
        raise click.UsageError(f"--from {p['from_']} is not below --to {p['to']}")
    return ExplorationOptions(
        over=p["over"],
        from_m=ends[0],
        to_m=ends[1],
        tolerance=p["tolerance"],
        money_tolerance=not_negative(p["money_tolerance"]),
        time_limit=p["time_limit"],
        threads=p["threads"],
        seed=p["seed"],
        workers=p["workers"],
        scheduler=p["scheduler"],
    )


def _write(run_input: "RunInput", frontier: "Frontier", solver_options: Solving, folder: Path, screen: Screen) -> None:
    """Write the frontier and its plans in one step, then the files for people in another."""
    from optimizer.analysis.frontier.certified import as_json
    from optimizer.cli.save import decorate, save
    from optimizer.fingerprint import frontier_fingerprint
    from optimizer.plan_folder.destination import Destination
    from optimizer.reports.frontier.files import core_files, people_files

    record = run_input.manifest(solver_options)
    core = core_files(run_input.case, frontier, run_input.source, record)
    mark = frontier_fingerprint(run_input.case, as_json(frontier), [point.plan for point in frontier.points])
    save(core, {**record, "fingerprint": mark}, Destination(folder, folder.name))
    again = f"mine2magnet explore {quoted(run_input.source.path)} --resume --out {quoted(folder)}"
    decorate(folder, core, people_files(run_input.case, frontier), screen, again=again)


def _show(run_input: "RunInput", frontier: "Frontier", folder: Path, screen: Screen) -> None:
    from optimizer.reports.frontier.text import story

    rows = None if screen.rows is None else screen.rows - 2  # two lines say where the frontier is
    ascii_only = screen.out.options.ascii_only
    screen.show(*story(run_input.case, frontier, ascii_only=ascii_only, width=screen.out.width, rows=rows))
    screen.data((folder / "frontier.json").read_bytes())
    screen.show("", f"The frontier is in {folder.as_posix()}: frontier.html, frontier.xlsx, frontier.json, plans/.")
    screen.result(folder)


class _following:  # noqa: N801 - a context manager
    """Progress line of the exploration, on a terminal."""

    def __init__(self, screen: Screen) -> None:
        self._on = not screen.quiet and not screen.as_json and screen.err.is_terminal
        self._screen = screen
        self._live: Any = None

    def __enter__(self) -> Any:
        if not self._on:
            return None
        from rich.live import Live

        self._live = Live("exploring ...", console=self._screen.err, transient=True)
        self._live.start()
        return lambda status: self._live.update(progress_line(status))

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()


def progress_line(status: "Status") -> str:
    """Progress of an exploration in one line.

    >>> from types import SimpleNamespace as Now
    >>> progress_line(Now(seconds=30.0, solves=12, open_boxes=4, tallest=0.031, done=0.5, left=90.0))
    'exploring, 30 s: 12 solves, 50 % of the range closed, tallest box 0.031, about 30 s to go (Ctrl-C keeps it)'
    """
    tall = "" if status.tallest is None or status.tallest == float("inf") else f", tallest box {status.tallest:.2g}"
    rest = ""
    if 0.05 < status.done < 1:
        rest = f", about {min(status.seconds * (1 - status.done) / status.done, status.left):.0f} s to go"
    closed = f"{100 * status.done:.0f} % of the range closed"
    return f"exploring, {status.seconds:.0f} s: {status.solves} solves, {closed}{tall}{rest} (Ctrl-C keeps it)"
