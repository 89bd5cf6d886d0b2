"""What each instrument gives the project and what it costs the budget, one file an instrument.

Funded instruments (grant, loan, equity) pay capital cost; unfunded ones (guarantee, offtake) make private money lend.
"""

from models.instruments.equity import EQUITY
from models.instruments.grant import GRANT
from models.instruments.guarantee import GUARANTEE
from models.instruments.instrument import Instrument
from models.instruments.loan import LOAN
from models.instruments.offtake import OFFTAKE
from models.schema import Programme, Project, Settings

INSTRUMENTS: dict[str, Instrument] = {i.name: i for i in (GRANT, LOAN, EQUITY, GUARANTEE, OFFTAKE)}
"""Value of the `instrument` column -> its instrument."""


def instrument_of(programme: Programme) -> Instrument:
    """The instrument of a programme."""
    return INSTRUMENTS[programme.instrument]


def is_funded(programme: Programme) -> bool:
    """Whether an award pays capital cost."""
    return instrument_of(programme).funded


def cost_rate(programme: Programme, project: Project, year: int, settings: Settings) -> float:
    """Budget cost per unit of face value of an award to a project that is decided in `year`."""
    return float(instrument_of(programme).rate(programme, project, year, settings))
