"""Numbers that follow from one row of the workbook: outputs, shares, needs, limits and profiles."""

from collections.abc import Container

from models.schema import Existing, Programme, Project


def interpolate(given: dict[int, float], year: int) -> float:
    """Value of a year: linear between given years, flat outside them, 0 if none is given.

    >>> interpolate({2030: 10.0, 2032: 20.0}, 2031), interpolate({2030: 10.0}, 2050), interpolate({}, 2030)
    (15.0, 10.0, 0.0)
    """
    if not given:
        return 0.0
    if year in given:
        return given[year]
    before = [t for t in given if t < year]
    after = [t for t in given if t > year]
    if not before:
        return given[min(after)]
    if not after:
        return given[max(before)]
    a, b = max(before), min(after)
    return given[a] + (given[b] - given[a]) * (year - a) / (b - a)


def ramp_share(project: Project, since_fid: int) -> float:
    """Part of nameplate delivered `since_fid` years after the decision: nothing while building, then the ramp's
    steps, the last of which holds to the end of life.

    >>> p = Project(row=0, id="a", country="US", stage="mine", capacity_tpa=1, capex_m=1, build_years=2, ramp=(40, 100))
    >>> [ramp_share(p, k) for k in (1, 2, 3, 26, 27)]
    [0.0, 0.4, 1.0, 1.0, 0.0]
    """
    k = since_fid - project.build_years
    if k < 0 or k >= project.life_years:
        return 0.0
    return project.ramp[min(k, len(project.ramp) - 1)] / 100


def output(project: Project) -> float:
    """Tonnes a year outside China of the stage's own product at full ramp: `tonnage * allied_share`."""
    return project.capacity_tpa * project.allied_share


def material_share(project: Project, material: str | None) -> float:
    """Part of a project's output that is `material`; 1 for the stage's own product, 0 where the row names no share."""
    return 1.0 if material is None else project.shares.get(material, 0.0)


def need(project: Project) -> float:
    """Public support that a project needs, millions: `max(0, capex * (1 - private_share) - secured)`; if the project asks for
    an amount, that amount, at most `capex - secured`."""
    if project.requested_m is not None:
        return max(0.0, min(project.requested_m, project.capex_m - project.secured_m))
    return max(0.0, project.capex_m * (1 - project.private_share) - project.secured_m)


def most_support(project: Project) -> float:
    """Most new public support that a project has room for, millions: `max(0, capex - secured)`."""
    return max(0.0, project.capex_m - project.secured_m)


def award_cap(project: Project, programme: Programme) -> float:
    """Most face value that one programme may commit to one project: `min(max_share * capex, max_ticket)`."""
    cap = programme.max_share * project.capex_m
    return cap if programme.max_ticket_m is None else min(cap, programme.max_ticket_m)


def is_eligible(project: Project, programme: Programme) -> bool:
    """Whether a programme may finance a project, by country and stage."""
    return (not programme.countries or project.country in programme.countries) and (
        not programme.stages or project.stage in programme.stages
    )


def unaided_year(project: Project, excluded_countries: Container[str]) -> int | None:
    """Year in which a project goes ahead without public support; None if it never does, is underway already, or is in a
    country whose capacity never counts."""
    if project.status == "underway" or project.country in excluded_countries:
        return None
    return project.unaided_fid


def fid_of_underway(project: Project, first_year: int) -> int:
    """Year in which an underway project was decided: `earliest_fid`, or the first year if the cell is empty."""
    return first_year if project.earliest_fid is None else project.earliest_fid


def existing_tonnes(row: Existing, year: int) -> float:
    """Capacity of an existing row that is free to serve demand outside China, t/yr."""
    tonnes = interpolate(row.years, year) if row.years else (row.capacity_tpa or 0.0)
    return tonnes * row.allied_share


def existing_share(row: Existing, material: str | None) -> float:
    """Part of an existing row that counts for a material (None: the stage's own product)."""
    if row.material is not None:
        return 1.0 if row.material == material else 0.0
    return 1.0 if material is None else row.shares.get(material, 0.0)


def outlay_profile(project: Project, years: dict[int, float] | None) -> tuple[float, ...]:
    """Part of the spending in each year after the decision: the outlays row over its sum, else even over the build.

    >>> p = Project(row=0, id="a", country="US", stage="mine", capacity_tpa=1, capex_m=8, build_years=2)
    >>> outlay_profile(p, None), outlay_profile(p, {0: 2.0, 2: 6.0})
    ((0.5, 0.5), (0.25, 0.0, 0.75))
    """
    if years and (total := sum(years.values())) > 0:
        return tuple(years.get(k, 0.0) / total for k in range(max(years) + 1))
    n = max(project.build_years, 1)
    return (1 / n,) * n
