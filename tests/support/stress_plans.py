"""A plan that says what was decided and nothing else."""

from models.evaluation import Decided
from models.plan import Award, Financed, ObjectiveValue, Plan


def plan_of(decisions: Decided) -> Plan:
    """Decisions as a plan without tables."""
    awards: dict[str, list[Award]] = {}
    for (i, programme, year), face in sorted(decisions.awards.items()):
        awards.setdefault(i, []).append(Award(programme=programme, year=year, face_m=face, cost_m=face))
    return Plan(
        status="feasible", tie_break="partial", capacity=(), budgets=(), rules=(), not_financed=(),
        objective=ObjectiveValue(name="coverage", value=0, bound=0, gap=0, penalty=0, baseline=0),
        projects=tuple(
            Financed(id=i, fid_year=t, need_m=0, public_m=0, contingent_m=0, private_m=0, awards=tuple(awards.get(i, ())))
            for i, t in sorted(decisions.chosen.items())
        ),
    )  # fmt: skip
