"""Scenarios: their rows, the rows of the workbook that they change, and the combined change in a year.

Rows of one scenario act together: factors multiply, delays add, each on the value of a year after interpolation. A
scenario without probability is a stress, which is in no mean.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from models.case import Case
from models.columns import Row
from models.measures import column_value, normal_form
from models.schema import Demand, Existing, Price, Project, Scenario
from models.sets import Fund
from models.terms import ramp_share

AS_PLANNED = "as planned"
"""Name of the scenario that changes nothing."""
SURE = 1e-9
"""Tolerance of the sum of probabilities above 1, and the least remainder that counts."""


class Named(NamedTuple):
    """A scenario: its probability (0: a stress) and its rows."""

    name: str
    probability: float
    rows: tuple[Scenario, ...]


def named(rows: Iterable[Scenario]) -> dict[str, tuple[Scenario, ...]]:
    """Name -> the rows of a scenario, in the order of the sheet."""
    rows_of: dict[str, list[Scenario]] = {}
    for row in rows:
        rows_of.setdefault(row.scenario, []).append(row)
    return {name: tuple(of_one) for name, of_one in rows_of.items()}


def remainder(rows: Iterable[Scenario]) -> float:
    """Probability of `as planned`: 1 less the sum of the scenarios, not below 0."""
    left = 1.0 - sum(_probability(of_one) for of_one in named(rows).values())
    return left if left > SURE else 0.0


def scenarios(rows: Sequence[Scenario]) -> tuple[Named, ...]:
    """Every scenario in the order of the sheet, then `as planned` if it has probability.

    >>> row = {"row": 0, "parameter": "demand", "value": 0.8}
    >>> made = [Scenario(scenario="slump", probability=0.3, **row), Scenario(scenario="war", **row)]
    >>> [(s.name, round(s.probability, 9)) for s in scenarios(made)]
    [('slump', 0.3), ('war', 0.0), ('as planned', 0.7)]
    """
    every = [Named(name, _probability(of_one), of_one) for name, of_one in named(rows).items()]
    left = remainder(rows)
    return (*every, *((Named(AS_PLANNED, left, ()),) if left else ()))


def _probability(rows: Iterable[Scenario]) -> float:
    return max((row.probability or 0.0 for row in rows), default=0.0)


# -- what a row changes ----------------------------------------------------------------------------------------------


def touched(case: Case, row: Scenario) -> tuple[Row, ...]:
    """Rows of the workbook that a row of `scenarios` changes."""
    sheets: dict[str, tuple[Row, ...]] = {
        "demand": case.demand, "existing": case.existing, "budget": case.programmes, "price": case.prices,
    }  # fmt: skip
    return tuple(r for r in sheets.get(row.parameter, case.projects) if picks(row, r))


def picks(scenario: Scenario, row: Row) -> bool:
    """Whether every clause of a scenario's `where` holds for a row of the sheet that its parameter changes."""
    return all(_value(row, column) in values for column, values in scenario.picks.projects)


def _value(row: Row, column: str) -> str:
    if isinstance(row, Project):
        return column_value(row, column)
    if column.startswith("share_"):
        return normal_form(getattr(row, "shares", {}).get(column.removeprefix("share_")))
    return normal_form(getattr(row, column, None))


def acts(row: Scenario, year: int) -> bool:
    """Whether a row acts in a year."""
    return (row.from_year is None or row.from_year <= year) and (row.to_year is None or year <= row.to_year)


# -- the combined change ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Realization:
    """The changes of one scenario, or of one draw, to a case.

    `delays` (years), `overruns` (factors on capital cost) and `failed` (projects that never deliver and have no call) are the
    outcomes of single projects in a draw; `stopped` projects deliver nothing either.
    """

    name: str = AS_PLANNED
    rows: tuple[Scenario, ...] = ()
    delays: Mapping[str, int] = field(default_factory=dict)
    overruns: Mapping[str, float] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()
    idle: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Financed project -> years in which it does not run, because a tonne earns less than it costs."""
    known_from: int | None = None
    """Review year. Decisions from then on are taken when the scenario is known, at its prices and within its envelopes."""

    def knows(self, fid: int) -> bool:
        """Whether the scenario was known when a project was decided in `fid`."""
        return self.known_from is not None and fid >= self.known_from

    @cached_property
    def _known(self) -> dict[tuple[str, int], tuple[Scenario, ...]]:
        return {}

    def changes(self, parameter: str, row: Row) -> tuple[Scenario, ...]:
        """The rows that change a parameter of a row of the workbook."""
        key = (parameter, id(row))
        if key not in self._known:
            self._known[key] = tuple(r for r in self.rows if r.parameter == parameter and picks(r, row))
        return self._known[key]

    def delay(self, project: Project, fid: int, first_year: int) -> int:
        """Years by which the whole delivery moves. Underway plants that deliver before the horizon do not move."""
        underway = project.status == "underway"
        if underway and fid + project.build_years < first_year:
            return 0
        rows = (r for r in self.changes("delay_years", project) if underway or acts(r, fid))
        return sum(int(r.value) for r in rows) + self.delays.get(project.id, 0)

    def delivery_share(self, project: Project, fid: int, year: int, first_year: int) -> float:
        """Part of nameplate that a project decided in `fid` delivers in `year`."""
        if project.id in self.failed or project.id in self.stopped:
            return 0.0
        if any(acts(r, year) for r in self.changes("fails", project)) or year in self.idle.get(project.id, ()):
            return 0.0
        share = ramp_share(project, year - fid - self.delay(project, fid, first_year))
        return share * self._factor("capacity", project, year)

    def money_factors(self, project: Project, fid: int) -> tuple[float, float]:
        """Factors of the scenario on capital cost and on the private share of a project decided in `fid`."""
        return self._factor("capex", project, fid), self._factor("private_share", project, fid)

    def demand_factor(self, row: Demand, year: int) -> float:
        """Factor on a row of `demand`."""
        return self._factor("demand", row, year)

    def existing_factor(self, row: Existing, year: int) -> float:
        """Factor on a row of `existing`."""
        return self._factor("existing", row, year)

    def price_factor(self, row: Price, year: int) -> float:
        """Factor on a row of `prices`."""
        return self._factor("price", row, year)

    def envelope_factor(self, fund: Fund, year: int) -> float:
        """Factor on the part of a fund's envelope that is not yet committed, from every row that picks one of its programmes."""
        rows = (r for r in self.rows if r.parameter == "budget" and acts(r, year))
        return _product(r.value for r in rows if any(picks(r, p) for p in fund.programmes))

    def _factor(self, parameter: str, row: Row, year: int) -> float:
        return _product(r.value for r in self.changes(parameter, row) if acts(r, year))


def _product(factors: Iterable[float]) -> float:
    """The product of the factors, which does not depend on the order of the sheet."""
    product = 1.0
    for factor in sorted(factors):
        product *= factor
    return product
