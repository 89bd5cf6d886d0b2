"""Parts of the commands about a plan: the plan itself, the progress line, and the report file."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click
from click.core import ParameterSource
from rich.live import Live
from rich.text import Text

from optimizer.cli.console import Screen
from optimizer.cli.options import Solving, overrides, quoted, workbook
from optimizer.solver.options import QUESTION_TIME_LIMIT

if TYPE_CHECKING:
    from models.case import Case
    from models.plan import Plan
    from models.stress import CoreIndex
    from optimizer.analysis.infeasibility import RepairReport
    from optimizer.analysis.what_if import ProgressCallback, ProgressStep
    from optimizer.cli.stopping import Stop
    from optimizer.plan_folder.store import PlanFolder
    from optimizer.reports.answers.files import AnswerReport
    from optimizer.workbook.overrides import Overrides

P = ParamSpec("P")
T = TypeVar("T")


# -- the plan --------------------------------------------------------------------------------------------------------


def subject(
    source: str, parameters: dict[str, Any], solver_options: Solving, screen: Screen, stop: "Stop"
) -> tuple["Case", "Plan"]:
    """The case and the plan of a plan folder; a workbook is solved first, and nothing is written.

    Raises Infeasible for an infeasible workbook.
    """
    from optimizer.plan_folder import store

    if store.is_plan(source):
        return _of_folder(source, parameters, screen)
    from optimizer.analysis.risk.questions import refuse_unasked
    from optimizer.cli.run import prepare, solved

    run_input = prepare(workbook(source), overrides(parameters))
    refuse_unasked(run_input.case, "this question")
    screen.warnings(run_input.case.notices, f"mine2magnet check {quoted(source)}")
    result = solved(run_input, solver_options, screen, stop)
    return result.case, result.plan


def _of_folder(source: str, parameters: dict[str, Any], screen: Screen) -> tuple["Case", "Plan"]:
    from optimizer.plan_folder import store
    from optimizer.plan_folder.manifest import changed_since

    changed = [f"--{n}" for n in ("budget", "objective", "settings", "include", "exclude") if parameters.get(n)]
    if changed:
        name = "--set" if changed[0] == "--settings" else changed[0]
        raise click.UsageError(f"{name} changes a workbook, and {source} is a finished plan: name a workbook")
    folder = store.open_folder(store.find(source))
    plan = folder.plan
    if plan.manifest.get("workbook") and (change := changed_since(plan.manifest)):
        screen.note(f"note: {change}")
    return folder.case, plan


def core_of(source: str) -> tuple["CoreIndex", ...]:
    """Result of `stress --replan` in the plan's folder; empty if there is none, or if it is of another plan."""
    from optimizer.plan_folder import store
    from optimizer.reports.plan_files import stress_of

    if not store.is_plan(source):
        return ()
    stress = stress_of(store.open_folder(store.find(source)))
    return () if stress is None else stress.core


def question_limits(
    ctx: click.Context, solver_options: Solving, default: float = QUESTION_TIME_LIMIT
) -> dict[str, Any]:
    """The solver's options for questions about a plan: those given, else the plan's gap and `default` seconds."""
    given = {n for n in ("gap", "time_limit") if ctx.get_parameter_source(n) is ParameterSource.COMMANDLINE}
    return {
        "gap": solver_options.gap if "gap" in given else None,
        "time_limit": solver_options.time_limit if "time_limit" in given else default,
        "threads": solver_options.threads,
        "seed": solver_options.seed,
    }


# -- progress --------------------------------------------------------------------------------------------------------

TELL_EVERY = 10.0
"""Seconds between two printed lines of progress."""


@contextlib.contextmanager
def steps(screen: Screen, stop: threading.Event, *, piped: bool = False) -> Iterator["ProgressCallback | None"]:
    """The progress of questions: a line on a terminal; elsewhere None, or with `piped` a line on stderr every ten seconds."""
    if screen.quiet or screen.as_json or not screen.err.is_terminal:
        yield StepsPrinted().now_at if piped and not screen.quiet and not screen.as_json else None
        return
    line = StepLine(stop)
    with Live(line, console=screen.err, refresh_per_second=4, transient=True):
        yield line.now_at


