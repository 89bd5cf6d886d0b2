"""Warn of inverted exchange rates and of rates far from those of recent years."""

from models.checks.findings import Findings
from models.numbers import as_typed as number
from models.schema import Fx
from models.sets import Sets
from models.text import Text

_PER_USD = {
    "AUD": 1.48, "BRL": 5.2, "CAD": 1.34, "CHF": 0.91, "CLP": 870, "CNY": 6.9, "DKK": 6.8, "EUR": 0.92, "GBP": 0.79,
    "HKD": 7.8, "IDR": 15_200, "INR": 81, "JPY": 135, "KRW": 1_280, "KZT": 450, "MXN": 19, "MYR": 4.4, "NOK": 10,
    "NZD": 1.6, "PHP": 55, "PLN": 4.1, "SAR": 3.75, "SEK": 10.2, "SGD": 1.35, "THB": 34.5, "TWD": 30.7, "USD": 1,
    "VND": 24_000, "ZAR": 17.5,
}  # fmt: skip
"""Units of a currency for a US dollar, about the mean of 2020 to 2025 (World Bank, official exchange rates)."""
OFF = 1.6
"""Factor from the usual rate beyond which the inverse is compared."""
NEAR = 1.4
"""Factor from the usual rate within which the inverse is taken for what was meant."""
FAR = 5.0
"""Factor from the usual rate beyond which a rate is doubted in any case."""


def check(findings: Findings, _sets: Sets) -> None:
    """Warnings only: rates change, and nothing here is corrected."""
    base = findings.case.settings.base_currency
    for row in findings.case.fx:
        if row.currency in _PER_USD and base in _PER_USD and row.currency != base and row.per_base > 0:
            _rate(findings, row, base, _PER_USD[row.currency] / _PER_USD[base])


def _rate(findings: Findings, row: Fx, base: str, usual: float) -> None:
    if _factor(row.per_base, usual) > OFF and _factor(1 / row.per_base, usual) < NEAR:
        message = Text(
            "{rate} looks like the price of one {currency} in {base}: per_base holds the units of {currency} for one"
            " {base}; did you mean {inverse}?",
            rate=number(row.per_base), currency=row.currency, base=base, inverse=number(round(1 / row.per_base, 4)),
        )  # fmt: skip
        findings.warn(row, "per_base", message)
    elif _factor(row.per_base, usual) > FAR:
        message = Text(
            "{rate} {currency} for one {base} is far from the rate of recent years, about {usual}",
            rate=number(row.per_base), currency=row.currency, base=base, usual=number(float(f"{usual:.2g}")),
        )  # fmt: skip
        findings.warn(row, "per_base", message)


def _factor(one: float, other: float) -> float:
    return max(one / other, other / one)
