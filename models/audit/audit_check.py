"""What every check of the auditor declares about itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.audit.exact import Finding
from models.audit.ledger import Ledger


@dataclass(frozen=True)
class AuditCheck:
    """One family of comparisons."""

    name: str
    states: str
    """What is true of the plan when every comparison holds."""
    compare: Callable[[Ledger], Iterable[Finding]]
    """Compares what the ledger holds with what the check works out itself."""
