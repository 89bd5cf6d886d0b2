"""A plan as data. The fields are those of `plan.json`."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from models.audit_result import AuditResult as AuditResult  # noqa: PLC0414
from models.chain_value import ChainValue
from models.frozen import Frozen, TextField
from models.risk_plan import RiskPlan
from models.run_row import RunRow as RunRow  # noqa: PLC0414
from models.text import Text, as_json, from_json

VIABILITY_FIELDS = ("gap_m", "bankable_m", "npv_m", "clears_at", "worth_m")
"""Fields of a financed project that only viability fills."""


DEADWEIGHT_FIELDS = ("deadweight_t", "deadweight_m")
"""Fields of a financed project that only a project with `unaided_fid` fills."""


def _drop(fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """A serialized row without the named fields that are empty."""
    return {name: value for name, value in fields.items() if value is not None or name not in names}


class Award(Frozen):
    """Commitment of one programme to one project."""

    programme: str
    year: int
    """Year of the project's final investment decision."""
    face_m: float
    """Face value, millions of the base currency."""
    cost_m: float
    """Budget cost, whether the envelopes limit cost or face value."""
    worth_m: float | None = None
    """Grant equivalent to the project, millions; only of a project under viability."""
    expected_receipt_m: float | None = None
    """Expected earnings of the budget from it; null if none."""

    @model_serializer(mode="wrap")
    def _without_unused(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _drop(handler(self), ("worth_m", "expected_receipt_m"))


class Financed(Frozen):
    """A project the plan finances."""

    id: str
    fid_year: int
    need_m: float
    """Public support that it needs: max(0, capex * (1 - private share) - secured)."""
    public_m: float
    """Secured money and funded awards. Without programmes the need."""
    contingent_m: float
    """Unfunded awards: guarantees and offtake."""
    private_m: float
    """Capital cost less public money (without programmes: less secured money and what it costs)."""
    support_m: float | None = None
    """Public and contingent money."""
    unaided_m: float | None = None
    """Private money at its own risk: private less contingent money."""
    awards: tuple[Award, ...] = ()
    gap_m: float | None = None
    """Grant equivalent that the market leaves missing; this and the next four only under viability."""
    bankable_m: float | None = None
    """The most capital that the project's cash serves at its hurdle rate; may be negative."""
    npv_m: float | None = None
    """Net present value at the hurdle rate without new support, at the decision."""
    clears_at: float | None = None
    """Multiple of the price path at which the gap closes; null if the project earns nothing at any price."""
    worth_m: float | None = None
    """Grant equivalent of its awards."""
    deadweight_t: float | None = None
    """Tonnes over the horizon that it would have delivered without support; this and the next only of a project with
    `unaided_fid`."""
    deadweight_m: float | None = None
    """The same part of the budget cost of its support; null if it delivers nothing in the horizon."""

    @property
    def alone_m(self) -> float:
        """Cost of the project to the budget in a case without programmes: its need or its gap, as a grant, millions."""
        return max(self.need_m, self.gap_m or 0.0)

    @property
    def backing_m(self) -> float:
        """Public money and contingent support, millions."""
        return self.public_m + self.contingent_m

    @property
    def at_own_risk_m(self) -> float:
        """Private money without a public guarantee or offtake, millions."""
        return self.private_m - self.contingent_m if self.unaided_m is None else self.unaided_m

    @model_serializer(mode="wrap")
    def _without_unused(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        names = VIABILITY_FIELDS if self.gap_m is None else ()
        anyway = DEADWEIGHT_FIELDS if self.deadweight_t is None else ()
        return _drop(handler(self), (*names, *anyway, "support_m", "unaided_m"))


class CapacityRow(Frozen):
    """One demand row in one year. Without a `demand` sheet there is one row per stage and year, with demand and gap 0."""

    stage: str
    material: str | None
    year: int
    existing_t: float
    underway_t: float
    financed_t: float
    unaided_t: float | None = None
    """Capacity of projects that go ahead without support and are not financed; absent if the case has none."""
    counterfactual_t: float | None = None
    """Output of the financed projects in the year without support; absent as `unaided_t`."""
    demand_t: float
    coverage: float
    """min(1, capacity / demand); 1 if nothing is demanded."""
    gap_t: float
    """max(0, demand - capacity)."""

    @property
    def capacity_t(self) -> float:
        """All capacity outside China."""
        return self.existing_t + self.underway_t + self.financed_t + (self.unaided_t or 0.0)

    @property
    def before_t(self) -> float:
        """Capacity outside China without the plan: existing, underway, and all that goes ahead without support."""
        return self.existing_t + self.underway_t + (self.unaided_t or 0.0) + (self.counterfactual_t or 0.0)

    @model_serializer(mode="wrap")
    def _without_unused(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _drop(handler(self), ("unaided_t", "counterfactual_t"))


class MaterialRow(Frozen):
    """One material of the chain in one year."""

    material: str
    year: int
    made_t: float
    used_t: float
    supply_t: float
    demand_t: float
    coverage: float
    gap_t: float


class ProcessRow(Frozen):
    """The nameplate capacity of a process outside China in one year, and the part of it that is fed."""

    process: str
    stage: str
    year: int
    existing_t: float
    underway_t: float
    financed_t: float
    unaided_t: float | None = None
    """Capacity of projects that go ahead without support and are not financed; absent if the case has none."""
    used_t: float
    """Capacity for which the chain has feed and demand; the rest stands idle or runs on Chinese feed."""

    @property
    def capacity_t(self) -> float:
        """Nameplate capacity outside China."""
        return self.existing_t + self.underway_t + self.financed_t + (self.unaided_t or 0.0)

    @model_serializer(mode="wrap")
    def _without_unused(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _drop(handler(self), ("unaided_t",))


class BudgetRow(Frozen):
    """One programme's envelope in one year, in budget cost or face value as `limit_on` says.

    Programmes of one `fund` share one envelope and one balance: each of their rows states the fund's `envelope_m` and
    `carried_m`, and its own `spent_m`. So `spent_m` adds up over programmes; the other two count once a fund. For every
    fund and year the `spent_m` of its programmes, added up, is at most its envelope and what the year before carried.
    """

    programme: str
    year: int
    envelope_m: float | None
    """Envelope of the programme or of its fund; None without a limit in that year."""
    spent_m: float
    """Charged to that year by this programme: its commitments of the year or, on the outlay basis, what is spent in the year of
    all commitments. Outlays after the horizon are in no row; totals and costs charge the whole commitment."""
    carried_m: float
    """Unused money of the programme or of its fund that is carried to the next year; 0 without carry-over."""


class RuleRow(Frozen):
    """A rule, and the value that the plan attains."""

    rule: str
    value: float | None
    """Value that the plan attains, in the unit of `limit`; null for an average, share or ratio over no projects."""
    sense: str
    limit: float
    holds: bool
    shortfall: float
    """By how much the rule's linear row is missed; 0 if it holds."""


Reason = Literal[
    "barred",
    "fails rule",
    "off the country list",
    "no eligible programme",
    "needs another",
    "excluded by another",
    "does not fit the horizon",
    "nothing is financed that it could follow",
    "programmes closed in its years or too small",
    "does not pay at these prices",
    "adds nothing",
    "rule leaves no room",
    "limit leaves no room",
    "outbid",
    "not worked out",
]
"""Why a project is left out. `models.reasons` defines each reason."""


class NotFinanced(Frozen):
    """A project the plan leaves out, and why."""

    id: str
    reason: Reason
    detail: TextField
    """The reason with its numbers, in words; in plan.json its template and values stand beside it as `message`,
    which is empty where the detail is its own template."""
    rule: str | None = None
    """The rule, or the setting of the limit, that leaves no room; absent for other reasons."""
    year: int | None = None
    """Decision year for which `outbid` was found; absent for other reasons."""

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        if isinstance(self.detail, Text):
            written["message"] = as_json(self.detail) if self.detail.values else {}
        return {k: v for k, v in written.items() if v is not None or k not in ("rule", "year")}

    @model_validator(mode="before")
    @classmethod
    def _with_message(cls, written: Any) -> Any:
        """The detail with its template and values, which must say the same."""
        if not isinstance(written, dict) or "message" not in written:
            return written
        detail = from_json(written["message"] or {"template": written.get("detail"), "values": {}})
        if detail != written.get("detail"):
            raise ValueError(f'detail is "{written.get("detail")}", and its message says "{detail}"')
        return {name: value for name, value in written.items() if name != "message"} | {"detail": detail}


class ObjectiveValue(Frozen):
    """The objective of a plan: its value, and the bound on the value of any plan."""

    name: str
    value: float
    """Recomputed from the financed projects; without the penalty of soft rules."""
    bound: float
    """No plan can have a larger value less penalty than `bound - penalty`."""
    gap: float
    """(bound - value) / max(|value|, 1e-9)."""
    penalty: float
    baseline: float
    """The value with existing and underway capacity alone."""


class Plan(Frozen):
    """A financing plan."""

    schema_: Literal["mine2magnet.plan/1"] = Field("mine2magnet.plan/1", alias="schema", serialization_alias="schema")
    status: Literal["optimal", "feasible"]
    """`optimal`: proved within the requested gap."""
    tie_break: Literal["proved", "partial"]
    objective: ObjectiveValue
    projects: tuple[Financed, ...]
    capacity: tuple[CapacityRow, ...]
    materials: tuple[MaterialRow, ...] = ()
    runs: tuple[RunRow, ...] = ()
    processes: tuple[ProcessRow, ...] = ()
    worth: ChainValue | None = None
    """Results of further solves about the plan of a chain. `optimizer.solver.solve` leaves it out; the command `solve` adds it."""
    budgets: tuple[BudgetRow, ...]
    rules: tuple[RuleRow, ...]
    not_financed: tuple[NotFinanced, ...]
    audit: AuditResult | None = None
    risk: RiskPlan | None = None
    """Values of the plan in its scenarios, if a measure of risk was maximized; absent otherwise."""
    manifest: dict[str, Any] = Field(default_factory=dict)

    model_config = ConfigDict(populate_by_name=True)

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _drop(handler(self), ("risk",))
