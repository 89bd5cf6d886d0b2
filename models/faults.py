"""What is wrong with an input, where, and the cure; and the base class of every error that the tool raises."""

from collections.abc import Iterable
from typing import Any, Final, Literal

from models.frozen import Frozen

Kind = Literal["failed", "usage", "invalid", "infeasible", "stopped", "audit"]

EXIT_STATUS: Final[dict[Kind, int]] = {
    "failed": 1,
    "usage": 2,
    "invalid": 3,
    "infeasible": 4,
    "stopped": 5,
    "audit": 6,
}
"""Kind of error -> exit status of the command. 0 is an audited plan or a report."""


class Diagnostic(Frozen):
    """One fault, warning or notice about one place of the workbook."""

    cell: str
    """Address as the spreadsheet program shows it, `projects!F17`; a sheet or a file if no cell is meant."""
    column: str | None = None
    """The schema's name of the column or setting, if one is meant."""
    message: str
    """The value found, the rule it breaks and the cure, in the planner's words."""

    def __str__(self) -> str:
        return "  ".join(part for part in (self.cell, self.column, self.message) if part)


class Mine2MagnetError(Exception):
    """Base class of the errors that the tool raises on purpose. `optimizer.errors` draws the whole tree.

    Each carries a `message` for people, `details` with their cells, and a `kind`, from which the exit status follows.
    """

    kind: Kind = "failed"
    """What went wrong, as `--json` names it."""

    def __init__(self, message: str, details: Iterable[Diagnostic] = ()) -> None:
        self.message = message
        self.details = tuple(details)
        super().__init__(message, self.details)

    def __str__(self) -> str:
        return self.message

    @property
    def exit_status(self) -> int:
        """Exit status of the command that ends with this error."""
        return EXIT_STATUS[self.kind]

    def as_json(self) -> dict[str, dict[str, Any]]:
        """The error as other programs read it: `{"error": {"kind", "message", "details"}}`."""
        details = [diagnostic.model_dump() for diagnostic in self.details]
        return {"error": {"kind": self.kind, "message": self.message, "details": details}}


class InvalidInput(Mine2MagnetError):
    """The input cannot be read as a case. Carries every fault found, in the order of the workbook."""

    kind: Kind = "invalid"

    def __init__(self, faults: Iterable[Diagnostic], warnings: Iterable[Diagnostic] = ()) -> None:
        self.faults = tuple(faults)
        self.warnings = tuple(warnings)
        number = len(self.faults)
        super().__init__(f"{number:,} fault{'' if number == 1 else 's'} in the input; nothing was written", self.faults)
        self.args = (self.faults, self.warnings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))
