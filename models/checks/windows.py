"""Years: the horizon, the decision windows, and projects too late to matter."""

from models.checks.findings import Findings, listed
from models.schema import CAPACITY_OBJECTIVES, Project
from models.sets import Sets
from models.terms import fid_of_underway
from models.text import Text


def check(findings: Findings, sets: Sets) -> None:
    """Faults of empty windows, warnings on windows that are cut and on deliveries after the horizon."""
    _horizon(findings)
    if not sets.years or findings.case.settings.last_fid_year < findings.case.settings.first_year:
        return
    financeable = {p.id for p in sets.candidates}
    for p in findings.case.projects:
        _unaided(findings, sets, p)
        if p.status == "underway":
            _delivery(findings, p, fid_of_underway(p, sets.years[0]))
        elif p.earliest_fid is not None and p.latest_fid is not None and p.earliest_fid > p.latest_fid:
            _reversed(findings, p)
        elif _leaves_no_year(sets, p):
            _nothing_left(findings, p)
        elif p.id in financeable and not sets.window(p):
            _outside(findings, p)
        elif p.id in financeable:
            _cut(findings, p)
            _delivery(findings, p, sets.window(p)[0])


def _horizon(findings: Findings) -> None:
    s = findings.case.settings
    if s.last_year < s.first_year:
        findings.setting_fault(
            "last_year", f"{s.last_year} lies before first_year {s.first_year} ({findings.setting('first_year')})"
        )
        return
    if s.last_fid_year < s.first_year:
        findings.setting_fault(
            "last_fid_year",
            f"{s.last_fid_year} lies before first_year {s.first_year} ({findings.setting('first_year')}): nothing could be"
            " decided",
        )
    if s.last_fid_year > s.last_year:
        findings.setting_warn(
            "last_fid_year",
            Text(
                "{last_fid_year} lies after last_year: cut to {last_year}",
                last_fid_year=s.last_fid_year,
                last_year=s.last_year,
            ),
        )
    if s.objective in CAPACITY_OBJECTIVES and not s.first_year <= s.objective_year <= s.last_year:
        findings.setting_fault(
            "objective_year",
            f"{s.objective_year} is outside the horizon {s.first_year} to {s.last_year}: name a year in it",
        )
    outside = [y for y in s.milestones if not s.first_year <= y <= s.last_year]
    if outside:
        findings.setting_warn(
            "milestones",
            Text(
                "{years} outside the horizon {first} to {last}: not shown",
                years=listed(outside),
                first=s.first_year,
                last=s.last_year,
            ),
        )


def _unaided(findings: Findings, sets: Sets, p: Project) -> None:
    """Checks the year in which a project goes ahead without support."""
    year, first = p.unaided_fid, sets.years[0]
    if year is None:
        return
    if p.status == "underway":
        message = Text("{name} is underway: unaided_fid has no meaning for it, empty the cell", name=p.id)
        if year == p.earliest_fid and year <= first:
            message = Text(
                "{name} goes ahead without support in {year}, by the first year {first}: it is read as underway",
                name=p.id, year=year, first=first,
            )  # fmt: skip
        findings.warn(p, "unaided_fid", message)
    elif p.country in findings.case.settings.excluded_countries:
        findings.warn(
            p,
            "unaided_fid",
            Text("{country} is an excluded country: what {name} builds never counts", country=p.country, name=p.id),
        )
    elif year + p.build_years > sets.years[-1]:
        message = Text(
            "{name} goes ahead without support in {year}, delivers from {from_year} on, after the last year {last}: it only"
            " ends its window in {end}",
            name=p.id, year=year, from_year=year + p.build_years, last=sets.years[-1], end=year - 1,
        )  # fmt: skip
        findings.warn(p, "unaided_fid", message)


def _leaves_no_year(sets: Sets, p: Project) -> bool:
    """Whether a project could be financed only after it has gone ahead without support."""
    return p.id in sets.windows and not sets.windows[p.id] and bool(sets.window(p, unaided=False))


def _nothing_left(findings: Findings, p: Project) -> None:
    early = f"earliest_fid {p.earliest_fid} ({findings.cell(p, 'earliest_fid')})"
    findings.fault(
        p,
        "unaided_fid",
        f"{p.id} goes ahead without support in {p.unaided_fid}, not after its {early}: no year is left in which to"
        " finance it; correct one of them, or set the status to barred (its capacity counts all the same)",
    )


def _reversed(findings: Findings, p: Project) -> None:
    findings.fault(
        p,
        "latest_fid",
        f"the window is empty: latest_fid {p.latest_fid} lies before earliest_fid {p.earliest_fid} "
        f"({findings.cell(p, 'earliest_fid')}); correct one of them",
    )


def _outside(findings: Findings, p: Project) -> None:
    s = findings.case.settings
    late = p.earliest_fid is not None and p.earliest_fid > min(s.last_fid_year, s.last_year)
    column = "earliest_fid" if late else "latest_fid"
    findings.fault(
        p,
        column,
        f"{getattr(p, column)}: the decision window lies wholly outside {s.first_year} to"
        f" {min(s.last_fid_year, s.last_year)}; correct it, move the horizon in `settings`, or set the status to"
        " barred",
    )


def _cut(findings: Findings, p: Project) -> None:
    s = findings.case.settings
    if p.earliest_fid is not None and p.earliest_fid < s.first_year:
        findings.warn(
            p,
            "earliest_fid",
            Text(
                "{earliest_fid} lies before the horizon: the window is cut to begin in {first_year}",
                earliest_fid=p.earliest_fid,
                first_year=s.first_year,
            ),
        )
    last = min(s.last_fid_year, s.last_year)
    if p.latest_fid is not None and p.latest_fid > last:
        findings.warn(
            p,
            "latest_fid",
            Text(
                "{latest_fid} lies after the last year of decisions: the window is cut to end in {last}",
                latest_fid=p.latest_fid,
                last=last,
            ),
        )


def _delivery(findings: Findings, p: Project, fid: int) -> None:
    """The first full year comes `build_years` and the ramp's steps before the full one after the earliest decision."""
    last = findings.case.settings.last_year
    first = fid + p.build_years
    full = first + p.ramp.index(p.ramp[-1])
    if full <= last:
        return
    late = Text("{name} has no full year by {last}", name=p.id, last=last)
    if first > last:
        late = Text("{name} delivers nothing by {last}", name=p.id, last=last)
    decided = Text("decided at the earliest in {year}", year=fid)
    if p.status == "underway":
        decided = Text("decided in {year}", year=fid)
    message = Text(
        "{late}: {decided}, {years} years to build, full output first in {full}",
        late=late, decided=decided, years=p.build_years, full=full,
    )  # fmt: skip
    findings.warn(p, "earliest_fid", message)
