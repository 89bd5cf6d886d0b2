"""What a plan under risk covers in each scenario, as its block of risk states it."""

from models.frozen import Frozen
from models.plan import Plan
from models.stress import Covered


class ScenarioGaps(Frozen):
    """A scenario: the part of each demand that is covered in it, and what is missing, t/yr."""

    scenario: str
    probability: float
    """0 for a stress."""
    rows: tuple[Covered, ...]

    def at(self, stage: str, material: str | None, year: int) -> Covered | None:
        """The row of a demand in a year; None where nothing is demanded."""
        return next((r for r in self.rows if (r.stage, r.material, r.year) == (stage, material, year)), None)


def scenario_gaps(plan: Plan | None) -> tuple[ScenarioGaps, ...]:
    """Every named scenario of a plan under risk; none of a plan as planned."""
    if plan is None or plan.risk is None:
        return ()
    return tuple(
        ScenarioGaps(scenario=r.scenario, probability=r.probability, rows=r.coverage) for r in plan.risk.scenarios
    )
