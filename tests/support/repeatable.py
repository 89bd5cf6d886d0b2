"""How tests draw random books: always the same ones, however slow the machine, and the one that fails as it was drawn."""

from hypothesis import HealthCheck, Phase, settings

same_books = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller seed is not a smaller book
    suppress_health_check=[HealthCheck.too_slow],
)
