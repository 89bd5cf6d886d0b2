"""Plans for page tests, made without a solver: any choice of projects, its tables worked out as for a real one."""

import random

from models import plan_assembly, reasons
from models.audit import audit
from models.case import Case
from models.plan import ObjectiveValue, Plan
from models.schema import Demand, Existing, Programme, Project, Rule, Settings
from models.sets import Sets
from models.terms import award_cap, is_eligible, need

HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://example.invalid","click")',
    "\u202eمنجم نادر\u202c right to left",
    "x" * 300,
    "\U0001f600 emoji \u0000 null \u2028 line",
    "a | b *bold* `code` [link](javascript:alert(1))",
    "{{ 7 * 7 }} {% raw %}",
)
"""Names that would do harm to a careless page, table or document."""


def planned(case: Case, chosen: dict[str, int]) -> Plan:
    """The plan that finances these projects in these years; each need is met by the eligible programmes in turn."""
    sets = Sets(case)
    awards = {
        (i, p, t): face for i, t in chosen.items() for p, face in _shares(case, sets.by_id[i]).items() if face > 0
    }
    decision = plan_assembly.decided(sets, chosen, awards)
    value, baseline = (
        plan_assembly.objective_value(decision),
        plan_assembly.objective_value(plan_assembly.decided(sets, {}, {})),
    )
    plan = Plan(
        status="feasible",
        tie_break="partial",
        objective=ObjectiveValue(
            name=case.settings.objective,
            value=value,
            bound=value,
            gap=0.0,
            penalty=plan_assembly.penalty(decision),
            baseline=baseline,
        ),
        projects=plan_assembly.financed_rows(decision),
        capacity=plan_assembly.capacity_rows(decision),
        budgets=plan_assembly.budget_rows(decision),
        rules=plan_assembly.rule_table(decision),
        not_financed=reasons.not_financed(decision),
    )
    return plan.model_copy(update={"audit": audit(case, plan)})


def _shares(case: Case, project: Project) -> dict[str, float]:
    left, given = need(project), {}
    for programme in case.programmes:
        if is_eligible(project, programme):
            given[programme.id] = min(left, award_cap(project, programme))
            left -= given[programme.id]
    return given


def small(names: tuple[str, ...] = ()) -> Case:
    """Nine projects along three stages with two programmes, a rule of each look, materials and Chinese capacity.

    `names` replace the names of projects, programmes, rules, plants and sources, in turn.
    """

    def name(k: int, usual: str) -> str:
        return names[k % len(names)] if names else usual

    projects = tuple(
        Project(
            row=k + 2, id=f"p{k}", name=name(k, f"Project {k}"), country=("US", "AU", "JP")[k % 3],
            stage=("mine", "separation", "magnet")[k // 3], capacity_tpa=1000.0 * (k + 1), capex_m=50.0 * (k + 1),
            private_share=0.5, build_years=2, ramp=(40.0, 100.0), shares={"ndpr": 0.2} if k < 6 else {},
            status=("underway" if k == 2 else "barred" if k == 5 else "candidate"), note=name(k + 1, ""),
            confidence=("high", "medium", "low")[k % 3], source=name(k + 2, "a public page"), esg_e=60, esg_s=60, esg_g=60,
            earliest_fid=2025 if k == 2 else None,
        )
        for k in range(9)
    )  # fmt: skip
    return Case(
        name=name(0, "small"),
        settings=Settings(
            first_year=2026, last_year=2036, last_fid_year=2032, price_year=2026, objective_year=2036, milestones=(2030, 2035),
            excluded_countries=("CN", "MM"),
        ),
        projects=projects,
        programmes=(
            Programme(
                row=2, id="loans", name=name(3, "Loan window"), instrument="loan", cost_rate=0.1, max_share=0.3,
                limit_on="face", carry_over=True, envelopes={y: 90.0 if y < 2033 else 0.0 for y in range(2026, 2037)},
            ),
            Programme(row=3, id="cover", name=name(4, "Guarantees"), instrument="guarantee", cost_rate=0.05, total_m=40.0),
        ),
        demand=(
            Demand(row=2, stage="mine", years={2026: 4000.0, 2036: 9000.0}),
            Demand(row=3, stage="mine", material="ndpr", years={2026: 900.0, 2036: 1500.0}),
            Demand(row=4, stage="separation", years={2030: 9000.0}),
            Demand(row=5, stage="magnet", years={2026: 2000.0, 2036: 6500.0}),
        ),
        existing=(
            Existing(row=2, country="CN", stage="mine", years={2024: 7000.0}, shares={"ndpr": 0.25}, source="article: 65 % of world"),
            Existing(row=3, country="AU", stage="mine", years={2024: 2000.0}, shares={"ndpr": 0.2}, name=name(5, "Old pit"), source="x"),
            Existing(row=4, country="MM", stage="mine", years={2024: 1000.0}, shares={"ndpr": 0.3}, source="y"),
            Existing(row=5, country="CN", stage="magnet", capacity_tpa=9000.0, source="about 90 % of magnets"),
            Existing(row=6, country="JP", stage="magnet", capacity_tpa=1000.0, allied_share=0.5, source=name(6, "z")),
        ),
        rules=(
            Rule(row=2, rule=name(6, "esg"), measure="esg", aggregate="average", sense=">=", value=55, note=name(7, "why")),
            Rule(row=3, rule="room", measure="capex", aggregate="sum", sense="<=", value=5000),
            Rule(row=4, rule="wish", measure="count", aggregate="sum", sense=">=", value=99, hard=False, penalty=0.001),
        ),
    )  # fmt: skip


def small_plan(case: Case) -> Plan:
    """Five of the small case's projects."""
    return planned(case, {"p0": 2026, "p1": 2027, "p3": 2027, "p6": 2028, "p8": 2030})


def many(count: int, seed: int = 1) -> tuple[Case, Plan]:
    """A case of many projects over three stages, and a plan that finances a third of them.

    They may be decided in two years only: why each of the others is left out is worked out year by year.
    """
    rng = random.Random(seed)
    base = small()
    projects = tuple(
        Project(
            row=k + 2, id=f"q{k:05d}", name=f"Candidate number {k} of a long list", country=rng.choice(("US", "AU", "JP", "CA")),
            stage=rng.choice(("mine", "separation", "magnet")), capacity_tpa=rng.uniform(100, 2000),
            capex_m=rng.uniform(5, 400), private_share=rng.choice((0.3, 0.5, 0.7)), build_years=rng.choice((1, 2, 3)),
            ramp=(50.0, 100.0), confidence=rng.choice(("high", "medium", "low")), source="generated",
        )
        for k in range(count)
    )  # fmt: skip
    case = base.with_(
        name=f"many-{count}",
        settings=base.settings.model_copy(update={"last_fid_year": base.settings.first_year + 1}),
        projects=projects,
        rules=(),
        demand=tuple(
            demand_row.model_copy(update={"years": {y: t * count / 9 for y, t in demand_row.years.items()}})
            for demand_row in base.demand
        ),
        programmes=tuple(
            p.model_copy(update={"total_m": None, "envelopes": {}, "uncapped": True}) for p in base.programmes
        ),
    )
    chosen = {p.id: rng.randint(2026, 2027) for p in projects if rng.random() < 1 / 3}
    return case, planned(case, chosen)
