"""Coverage of a plan under risk in each scenario, as stated in its `risk` block."""

from models.frozen import Frozen
from models.plan import Plan
from models.stress import Covered


class ScenarioGaps(Frozen):
    """A scenario: the share of each demand row that is covered, and the missing tonnes, t/yr."""

    scenario: str
    probability: float
    """Probability; 0 for a stress."""
    rows: tuple[Covered, ...]

    def at(self, stage: str, material: str | None, year: int) -> Covered | None:
        """The row of a demand in a year; None without demand."""
        return next((r for r in self.rows if (r.stage, r.material, r.year) == (stage, material, year)), None)


def scenario_gaps(plan: Plan | None) -> tuple[ScenarioGaps, ...]:
    """Every named scenario of a plan under risk; empty for a plan without a measure of risk."""
    if plan is None or plan.risk is None:
        return ()
    return tuple(
        ScenarioGaps(scenario=r.scenario, probability=r.probability, rows=r.coverage) for r in plan.risk.scenarios
    )
