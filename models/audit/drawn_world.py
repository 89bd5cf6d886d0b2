"""A plan in one scenario as floats: its value in many draws in which projects are late, fail or stop, and the calls of its projects."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import numpy as np

from models.audit import rules, score
from models.audit.capacity import Need, needs
from models.audit.drawn_cases import Cases, Floats, Years
from models.audit.drawn_rules import DrawnRules
from models.audit.exact import ZERO, exact
from models.audit.ledger import Ledger
from models.audit.score import row_weights
from models.audit.stress_market import CallTerms, Market, call_terms, idle
from models.audit.troubled import Trouble, troubled
from models.schema import Rule, Scenario

SAME = 12
"""Decimals to which two losses are the same."""
Parts = list[tuple[int, float]]
"""Demand rows that a plant serves, and with what part of its output."""


class DrawnWorld:
    """Demand of one scenario, and deliveries and calls of each plant in it. `ledger`: case and plan of the scenario's state, known
    from the year `known_from`."""

    def __init__(self, ledger: Ledger, rows: Sequence[Scenario], known_from: int | None) -> None:
        everybody = {*ledger.financed, *ledger.underway, *ledger.unaided}
        self._trouble, self._ledger = Trouble(tuple(rows), known_from=known_from), ledger
        book = troubled(ledger, Trouble(tuple(rows)), everybody)
        self._years = list(ledger.years)
        self._outputs: dict[tuple[str, int, bool], list[float]] = {}
        items = needs(book)
        self.rows = [self._row(float(w), item) for w, item in zip(row_weights(book, items), items, strict=True)]
        self.plants = [(name, self._parts(name)) for name in sorted(everybody)]
        self._market = Market(ledger, self._trouble)
        self._idle = idle(self._market)
        self.rules = DrawnRules(ledger, self._trouble, self._idle)
        self._lost = float(sum((_penalty(ledger, rule) for rule in ledger.case.rules), ZERO))

    def values(self, cases: Cases) -> Floats:
        """[case]: the objective less the penalty of soft rules."""
        return self.objective(cases) - self.penalty(cases)

    def penalty(self, cases: Cases) -> Floats:
        """[case]: points lost to soft rules."""
        return self._lost + self.rules.lost(cases)

    def objective(self, cases: Cases) -> Floats:
        """[case]: the objective."""
        if score.name(self._ledger) == "capacity":
            return self._added(cases)
        have = np.tile(np.array(self._standing), (cases.count, 1))
        for name, _ in self.plants:
            delay = cases.delay(name)
            cells, tonnes = self._brought(name, int(delay.max(initial=0)))
            have[:, cells] += tonnes[delay] * cases.goes_on(name)[:, None]
        return self._covered(have)

    def _row(self, weight: float, item: Need) -> tuple[float, list[float], list[float], Need]:
        """Weight, demand and existing capacity by year of a demand row."""
        demand, existing = ([float(of(y)) for y in self._years] for of in (item.demanded, item.existing))
        return weight, demand, existing, item

    def _parts(self, name: str) -> Parts:
        project = self._ledger.projects[name]
        return [
            (n, 1.0 if item.material is None else project.shares.get(item.material, 0.0))
            for n, (_, _, _, item) in enumerate(self.rows)
            if item.stage == project.stage
        ]

    def output(self, name: str, late: int, *, unaided: bool) -> list[float]:
        """Tonnes by year of a plant that is late; `unaided`: of one that is underway, or as it goes ahead without support."""
        if (name, late, unaided) not in self._outputs:
            self._outputs[name, late, unaided] = self._output(name, late, unaided=unaided)
        return self._outputs[name, late, unaided]

    def _output(self, name: str, late: int, *, unaided: bool) -> list[float]:
        ledger, project = self._ledger, self._ledger.projects[name]
        first = ledger.case.settings.first_year
        fid = self._decided(name, unaided=unaided)
        trouble = Trouble(self._trouble.rows, delays={name: late})
        shut = frozenset[int]() if unaided else self._idle.get(name, frozenset())
        nameplate = project.capacity_tpa * project.allied_share
        return [0.0 if y in shut else nameplate * float(trouble.share(project, fid, y, first)) for y in self._years]

    def _decided(self, name: str, *, unaided: bool) -> int:
        ledger = self._ledger
        if name in ledger.underway:
            return ledger.underway_fid(ledger.projects[name])
        return ledger.unaided[name] if unaided else ledger.financed[name].fid_year

    # -- objectives ------------------------------------------------------------------------------------------------

    @cached_property
    def _cells(self) -> list[tuple[int, int]]:
        """Demand row and place of the year of every demand, in one order."""
        return [
            (n, y) for n, (_, demand, _, _) in enumerate(self.rows) for y, tonnes in enumerate(demand) if tonnes > 0
        ]

    @cached_property
    def _demand(self) -> list[float]:
        """Tonnes of each cell."""
        return [self.rows[n][1][y] for n, y in self._cells]

    @cached_property
    def _standing(self) -> list[float]:
        """Existing capacity of each cell."""
        return [self.rows[n][2][y] for n, y in self._cells]

    def _brought(self, name: str, longest: int) -> tuple[Years, Floats]:
        """Cells that a plant serves, and tonnes by [years of delay up to `longest`, cell]."""
        parts = dict(dict(self.plants)[name])
        cells = [cell for cell, (n, _) in enumerate(self._cells) if parts.get(n, 0.0)]
        at = [self._cells[cell] for cell in cells]
        by_delay = [self.output(name, late, unaided=name not in self._ledger.financed) for late in range(longest + 1)]
        tonnes = np.array([[parts[n] * output[y] for n, y in at] for output in by_delay])
        return np.array(cells, dtype=np.int64), tonnes.reshape(longest + 1, len(cells))

    @cached_property
    def _shares(self) -> list[list[float]]:
        """The contribution of each covered cell to the objective; under `bottleneck`, to the coverage of each demand row."""
        growth = 1 + self._ledger.case.settings.discount_rate
        discount = [growth**-y for _, y in self._cells]
        if score.name(self._ledger) == "bottleneck":
            raw = [
                [factor * (n == row) for (n, _), factor in zip(self._cells, discount, strict=True)]
                for row in range(len(self.rows))
            ]
        else:
            raw = [[self.rows[n][0] * factor for (n, _), factor in zip(self._cells, discount, strict=True)]]
        return [[share / total for share in weights] for weights in raw if (total := sum(weights))]

    def _covered(self, have: Floats) -> Floats:
        """[case]: coverage, or that of the least covered row, at these tonnes in each [case, cell]."""
        covered = np.minimum(1.0, have / np.array(self._demand))
        if not self._shares:
            return np.zeros(len(have))
        return np.asarray((covered @ np.array(self._shares).T).min(axis=1))

    def _added(self, cases: Cases) -> Floats:
        """[case]: weighted capacity that the plan adds in the objective's year."""
        ledger, s = self._ledger, self._ledger.case.settings
        at, total = self._years.index(s.objective_year), np.zeros(cases.count)
        for name in ledger.financed:
            stage, delay = ledger.projects[name].stage, cases.delay(name)
            weight = float(score.weight(ledger, stage)) if stage in s.stages else 0.0
            total += weight * self._in_year(name, delay, at, unaided=False) * cases.goes_on(name)
            if name in ledger.unaided:
                total -= weight * self._in_year(name, delay, at, unaided=True) * np.logical_not(cases.fails(name))
        return total

    def _in_year(self, name: str, delay: Years, at: int, *, unaided: bool) -> Floats:
        """[case]: output of a plant in the year at this place."""
        by_delay = [self.output(name, late, unaided=unaided)[at] for late in range(int(delay.max(initial=0)) + 1)]
        return np.array(by_delay)[delay]

    # -- calls -----------------------------------------------------------------------------------------------------

    @cached_property
    def _call_terms(self) -> dict[str, CallTerms[float]]:
        """Financed project -> what determines its call."""
        financed = self._ledger.financed
        return {
            i: call_terms(self._market, self._ledger.projects[i], row.fid_year).as_floats()
            for i, row in financed.items()
        }

    def calls(self, overruns: Mapping[str, float], failed: Iterable[str]) -> dict[str, float]:
        """Financed project -> its call, of those that call for anything, sorted by id."""
        out = {*failed}
        owed = {i: a.call(overruns.get(i, 1.0)) for i, a in sorted(self._call_terms.items()) if i not in out}
        return {i: call for i, call in owed.items() if call > 0}

    @cached_property
    def losses(self) -> dict[str, float]:
        """Financed project -> what is lost as planned where it delivers nothing."""
        planned = self if not self._trouble.rows else DrawnWorld(self._ledger, (), None)
        ids = [*self._ledger.financed]
        each = Cases(len(ids) + 1, stopped={i: np.arange(len(ids) + 1) == n for n, i in enumerate(ids, 1)})
        full, *rest = planned.values(each).tolist()
        return {i: round(full - value, SAME) for i, value in zip(ids, rest, strict=True)}


def _penalty(ledger: Ledger, rule: Rule) -> Decimal:
    """Points lost to a soft rule that no draw changes."""
    if rule.hard or rule.aggregate == "each" or rules.counts_deliveries(rule):
        return ZERO
    return exact(rule.penalty or 0.0) * rules.row(ledger, rule).missing(rule)
