"""How a search can end without a solution."""

from typing import ClassVar


class NoSolution(Exception):
    """A search that ended without a solution. `infeasible`: it is proved that none exists."""

    infeasible: ClassVar[bool] = False


class InfeasibleProgram(NoSolution):
    """No solution exists: proved."""

    infeasible = True


class NoSolutionFound(NoSolution):
    """The search was stopped before any solution was found; whether one exists is not known."""
