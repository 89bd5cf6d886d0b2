"""The result of a stress test of a plan, as data: the fields of `stress.json`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ConfigDict, Field

from models.audit_result import AuditResult
from models.frozen import Frozen, TextField
from models.run_row import RunRow

Kind = Literal["project", "sponsor", "country", "programme"]


class Covered(Frozen):
    """A demand row in one year of a scenario."""

    stage: str
    material: str | None
    year: int
    coverage: float
    """Part of the demand, 0 to 1."""
    gap_t: float
    """Tonnes missing."""


class ScenarioResult(Frozen):
    """A plan in one scenario. Money in millions of the base currency."""

    scenario: TextField
    probability: float
    """0 for a stress, which enters no mean."""
    state: str | None = None
    value: float
    """The objective in the scenario, less the penalty of soft rules."""
    best_low: float | None = None
    """The best value of any plan, if this were the only scenario, lies between `best_low` and `best_high`; None if it was not
    computed."""
    best_high: float | None = None
    regret_low: float | None = None
    regret_high: float | None = None
    kept: tuple[str, ...]
    """Financed projects that go on."""
    stopped: tuple[str, ...]
    """Financed projects that deliver nothing, because their call is not met or their money is cut."""
    called_m: float
    """Calls that are met."""
    owed_m: float = 0.0
    """Payments of price floors at the prices of the scenario, expected over each contract; charged to no budget."""
    broken: tuple[str, ...]
    """Rules that do not hold."""
    coverage: tuple[Covered, ...]


class Spread(Frozen):
    """Coverage of a demand row in one year over the draws."""

    stage: str
    material: str | None
    year: int
    planned: float
    mean: float
    p05: float
    p50: float
    p95: float


class Held(Frozen):
    """Frequency with which a rule on capacity holds, with a 95 % interval (Wilson 1927)."""

    rule: str
    hard: bool
    planned: bool
    """Whether it holds as planned."""
    probability: float
    low: float
    high: float


class Driver(Frozen):
    """A unit of `risks`, or the scenario, with the part of the variance of the value that it alone explains."""

    name: str
    kind: str
    share: float


class DrawSeen(Frozen):
    """One draw with its outcomes, so that it can be recomputed."""

    draw: int
    """Number in the stream, from 1."""
    scenario: str
    failed: tuple[str, ...]
    """Projects that deliver as planned but nothing in this draw."""
    late: dict[str, int]
    """Project that delivers as planned -> years of delay drawn, if any."""
    stopped: tuple[str, ...]
    """Financed projects that stop, because their call is not met or their envelope is cut."""
    value: float


class Draws(Frozen):
    """The plan over draws of the scenarios with probability and of the risks."""

    n: int
    seed: int
    first: int = 1
    """Number of the first draw of the stream that was taken."""
    generator: str = "numpy PCG64"
    mean: float
    low: float
    """95 % interval of the mean."""
    high: float
    p05: float
    p50: float
    p95: float
    planned: float
    exact: bool
    """False if calls exceeded the contingency in some draws: the projects that go on are then chosen greedily, and the values
    are lower bounds."""
    coverage: tuple[Spread, ...]
    rules: tuple[Held, ...]
    drivers: tuple[Driver, ...]
    seen: tuple[DrawSeen, ...] = ()
    """Some single draws: the first few, the worst, the median and the best."""
    quantiles: tuple[float, ...]
    """Values exceeded by 100, 99, ... 0 % of the draws."""


class Lost(Frozen):
    """Loss of the plan if a project, or all projects of a sponsor, country or programme, deliver nothing."""

    kind: Kind
    name: str
    loss: float
    """In the unit of the objective, as planned otherwise."""
    broken: tuple[str, ...] = ()
    """Rules that hold as planned and no longer do."""


class WorstSet(Frozen):
    """The worst failure of exactly `n` projects, or of those of `n` sponsors or countries."""

    n: int
    by: Literal["project", "sponsor", "country"]
    names: tuple[str, ...]
    value: float
    loss: float
    bound: float
    """Lower bound on what any such set leaves."""
    proved: bool
    sets: int
    """Sets that there are."""
    method: Literal["enumerated", "program", "partial"]


class Tornado(Frozen):
    """One input that scenarios or risks change, at its low and at its high value, all else as planned."""

    parameter: str
    low: float
    """Value of the plan at the low."""
    high: float
    at_low: float
    """The parameter there: a factor, or years."""
    at_high: float


class Break(Frozen):
    """The smallest change of one parameter that breaks a rule on capacity, or a milestone."""

    rule: str
    parameter: Literal["failures", "delay_years", "capex", "demand", "price"]
    value: float | None
    """Failed projects, years or a factor (of `price` below 1); None: nothing in the range searched breaks it."""
    kind: Literal["rule", "milestone"]
    holds_at: float | None
    """The value next to `value`, towards the plan, at which the rule holds; None if it is broken as planned."""
    searched_to: float
    names: tuple[str, ...] = ()
    """For `failures`: the projects."""


class CoreIndex(Frozen):
    """Share of the best plans of the scenarios that contain a project (Liesiö, Mild & Salo 2007)."""

    id: str
    index: float
    """Share of the scenarios whose own best plan finances it."""
    class_: Literal["core", "borderline", "exterior"] = Field(alias="class", serialization_alias="class")
    financed: bool
    """Whether the plan under stress finances it."""
    no_regret: bool
    scenarios: tuple[str, ...]
    """Scenarios whose best plan finances it."""

    model_config = ConfigDict(populate_by_name=True)


class InScenario(Frozen):
    """Importance of one project in one scenario."""

    scenario: TextField
    probability: float
    loss: float | None
    """Value that the plan loses in the scenario if the project delivers nothing; None if the plan does not finance it."""
    in_best: bool | None
    """Whether the best plan of the scenario finances it; None if that plan was not computed."""


@dataclass(frozen=True)
class Worked:
    """Evidence of one evaluation of the plan: the financed projects that stop, and what the recipes of a chain run."""

    stopped: tuple[str, ...] = ()
    runs: Sequence[RunRow] = ()


@dataclass(frozen=True)
class Evidence:
    """Evidence for the auditor, in no file. The runs are those of the recipes of a chain whose deliveries count."""

    scenarios: dict[str, Sequence[RunRow]] = field(default_factory=dict)
    """Scenario -> runs."""
    draws: dict[int, Sequence[RunRow]] = field(default_factory=dict)
    """Number of a draw -> runs, of those that are stated by themselves."""
    ends: dict[tuple[str, str], Worked] = field(default_factory=dict)
    """Parameter of the tornado and `low` or `high` -> the evaluation there."""
    sides: dict[tuple[str, str, str], Worked] = field(default_factory=dict)
    """Rule, parameter and `value` or `holds_at` of what breaks it -> the evaluation there."""
    planned: Sequence[RunRow] = ()
    """Runs as planned."""


@dataclass(frozen=True)
class DrawnFlows:
    """Runs of a chain in each of many draws. They are given to the auditor beside a plan, and kept in no file."""

    """The flows of draws 1 to N of a stream, and the projects that stop in them."""

    ways: tuple[tuple[str, str | None], ...]
    """A process and one of its recipes."""
    runs: Sequence[Sequence[Sequence[float]]]
    """[draw, year of the horizon, way], t/yr."""
    stopped: Sequence[frozenset[str]]
    """Projects that stop, by draw."""


class Stress(Frozen):
    """A plan under stress."""

    schema_: Literal["mine2magnet.stress/1"] = Field(
        "mine2magnet.stress/1", alias="schema", serialization_alias="schema"
    )
    objective: str
    planned: float
    """Value of the plan as planned, less the penalty of soft rules."""
    contingency_m: float | None
    built_in: bool
    """Whether the scenarios are the built-in ones, because the workbook has none."""
    scenarios: tuple[ScenarioResult, ...]
    draws: Draws | None
    lost: tuple[Lost, ...]
    worst_sets: tuple[WorstSet, ...]
    tornado: tuple[Tornado, ...]
    breaks: tuple[Break, ...]
    core: tuple[CoreIndex, ...]
    """Empty if the best plans of the scenarios are not computed."""
    without_best: dict[str, str] = Field(default_factory=dict)
    """Scenario -> why its best plan is unknown, if the best plans are computed."""
    unfinished: tuple[str, ...] = ()
    """Sections that were interrupted."""
    audit: AuditResult | None = None
    """Result of the audit."""
    manifest: dict[str, Any] = Field(default_factory=dict)

    model_config = ConfigDict(populate_by_name=True)
