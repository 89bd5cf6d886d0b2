"""The declaration that every check of the auditor makes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from models.audit.exact import Finding
from models.audit.ledger import Ledger


@dataclass(frozen=True)
class AuditCheck:
    """One family of comparisons."""

    name: str
    states: str
    """Statement about the plan that is true if every comparison holds."""
    compare: Callable[[Ledger], Iterable[Finding]]
    """Compares the numbers of the ledger with those that the check recomputes."""
