"""`explain`: why a project is in or out, what would change it; for a book that nothing satisfies, what would."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.asking import OUT, place_of, question_limits, steps, subject, write
from optimizer.options import SCREEN, SOLVER, WORKBOOK, Solving, options, overrides, positive, solving, workbook
from optimizer.screen import Screen, stoppable

if TYPE_CHECKING:
    from models.case import Case
    from models.plan import Plan


@click.command("explain")
@click.argument("source", metavar="WORKBOOK|PLAN")
@click.argument("project", required=False)
@click.option(
    "--within", type=positive, default=0.01, show_default=True, metavar="PART",
    help="Core, swing and never are about plans this close to the best.",
)  # fmt: skip
@OUT
@options(*WORKBOOK, *SOLVER, "force", *SCREEN)
@click.pass_context
def command(
    ctx: click.Context, /, source: str, project: str | None, within: float, out: Path | None, **parameters: Any
) -> None:
    """Why each project is in the plan or not, what it is worth, and what would let it in; of PROJECT (an id, a name or
    a cell) alone, or of all. Also which rules and envelopes bind, what a step more of each is worth, and what the
    planner's own decisions cost.

    PLAN is a plan folder, its plan.json, or `last`. A WORKBOOK is solved first, and nothing is written; where no plan
    can satisfy it, the least changes with which one would. --gap and --time-limit (here 10 seconds) are of one
    question.
    """
    from optimizer.solve import Infeasible

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    place, how = place_of(out, force=parameters["force"]), solving(ctx)
    with stoppable(screen) as stop:
        try:
            case, plan = subject(source, parameters, how, screen, stop)
        except Infeasible:
            _repairs(source, parameters, how, screen, stop)
            return
        _explain(case, plan, project, {"within": within, **question_limits(ctx, how)}, place, (screen, stop))


def _explain(  # noqa: PLR0917
    case: "Case",
    plan: "Plan",
    project: str | None,
    limits: dict[str, Any],
    place: Path | None,
    watch: tuple[Screen, threading.Event],
) -> None:
    """Asks, shows, and writes where asked to."""
    from optimizer.explain import explain
    from optimizer.outputs import json_bytes
    from optimizer.reports import explain_text as text
    from optimizer.reports.answer_files import Answer
    from optimizer.which import project_of

    which = None if project is None else project_of(case, project).id
    screen, stop = watch
    with steps(screen, stop) as tell:
        said = explain(case, plan, which, progress=tell, stop=stop, **limits)
    screen.data(json_bytes(text.data(said)))
    screen.show(*text.story(case, said, width=screen.out.width))
    if place is not None:
        lines = text.lead(case, said)
        lines += text.sentences(case, said, said.projects[0]) if which and said.projects else []
        write(place, Answer(case, text.title(case), lines, text.tables(case, said), text.data(said)), screen)


def _repairs(source: str, parameters: dict[str, Any], how: Solving, screen: Screen, stop: threading.Event) -> None:
    """The least changes with which a plan would be possible."""
    from optimizer.outputs import json_bytes
    from optimizer.repair import repairs
    from optimizer.reports import repair_text
    from optimizer.search import Options
    from optimizer.workbook import read

    case = read(workbook(source), overrides(parameters))
    report = repairs(case, Options(how.gap, how.time_limit, how.threads, how.seed), screen_note(screen), stop)
    screen.data(json_bytes(repair_text.data(report)))
    screen.show(*repair_text.show(report, width=screen.out.width))


def screen_note(screen: Screen) -> Any:
    """Says how the search for repairs goes on, where somebody watches."""
    return screen.note if screen.err.is_terminal and not screen.as_json else None
