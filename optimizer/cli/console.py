"""The terminal: results on stdout, messages and progress on stderr, with colour if the terminal shows it."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING

import click
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from models.schema import OBJECTIVES
from optimizer.reports.formatting import number, proved_within
from optimizer.safe_text import clean

if TYPE_CHECKING:
    from models.faults import Diagnostic
    from optimizer.solver.results import Progress

WIDTH = 100
"""Columns that everything fits."""
FEW = 2
"""Warnings shown before a plan; `check` shows all."""


class _Console(Console):
    """A console that leaves a closed stream to the command line."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Escape control codes in all printed text except those of rich itself."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(clean(segment.text), segment.style)


def console(stream: IO[str]) -> Console:
    """A console without markup: names of projects may hold brackets. No colour unless it is a terminal."""
    terminal = _Console(file=stream, highlight=False, markup=False, emoji=False)
    terminal.width = min(terminal.width, WIDTH) if terminal.is_terminal else WIDTH
    return terminal


class Screen:
    """Output of one command, in the form that `--json` and `--quiet` set."""

    def __init__(self, *, as_json: bool, quiet: bool, verbose: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.verbose = verbose
        self.noted = 0
        """Lines of messages so far."""
        self.out = console(sys.stdout)
        self.err = console(sys.stderr)

    @property
    def rows(self) -> int | None:
        """Lines that are left of one screen after the messages; None with `verbose`, which shows everything."""
        from optimizer.reports.table_text import ROWS

        return None if self.verbose else ROWS - self.noted

    def show(self, *things: RenderableType) -> None:
        """Print the result for people; nothing with `--json` or `--quiet`."""
        if not (self.as_json or self.quiet):
            for thing in things:
                self.out.print(thing, soft_wrap=isinstance(thing, str))

    def result(self, path: object) -> None:
        """Print the path of the result, the only line with `--quiet`."""
        if self.quiet and not self.as_json:
            click.echo(clean(str(path)))

    def data(self, content: bytes) -> None:
        """Print the result as JSON, alone on stdout."""
        if self.as_json:
            click.echo(content, nl=False)

    def note(self, message: str) -> None:
        """Print a message on stderr."""
        if not self.quiet:
            self.err.print(message, soft_wrap=True)
            self.noted += max(1, -(-cell_len(message) // self.err.width))

    def diagnostics(self, diagnostics: Iterable["Diagnostic"], see_all: str, kind: str = "note") -> None:
        """Print warnings and notices, similar ones together; all with `verbose`, else 20 lines and what shows the others.

        Those on options come first, because that command reads the workbook alone and would not show them.
        """
        from optimizer.reports.diagnostics_text import SHOWN, grouped

        ordered = _options_first(diagnostics)
        for line in grouped(ordered, see_all, len(ordered) if self.verbose else SHOWN):
            self.note(f"{kind}: {line}")

    def warnings(self, diagnostics: Iterable["Diagnostic"], see_all: str) -> None:
        """The warnings of a workbook that is about to be solved: all with `verbose`, else two of them.

        Those on options are always shown, because `check`, which `see_all` names, knows no options.
        """
        from optimizer.reports.diagnostics_text import grouped
        from optimizer.reports.formatting import count, shorten

        ordered = _options_first(diagnostics)
        lines = grouped(ordered, see_all, len(ordered))
        if self.verbose or len(lines) <= FEW + 1:
            for line in lines:
                self.note(f"note: {line}")
            return
        on_options = [diagnostic for diagnostic in ordered if _is_on_option(diagnostic)]
        for line in lines[: max(FEW, len(grouped(on_options, see_all, len(ordered))))]:
            self.note(shorten(f"note: {': '.join(line.split('  '))}", self.err.width))
        self.note(f"note: {count(len(ordered), 'warning')} and notices in all: {see_all}")

    @contextlib.contextmanager
    def progress(self, stop: threading.Event | None = None) -> Iterator[Callable[["Progress"], None] | None]:
        """The progress line of a solve on a terminal; None elsewhere."""
        if self.quiet or self.as_json or not self.err.is_terminal:
            yield None
            return
        line = _ProgressLine(stop)
        with Live(line, console=self.err, refresh_per_second=4, transient=True):
            yield line.now_at


def _is_on_option(diagnostic: "Diagnostic") -> bool:
    return diagnostic.cell.startswith("--")


def _options_first(diagnostics: Iterable["Diagnostic"]) -> list["Diagnostic"]:
    return sorted(diagnostics, key=lambda diagnostic: not _is_on_option(diagnostic))


class _ProgressLine:
    """The progress line, drawn four times a second so that the seconds go on between two reports."""

    def __init__(self, stop: threading.Event | None) -> None:
        self._began = time.monotonic()
        self._stop = stop
        self._now: Progress | None = None

    def now_at(self, now: "Progress") -> None:
        self._now = now

    def __rich__(self) -> Text:
        if self._stop is not None and self._stop.is_set():
            return Text("stopping with the best plan so far ...")
        return Text(progress_line(self._now, time.monotonic() - self._began), no_wrap=True, overflow="ellipsis")


def progress_line(now: "Progress | None", seconds: float) -> str:
    """Progress of a solve in one line.

    >>> from types import SimpleNamespace as Now
    >>> progress_line(Now(phase="coverage", best=None, bound=0.8), 3.2)
    'solving, 3 s: no plan yet (Ctrl-C stops)'
    >>> progress_line(Now(phase="coverage", best=0.71, bound=0.72), 12.0)
    'solving, 12 s: best 0.71, bound 0.72, proved within 1.5 % (Ctrl-C keeps the best so far)'
    >>> progress_line(Now(phase="least budget cost", best=900.0, bound=800.0), 12.0)
    'solving, 12 s: the value stands; choosing the cheapest and earliest of equally good plans'
    """
    start = f"solving, {seconds:.0f} s: "
    if now is not None and now.phase not in OBJECTIVES:
        return start + "the value stands; choosing the cheapest and earliest of equally good plans"
    if now is None or now.best is None:
        return start + "no plan yet (Ctrl-C stops)"
    bound = ""
    if now.bound is not None:
        gap = abs(now.bound - now.best) / max(abs(now.best), 1e-9)
        bound = f", bound {_value(now.bound)}, {proved_within(gap).removesuffix(' of the best possible')}"
    return f"{start}best {_value(now.best)}{bound} (Ctrl-C keeps the best so far)"


def _value(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 10 else number(value)
