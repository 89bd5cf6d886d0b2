"""What a command says of the warnings of its workbook: two of them, or all of them."""

import click
import pytest

from models.faults import Diagnostic
from optimizer.cli.console import FEW, Screen
from optimizer.cli.main import group as cli
from optimizer.reports.diagnostics_text import SHOWN
from optimizer.reports.table_text import ROWS

SEE_ALL = "mine2magnet check book.xlsx"
MANY = [Diagnostic(cell=f"sheet{n}!A1", message="is odd") for n in range(30)]
"""Warnings of 30 sheets, each a line."""
OPTION = Diagnostic(cell="--budget", message="is above what all projects need")


def short(diagnostic: Diagnostic) -> str:
    """The note of a diagnostic on one line of the screen."""
    return ": ".join(f"note: {diagnostic}".split("  "))


def lines_of(capsys: pytest.CaptureFixture[str], diagnostics: list[Diagnostic], *, verbose: bool) -> list[str]:
    Screen(as_json=False, quiet=False, verbose=verbose).warnings(diagnostics, SEE_ALL)
    return capsys.readouterr().err.splitlines()


def test_verbose_shows_every_warning(capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of(capsys, [*MANY, OPTION], verbose=True)
    assert lines == [f"note: {diagnostic}" for diagnostic in (OPTION, *MANY)]


def test_without_verbose_two_are_shown_the_options_first_and_the_rest_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = lines_of(capsys, [*MANY, OPTION], verbose=False)
    assert lines[:FEW] == [short(OPTION), short(MANY[0])]
    assert lines[FEW:] == [f"note: 31 warnings and notices in all: {SEE_ALL}"]


def test_every_warning_on_an_option_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    options = [Diagnostic(cell=f"--{name}", column=name, message="is odd") for name in ("budget", "set", "include")]
    lines = lines_of(capsys, [*MANY, *options], verbose=False)
    assert lines[:3] == [short(diagnostic) for diagnostic in options]


def test_a_list_of_diagnostics_ends_with_what_shows_all_and_verbose_shows_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Screen(as_json=False, quiet=False).diagnostics(MANY, SEE_ALL)
    few = capsys.readouterr().err.splitlines()
    Screen(as_json=False, quiet=False, verbose=True).diagnostics(MANY, SEE_ALL)
    assert few[-1] == f"note: and {len(MANY) - SHOWN} more: {SEE_ALL}"
    assert capsys.readouterr().err.splitlines() == [f"note: {diagnostic}" for diagnostic in MANY]


def test_the_lines_of_messages_are_taken_from_the_screen() -> None:
    screen = Screen(as_json=False, quiet=False)
    screen.note("x" * (screen.err.width + 1))
    assert screen.rows == ROWS - 2
    assert Screen(as_json=False, quiet=False, verbose=True).rows is None


@pytest.mark.parametrize(
    "verb", ["alternatives", "check", "compare", "explain", "explore", "gaps", "solve", "stress", "verify"]
)
def test_a_verb_whose_answer_may_be_cut_can_show_all(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    assert "--verbose" in [name for option in command.params for name in option.opts]
