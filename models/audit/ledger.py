"""The case and the plan side by side, in exact numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain

from models.audit.exact import ONE, ZERO, exact
from models.case import Case
from models.plan import Award, Financed, Plan
from models.schema import FUNDED, Programme, Project

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Given:
    """An award of the plan in exact numbers, millions; the budget cost is recomputed."""

    programme: Programme
    project: Project
    year: int
    """Year of the project's decision."""
    face: Decimal
    cost: Decimal
    stated: Award


@dataclass(frozen=True)
class Ledger:
    """What every check reads. Rows of the plan that name unknown projects or programmes, or repeat one, are reported
    by `decisions` and `financing` and left out here."""

    case: Case
    plan: Plan

    @cached_property
    def projects(self) -> dict[str, Project]:
        return {project.id: project for project in self.case.projects}

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return {programme.id: programme for programme in self.case.programmes}

    @cached_property
    def financed(self) -> dict[str, Financed]:
        return {row.id: row for row in reversed(self.plan.projects) if row.id in self.projects}

    @cached_property
    def underway(self) -> dict[str, Project]:
        return {project.id: project for project in self.case.projects if project.status == "underway"}

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Group name -> its projects."""
        members: dict[str, list[str]] = {}
        for project in self.case.projects:
            if project.group:
                members.setdefault(project.group, []).append(project.id)
        return members

    @cached_property
    def excluders(self) -> dict[str, list[str]]:
        """Project -> those that name it in `excludes`."""
        by: dict[str, list[str]] = {}
        for project in self.case.projects:
            for other in project.excludes:
                by.setdefault(other, []).append(project.id)
        return by

    @cached_property
    def years(self) -> range:
        """The horizon."""
        return range(self.case.settings.first_year, self.case.settings.last_year + 1)

    def underway_fid(self, project: Project) -> int:
        """The year in which an underway project was decided; it may lie before the horizon."""
        return self.case.settings.first_year if project.earliest_fid is None else project.earliest_fid

    @cached_property
    def present(self) -> set[str]:
        """Projects that are financed or underway."""
        return {*self.financed, *self.underway}

    @cached_property
    def awards(self) -> dict[str, list[Given]]:
        """Financed project -> its awards of known programmes."""
        return {name: list(self._awards(row)) for name, row in self.financed.items()}

    def _awards(self, row: Financed) -> Iterator[Given]:
        project = self.projects[row.id]
        for award in row.awards:
            if award.programme in self.programmes:
                programme, face = self.programmes[award.programme], exact(award.face_m)
                yield Given(programme, project, row.fid_year, face, rate(self, programme, project) * face, award)

    @cached_property
    def awards_of(self) -> dict[str, list[Given]]:
        """Programme -> its awards."""
        by: dict[str, list[Given]] = {name: [] for name in self.programmes}
        for given in chain.from_iterable(self.awards.values()):
            by[given.programme.id].append(given)
        return by

    @cached_property
    def output(self) -> dict[str, dict[int, Decimal]]:
        """Financed or underway project -> tonnes of its stage's product in each year of the horizon."""
        decided = {name: self.underway_fid(project) for name, project in self.underway.items()}
        decided = {name: row.fid_year for name, row in self.financed.items()} | decided
        return {name: dict(tonnes(self.projects[name], fid, self.years)) for name, fid in decided.items()}

    @cached_property
    def profiles(self) -> dict[str, dict[int, Decimal]]:
        """Part of a project's spending that falls k years after its decision, where the workbook says so."""
        sums = {row.id: sum(map(exact, row.years.values()), ZERO) for row in self.case.outlays}
        return {
            row.id: {k: exact(amount) / sums[row.id] for k, amount in row.years.items()}
            for row in self.case.outlays
            if sums[row.id]
        }

    def profile(self, project: Project) -> Mapping[int, Decimal]:
        """Outlays by year after the decision, adding up to 1; even over the build where none are given."""
        if project.id in self.profiles:
            return self.profiles[project.id]
        span = max(project.build_years, 1)
        return dict.fromkeys(range(span), ONE / span)


def delivered(project: Project, fid: int, year: int) -> Decimal:
    """Part of nameplate that a project decided in `fid` delivers in `year`."""
    age = year - fid - project.build_years
    if age < 0 or age >= project.life_years:
        return ZERO
    return exact(project.ramp[min(age, len(project.ramp) - 1)]) / 100


def tonnes(project: Project, fid: int, years: Iterable[int]) -> Iterator[tuple[int, Decimal]]:
    """Tonnes of the stage's product that count outside China, year by year."""
    nameplate = exact(project.capacity_tpa) * exact(project.allied_share)
    for year in years:
        yield year, nameplate * delivered(project, fid, year)


def along(points: Mapping[int, float], year: int) -> Decimal:
    """A curve given in some years: straight between them, flat outside; 0 where nothing is given.

    >>> along({2030: 10.0, 2034: 20.0}, 2031), along({2030: 10.0, 2034: 20.0}, 2050)
    (Decimal('12.5'), Decimal('20.0'))
    """
    if not points:
        return ZERO
    known = sorted(points)
    before = max((y for y in known if y <= year), default=known[0])
    after = min((y for y in known if y >= year), default=known[-1])
    low, high = exact(points[before]), exact(points[after])
    if after <= before:
        return low if year >= before else high
    return low + (high - low) * (year - before) / (after - before)


def need(project: Project) -> Decimal:
    """Public support a project cannot do without, in millions."""
    return max(ZERO, exact(project.capex_m) * (ONE - exact(project.private_share)) - exact(project.secured_m))


def cap(programme: Programme, project: Project) -> Decimal:
    """Most that one programme may award to one project, in millions of face value."""
    by_share = exact(programme.max_share) * exact(project.capex_m)
    return by_share if programme.max_ticket_m is None else min(by_share, exact(programme.max_ticket_m))


def rate(ledger: Ledger, programme: Programme, project: Project) -> Decimal:
    """Budget cost of one million of face value. An offtake costs its expected price gap, spread over its face."""
    if programme.instrument == "offtake" and programme.price_gap_per_t is not None:
        most = cap(programme, project)
        return offtake_cost(ledger, programme, project) / most if most else ZERO
    return ONE if programme.cost_rate is None else exact(programme.cost_rate)


def offtake_cost(ledger: Ledger, programme: Programme, project: Project) -> Decimal:
    """Expected price gap of the covered deliveries, discounted to the decision, in millions."""
    gap = max(ZERO, exact(programme.price_gap_per_t or 0.0))
    share = ONE if programme.offtake_share is None else exact(programme.offtake_share)
    span = project.life_years if programme.offtake_years is None else programme.offtake_years
    growth = ONE + exact(ledger.case.settings.discount_rate)
    first = project.build_years
    deliveries = (amount / growth**year for year, amount in tonnes(project, 0, range(first, first + span)))
    return gap * share * sum(deliveries, ZERO) / MILLION


def funded(programme: Programme) -> bool:
    """Whether its awards pay capital cost (else they make private money lend)."""
    return programme.instrument in FUNDED
