"""A number with its range, source and confidence; what is computed from such numbers carries all three."""

from typing import NamedTuple

from .facts import Text, the_fact

_SURENESS = ("high", "medium", "low")


class Estimate(NamedTuple):
    """A value between a low and a high one. Products and quotients carry range, sources and the least confidence."""

    value: float
    low: float
    high: float
    sources: tuple[str, ...] = ()
    confidence: str = "high"

    def times(self, other: "Estimate") -> "Estimate":
        """The product. Both are positive.

        >>> half = Estimate(0.5, 0.25, 0.75, ("a",), "low")
        >>> half.times(Estimate(2.0, 2.0, 4.0, ("b",))).high, half.over(half).low
        (3.0, 0.3333333333333333)
        """
        ends = (self.value * other.value, self.low * other.low, self.high * other.high)
        return Estimate(*ends, *self._together(other))

    def over(self, other: "Estimate") -> "Estimate":
        """The quotient. Both are positive."""
        ends = (self.value / other.value, self.low / other.high, self.high / other.low)
        return Estimate(*ends, *self._together(other))

    def plus(self, other: "Estimate") -> "Estimate":
        """The sum."""
        ends = (self.value + other.value, self.low + other.low, self.high + other.high)
        return Estimate(*ends, *self._together(other))

    def scaled(self, factor: float, why: str = "") -> "Estimate":
        """Times a plain number, with its reason where it needs one."""
        reasons = (why,) if why else ()
        factors = Estimate(factor, factor, factor, reasons)
        return self.times(factors)

    def at_high(self, why: str) -> "Estimate":
        """The upper end of the range taken as the value, with its reason."""
        return self._replace(value=self.high, sources=(*self.sources, why))

    def _together(self, other: "Estimate") -> tuple[tuple[str, ...], str]:
        sources = tuple(dict.fromkeys((*self.sources, *other.sources)))
        return sources, max(self.confidence, other.confidence, key=_SURENESS.index)


def recipe(**where: str) -> Estimate:
    """The one row of `facts_recipes.csv` whose columns have these values."""
    fact = the_fact("recipes", **where)
    return Estimate(float(fact["value"]), float(fact["low"]), float(fact["high"]), (_source(fact),), fact["confidence"])


def _source(fact: Text) -> str:
    return f"{fact['process']}, {fact['input']}: {fact['basis']}"
