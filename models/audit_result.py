"""The result of an audit."""

from models.frozen import Frozen


class AuditResult(Frozen):
    """The result of recomputing a plan or an answer by a second reader."""

    passed: bool
    largest_violation: float
    """Largest violation of any check, as a part of that check's tolerance base."""
    checks: tuple[str, ...]
    """One line per check that says what was recomputed; the line of a failed check begins with `FAILED`."""
