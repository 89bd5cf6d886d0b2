"""How tests draw random books: always the same ones, however slow the machine, and the one that fails as it was drawn."""

import os

from hypothesis import HealthCheck, Phase, settings

same_books = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller seed is not a smaller book
    suppress_health_check=[HealthCheck.too_slow],
)

EXAMPLES = int(os.environ.get("MINE2MAGNET_EXAMPLES", "12"))
"""Random books of a whole test: few, so that the suite stays quick; a long run takes thousands."""


def examples(part: float = 1.0) -> int:
    """Random books of a test whose books cost more than others: this part of `EXAMPLES`, and never fewer than 4."""
    return max(4, round(EXAMPLES * part))
