r"""Continuation: which projects of a plan go on in a scenario, given their capital calls and the money that is left.

$$\sum_i call_{i,w}\, keep_{i,w} \le contingency, \qquad
\sum_{i,p} charge_{i,p,t}\, keep_{i,w} + carried_{f,t} \le available_{f,t} + carried_{f,t-1}$$

`keep` is fixed at 1 for a project that has no call and whose money is not cut. A project that stops delivers nothing, but its
decision stands: only deliveries change with `keep`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

if TYPE_CHECKING:
    from models.program import Program


@dataclass(frozen=True)
class Choice:
    """The projects that may stop in a scenario, and what stopping saves. Money in millions."""

    calls: Mapping[str, float]
    contingency: float | None
    available: Mapping[tuple[str, int], float]
    """Fund and year -> envelope that is left after the projects that cannot stop; may be negative."""
    charges: Mapping[tuple[str, int], Mapping[str, float]]
    """Fund and year -> project -> its charge if it continues."""
    carries: frozenset[str]
    """Funds whose unused money moves to the next year."""
    carried: Mapping[str, float]
    """Fund -> money carried into its first year of `available`."""

    cut: frozenset[str] = frozenset()
    """Projects decided in years whose money is cut."""

    @property
    def open(self) -> tuple[str, ...]:
        """Projects that may stop, sorted."""
        return tuple(sorted({*self.calls, *self.cut, *(i for by in self.charges.values() for i in by)}))


def constrain(program: "Program", choice: Choice, keep: Mapping[str, Any]) -> None:
    """Rows of the contingency and of the envelopes."""
    if choice.contingency is not None and choice.calls:
        limit = choice.contingency
        program.add("contingency", [()], lambda _: sum(c * keep[i] for i, c in choice.calls.items()) <= limit)
        program.limits.add("contingency")
    index = sorted(choice.available)
    carrying = [(f, t) for f, t in index if f in choice.carries]
    program.model.left = pyo.Var(carrying, domain=pyo.NonNegativeReals)

    def envelope(m: pyo.Block, f: str, t: int) -> object:
        spent = sum(charge * keep[i] for i, charge in choice.charges.get((f, t), {}).items())
        carries = f in choice.carries
        before = m.left[f, t - 1] if (f, t - 1) in carrying else choice.carried.get(f, 0.0) if carries else 0.0
        after = m.left[f, t] if carries else 0.0
        return spent + after <= choice.available[f, t] + before

    program.add("cut_envelope", index, envelope)
