"""The base class of every error that the tool raises on purpose. `optimizer.errors` draws the whole tree."""

from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.faults import Diagnostic

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


class Mine2MagnetError(Exception):
    """Base class of the errors that the tool raises on purpose.

    Each carries a `message` for people, `details` with their cells, and a `kind`, from which the exit status follows.
    """

    kind: Kind = "failed"
    """Name of the kind of error in the output of `--json`."""

    def __init__(self, message: str, details: "Iterable[Diagnostic]" = ()) -> None:
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
