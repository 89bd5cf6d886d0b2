"""Further solves about the plan of a chain: without the plan, without research, and the best plan by nameplate.

The results are kept with the plan, so that every report shows the same numbers. A plan without a chain has none.
"""

from models.frozen import Frozen


class Delivered(Frozen):
    """A demand row in one year without the plan: what existing and underway plants deliver."""

    stage: str
    material: str | None
    year: int
    coverage: float
    """Share of the demand; 1 without demand."""


class CapacityStep(Frozen):
    """Gain from a small increase of the capacity of one process in one year, all else as planned."""

    year: int
    process: str
    stage: str
    step_t: float
    """The capacity added, t/yr of the process."""
    delivered_gain: float
    """Points of that year's delivered score."""
    magnets_gain_t: float
    """Magnets more in that year."""


class Shortage(Frozen):
    """Gain from an unlimited supply of a material in one year, all else as planned."""

    year: int
    material: str
    delivered_gain: float
    """Points of that year's delivered score."""
    magnets_gain_t: float
    """Magnets more in that year."""


class Saved(Frozen):
    """Material saved, or made in addition, by later coefficients at the planned runs."""

    material: str
    year: int
    saved_t: float
    ore_t: float | None
    """Ore that yields as much at the plan's average; None if the plan makes none of it from ore."""


class Research(Frozen):
    """The projects of the plan without later improvements of coefficients."""

    delivered: float
    """Delivered score without them."""
    magnets_t: float
    """Magnets over the horizon without them."""
    from_year: int
    """First year of an improvement."""
    saved: tuple[Saved, ...]


class NameplateBest(Frozen):
    """The plan that is best by nameplate (objective `coverage`) for the same case, measured by its deliveries."""

    gap: float
    """Relative gap within which it is proved to be the best by nameplate."""
    delivered: float
    magnets_t: float
    projects: tuple[str, ...]
    """Financed ids, sorted."""
    processes: tuple[tuple[str, int, float, float], ...]
    """Process, year, nameplate capacity and what of it is fed, t/yr, in the milestone years."""


class ChainValue(Frozen):
    """Results of further solves about one plan."""

    delivered: float
    """Delivered score of the plan, 0 to 1."""
    magnets_t: float
    """Magnets that the plan delivers over the horizon, t; of a chain without magnets its last stage."""
    without: tuple[Delivered, ...]
    """Deliveries without the plan, for every demand row and year."""
    steps: tuple[CapacityStep, ...] = ()
    """Every process and year with a gain; within a year the largest gain first."""
    shortages: tuple[Shortage, ...] = ()
    """Every material and year with a gain; within a year the bottleneck first."""
    thrift: Research | None = None
    """Effect of later coefficients that use less of a material in demanded products; None if no row has them."""
    recovery: Research | None = None
    """Effect of later, better yields elsewhere; None if no row has them."""
    nameplate: NameplateBest | None = None
    """None if it was not requested or time ran out."""
    cut_short: bool = False
    """Whether time ran out before steps, shortages, thrift and recovery, which are then empty."""
