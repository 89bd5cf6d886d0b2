"""The value of a rule as one linear sum over another, so that it can be held at a value and moved to another."""

from dataclasses import dataclass

from optimizer.solver.standard_form import Objective, Vector


@dataclass(frozen=True)
class Fraction:
    """A rule's value as one linear sum over another: N / D, with constants."""

    above: Objective
    below: Objective

    def at(self, value: float, sense: float) -> Objective:
        """`sense * (N - value * D)`, as an objective."""
        return Objective(
            self.above.goal,
            sense * (self.above.costs - value * self.below.costs),
            sense * (self.above.offset - value * self.below.offset),
        )

    def of(self, x: Vector) -> tuple[float, float]:
        """N and D of a solution."""
        return tuple(part.value(x) for part in (self.above, self.below))  # type: ignore[return-value]


def enough(fraction: Fraction, x: Vector | None, known: float | None) -> float | None:
    """The value that a rule has in a solution; where that has none, the one known before."""
    above, below = (0.0, 0.0) if x is None else fraction.of(x)
    return above / below if below > 1e-9 else known
