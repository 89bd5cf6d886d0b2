"""Money: conversion to prices of the case's `price_year` by the currency's own inflation, then to the base currency.

    factor(currency, year) = (1 + inflation[currency]) ** (price_year - year) / per_base[currency]

A row's money is in prices of the row's `price_year` (the case's where empty); a nominal envelope of year t is in
prices of year t, so that one formula serves both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from models.case import Conversion
from models.numbers import Digits
from models.schema import Fx, Outlay, Price, Programme, Project
from models.text import Text, clauses

T = TypeVar("T", Project, Programme)
PROJECT_MONEY = ("capex_m", "secured_m", "requested_m", "opex_per_t", "byproduct_per_t")
PROGRAMME_MONEY = ("min_ticket_m", "max_ticket_m", "total_m", "total_face_m", "price_gap_per_t", "strike_per_t")


class UnknownCurrency(LookupError):
    """A currency without a rate."""


@dataclass
class Exchange:
    """Turns money of any row into millions of the base currency at the prices of `price_year`."""

    base: str
    price_year: int
    rates: dict[str, tuple[float, float]]
    """Currency -> (units for one unit of the base currency, yearly inflation)."""
    used: dict[tuple[str, int], float] = field(default_factory=dict)
    """Factors asked for so far."""

    @classmethod
    def of(cls, base: str, price_year: int, rows: Iterable[Fx]) -> "Exchange":
        """From the rows of `fx`; the base currency has the rate 1 and, where not named, no inflation."""
        rates = {r.currency: (r.per_base if r.per_base > 0 else 1.0, r.inflation) for r in rows}
        return cls(base, price_year, {base: (1.0, 0.0), **rates})

    def factor(self, currency: str | None, year: int | None) -> float:
        """Value in the case = value in the cell * factor. Raises UnknownCurrency where `fx` has no rate.

        >>> Exchange("USD", 2026, {"AUD": (1.5, 0.02)}).factor("AUD", 2025) == 1.02 / 1.5
        True
        """
        key = (currency or self.base, self.price_year if year is None else year)
        if key not in self.used:
            if key[0] not in self.rates:
                raise UnknownCurrency(key[0])
            per_base, inflation = self.rates[key[0]]
            self.used[key] = float((1 + inflation) ** (self.price_year - key[1])) / per_base
        return self.used[key]

    def project(self, row: Project) -> Project:
        """The project with its money converted."""
        return _scaled(row, PROJECT_MONEY, self.factor(row.currency, row.price_year))

    def outlay(self, row: Outlay, of: Project) -> Outlay:
        """A spending row, in the currency and prices of its project."""
        factor = self.factor(of.currency, of.price_year)
        return row if factor == 1.0 else row.model_copy(update={"years": {k: v * factor for k, v in row.years.items()}})

    def price(self, row: Price) -> Price:
        """A price path in the base currency at the case's prices."""
        factor = self.factor(row.currency, row.price_year)
        return row if factor == 1.0 else row.model_copy(update={"years": {t: v * factor for t, v in row.years.items()}})

    def programme(self, row: Programme) -> Programme:
        """The programme with tickets, totals and price gap in prices of its `price_year`; its envelopes too where
        `money` is real, else each in prices of its own year."""
        year = {t: row.price_year if row.money == "real" else t for t in row.envelopes}
        envelopes = {t: v * self.factor(row.currency, year[t]) for t, v in row.envelopes.items()}
        scaled = _scaled(row, PROGRAMME_MONEY, self.factor(row.currency, row.price_year))
        return scaled.model_copy(update={"envelopes": envelopes})

    def conversions(self) -> tuple[Conversion, ...]:
        """Every factor used that is not 1, in words."""
        return tuple(
            Conversion(currency=c, price_year=y, factor=f, reason=self._reason(c, y))
            for (c, y), f in sorted(self.used.items())
            if f != 1.0
        )

    def _reason(self, currency: str, year: int) -> Text:
        per_base, inflation = self.rates[currency]
        parts = []
        if currency != self.base:
            rate = Digits(f"{per_base:.12g}")
            parts.append(Text("{rate} {currency} for 1 {base}", rate=rate, currency=currency, base=self.base))
        if year != self.price_year:
            inflated = Text(
                "prices of {first} to {last} at {rate} % a year",
                first=year, last=self.price_year, rate=Digits(f"{100 * inflation:.12g}"),
            )  # fmt: skip
            parts.append(inflated)
        return clauses(parts)


def _scaled(row: T, fields: tuple[str, ...], factor: float) -> T:
    if factor == 1.0:
        return row
    values = {name: getattr(row, name) for name in fields}
    return row.model_copy(update={name: v * factor for name, v in values.items() if v is not None})
