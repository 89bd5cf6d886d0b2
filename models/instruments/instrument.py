"""What every instrument declares about itself."""

from collections.abc import Callable
from dataclasses import dataclass

from models.schema import Programme, Project, Settings

Rate = Callable[[Programme, Project, int, Settings], float]
"""`rate(programme, project, year, settings)`: budget cost per unit of face value of an award decided in `year`."""


def never(_: Programme) -> bool:
    """The default of a declaration: it holds for no programme."""
    return False


@dataclass(frozen=True)
class Instrument:
    """One kind of public support, as the `instrument` column names it.

    An instrument is one file of `models.instruments` and one line of `INSTRUMENTS`. The auditor states it a second time
    in `models.audit.instruments`; a test names what is missing.
    """

    name: str
    """Value of the `instrument` column."""
    label: str
    """What a sum of such awards is called in reports: `loans`."""
    funded: bool
    """Whether an award pays capital cost. Other instruments make private money lend; their face is contingent."""
    rate: Rate
    """Budget cost per unit of face value."""
    rate_varies_by_project: Callable[[Programme], bool] = never
    """Whether two projects can have different rates from the same programme. Their awards are then decided one by one
    and never as the sum of a class (`models.classes`)."""


def programme_rate(programme: Programme, _project: Project, _year: int, _settings: Settings) -> float:
    """The programme's `cost_rate`; 1 where it gives none, so that nothing is free by omission."""
    return 1.0 if programme.cost_rate is None else programme.cost_rate
