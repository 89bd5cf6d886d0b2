"""What further solves say about a plan of a chain: without it, without research, beside the plan best by nameplate.

Kept with the plan, so that every report says the same; a plan without a chain has none of it.
"""

from models.frozen import Frozen


class Delivered(Frozen):
    """A demand row in one year without the plan: what existing and underway plants deliver."""

    stage: str
    material: str | None
    year: int
    coverage: float
    """Part of the demand; 1 where nothing is demanded."""


class CapacityStep(Frozen):
    """What a little more capacity of one process would deliver in one year, all else as planned."""

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
    """What a material without end would deliver in one year, all else as planned."""

    year: int
    material: str
    delivered_gain: float
    """Points of that year's delivered score."""
    magnets_gain_t: float
    """Magnets more in that year."""


class Saved(Frozen):
    """What later coefficients save of a material, or bring more of it, at what the plan runs."""

    material: str
    year: int
    saved_t: float
    ore_t: float | None
    """Ore that gives as much at the plan's average; None where the plan makes none of it from ore."""


class Research(Frozen):
    """The plan's projects without the coefficients that improve from some year on."""

    delivered: float
    """Delivered score without them."""
    magnets_t: float
    """Magnets over the horizon without them."""
    from_year: int
    """First year of an improvement."""
    saved: tuple[Saved, ...]


class NameplateBest(Frozen):
    """The plan that the objective `coverage` (nameplate) gives for the same case, on the measure of delivery."""

    gap: float
    """How far it is proved to be the best by nameplate."""
    delivered: float
    magnets_t: float
    projects: tuple[str, ...]
    """Financed ids, sorted."""
    processes: tuple[tuple[str, int, float, float], ...]
    """Process, year, nameplate capacity and what of it is fed, t/yr, in the milestone years."""


class ChainValue(Frozen):
    """Answers of further solves of one plan."""

    delivered: float
    """Delivered score of the plan, 0 to 1."""
    magnets_t: float
    """Magnets that the plan delivers over the horizon, t; of a chain without magnets its last stage."""
    without: tuple[Delivered, ...]
    """Without the plan: every demand row and year."""
    steps: tuple[CapacityStep, ...] = ()
    """Of each process and year that gains something, the largest gain of a year first."""
    shortages: tuple[Shortage, ...] = ()
    """Of each material and year that holds something back, the bottleneck of a year first."""
    thrift: Research | None = None
    """Less of a material in what is demanded from some year on; None where no row says so."""
    recovery: Research | None = None
    """Better yields elsewhere from some year on; None where no row says so."""
    nameplate: NameplateBest | None = None
    """None where it was not asked for, or time did not allow it."""
