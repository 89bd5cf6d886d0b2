"""Exact decimals, the tolerance, and the result of one comparison."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

TOLERANCE = Decimal("1e-6")
"""A comparison holds within this part of its base, max(1, |limit|, largest term)."""

DIGITS = 50
"""Digits of every sum, product and quotient: far beyond the 17 of the numbers compared."""

ONE = Decimal(1)
ZERO = Decimal(0)


def exact(number: float) -> Decimal:
    """The decimal number that is printed for this float: 0.1 is one tenth.

    >>> exact(0.1) + exact(0.2) == exact(0.3)
    True
    """
    return Decimal(repr(number))


def say(number: Decimal | float) -> str:
    """A number for a sentence, at most six decimals.

    >>> say(Decimal("1234.5000001")), say(3)
    ('1,234.5', '3')
    """
    text = f"{Decimal(number):,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


Words = str | Callable[[], str]
"""A sentence, or a function that returns it: most comparisons hold, and only a violation needs its sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison: its violation, the base of its tolerance, and the sentence that reports it."""

    violation: Decimal
    base: Decimal
    words: Words

    @property
    def part(self) -> Decimal:
        """The violation as a part of its base."""
        return self.violation / self.base if self.violation else ZERO

    @property
    def holds(self) -> bool:
        return self.part <= TOLERANCE

    @property
    def sentence(self) -> str:
        """The sentence that reports the violation."""
        return in_words(self.words)


def in_words(words: Words) -> str:
    return words if isinstance(words, str) else words()


def base(limit: Decimal, terms: Iterable[Decimal] = ()) -> Decimal:
    """Base of the tolerance: max(1, |limit|, largest |term|)."""
    return max([ONE, abs(limit), *map(abs, terms)])


def at_most(amount: Decimal, limit: Decimal, sentence: str, terms: Iterable[Decimal] = ()) -> Finding:
    """amount <= limit."""
    return Finding(max(ZERO, amount - limit), base(limit, terms), sentence)


def equal(stated: float, recomputed: Decimal, quantity: Words, terms: Iterable[Decimal] = ()) -> Finding:
    """Compares a number of the plan with the recomputed one."""

    def words() -> str:
        return f"{in_words(quantity)} is stated as {stated!r}, recomputed {say(recomputed)}"

    return Finding(abs(exact(stated) - recomputed), base(recomputed, terms), words)


def must(holds: bool, words: Words) -> Finding:
    """A statement that must be true; if false the violation is 1."""
    return Finding(ZERO if holds else ONE, ONE, words)