class StepsPrinted:
    """Progress without a terminal: a line on stderr from time to time."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()

    def now_at(self, step: "ProgressStep") -> None:
        now = time.monotonic()
        if now - self._told >= TELL_EVERY:
            self._told = now
            click.echo(step_line(step, now - self._began), err=True)


class StepLine:
    """The progress line, drawn four times a second so that the seconds go on within a question."""

    def __init__(self, stop: threading.Event) -> None:
        self._began = time.monotonic()
        self._stop = stop
        self._now: ProgressStep | None = None

    def now_at(self, step: "ProgressStep") -> None:
        self._now = step

    def __rich__(self) -> Text:
        if self._stop.is_set():
            return Text("stopping with what is known so far ...")
        return Text(step_line(self._now, time.monotonic() - self._began), no_wrap=True, overflow="ellipsis")


def step_line(step: "ProgressStep | None", seconds: float) -> str:
    """Progress of the questions in one line.

    >>> from optimizer.analysis.what_if import ProgressStep
    >>> step_line(ProgressStep(3, 40, "without Ridge"), 12.4)
    'asking, 12 s: 3 of 40 done, now without Ridge (Ctrl-C keeps what is known)'
    """
    if step is None:
        return f"asking, {seconds:.0f} s"
    if not step.total:
        return f"looking, {seconds:.0f} s: {step.what} (Ctrl-C keeps what is known)"
    return f"asking, {seconds:.0f} s: {step.done} of {step.total} done, now {step.what} (Ctrl-C keeps what is known)"


def repairs_of(
    case: "Case",
    changes: "Overrides",
    solver_options: Solving,
    watch: tuple[Screen, threading.Event],
    *,
    together: bool = True,
) -> "RepairReport":
    """The smallest changes that make a case feasible, with a progress line. See `optimizer.analysis.infeasibility.repairs`."""
    from optimizer.analysis.infeasibility import repairs
    from optimizer.analysis.infeasibility.override_repairs import override_repairs
    from optimizer.analysis.what_if import ProgressStep
    from optimizer.solver.lexicographic import Options

    options = Options(solver_options.gap, solver_options.time_limit, solver_options.threads, solver_options.seed)
    screen, stop = watch
    with steps(screen, stop) as tell:
        say = None if tell is None else lambda what: tell(ProgressStep(0, 0, what))
        return override_repairs(repairs(case, options, say, stop, together=together), case, changes)


# -- the file on request ---------------------------------------------------------------------------------------------


OUT = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File for the full report; its ending gives the format: .html, .xlsx, .md or .json.",
)


ADD = click.option("--add", is_flag=True, help="Add the result to plan.xlsx and report.html in the folder of the plan.")


def folder_of(source: str, name: str, *, add: bool, force: bool) -> "PlanFolder | None":
    """The verified plan folder to add the answer `name` to, checked before any question; None without --add."""
    if not add:
        return None
    from optimizer.cli.append_answer import verified
    from optimizer.plan_folder import store

    if not store.is_plan(source):
        raise click.UsageError(f"--add needs a plan: {source} is a workbook; name a file with --out instead")
    return verified(store.find(source), name, force=force)


def place_of(out: Path | None, source: str, *, force: bool) -> Path | None:
    """The file to write, checked before any question."""
    from optimizer.plan_folder.destination import output_path
    from optimizer.plan_folder.store import inputs_of
    from optimizer.reports.answers.files import FORMATS

    if out is None:
        return None
    if out.suffix.lower().removeprefix(".") not in FORMATS:
        raise click.UsageError(f"--out {out}: end the name in .html, .xlsx, .md or .json")
    return output_path(out, inputs_of(source), force=force)


def in_its_language(case: "Case", make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of `make`, in the language of the workbook."""
    from optimizer.reports.language import in_language

    return in_language(case.settings.language, make)(*args, **kwargs)


def deliver(answer: "AnswerReport", place: Path | None, folder: "PlanFolder | None", name: str, screen: Screen) -> None:
    """Write the requested file, whole or not at all, and add the answer `name` to the plan's own files.

    The answer is in the language of the workbook (`in_its_language`).
    """
    if folder is not None:
        from optimizer.cli.append_answer import add

        add(folder, name, answer.data)
        screen.note(f"added to plan.xlsx and report.html in {folder.path}")
    if place is None:
        return
    from optimizer.files import write_whole

    form = place.suffix.lower().removeprefix(".")
    write_whole(place, in_its_language(answer.case, answer.content, form))
    screen.note(f"the report is {place}")
    screen.result(place)
