"""An explanation as data. Values in the objective's unit, money in millions, capacity in t/yr."""

from typing import Literal

from pydantic import Field

from models.frozen import Frozen, TextField
from models.stress import InScenario
from optimizer.analysis.what_if import Span, Swap

Verdict = Literal["core", "borderline", "exterior"]
"""core: every plan within the requested distance of the best finances it; exterior: none does; borderline: neither is proved.

The terms of Liesiö, Mild & Salo (2007), "Preference programming for robust portfolio modeling and project selection",
European Journal of Operational Research 181(3), for the set of near-optimal plans in place of non-dominated portfolios."""


LEAST = 1e-5
"""Part of max(1, change) by which a change may exceed what is proved not enough and still is the least."""


class Change(Frozen):
    """A change of one cell that lets a project into a plan at least as good as the best without it.

    The least change lies between `at_least` and `change`; if they are equal, it is this one.
    """

    column: str
    """Column of `projects`: capex_m, private_share, capacity_tpa, earliest_fid, latest_fid, esg_e, esg_s, esg_g."""
    now: float | None
    """The value in the case; None if the cell is empty."""
    needed: float
    stated: float
    """`needed`, rounded away from the present value to the digit that is printed, and tried at that."""
    in_cell: float | None = None
    """The same in the money of the cell, if that is not the case's."""
    at_least: float
    """It is proved that no smaller change than this is enough. Equal to the change if the proof is complete."""
    fid_year: int
    """Decision year of the project in the plan that the change makes possible."""

    @property
    def change(self) -> float:
        """The size of the change of the cell."""
        return 0.0 if self.now is None else abs(self.needed - self.now)

    @property
    def is_least(self) -> bool:
        """Whether it is proved that no smaller change is enough."""
        return self.change - self.at_least <= LEAST * max(1.0, self.change)


class Threshold(Frozen):
    """The price of its output, or the support that it asks for, at which one project enters or leaves.

    price: multiples of the price path. support: millions of public support that it cannot do without.
    """

    kind: Literal["price", "support"]
    now: float
    enough: float | None
    """Value at which it is in a plan as good as the best without it; None if none was found."""
    not_enough: float | None
    """Value at which it is proved to be in no such plan; None if none is proved, not even the present one."""
    is_settled: bool = True
    """False if time ended before a tried value between the two was proved to be either."""
    fid_year: int | None
    """Its decision year in the plan at `enough`."""
    material: str | None = None
    """price: the price path that earns it most."""
    price: float | None = None
    """Expected price of that material in its first year of delivery, base currency per tonne."""


class ProjectStory(Frozen):
    """Explanation of one project: why it is in or out, and what would change that."""

    id: str
    name: str
    financed: bool
    fid_year: int | None = None
    reason: str = ""
    """The plan's reason for a project left out; "" for a financed one."""
    detail: TextField = ""
    verdict: Verdict
    loss: Span | None = None
    """Value lost without a financed project, or by forcing in one that is left out; None where no plan exists then, or
    where nothing was asked (`asked`)."""
    asked: bool = True
    """False if the question was not answered (stopped, or a project that is not decided)."""
    at_least: float | None = None
    """If the question was not asked: least loss by the relaxation; None if that gives none."""
    swap: Swap = Swap()
    """The projects that take its place, or that it displaces."""
    changes: tuple[Change, ...] = ()
    unchanged: dict[str, str] = Field(default_factory=dict)
    """Column -> why no change of it is given."""
    thresholds: tuple[Threshold, ...] = ()
    """Price and support at which it enters or leaves; only where one project is explained."""
    no_threshold: dict[str, str] = Field(default_factory=dict)
    """price or support -> why no threshold is given."""
    at_budgets: tuple[float, ...] = ()
    """Parts of the case's money at which the best plan finances it; see `Explanation.budgets`."""
    in_scenarios: tuple[InScenario, ...] = ()
    """Its importance in each scenario of the workbook, if one project is explained."""

    def sharpened(self, newer: "ProjectStory") -> "ProjectStory":
        """A newer answer about the same project; what was proved before stands where the newer search ended with less."""
        wider = self.loss is not None and newer.loss is not None and newer.loss.width > self.loss.width
        if self.asked and (wider or not newer.asked):
            return self
        proved: dict[str, object] = {} if self.verdict == "borderline" else {"verdict": self.verdict}
        if not newer.asked and self.at_least is not None:
            proved["at_least"] = max(self.at_least, newer.at_least or 0.0)
        return newer.model_copy(update=proved)


class LimitStory(Frozen):
    """A rule or an envelope that binds or may bind, with the worth of a step more of it."""

    name: TextField
    """Name for the planner: `DFC-loans 2027`, `Average E`, `total budget`."""
    kind: Literal["money", "rule"]
    limit: float
    eased: float
    """The limit moved by one step."""
    left: float
    """Unused part of the limit."""
    worth: Span
    """Value gained by the step."""
    swap: Swap = Swap()


class BudgetPoint(Frozen):
    """The best plan with more or less money."""

    part: float
    """Part of the case's own money: every envelope and total times this."""
    budget_m: float | None
    """The total budget then, where the case has one."""
    value: Span | None
    """None: no plan satisfies the rules with this money."""
    projects: tuple[str, ...]


class OverrideCost(Frozen):
    """Cost of one override."""

    id: str
    status: Literal["committed", "barred"]
    source: str
    """Origin of the override: a cell, `--include` or `--exclude`."""
    cost: Span | None
    """Value lost by it, with all other overrides kept; None if it could not be priced."""
    note: str = ""
    swap: Swap = Swap()
    """Changes of the plan if it is lifted."""


class OverrideCosts(Frozen):
    """Every override, alone and together."""

    alone: tuple[OverrideCost, ...]
    together: Span | None
    """Value lost by all of them at once; None where nothing was priced."""


class Explanation(Frozen):
    """Why the plan is as it is."""

    schema_: str = Field("mine2magnet.explanation/1", alias="schema", serialization_alias="schema")
    objective: str
    unit: str
    """points, t/yr, or t of magnets. Points are hundredths of the value (a score of 0.712 is 71.2 points)."""
    best: Span
    """Interval of the best value, less penalties."""
    within: float
    """Distance from the best value, as a part of it, for the verdicts."""
    projects: tuple[ProjectStory, ...]
    limits: tuple[LimitStory, ...] = ()
    budgets: tuple[BudgetPoint, ...] = ()
    overrides: OverrideCosts = OverrideCosts(alone=(), together=None)
    complete: bool = True
    """False if it was stopped, or time ended before every question was answered."""

    model_config = {**Frozen.model_config, "populate_by_name": True}  # noqa: RUF012  as pydantic has it
