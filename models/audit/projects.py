"""Numbers of one row of the projects sheet: deliveries, need, and the most that a programme may award."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from models.audit.exact import ONE, ZERO, exact
from models.schema import Programme, Project


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


def anyway(project: Project, excluded: Iterable[str]) -> int | None:
    """The year in which a project is decided without support; None if that never happens, has happened, or the country does not
    count."""
    stays_out = project.status == "underway" or project.unaided_fid is None or project.country in set(excluded)
    return None if stays_out else project.unaided_fid


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
    """Public support that a project needs, in millions."""
    if project.requested_m is not None:
        room = exact(project.capex_m) - exact(project.secured_m)
        return max(ZERO, room if exact(project.requested_m) > room else exact(project.requested_m))
    return max(ZERO, exact(project.capex_m) * (ONE - exact(project.private_share)) - exact(project.secured_m))


def cap(programme: Programme, project: Project) -> Decimal:
    """Most that one programme may award to one project, in millions of face value."""
    by_share = exact(programme.max_share) * exact(project.capex_m)
    return by_share if programme.max_ticket_m is None else min(by_share, exact(programme.max_ticket_m))
