"""`alternatives`: markedly different portfolios that are nearly as good."""

from pathlib import Path
from typing import Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import PLAN_SCREEN, QUESTION, options, part, solving
from optimizer.cli.plan_source import (
    ADD,
    OUT,
    deliver,
    folder_of,
    in_its_language,
    place_of,
    question_limits,
    steps,
    subject,
)
from optimizer.cli.stopping import stoppable
from optimizer.solver.options import WHOLE_TIME_LIMIT


@click.command("alternatives")
@click.argument("plan")
@click.option(
    "--within",
    type=part,
    default="2%",
    show_default=True,
    metavar="FRACTION",
    help="Largest relative loss of value: 2% or 0.02.",
)
@click.option(
    "--most", type=click.IntRange(1, 50), default=5, show_default=True, help="Number of portfolios to look for."
)
@OUT
@ADD
@options(*QUESTION, "force", *PLAN_SCREEN)
@click.pass_context
def command(ctx: click.Context, /, plan: str, within: float, most: int, out: Path | None, **parameters: Any) -> None:
    """Find portfolios that are nearly as good as PLAN and markedly different from it.

    PLAN is a plan folder, its plan.json, or `last`. Each portfolio has as few projects as possible in common with those
    found before, is audited, and has no project that could be dropped without loss. Large workbooks are searched to
    within two common projects of the least, and the report says so. It also says what each portfolio gains and gives
    up, and how often each project appears.
    """
    from optimizer.analysis.alternatives import alternatives
    from optimizer.files import json_bytes
    from optimizer.reports.answers import alternatives_text as text
    from optimizer.reports.plan_files import ALTERNATIVES

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    place, solver_options = place_of(out, plan, force=parameters["force"]), solving(ctx)
    folder = folder_of(plan, ALTERNATIVES, add=parameters["add"], force=parameters["force"])
    with stoppable(screen, "these are the portfolios found until then") as stop:
        case, given_plan = subject(plan, parameters, solver_options, screen, stop)
        with steps(screen, stop, piped=True) as tell:
            limits = question_limits(ctx, solver_options, WHOLE_TIME_LIMIT)
            portfolios = alternatives(case, given_plan, within=within, most=most, progress=tell, stop=stop, **limits)
        stop.complete()
        screen.data(json_bytes(text.data(portfolios)))
        screen.show(*text.story(case, portfolios, width=screen.out.width, rows=screen.rows))
        deliver(in_its_language(case, text.answer, case, portfolios), place, folder, ALTERNATIVES, screen)
