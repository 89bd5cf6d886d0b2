"""A plan in one scenario as floats: what it is worth where projects are late, fail or stop, and what they call for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from operator import mul

from models.audit import rules, score
from models.audit.capacity import Need, needs
from models.audit.drawn_rules import DrawnRules
from models.audit.exact import ZERO, exact
from models.audit.ledger import Ledger
from models.audit.score import row_weights
from models.audit.stress_market import CallTerms, Market, call_terms, idle
from models.audit.troubled import Trouble, troubled
from models.schema import Rule, Scenario

NOBODY: frozenset[str] = frozenset()
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
        self._brings: dict[tuple[str, int], list[tuple[int, float]]] = {}
        items = needs(book)
        self.rows = [self._row(float(w), item) for w, item in zip(row_weights(book, items), items, strict=True)]
        self.plants = [(name, self._parts(name)) for name in sorted(everybody)]
        self._market = Market(ledger, self._trouble)
        self._idle = idle(self._market)
        self.rules = DrawnRules(ledger, self._trouble, self._idle)
        self._lost = float(sum((_penalty(ledger, rule) for rule in ledger.case.rules), ZERO))

    def value(self, late: Mapping[str, int], failed: Iterable[str], stopped: frozenset[str] = NOBODY) -> float:
        """The objective less the penalty of soft rules, where these projects are late, fail or stop."""
        return self.objective(late, failed, stopped) - self.penalty(late, {*failed, *stopped})

    def penalty(self, late: Mapping[str, int], gone: Collection[str]) -> float:
        """Points lost to soft rules where these projects are late or deliver nothing."""
        return self._lost + self.rules.lost(late, gone)

    def objective(self, late: Mapping[str, int], failed: Iterable[str], stopped: frozenset[str] = NOBODY) -> float:
        """The objective where these projects are late, fail or stop."""
        gone = {*failed, *stopped}
        if score.name(self._ledger) == "capacity":
            return self._added(late, {*failed}, gone)
        have = self._standing.copy()
        for name, _ in self.plants:
            if name not in gone:
                for cell, tonnes in self._brought(name, late.get(name, 0)):
                    have[cell] += tonnes
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

    def _brought(self, name: str, late: int) -> list[tuple[int, float]]:
        """Cells that a plant serves, and tonnes."""
        if (name, late) not in self._brings:
            output = self.output(name, late, unaided=name not in self._ledger.financed)
            parts = dict(dict(self.plants)[name])
            tonnes = [(cell, parts.get(n, 0.0) * output[y]) for cell, (n, y) in enumerate(self._cells)]
            self._brings[name, late] = [(cell, brought) for cell, brought in tonnes if brought]
        return self._brings[name, late]

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

    def _covered(self, have: Sequence[float]) -> float:
        """Coverage, or that of the least covered row, at these tonnes in each cell."""
        covered = [1.0 if got >= demand else got / demand for got, demand in zip(have, self._demand, strict=True)]
        return min((sum(map(mul, shares, covered)) for shares in self._shares), default=0.0)

    def _added(self, late: Mapping[str, int], failed: set[str], gone: set[str]) -> float:
        """Weighted capacity that the plan adds in the objective's year."""
        ledger, s = self._ledger, self._ledger.case.settings
        at, total = self._years.index(s.objective_year), 0.0
        for name in ledger.financed:
            stage, years = ledger.projects[name].stage, late.get(name, 0)
            weight = float(score.weight(ledger, stage)) if stage in s.stages else 0.0
            brought = 0.0 if name in gone else self.output(name, years, unaided=False)[at]
            lost = name in ledger.unaided and name not in failed
            total += weight * (brought - (self.output(name, years, unaided=True)[at] if lost else 0.0))
        return total

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
        full = planned.value({}, ())
        return {i: round(full - planned.value({}, (), frozenset([i])), SAME) for i in self._ledger.financed}


def _penalty(ledger: Ledger, rule: Rule) -> Decimal:
    """Points lost to a soft rule that no draw changes."""
    if rule.hard or rule.aggregate == "each" or rules.counts_deliveries(rule):
        return ZERO
    return exact(rule.penalty or 0.0) * rules.row(ledger, rule).missing(rule)
