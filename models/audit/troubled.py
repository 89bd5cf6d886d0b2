"""The ledger of a plan in a scenario or draw: the changed case and deliveries, in exact decimals.

The scenario is turned into a case of its own: demand and existing capacity are written out year by year with their factors,
and the deliveries of each plant are moved, cut or ended. Value and rules are then computed as for any case.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from models.audit import rules, score
from models.audit.capacity import plant_capacity
from models.audit.exact import ONE, ZERO, exact
from models.audit.ledger import Ledger
from models.audit.picks import holds
from models.audit.projects import along, delivered
from models.case import Case
from models.plan import RunRow
from models.schema import Demand, Existing, Price, Programme, Project, Scenario

PLANNED = "as planned"
"""Name of the scenario that changes nothing, and of the state in which nothing known at a review changes."""
Changed = Project | Demand | Existing | Programme | Price


@dataclass(frozen=True)
class Trouble:
    """The rows of one scenario, and what one draw adds to them: years of delay and factors on cost by project, and the
    projects that deliver nothing from the start."""

    rows: tuple[Scenario, ...] = ()
    delays: Mapping[str, int] = field(default_factory=dict)
    overruns: Mapping[str, Decimal] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    known_from: int | None = None
    """Review year. Decisions from then on were taken when the scenario was known."""

    def knows(self, fid: int) -> bool:
        """Whether the scenario was known when a decision was taken."""
        return self.known_from is not None and fid >= self.known_from

    def factor(self, parameter: str, row: Changed, year: int) -> Decimal:
        """Product of the factors on a row in a year."""
        product = ONE
        for change in self.acting(parameter, row, year):
            product *= exact(change.value)
        return product

    def acting(self, parameter: str, row: Changed, year: int) -> Iterator[Scenario]:
        """Rows of a parameter that change a row of the workbook in a year."""
        for change in self.rows:
            timely = (change.from_year or year) <= year <= (change.to_year or year)
            if change.parameter == parameter and timely and holds(change.picks.projects, row):  # type: ignore[arg-type]
                yield change

    def late(self, project: Project, fid: int, first_year: int) -> int:
        """Years by which a project's deliveries move."""
        mine = [r for r in self.rows if r.parameter == "delay_years" and holds(r.picks.projects, project)]
        own_delay = self.delays.get(project.id, 0)
        if project.status == "underway":
            return own_delay + sum(int(r.value) for r in mine) if fid + project.build_years >= first_year else 0
        return own_delay + sum(int(r.value) for r in mine if (r.from_year or fid) <= fid <= (r.to_year or fid))

    def share(self, project: Project, fid: int, year: int, first_year: int) -> Decimal:
        """Part of nameplate that a project delivers in a year, prices apart."""
        if project.id in self.failed or any(True for _ in self.acting("fails", project, year)):
            return ZERO
        moved = delivered(project, fid + self.late(project, fid, first_year), year)
        return moved * self.factor("capacity", project, year) if moved else ZERO


@dataclass(frozen=True)
class TroubledLedger(Ledger):
    """Case and plan in a scenario or draw, with projects that have stopped or stand idle in some years."""

    trouble: Trouble = field(default_factory=Trouble)
    stopped: frozenset[str] = frozenset()
    idle: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def output(self) -> dict[str, dict[int, Decimal]]:
        fids = {name: row.fid_year for name, row in self.financed.items()}
        fids |= {name: self.underway_fid(project) for name, project in self.underway.items()}
        return {name: self._of(name, fid) for name, fid in fids.items()}

    def _of(self, name: str, fid: int) -> dict[int, Decimal]:
        shut = self.idle.get(name, frozenset())
        tonnes = self.yearly(self.projects[name], fid)
        return {y: ZERO if name in self.stopped or y in shut else t for y, t in tonnes.items()}

    def yearly(self, project: Project, fid: int) -> dict[int, Decimal]:
        """Tonnes in each year of the horizon in the scenario, decided in `fid`, prices apart."""
        first = self.case.settings.first_year
        nameplate = exact(project.capacity_tpa) * exact(project.allied_share)
        return {year: nameplate * self.trouble.share(project, fid, year, first) for year in self.years}


def book_in_trouble(case: Case, trouble: Trouble) -> Case:
    """The case with demand and existing capacity as the scenario has them; the case itself where it changes neither."""
    if not any(r.parameter in ("demand", "existing") for r in trouble.rows):
        return case
    years = range(case.settings.first_year, case.settings.last_year + 1)
    demand = tuple(
        row.model_copy(
            update={"years": {y: float(along(row.years, y) * trouble.factor("demand", row, y)) for y in years}}
        )
        for row in case.demand
    )
    existing = tuple(
        row.model_copy(update={
            "years": {y: float(plant_capacity(row, y) * trouble.factor("existing", row, y)) for y in years},
            "allied_share": 1.0,
        })
        for row in case.existing
    )  # fmt: skip
    return case.model_copy(update={"demand": demand, "existing": existing})


SHARED = (
    "projects", "programmes", "financed", "underway", "groups", "excluders", "years", "unaided", "profiles", "awards",
)  # fmt: skip
"""Numbers that no trouble changes, computed once."""


def troubled(
    planned: Ledger,
    trouble: Trouble,
    stopped: Iterable[str] = (),
    idle: Mapping[str, frozenset[int]] | None = None,
    runs: Iterable[RunRow] | None = None,
) -> TroubledLedger:
    """The ledger of a scenario or draw. `planned`: case and plan as planned. `runs`: of the chain in the scenario, where
    its deliveries count; None: those of the plan."""
    case, plan = book_in_trouble(planned.case, trouble), planned.plan
    if runs is not None:
        plan = plan.model_copy(update={"runs": tuple(runs)})
    ledger = TroubledLedger(case, plan, trouble, frozenset(stopped), idle or {})
    names = (*SHARED, "standing") if case is planned.case else SHARED
    ledger.__dict__.update({name: getattr(planned, name) for name in names})
    return ledger


def value_of(ledger: TroubledLedger) -> Decimal:
    """The objective less the penalty of soft rules; what a chain delivers follows from the runs of the ledger's plan."""
    lost = ZERO
    for rule in ledger.case.rules:
        if not rule.hard and rule.aggregate != "each":
            lost += exact(rule.penalty or 0.0) * rules.row(ledger, rule).missing(rule)
    return score.value(ledger) - lost


def by_scenario(rows: Iterable[Scenario]) -> dict[str, list[Scenario]]:
    """The rows of each scenario, in their order."""
    named: dict[str, list[Scenario]] = {}
    for row in rows:
        named.setdefault(row.scenario, []).append(row)
    return named


def budget_factor(trouble: Trouble, members: Sequence[Programme], year: int) -> Decimal:
    """Every row that picks one of a fund's programmes counts once."""
    product = ONE
    acting = [{id(r): r for r in trouble.acting("budget", p, year)} for p in members]
    for row in {key: r for by in acting for key, r in by.items()}.values():
        product *= exact(row.value)
    return product
