"""What the second reader says of a result."""

from models.frozen import Frozen


class AuditResult(Frozen):
    """What the second reader found."""

    passed: bool
    largest_violation: float
    """Largest violation of any check, as a part of that check's tolerance base."""
    checks: tuple[str, ...]
    """One line a check: what was recomputed; a failed one begins with `FAILED`."""
