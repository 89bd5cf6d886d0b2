"""`demo`: a small filled workbook, checked, solved and shown, without a network."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from optimizer.cli.commands.check import findings, summarise
from optimizer.cli.commands.solve import solve_and_show
from optimizer.cli.console import Screen
from optimizer.cli.options import PLAN_SCREEN, Solving, options

_BOOK = "first-look.xlsx"


@click.command("demo")
@options("language", *PLAN_SCREEN)
def command(**parameters: Any) -> None:
    """Write a small sample workbook to this folder, check it, solve it and show the plan. Needs no network."""
    from models.faults import InvalidInput
    from optimizer.workbook.overrides import Overrides

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    book = write_book(Path())
    screen.show(f"1. {book} is written: six invented projects, small enough to check by hand. Open it.", "")
    case, faults, warnings = findings(book, Overrides())
    if case is None or faults:
        raise InvalidInput(faults, warnings)
    screen.show(f"2. mine2magnet check {book}")
    summarise(case, book, len(warnings), screen)
    screen.show("", f"3. mine2magnet solve {book}")
    tongue = parameters["language"]
    changes = Overrides(settings={"language": (tongue, "--language")} if tongue else {})
    solve_and_show(book, changes, Solving(), screen)


def write_book(folder: Path) -> Path:
    """Write the demo's workbook, whole or not at all, under the first free name, and return its path."""
    from optimizer.files import whole_file

    data = (files("optimizer") / "demo" / _BOOK).read_bytes()
    number = 1
    while True:
        name = _BOOK if number == 1 else f"first-look-{number}.xlsx"
        if not (folder / name).exists():
            with whole_file(folder / name) as file:
                file.write_bytes(data)
            return folder / name
        number += 1
