"""Exchange rates the wrong way round are warned; sound ones, and currencies without a usual rate, are not."""

import pytest
from support.checkbook import A, at, book

from models.checks import check

RATES = [
    ("USD", "AUD", 0.65, "is 1.5385 meant?"), ("USD", "JPY", 0.0067, "is 149.254 meant?"), ("USD", "VND", 0.00004, "is 25,000 meant?"),
    ("AUD", "USD", 1.5, "is 0.6667 meant?"), ("USD", "JPY", 1.5, "about 140"), ("USD", "AUD", 1.5, ""), ("USD", "EUR", 1.09, ""),
    ("USD", "JPY", 155, ""), ("JPY", "USD", 0.0067, ""), ("USD", "GBP", 0.75, ""), ("USD", "XAU", 0.0004, ""),
]  # fmt: skip


@pytest.mark.parametrize(("base", "currency", "rate", "words"), RATES)
def test_rates(base: str, currency: str, rate: float, words: str) -> None:
    rows = [{"currency": currency, "per_base": rate}]
    _, warnings = check(book({"base_currency": base}, projects=[A], fx=rows))
    here = [w.message for w in warnings if w.cell == at("fx", 2, "per_base")]
    assert [words in message for message in here] == ([True] if words else [])
