"""What each instrument gives the project and what it costs the budget, one file an instrument.

Funded instruments (grant, loan, equity) pay capital cost; unfunded ones (guarantee, offtake) make private money lend.
"""

from types import ModuleType

from models.instruments import equity, grant, guarantee, loan, offtake
from models.schema import Programme, Project

INSTRUMENTS: dict[str, ModuleType] = {
    "grant": grant,
    "loan": loan,
    "equity": equity,
    "guarantee": guarantee,
    "offtake": offtake,
}
"""Name in the `instrument` column -> its module, with `FUNDED` and `cost_rate(programme, project, discount_rate)`."""


def is_funded(programme: Programme) -> bool:
    """Whether an award pays capital cost."""
    return bool(INSTRUMENTS[programme.instrument].FUNDED)


def cost_rate(programme: Programme, project: Project, discount_rate: float) -> float:
    """Budget cost per unit of face value of an award to a project."""
    return float(INSTRUMENTS[programme.instrument].cost_rate(programme, project, discount_rate))
