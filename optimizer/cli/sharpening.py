"""Progress of an explanation: on a terminal a table whose lines are refined, elsewhere a line on stderr for each project
when its question is answered."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
from rich.console import Group, RenderableType
from rich.live import Live

from optimizer.cli.console import Screen
from optimizer.cli.plan_source import StepLine, StepsPrinted

if TYPE_CHECKING:
    from models.case import Case
    from optimizer.analysis.explain.explanation import Explanation, ProjectStory
    from optimizer.analysis.what_if import ProgressCallback

Partial = Callable[["Explanation"], None]


@contextlib.contextmanager
def sharpening(
    screen: Screen, stop: threading.Event, case: "Case"
) -> Iterator[tuple["ProgressCallback | None", "Partial | None"]]:
    """The callbacks `progress` and `partial` of `explain`; None with --quiet and --json."""
    if screen.quiet or screen.as_json:
        yield None, None
        return
    if not screen.err.is_terminal:
        yield StepsPrinted().now_at, _Printed(case).known
        return
    table = _Table(case, StepLine(stop))
    with Live(table, console=screen.err, refresh_per_second=4, transient=True, vertical_overflow="ellipsis"):
        yield table.line.now_at, table.known


@dataclass
class _Printed:
    """The known results, one line per project: all of them at first, then each that changes."""

    case: "Case"
    _told: dict[str, "ProjectStory"] = field(default_factory=dict)

    def known(self, explanation: "Explanation") -> None:
        from optimizer.reports.answers.explanation_text import known_line

        if not self._told:
            click.echo("known before any search:", err=True)
        for story in explanation.projects:
            if self._told.get(story.id) != story:
                self._told[story.id] = story
                click.echo(f"  {known_line(self.case, explanation, story)}", err=True)


@dataclass
class _Table:
    """The table of known results, above the progress line."""

    case: "Case"
    line: StepLine
    _now: RenderableType = ""

    def known(self, explanation: "Explanation") -> None:
        from optimizer.reports.answers.explanation_text import known_table

        self._now = known_table(self.case, explanation)

    def __rich__(self) -> RenderableType:
        return Group(self.line, self._now)
