"""Sets and derived numbers of a case, year by year.

The program, the reports and the checks read these; the auditor (`models.audit`) computes them again on its own.
Symbols of the formulas: projects i, stages s, programmes p, years t (decision) and y (delivery), demand rows k.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from models.case import Case
from models.instruments import serves
from models.measures import data_measure, matches
from models.numbers import as_typed
from models.schema import Demand, Existing, Programme, Project, Rule
from models.terms import (
    award_cap,
    existing_share,
    existing_tonnes,
    fid_of_underway,
    interpolate,
    is_eligible,
    material_share,
    need,
    outlay_profile,
    output,
    ramp_share,
    unaided_year,
)
from models.text import Text
from models.viability import Viability

BarReason = tuple[str, str]
"""A reason of the closed list of `models.plan.NotFinanced`, and its detail."""


class DemandKey(NamedTuple):
    """A demand row: a stage and a material of it (None: the stage's own product)."""

    stage: str
    material: str | None

    def __str__(self) -> str:
        return f"{self.stage}, {self.material}" if self.material else self.stage


def private_share(project: Project) -> float:
    """Part of the capital cost that private money carries: as given, or what is left after the support that is asked for.

    >>> p = Project(row=0, id="a", country="US", stage="mine", capacity_tpa=1, capex_m=80, requested_m=20)
    >>> private_share(p), need(p)
    (0.75, 20.0)
    """
    if project.requested_m is None or project.capex_m <= 0:
        return project.private_share
    return max(0.0, 1 - (project.secured_m + need(project)) / project.capex_m)


@dataclass(frozen=True)
class Fund:
    """The limits that one programme, or all programmes of one `fund`, share. Money in millions."""

    name: str
    programmes: tuple[Programme, ...]
    envelopes: dict[int, float] | None
    """Year -> envelope, every year of the horizon; None: no year limits."""
    carry_over: bool
    on_face: bool
    total: float | None
    total_face: float | None


@dataclass(frozen=True)
class Sets:
    """Sets and derived numbers of one case."""

    case: Case

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The horizon."""
        s = self.case.settings
        return tuple(range(s.first_year, s.last_year + 1))

    @cached_property
    def discount(self) -> dict[int, float]:
        """`d_t = (1 + discount_rate) ** -(t - first_year)`."""
        s = self.case.settings
        return {t: (1 + s.discount_rate) ** -(t - s.first_year) for t in self.years}

    # -- numbers of a year as planned; `models.scenario_sets` overrides them for a scenario ----------------------------

    def delivery_share(self, project: Project, fid: int, year: int) -> float:
        """Part of nameplate that a project decided in `fid` delivers in `year`."""
        return ramp_share(project, year - fid)

    def unaided_share(self, project: Project, year: int) -> float:
        """Part of nameplate that a project delivers in `year` without support; 0 where it never goes ahead so."""
        fid = self.unaided_fids.get(project.id)
        return 0.0 if fid is None else self.delivery_share(project, fid, year)

    def standing_tonnes(self, row: Existing, year: int) -> float:
        """Capacity of an existing row that is free to serve demand outside China, t/yr."""
        return existing_tonnes(row, year)

    def demanded_tonnes(self, key: DemandKey, year: int) -> float:
        """Demand outside China, t/yr."""
        return interpolate(self.demand_rows[key].years, year)

    def sizing(self, year: int) -> Case:  # noqa: ARG002
        """The case at whose prices a decision of a year is sized; `models.state_sets` overrides it for a state."""
        return self.case

    def charge_factor(self, fund: "Fund", fid: int, year: int) -> float:  # noqa: ARG002
        """Part of a unit spent in `year`, for a decision in `fid`, that is charged to the fund's envelope of that year."""
        return 1.0

    # -- projects --------------------------------------------------------------------------------------------

    @cached_property
    def barred(self) -> dict[str, BarReason]:
        """Projects that cannot be financed, with the reason, before any number is weighed."""
        reasons: dict[str, BarReason] = {}
        for p in self.case.projects:
            if p.status == "barred":
                reasons[p.id] = ("barred", p.note or Text("barred by the planner"))
            elif p.status != "underway" and p.country not in self.case.settings.countries:
                outside = Text("{country} is not among the countries that may be financed", country=p.country)
                reasons[p.id] = ("off the country list", outside)
            elif p.status != "underway" and (failed := self.failed_each_rule(p)):
                reasons[p.id] = ("fails rule", self._failure(p, failed))
        return reasons

    def failed_each_rule(self, project: Project) -> Rule | None:
        """The first `each` rule that a project does not meet."""
        for rule in self.case.rules:
            if rule.aggregate == "each" and matches(rule.picks, project):
                value = data_measure(self.case, project, rule.measure)
                if value is None or not (value >= rule.value if rule.sense == ">=" else value <= rule.value):
                    return rule
        return None

    def _failure(self, project: Project, rule: Rule) -> Text:
        value = data_measure(self.case, project, rule.measure)
        words = {
            "rule": rule.rule, "measure": rule.measure, "sense": rule.sense, "limit": as_typed(rule.value),
        }  # fmt: skip
        if value is None:
            return Text("{rule}: {measure} has no value, the rule asks {sense} {limit}", **words)
        shown = as_typed(value)
        return Text("{rule}: {measure} is {value}, the rule asks {sense} {limit}", value=shown, **words)

    @cached_property
    def candidates(self) -> tuple[Project, ...]:
        """Projects that the program decides on, sorted by id."""
        return tuple(
            p for p in self.case.projects if p.status in ("candidate", "committed") and p.id not in self.barred
        )

    @cached_property
    def underway(self) -> tuple[Project, ...]:
        """Projects already financed, sorted by id."""
        return tuple(p for p in self.case.projects if p.status == "underway")

    @cached_property
    def unaided_fids(self) -> dict[str, int]:
        """Project, also a barred one -> year in which it goes ahead without support unless it is financed before."""
        excluded = self.case.settings.excluded_countries
        years = ((p.id, unaided_year(p, excluded)) for p in self.case.projects)
        return {i: year for i, year in years if year is not None}

    def stands_unfinanced(self, project: str, year: int) -> bool:
        """Whether a project is underway, or has gone ahead without support by a year, whatever the plan finances."""
        return project in self._underway_ids or self.unaided_fids.get(project, year + 1) <= year

    @cached_property
    def _underway_ids(self) -> frozenset[str]:
        return frozenset(p.id for p in self.underway)

    @cached_property
    def by_id(self) -> dict[str, Project]:
        return {p.id: p for p in self.case.projects}

    @cached_property
    def windows(self) -> dict[str, range]:
        """Decision years of each candidate, cut to the horizon."""
        return {p.id: self.window(p) for p in self.candidates}

    @property
    def decision_count(self) -> int:
        """Decisions there are: the years of all candidates."""
        return sum(map(len, self.windows.values()))

    def window(self, project: Project, *, unaided: bool = True) -> range:
        """`earliest_fid..latest_fid` cut to `first_year..last_fid_year` and, with `unaided`, to the years before the project
        goes ahead without support; empty where it lies wholly outside."""
        s = self.case.settings
        first = s.first_year if project.earliest_fid is None else max(project.earliest_fid, s.first_year)
        last = s.last_fid_year if project.latest_fid is None else min(project.latest_fid, s.last_fid_year)
        if unaided and (year := self.unaided_fids.get(project.id)) is not None:
            last = min(last, year - 1)
        return range(first, min(last, s.last_year) + 1)

    # -- demand and capacity ---------------------------------------------------------------------------------

    @cached_property
    def demands(self) -> tuple[DemandKey, ...]:
        """Demand rows in the order of the chain, then by material."""
        order = {s: n for n, s in enumerate(self.case.settings.stages)}
        keys = {DemandKey(row.stage, row.material) for row in self.case.demand}
        return tuple(sorted(keys, key=lambda k: (order.get(k.stage, len(order)), k.stage, k.material or "")))

    @cached_property
    def demand_rows(self) -> dict[DemandKey, Demand]:
        return {DemandKey(row.stage, row.material): row for row in self.case.demand}

    @cached_property
    def demand(self) -> dict[tuple[DemandKey, int], float]:
        """Demand outside China, t/yr."""
        return {(k, y): self.demanded_tonnes(k, y) for k in self.demands for y in self.years}

    @cached_property
    def weight(self) -> dict[DemandKey, float]:
        """Weight of a demand row: its own, or the stage's weight over all rows of the stage."""
        given = {k: self.demand_rows[k].weight for k in self.demands}
        return {k: self.stage_share[k] if (stated := given[k]) is None else stated for k in self.demands}

    @cached_property
    def stage_share(self) -> dict[DemandKey, float]:
        """The weight of a demand row's stage over all rows of the stage."""
        rows = [k.stage for k in self.demands]
        weights = self.case.settings.stage_weights
        return {k: weights.get(k.stage, 1.0) / rows.count(k.stage) for k in self.demands}

    def counts(self, row: Existing) -> bool:
        """Whether existing capacity is in a country that counts."""
        return row.country not in self.case.settings.excluded_countries

    def existing_of(self, key: DemandKey, year: int) -> float:
        """Existing capacity outside the excluded countries that covers a demand row, t/yr.

        A plant (a row without material) counts with its share of the material; a row with a material counts for
        that material alone.
        """
        total = 0.0
        for row in self.case.existing:
            if row.stage == key.stage and self.counts(row):
                total += self.standing_tonnes(row, year) * existing_share(row, key.material)
        return total

    @cached_property
    def existing(self) -> dict[tuple[DemandKey, int], float]:
        return {(k, y): self.existing_of(k, y) for k in self.demands for y in self.years}

    def underway_of(self, key: DemandKey, year: int) -> float:
        """Capacity of underway projects, t/yr; each from its own decision, build and ramp."""
        first = self.case.settings.first_year
        return sum(
            output(p) * material_share(p, key.material) * self.delivery_share(p, fid_of_underway(p, first), year)
            for p in self.underway
            if p.stage == key.stage
        )

    def unaided_of(self, key: DemandKey, year: int) -> float:
        """Capacity of the projects that go ahead without support, were none of them financed, t/yr."""
        return sum(
            output(p) * material_share(p, key.material) * self.unaided_share(p, year)
            for i in self.unaided_fids
            if (p := self.by_id[i]).stage == key.stage
        )

    @cached_property
    def underway_capacity(self) -> dict[tuple[DemandKey, int], float]:
        return {(k, y): self.underway_of(k, y) for k in self.demands for y in self.years}

    # -- money -----------------------------------------------------------------------------------------------

    @cached_property
    def has_programmes(self) -> bool:
        return bool(self.case.programmes)

    def may_finance(self, programme: Programme, project: Project) -> bool:
        """Whether a programme may finance a project: by country, stage and the conditions of its instrument."""
        return is_eligible(project, programme) and serves(programme, project, self.case)

    @cached_property
    def eligible(self) -> dict[str, tuple[Programme, ...]]:
        """Candidate -> programmes that may finance it, in order of id."""
        return {
            i.id: tuple(p for p in self.case.programmes if self.may_finance(p, i) and award_cap(i, p) > 0)
            for i in self.candidates
        }

    def most_programmes(self, project: Project) -> int | None:
        """Most programmes that may support a project: its own number, else the setting; None without a limit."""
        stated = project.max_programmes
        return self.case.settings.max_programmes if stated is None else stated

    @cached_property
    def viability(self) -> Viability:
        """The gaps that the market leaves, and the rows that close them."""
        return Viability(self.case, self.windows, self.eligible, self.sizing)

    @cached_property
    def profile(self) -> dict[str, tuple[float, ...]]:
        """Candidate -> part of its spending k years after the decision; adds up to 1."""
        rows = {o.id: o.years for o in self.case.outlays}
        return {p.id: outlay_profile(p, rows.get(p.id)) for p in self.candidates}

    @cached_property
    def funds(self) -> tuple[Fund, ...]:
        """Limits, one `Fund` for every programme that stands alone and one for all that name the same fund."""
        groups: dict[str, list[Programme]] = {}
        for p in self.case.programmes:
            groups.setdefault(f"fund {p.fund}" if p.fund else p.id, []).append(p)
        return tuple(self._fund(name, tuple(groups[name])) for name in sorted(groups))

    @cached_property
    def fund_of(self) -> dict[str, Fund]:
        """Programme -> its fund."""
        return {p.id: fund for fund in self.funds for p in fund.programmes}

    def _fund(self, name: str, members: tuple[Programme, ...]) -> Fund:
        given: dict[int, float] = {}
        for p in members:
            given.update(p.envelopes)
        totals = [p.total_m for p in members if p.total_m is not None]
        faces = [p.total_face_m for p in members if p.total_face_m is not None]
        return Fund(
            name=name,
            programmes=members,
            envelopes={t: given.get(t, 0.0) for t in self.years} if given else None,
            carry_over=any(p.carry_over for p in members),
            on_face=members[0].limit_on == "face",
            total=min(totals, default=None),
            total_face=min(faces, default=None),
        )
