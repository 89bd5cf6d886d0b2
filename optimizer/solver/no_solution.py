"""Ends of a search without a solution, and proofs of infeasibility."""

from dataclasses import dataclass
from math import inf
from typing import ClassVar, Literal

Means = Literal["one limit", "one search", "two searches"]
SENTENCES: dict[Means, str] = {
    "one limit": "one limit alone rules out every selection",
    "one search": "a complete search found none, with presolve and without",
    "two searches": "two complete searches, by different means, found none",
}


@dataclass(frozen=True)
class InfeasibilityProof:
    """The means by which it is proved that no solution exists."""

    means: Means = "one limit"
    refused: int = 0
    """Selections that a search found and exact arithmetic refused before the search ended without one."""
    disagreed: bool = False
    """Whether the two searches disagreed about one of these selections."""

    @property
    def sentence(self) -> str:
        """The proof in words."""
        refused = f"; {self.refused} refused in exact decimals" if self.refused else ""
        return SENTENCES[self.means] + refused


class NoSolution(Exception):
    """The search ended without a solution. `infeasible`: it is proved that none exists."""

    infeasible: ClassVar[bool] = False


class InfeasibleProgram(NoSolution):
    """It is proved that no solution exists, by the means in `proof`."""

    infeasible = True

    def __init__(self, message: str = "", proof: InfeasibilityProof | None = None) -> None:
        self.proof = proof or InfeasibilityProof()
        super().__init__(message)


class NoSolutionFound(NoSolution):
    """The search was stopped before any solution was found; whether one exists is unknown.

    `bound`: proved upper bound on the value of the first goal.
    """

    def __init__(self, bound: float = inf) -> None:
        self.bound = bound
        super().__init__()
