"""Results of a plan under a measure of risk: the block `risk` of plan.json."""

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from models.frozen import Frozen
from models.run_row import RunRow
from models.stress import ScenarioResult


class StateAward(Frozen):
    """Commitment of one programme to a project of a state's plan, in the year of its decision; millions."""

    programme: str
    face_m: float
    cost_m: float
    """Budget cost, at the prices by which the award was sized."""


class StatePlanned(Frozen):
    """A project of a state's plan."""

    id: str
    fid_year: int
    public_m: float
    awards: tuple[StateAward, ...] | None = None
    """Awards after a review; without a review those of the plan hold."""

    @model_serializer(mode="wrap")
    def _without_unused(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None or name != "awards"}


class StatePlan(Frozen):
    """Scenarios that cannot be told apart at the review, with the whole plan in them; without a review there is one state."""

    state: str
    scenarios: tuple[str, ...]
    projects: tuple[StatePlanned, ...]


class OnDraws(Frozen):
    """Results on random draws."""

    exact: bool = True
    """False where calls exceed the contingency in some of them: there those go on first that lose most for a million of call, so
    that the values are lower bounds."""

    @model_serializer(mode="wrap")
    def _without_exact(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if name != "exact" or not value}


class DrawnValues(OnDraws):
    """The plan on draws that it was not made from."""

    n: int
    seed: int
    first: int
    """Number of the first of these draws in the stream."""
    generator: str = "numpy PCG64"
    planned_for: int
    """The plan was made from draws 1 to `planned_for` of the stream."""
    measure: float
    """The measure of risk on the fresh draws. `value` is that on the draws planned for, which is biased in favour of the plan."""
    mean: float
    low: float
    """95 % interval of the mean."""
    high: float
    p05: float
    p50: float
    p95: float


class Bracket(Frozen):
    """A difference that is proved to lie between two numbers, in the objective's unit."""

    low: float
    high: float


class WorstFailure(Frozen):
    """The worst failure of the plan's own projects."""

    names: tuple[str, ...]
    """Projects, sponsors or countries."""
    value: float
    sets: int
    """Number of sets of this size."""
    proved: bool
    """Whether it is proved that no other set leaves less."""


class FreshGain(OnDraws):
    """Gain over the plan that is best as planned, on the same fresh draws, in the objective's unit."""

    n: int
    of: Literal["measure", "mean"]
    """Number that is compared: the measure of risk, or the mean if draws cannot estimate the measure (worst)."""
    value: float
    low: float
    """95 % interval of the difference."""
    high: float


class Without(Frozen):
    """The plan that is best as planned, in the same scenarios. The insurance costs the difference of the values as planned, and
    buys the difference of the measures."""

    as_planned: float
    measure: float
    gain: FreshGain | None = None
    """Gain on draws that no plan was made from; None without draws."""


class RiskPlan(Frozen):
    """The measure of risk of a plan with its parts. Values are less the penalty of soft rules, in the unit of the objective;
    money is in millions of the base currency."""

    measure: Literal["expected", "cvar", "worst", "regret", "failures"]
    value: float
    bound: float
    """Upper bound on the measure of any plan."""
    alpha: float
    aversion: float
    as_planned: float
    expected: float | None
    cvar: float | None
    """Mean of the worst `1 - alpha` of probability."""
    worst: float | None
    review_year: int | None = None
    contingency_m: float | None
    scenarios: tuple[ScenarioResult, ...]
    states: tuple[StatePlan, ...]
    """The state as planned first."""
    runs: dict[str, tuple[RunRow, ...]] | None = None
    """Scenario -> what the recipes of the chain run, if its deliveries count."""
    draws: DrawnValues | None = None
    failure: WorstFailure | None = None
    without: Without | None = None
    """The plan that is best as planned, in the same scenarios."""
    vss: Bracket | None = None
    evpi: Bracket | None = None
