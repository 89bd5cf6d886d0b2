"""`explore`: what other budgets would buy, as a frontier with a proof between the plans."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen, stoppable
from optimizer.cli.options import (
    FOLDER,
    SCREEN,
    WORKBOOK,
    Solving,
    budget,
    not_negative,
    options,
    overrides,
    positive,
    workbook,
)

if TYPE_CHECKING:
    from optimizer.analysis.frontier import Asked, Frontier, Status
    from optimizer.cli.run import Job

FOLDER_WORD = "frontier"


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
    "--over", metavar="AXIS", help="Budget to vary: total, all (every envelope by one factor) or the id of a programme."
)
@click.option(
    "--tolerance", type=positive, metavar="VALUE", help="Absolute accuracy of the value, in the unit of the objective."
)
@click.option(
    "--money-tolerance",
    type=positive,
    metavar="M",
    default=0.01,
    show_default=True,
    help="Accuracy of the budgets where the plan changes.",
)
@click.option("--against", metavar="RULE", help="Rule whose limit is varied too; adds a table of trade-off points.")
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
@options("time_limit", "threads", "seed", *FOLDER, *SCREEN)
def command(book: Path, **p: Any) -> None:
    """Show what other budgets would buy: the best plan for every budget in a range, and what the next 100 M adds.

    The range is divided into boxes; in each, the best value is proved to lie between two bounds. --time-limit is for
    the whole exploration. If it ends first, the result says what is still open, and --resume continues.
    """
    from optimizer.analysis.frontier import explore
    from optimizer.cli.run import prepare

    screen = Screen(as_json=p["as_json"], quiet=p["quiet"])
    job = prepare(book, overrides(p))
    asked = _asked(job, p)
    folder = _folder(book, p["out"], force=p["force"], resume=p["resume"])
    screen.diagnostics(job.case.notices, f"mine2magnet check {book}", 5)
    from optimizer.analysis.frontier.journal import NAME

    with stoppable(screen) as stop, _following(screen) as progress:
        found = explore(
            job.case,
            asked,
            against=p["against"],
            journal=folder / NAME,
            resume=p["resume"],
            progress=progress,
            stop=stop,
        )
    how = Solving(gap=found.tolerance, time_limit=asked.time_limit, threads=asked.threads, seed=asked.seed)
    _write(job, found, how, folder)
    _show(job, found, folder, screen)
    if p["figures"] is not None:
        from optimizer.reports.frontier.charts import frontier_figure
        from optimizer.reports.html.charts import write_pictures

        written = write_pictures([frontier_figure(job.case, found)], p["figures"])
        screen.note(written.sentence(p["figures"]))


def _asked(job: "Job", p: dict[str, Any]) -> "Asked":
    from optimizer.analysis.frontier import Asked
    from optimizer.analysis.frontier.budget_axis import Axis

    base = Axis.of(job.case, p["over"]).base_m
    ends = [None if p[name] is None else millions(p[name], base) for name in ("from_", "to")]
    if ends[0] is not None and ends[1] is not None and ends[0] >= ends[1]:
        raise click.UsageError(f"--from {p['from_']} is not below --to {p['to']}")
    return Asked(
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


def millions(text: str, base: float | None) -> float:
    """An amount of the command line in millions; per cent are of the workbook's own.

    >>> millions("3bn", None), millions("80%", 500.0), millions("1,200", None)
    (3000.0, 400.0, 1200.0)
    """
    plain = re.sub(r"[,_ ]", "", text).lower()
    if plain == "none":
        raise click.BadParameter("an end of the range is an amount: leave the option out for no limit")
    if plain.endswith("%"):
        if base is None:
            raise click.BadParameter(f"{text}: the workbook has no budget of which this could be a part")
        return float(plain[:-1]) * base / 100
    number = re.match(r"[\d.]+", plain)
    assert number is not None
    return float(number[0]) * (1000.0 if plain[number.end() :] in ("bn", "b", "billion") else 1.0)


def _folder(book: Path, out: Path | None, *, force: bool, resume: bool) -> Path:
    """The folder, there from the beginning: the journal grows in it."""
    from optimizer.analysis.frontier.journal import NAME
    from optimizer.errors import Refusal
    from optimizer.plan_folder import store

    to = store.destination(out, force or resume, book)
    if out is not None:
        folder = out
    else:
        stem = f"{to.stem}-{FOLDER_WORD}-"
        known = sorted(p for p in store.OUTPUTS.glob(f"{stem}[0-9]*") if (p / NAME).is_file())
        if resume and not known:
            raise Refusal("usage", f"there is no exploration of {book} below outputs/ to resume")
        taken = [int(n[1]) for p in store.OUTPUTS.glob(f"{stem}*") if (n := re.search(r"-(\d+)$", p.name))]
        folder = known[-1] if resume else store.OUTPUTS / f"{stem}{max(taken, default=0) + 1:02d}"
    if resume and not (folder / NAME).is_file():
        raise Refusal("usage", f"there is no exploration in {folder} to resume: leave --resume out")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(job: "Job", found: "Frontier", how: Solving, folder: Path) -> None:
    """Every file, each whole or not at all, the manifest last."""
    from optimizer.files import whole_file
    from optimizer.reports.frontier.files import contents

    for old in sorted((folder / "plans").glob("[0-9][0-9][0-9].json")):
        old.unlink()
    for name, data in contents(job.case, found, job.source, job.manifest(how)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as made:
            made.write_bytes(data)


def _show(job: "Job", found: "Frontier", folder: Path, screen: Screen) -> None:
    from optimizer.reports.frontier.text import story

    screen.show(*story(job.case, found, ascii_only=screen.out.options.ascii_only, width=screen.out.width))
    screen.data((folder / "frontier.json").read_bytes())
    screen.show("", f"The frontier is in {folder.as_posix()}: frontier.html, frontier.xlsx, frontier.json, plans/.")
    screen.result(folder)


class _following:  # noqa: N801 - a context manager
    """A line that follows the exploration, where somebody at a terminal watches."""

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
    """Where an exploration stands, in one line.

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
