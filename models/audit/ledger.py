"""The ledger of an audit: the case and the plan in exact numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain

from models.audit.exact import ONE, ZERO, exact
from models.audit.instruments import rate
from models.audit.projects import anyway, tonnes
from models.case import Case
from models.plan import Award, Financed, Plan
from models.schema import Programme, Project


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
    """Case and plan as every check reads them. Rows of the plan that name unknown projects or programmes, or repeat one, are
    left out; `decisions` and `financing` report them."""

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

    def alone(self, rows: Iterable[Financed]) -> "Ledger":
        """The ledger of the same case if only these rows were financed; numbers that a plan does not change are shared."""
        other = Ledger(self.case, self.plan.model_copy(update={"projects": tuple(rows)}))
        for name in ("projects", "programmes", "underway", "unaided", "paths", "groups", "excluders", "profiles"):
            other.__dict__[name] = getattr(self, name)
        return other

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

    @cached_property
    def unaided(self) -> dict[str, int]:
        """Project that goes ahead without support -> the year of that decision."""
        excluded = self.case.settings.excluded_countries
        return {p.id: year for p in self.case.projects if (year := anyway(p, excluded)) is not None}

    @cached_property
    def paths(self) -> dict[str, dict[int, Decimal]]:
        """Project that goes ahead without support -> tonnes by year."""
        return {name: self.yearly(self.projects[name], fid) for name, fid in self.unaided.items()}

    def priced(self, _fid: int) -> "Ledger":
        """The ledger at whose prices a decision of a year is sized."""
        return self

    def yearly(self, project: Project, fid: int) -> dict[int, Decimal]:
        """Tonnes of the stage's product in each year of the horizon, decided in `fid`."""
        return dict(tonnes(project, fid, self.years))

    def window(self, project: Project) -> range:
        """Years in which a project may be decided with support."""
        settings = self.case.settings
        earliest = max(settings.first_year, project.earliest_fid or settings.first_year)
        last = min(settings.last_fid_year, settings.last_year)
        latest = min(last, project.latest_fid or last)
        return range(earliest, min(latest, self.unaided.get(project.id, latest + 1) - 1) + 1)

    def stands(self, name: str, year: int) -> bool:
        """Whether a project is underway, has gone ahead without support by a year, or is decided by then."""
        decided = name in self.financed and self.financed[name].fid_year <= year
        return name in self.underway or decided or self.unaided.get(name, year + 1) <= year

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
                yield Given(
                    programme, project, row.fid_year, face, rate(self, programme, project, row.fid_year) * face, award
                )

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
        return {name: self.yearly(self.projects[name], fid) for name, fid in decided.items()}

    @cached_property
    def standing(self) -> dict[tuple[str, str | None, int], Decimal]:
        """Cache of existing capacity by stage, material and year, which ledgers of one case share."""
        return {}

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
