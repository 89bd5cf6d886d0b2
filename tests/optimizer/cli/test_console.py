"""What a command says of the warnings of its workbook: two of them, or all of them."""

import pytest

from models.faults import Diagnostic
from optimizer.cli.console import FEW, Screen

SEE_ALL = "mine2magnet check book.xlsx"
MANY = [Diagnostic(cell=f"sheet{n}!A1", message="is odd") for n in range(30)]
"""Warnings of 30 sheets, each a line."""
OPTION = Diagnostic(cell="--budget", message="is above what all projects need")


def short(diagnostic: Diagnostic) -> str:
    """The note of a diagnostic on one line of the screen."""
    return " ".join(f"note: {diagnostic}".split())


def said(capsys: pytest.CaptureFixture[str], diagnostics: list[Diagnostic], *, verbose: bool) -> list[str]:
    Screen(as_json=False, quiet=False, verbose=verbose).warnings(diagnostics, SEE_ALL)
    return capsys.readouterr().err.splitlines()


def test_verbose_shows_every_warning(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, [*MANY, OPTION], verbose=True)
    assert lines == [f"note: {d}" for d in (OPTION, *MANY)]


def test_without_verbose_two_are_shown_the_options_first_and_the_rest_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = said(capsys, [*MANY, OPTION], verbose=False)
    assert lines[:FEW] == [short(OPTION), short(MANY[0])]
    assert lines[FEW:] == [f"note: 31 warnings and notices in all: {SEE_ALL}"]


def test_every_warning_on_an_option_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    options = [Diagnostic(cell=f"--{name}", column=name, message="is odd") for name in ("budget", "set", "include")]
    lines = said(capsys, [*MANY, *options], verbose=False)
    assert lines[:3] == [short(d) for d in options]
