"""Exchange rates the wrong way round are warned; sound ones, and currencies without a usual rate, are not."""

import pytest
from support.checkbook import A, at, book

from models.checks import check

RATES = [
    ("USD", "AUD", 0.65, "did you mean 1.5385?"), ("USD", "JPY", 0.0067, "did you mean 149.254?"),
    ("USD", "VND", 0.00004, "did you mean 25,000?"),
    ("AUD", "USD", 1.5, "did you mean 0.6667?"), ("USD", "JPY", 1.5, "about 140"), ("USD", "AUD", 1.5, ""), ("USD", "EUR", 1.09, ""),
    ("USD", "JPY", 155, ""), ("JPY", "USD", 0.0067, ""), ("USD", "GBP", 0.75, ""), ("USD", "XAU", 0.0004, ""),
]  # fmt: skip


@pytest.mark.parametrize(("base", "currency", "rate", "words"), RATES)
def test_rates(base: str, currency: str, rate: float, words: str) -> None:
    rows = [{"currency": currency, "per_base": rate}]
    _, warnings = check(book({"base_currency": base}, projects=[A], fx=rows))
    here = [w.message for w in warnings if w.cell == at("fx", 2, "per_base")]
    assert [words in message for message in here] == ([True] if words else [])
