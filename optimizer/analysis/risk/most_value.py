"""An upper bound of the value of any plan in outcomes, for searches that end without a bound."""

from collections.abc import Iterable

from models.objectives import objective_of
from models.risk import Outcome
from models.scenario_sets import scenario_sets
from models.sets import Sets


def most_value(sets: Sets, outcomes: Iterable[Outcome]) -> float:
    """An upper bound of the value of any plan in any of the outcomes, in the unit of the objective. With more demand or output
    than planned it may exceed the maximum as planned."""
    return max(objective_of(sets).most(scenario_sets(sets, w.realization)) for w in outcomes)
