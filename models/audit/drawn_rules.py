"""Rules that count deliveries, in many draws of one scenario, as floats: each row is a constant and what every plant adds to it.

What a plant adds is its row alone, with every other plant delivering nothing, so that no rule is read in a second way.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from models.audit import rules
from models.audit.drawn_cases import Cases, Floats, Marks
from models.audit.ledger import Ledger
from models.audit.troubled import Trouble, troubled
from models.schema import Rule

TOLERANCE = 1e-6
"""Part of the row's largest number by which it may be missed."""


def soft_on_deliveries(ledger: Ledger) -> list[Rule]:
    """Soft rules whose penalty a draw changes."""
    return [r for r in ledger.case.rules if not r.hard and r.aggregate != "each" and rules.counts_deliveries(r)]


class DrawnRules:
    """The rules of a plan in one scenario. `idle`: years in which prices idle a project."""

    def __init__(self, ledger: Ledger, trouble: Trouble, idle: Mapping[str, frozenset[int]]) -> None:
        self._ledger, self._trouble, self._idle = ledger, trouble, idle
        self._everybody = frozenset({*ledger.financed, *ledger.underway, *ledger.unaided})
        self._added: dict[tuple[str, str, int], float] = {}
        self._constants: dict[str, tuple[float, float]] = {}

    def lost(self, cases: Cases) -> Floats:
        """[case]: points lost to soft rules."""
        lost = np.zeros(cases.count)
        for rule in self._soft:
            lost += (rule.penalty or 0.0) * self._missing(rule, cases)[0]
        return lost

    def holds(self, rule: Rule, cases: Cases) -> Marks:
        """[case]: whether a rule holds within the tolerance."""
        missing, unit = self._missing(rule, cases)
        return np.asarray(missing <= TOLERANCE * unit)

    @cached_property
    def _soft(self) -> list[Rule]:
        return soft_on_deliveries(self._ledger)

    def _missing(self, rule: Rule, cases: Cases) -> tuple[Floats, Floats]:
        """[case]: by how much the row of a rule is missed, and the largest number in it, at least 1."""
        if rule.rule not in self._constants:
            self._constants[rule.rule] = self._row(rule, None, 0)
        constant, right = self._constants[rule.rule]
        left, unit = np.full(cases.count, constant), np.full(cases.count, max(1.0, abs(rule.value), abs(constant)))
        for name in sorted(self._everybody):
            delay = cases.delay(name)
            by_delay = np.array([self._adds(rule, name, late) for late in range(int(delay.max(initial=0)) + 1)])
            term = by_delay[delay] * cases.goes_on(name)
            left, unit = left + term, np.maximum(unit, np.abs(term))
        return np.maximum(0.0, right - left if rule.sense == ">=" else left - right), unit

    def _adds(self, rule: Rule, name: str, late: int) -> float:
        key = rule.rule, name, late
        if key not in self._added:
            self._added[key] = self._row(rule, name, late)[0] - self._constants[rule.rule][0]
        return self._added[key]

    def _row(self, rule: Rule, only: str | None, late: int) -> tuple[float, float]:
        """Both sides of the row where nobody delivers but one plant, which is so many years late."""
        delays = {} if only is None else {only: late}
        trouble = Trouble(self._trouble.rows, delays=delays, failed=self._everybody - {only})
        row = rules.row(troubled(self._ledger, trouble, idle=self._idle), rule)
        return float(row.left), float(row.right)
