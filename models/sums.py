"""Sums and differences of a plan's numbers without the residue of binary fractions.

The numbers are taken as the decimals that are printed for them, so that 0.1 + 0.2 is 0.3 and 0.3 - 0.1 - 0.2 is 0, never
5.6e-17 or -0.0.
"""

from collections.abc import Iterable
from decimal import Decimal

CENT = 1e-8
"""A cent, in millions. Awards are rounded to it, so that unused money is certain to within a cent per award."""
DIGITS = 15
"""Significant digits that every sum of a few thousand floating-point terms has right."""


def decimal(number: float) -> Decimal:
    """The decimal that is printed for a float."""
    return Decimal(repr(float(number)))


def total(amounts: Iterable[float]) -> float:
    """Their sum.

    >>> total([0.1, 0.2]), total([])
    (0.3, 0.0)
    """
    return float(sum(map(decimal, amounts), Decimal(0)))


def product(a: float, b: float) -> float:
    """Their product.

    >>> product(0.1, 3.0)
    0.3
    """
    return float(decimal(a) * decimal(b)) + 0.0


def money_left(whole: float, *parts: float) -> float:
    """A sum of money less its parts, in millions; 0 if the rest is less than a cent for each part.

    >>> money_left(0.3, 0.1, 0.2), money_left(464.123456784, 464.12345679), money_left(10.0, 4.0)
    (0.0, 0.0, 6.0)
    """
    left = float(decimal(whole) - sum(map(decimal, parts), Decimal(0)))
    return 0.0 if abs(left) < CENT * max(1, len(parts)) else left


def clean(number: float) -> float:
    """A sum of floats as the decimal of 15 digits that it represents.

    >>> clean(0.1 + 0.2), clean(-0.0), clean(1 / 3)
    (0.3, 0.0, 0.333333333333333)
    """
    return float(f"{number:.{DIGITS}g}") + 0.0


def excess(amount: float, limit: float) -> float:
    """By how much an amount is above a limit; 0 if that is in the last digits of the larger one.

    >>> excess(0.1 + 0.2, 0.3), excess(3.0, 1.0), excess(1.0, 3.0), excess(621000000021.1, 621e9)
    (0.0, 2.0, 0.0, 21.1)
    """
    above = clean(float(decimal(amount) - decimal(limit)))
    return above if above > 10.0 ** (3 - DIGITS) * max(abs(amount), abs(limit)) else 0.0
