"""`verify --second-opinion`: comparison of the plan with the result of another solver."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.case import Case
from models.plan import Plan
from optimizer.analysis.risk.questions import asked_measure
from optimizer.errors import Refusal
from optimizer.reports.formatting import proved_within
from optimizer.solver.second_opinion import SecondOpinion, contradictions, second_opinion
from optimizer.verification.frontier_checks import case_at, rebuilt
from optimizer.verification.opened import open_frontier, open_plan
from optimizer.verification.verify import frontier_folder


@dataclass(frozen=True)
class OpinionComparison:
    """A plan and the second opinion on it."""

    plan: Plan
    opinion: SecondOpinion

    @property
    def contradictions(self) -> list[str]:
        """Contradictions between the two."""
        return [f"second opinion: {sentence}" for sentence in contradictions(self.plan, self.opinion)]

    @property
    def lines(self) -> list[str]:
        """Both values and bounds, and the conclusion, for people."""
        objective, other = self.plan.objective, self.opinion
        value, bound = objective.value - objective.penalty, objective.bound - objective.penalty
        theirs = f"value {_number(other.value)} and bound {_number(other.bound)}, {other.seconds:.1f} s"
        ours = f"the plan has value {value:.9g} and bound {bound:.9g}"
        lines = [f"second opinion: {ours}; {other.solver} has {theirs}"]
        if other.bound is not None:
            gap = max(0.0, other.bound - value) / max(abs(value), 1e-9)
            lines.append(f"second opinion: by the bound of {other.solver} the plan is {proved_within(gap)}")
        else:
            lines.append(f"second opinion: {other.solver} proved nothing in its time; allow more with --time-limit")
        return lines

    def as_json(self) -> dict[str, Any]:
        """The comparison as JSON data."""
        o, other = self.plan.objective, self.opinion
        return {
            "solver": other.solver,
            "status": other.status,
            "value": other.value,
            "bound": other.bound,
            "plan_value": o.value - o.penalty,
            "plan_bound": o.bound - o.penalty,
            "contradictions": self.contradictions,
        }


def compare_with_second_solver(place: Path, time_limit: float) -> OpinionComparison:
    """Solves the program of a plan once more, with another solver, to the plan's gap.

    `place`: a plan folder, or a file in the plans/ of a frontier. Raises SecondSolverMissing, BadPlan, and Refusal for a
    whole frontier.
    """
    case, plan, gap = _subject(place)
    measure = asked_measure(case, "the second opinion", plan)
    if measure is None:
        return OpinionComparison(plan, second_opinion(case, gap=gap, time_limit=time_limit))
    opinion = second_opinion(
        case, gap=gap, time_limit=time_limit, program_of=measure.program, plan_of=measure.unaudited
    )
    return OpinionComparison(plan, opinion)


def _subject(place: Path) -> tuple[Case, Plan, float]:
    """The case to solve, the plan, and its requested relative gap."""
    if (folder := frontier_folder(place)) is None:
        opened = open_plan(place.parent if place.is_file() else place)
        return opened.case, opened.plan, opened.record.gap
    explored = open_frontier(folder)
    points = {f"{n:03d}.json": point for n, point in enumerate(rebuilt(explored).points, 1)}
    if place.name not in points:
        raise Refusal("usage", f"--second-opinion is about one plan: name one of {folder / 'plans'}, such as 001.json")
    point = points[place.name]
    gap = float(explored.frontier["tolerance"]) / max(abs(point.value), 1e-9)
    return case_at(explored.case, explored.frontier, point.budget_m), point.plan, gap


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.9g}"
