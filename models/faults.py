"""What is wrong with an input, where, and the cure: gathered in one pass, raised once."""

from collections.abc import Iterable

from models.frozen import Frozen


class Diagnostic(Frozen):
    """One fault, warning or notice about one place of the workbook."""

    cell: str
    """Address as the spreadsheet program shows it, `projects!F17`; a sheet or a file where no cell is meant."""
    column: str | None = None
    """The schema's name of the column or setting, if one is meant."""
    message: str
    """The value found, the rule it breaks and the cure, in the planner's words."""

    def __str__(self) -> str:
        return "  ".join(part for part in (self.cell, self.column, self.message) if part)


class InvalidInput(Exception):
    """The input cannot be read as a case. Carries every fault found, in the order of the workbook."""

    def __init__(self, faults: Iterable[Diagnostic], warnings: Iterable[Diagnostic] = ()) -> None:
        self.faults = tuple(faults)
        self.warnings = tuple(warnings)
        super().__init__("\n".join(map(str, self.faults)))
