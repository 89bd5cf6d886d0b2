"""The support of each instrument for the project and its cost to the budget, one file per instrument.

Funded instruments (grant, loan, equity) pay capital cost; unfunded ones (guarantee, offtake) make private money lend.
"""

from importlib import import_module

from models.case import Case
from models.instruments.instrument import Instrument
from models.programme import INSTRUMENTS as NAMES
from models.schema import Programme, Project


def _declared(name: str) -> Instrument:
    """The instrument of a name: the constant `TAX_CREDIT` of the file `tax_credit.py` for `tax credit`."""
    stem = name.replace(" ", "_")
    instrument: Instrument = getattr(import_module(f"{__name__}.{stem}"), stem.upper())
    return instrument


INSTRUMENTS: dict[str, Instrument] = {name: _declared(name) for name in NAMES}
"""Value of the `instrument` column -> its instrument, in the order of the schema."""


def instrument_of(programme: Programme) -> Instrument:
    """The instrument of a programme."""
    return INSTRUMENTS[programme.instrument]


def is_funded(programme: Programme) -> bool:
    """Whether an award pays capital cost."""
    return instrument_of(programme).funded


def cost_rate(programme: Programme, project: Project, year: int, case: Case) -> float:
    """Budget cost per unit of face value of an award to a project that is decided in `year`; never negative."""
    return float(instrument_of(programme).rate(programme, project, year, case))


def worth(programme: Programme, project: Project, year: int, case: Case) -> float:
    """Grant equivalent per unit of face value of an award to a project that is decided in `year`."""
    return float(instrument_of(programme).worth(programme, project, year, case))


def receipt_rate(programme: Programme, project: Project, year: int, case: Case) -> float:
    """Expected gain of the budget per unit of face value; it is reported and never spent."""
    return float(instrument_of(programme).receipt(programme, project, year, case))


def serves(programme: Programme, project: Project, case: Case) -> bool:
    """Whether a project can take awards of a programme's instrument, apart from country and stage."""
    return instrument_of(programme).serves(programme, project, case)
