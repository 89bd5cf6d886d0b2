"""The most that any plan can reach in outcomes: the bound where a search ends without one."""

from collections.abc import Iterable

from models.objectives import objective_of
from models.risk import Outcome
from models.scenario_sets import scenario_sets
from models.sets import Sets


def most_value(sets: Sets, outcomes: Iterable[Outcome]) -> float:
    """No plan has a larger value in any of the outcomes: more demand or output than planned can lift it above the most as
    planned. In the unit of the objective."""
    return max(objective_of(sets).most(scenario_sets(sets, w.realization)) for w in outcomes)
