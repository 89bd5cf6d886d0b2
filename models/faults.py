"""Diagnostics of an input, each with its cell and its cure. They are collected in one pass and raised together."""

from collections.abc import Iterable

from models.errors import Kind, Mine2MagnetError
from models.frozen import Sentence, TextField


class Diagnostic(Sentence):
    """One fault, warning or notice about one place of the workbook."""

    sentence = "message"

    cell: str
    """Address as the spreadsheet program shows it, `projects!F17`; a sheet or a file if no cell is meant."""
    column: str | None = None
    """The schema's name of the column or setting, if one is meant."""
    message: TextField
    """The value found, the rule it breaks and the cure, in the planner's words."""

    def __str__(self) -> str:
        return "  ".join(part for part in (self.cell, self.column, self.message) if part)


class InvalidInput(Mine2MagnetError):
    """The input cannot be read as a case. Carries all faults in the order of the workbook."""

    kind: Kind = "invalid"

    def __init__(self, faults: Iterable[Diagnostic], warnings: Iterable[Diagnostic] = ()) -> None:
        self.faults = tuple(faults)
        self.warnings = tuple(warnings)
        number = len(self.faults)
        super().__init__(f"{number:,} fault{'' if number == 1 else 's'} in the input; nothing was written", self.faults)
        self.args = (self.faults, self.warnings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))
