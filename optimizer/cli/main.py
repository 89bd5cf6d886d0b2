"""The command `mine2magnet` and the list of its subcommands.

A subcommand's file is imported when it is used, so that help is quick. A new one is a line of `VERBS` and its file.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

import click

import optimizer
from models.nearest import did_you_mean, nearest
from optimizer.cli.outlets import guard
from optimizer.cli.refusals import refuse
from optimizer.cli.stopping import end_like_ctrl_c

GARBAGE_FROM = 100_000
"""New objects from which the interpreter looks for garbage in cycles. Its default, hundreds, costs a tenth of what a command
spends beside the solver: imports, tables and pages make many objects that stay, and hardly a cycle."""


class Verb(NamedTuple):
    """A subcommand; its file is `optimizer/cli/commands/<name>.py` and holds the click command `command`."""

    name: str
    help: str
    group: str


PLANNING = "Planning"
AFTERWARDS = "Working with a plan"

VERBS = (
    Verb("demo", "Write a small sample workbook, check it, solve it and show the plan.", PLANNING),
    Verb("template", "Write an annotated workbook to fill in.", PLANNING),
    Verb("check", "List the faults and warnings of a workbook, each with its cell.", PLANNING),
    Verb("solve", "Find the best plan: which projects to finance, when and from which programme.", PLANNING),
    Verb("explore", "Show what other budgets would buy, with proved bounds between the plans.", PLANNING),
    Verb("gaps", "Report the capacity missing outside China, by stage, material and year.", PLANNING),
    Verb("explain", "Explain why a project is in or out, and what would change that.", PLANNING),
    Verb("compare", "Compare plans: what changed, and which inputs caused it.", PLANNING),
    Verb("report", "Write the page, workbook and pictures of a plan, or of a point of `explore`, again.", PLANNING),
    Verb("brief", "Write the brief of a plan as a Word document, slides or PDF.", PLANNING),
    Verb("stress", "Show what happens to a plan when things go wrong, and what would break it.", AFTERWARDS),
    Verb("verify", "Independently re-verify a plan from its folder alone.", AFTERWARDS),
    Verb("alternatives", "Find markedly different portfolios that are nearly as good.", AFTERWARDS),
    Verb("rerun", "Solve a plan's workbook again and report any difference.", AFTERWARDS),
    Verb("guide", "Show the manual: a topic here, or the whole as one page.", AFTERWARDS),
)
"""The commands in the order of the help."""

EXIT_STATUSES = """\b
Exit status: 0 an audited plan or report; 1 could not finish; 2 wrong usage;
3 invalid input; 4 no plan can satisfy the rules; 5 stopped before any plan
was found; 6 a result failed the audit."""


class Verbs(click.Group):
    """A group that knows its subcommands by `VERBS` and loads one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"optimizer.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            near = nearest(args[0], self.list_commands(ctx))
            ctx.fail(f"there is no command {args[0]!r}{did_you_mean(near)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for group in dict.fromkeys(verb.group for verb in VERBS):
            with formatter.section(group):
                formatter.write_dl([(verb.name, verb.help) for verb in VERBS if verb.group == group])


def _print_version(ctx: click.Context, _parameter: click.Parameter, is_given: bool) -> None:
    if is_given:
        click.echo(f"mine2magnet {optimizer.__version__}")
        ctx.exit()


@click.group(
    "mine2magnet",
    cls=Verbs,
    invoke_without_command=True,
    subcommand_metavar="COMMAND ...",
    options_metavar="",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_STATUSES,
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
@click.pass_context
def group(ctx: click.Context) -> None:
    """Choose which mines, separation plants and magnet factories outside China to finance, when, and from which
    public programme, so that capacity outside China grows as much as possible at every stage.

    Start with `mine2magnet demo`. `mine2magnet solve --help` explains one command. PLAN is a plan folder, its
    plan.json, or `last`: the newest plan in outputs/. `mine2magnet guide` is the manual.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; no exception leaves it."""
    try:
        if optimizer.models_in_the_way:
            click.echo(f"note: {optimizer.models_in_the_way} is another `models`; mine2magnet uses its own", err=True)
        with group.make_context("mine2magnet", list(arguments)) as ctx:
            group.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    except BaseException as problem:  # every exception becomes a message and an exit status
        return refuse(problem, as_json="--json" in arguments)
    return 0


def main() -> None:
    """Entry point. Output that cannot be written does not end the work; a full disk behind stdout is status 1."""
    gc.set_threshold(GARBAGE_FROM)
    stdout, _ = guard("stdout"), guard("stderr")
    end_like_ctrl_c()
    status = run(sys.argv[1:])
    sys.stdout.flush()
    if stdout is not None and (problem := stdout.lost) is not None:
        click.echo(f"error: stdout could not be written: {problem.strerror}", err=True)
        status = status or 1
    sys.exit(status)
