"""The declaration that every instrument makes."""

from collections.abc import Callable
from dataclasses import dataclass

from models.case import Case
from models.schema import Programme, Project

Rate = Callable[[Programme, Project, int, Case], float]
"""`rate(programme, project, year, case)`: budget cost per unit of face value of an award decided in `year`; not below 0."""

Worth = Callable[[Programme, Project, int, Case], float]
"""`worth(programme, project, year, case)`: grant equivalent of a unit of face value to a project under viability."""


def never(_: Programme) -> bool:
    """Default of a condition on programmes: no programme meets it."""
    return False


def always(_programme: Programme, _project: Project, _case: Case) -> bool:
    """Default of `serves`: every project can take the award."""
    return True


def in_full(_programme: Programme, _project: Project, _year: int, _case: Case) -> float:
    """Default of `worth`: a unit of face value is worth a unit of money to the project."""
    return 1.0


def no_gain(_programme: Programme, _project: Project, _year: int, _case: Case) -> float:
    """Default of `receipt`: the budget expects nothing back beyond what the rate states."""
    return 0.0


@dataclass(frozen=True)
class Instrument:
    """One kind of public support, as the `instrument` column names it.

    An instrument is one file of `models.instruments` and its name in `models.programme.INSTRUMENTS`. The auditor states its
    terms a second time in `models.audit.instruments`; a test names what is missing.
    """

    name: str
    """Value of the `instrument` column."""
    label: str
    """What a sum of such awards is called in reports: `loans`."""
    receives: str
    """What the project receives, for the manual: `money`."""
    pays: str
    """What the budget pays where the programme gives no `cost_rate`, for the manual: `all of it: 1`."""
    funded: bool
    """Whether an award pays capital cost. Other instruments make private money lend; their face value is contingent."""
    rate: Rate
    """Budget cost per unit of face value."""
    worth: Worth = in_full
    """Grant equivalent per unit of face value."""
    rate_varies_by_project: Callable[[Programme], bool] = never
    """Whether two projects can have different rates from the same programme. If so their awards are decided one by one
    and never as the sum of a class (`models.classes`)."""
    serves: Callable[[Programme, Project, Case], bool] = always
    """Whether a project can take such an award, apart from country and stage."""
    receipt: Worth = no_gain
    """Expected gain of the budget per unit of face value, reported and never spent."""
    needs_terms: tuple[str, ...] = ()
    """Columns of the programme that must be filled for its worth to be known."""


def programme_rate(programme: Programme, _project: Project, _year: int, _case: Case) -> float:
    """The programme's `cost_rate`, not below 0; 1 if it is empty, so that nothing is free by omission."""
    return 1.0 if programme.cost_rate is None else max(0.0, programme.cost_rate)


def programme_receipt(programme: Programme, _project: Project, _year: int, _case: Case) -> float:
    """Expected earnings of a programme with a negative `cost_rate`, per unit of face value."""
    return max(0.0, -(programme.cost_rate or 0.0))
