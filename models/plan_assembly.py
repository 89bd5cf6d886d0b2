"""Computes every table and total of a plan from its decisions as numbers."""

from collections.abc import Mapping

from models import sums, viability
from models.constraints import rules as rule_rows
from models.coverage import capacity_row, coverage
from models.decision import Decision, FundingClass
from models.instruments import cost_rate, is_funded, receipt_rate
from models.linear import added_capacity, charges, financed_capacity, unaided_capacity
from models.market import has_viability
from models.network import delivers
from models.objectives import objective_of
from models.plan import Award, BudgetRow, CapacityRow, Financed, RuleRow
from models.rule_measures import measure, number, total
from models.schema import AWARD_MEASURES, Programme, Project, Rule
from models.sets import DemandKey, Fund, Sets
from models.terms import need
from models.unaided import deadweight

Awards = Mapping[tuple[str, str, int], float]
"""(project, programme, year) -> face value, millions."""

TOLERANCE = 1e-6


def decided(sets: Sets, chosen: Mapping[str, int], awards: Awards) -> Decision:
    """A decision as numbers: the projects chosen with their years, and their awards."""
    outlay = sets.case.settings.budget_basis == "outlay"
    classes = tuple(
        FundingClass(i.id, (i,), sets.eligible[i.id], sets.profile[i.id] if outlay else (1.0,))
        for i in sets.candidates
        if i.id in chosen
    )
    given = {k: v for k, v in awards.items() if v}
    return Decision(sets, classes, dict.fromkeys(chosen.items(), 1.0), given, joint_projects(sets, given))


def joint_projects(sets: Sets, awards: Awards) -> dict[tuple[str, int], float]:
    """Projects in which two donors each give at least `joint_min_share` of capital cost."""
    donor = {p.id: p.donor for p in sets.case.programmes}
    given: dict[tuple[str, int], dict[str, float]] = {}
    for (i, p, t), face in awards.items():
        if donor[p]:
            given.setdefault((i, t), {}).setdefault(donor[p], 0.0)
            given[i, t][donor[p]] += face
    share = sets.case.settings.joint_min_share

    def counts(project: str, face: float) -> bool:
        least = share * sets.by_id[project].capex_m
        return face >= least - TOLERANCE * max(1.0, least)

    return {(i, t): 1.0 for (i, t), by in given.items() if sum(counts(i, face) for face in by.values()) >= 2}


# -- value ------------------------------------------------------------------------------------------------------


def coverages(decision: Decision) -> dict[tuple[DemandKey, int], float]:
    """min(1, capacity / demand) of every pair with demand."""
    return {
        pair: coverage(total_capacity(decision, *pair), demand)
        for pair, demand in decision.sets.demand.items()
        if demand > 0
    }


def total_capacity(decision: Decision, key: DemandKey, year: int) -> float:
    """Capacity outside China that covers a demand row: existing, underway, financed and unaided, t/yr."""
    standing = decision.sets.existing[key, year] + decision.sets.underway_capacity[key, year]
    return float(standing + financed_capacity(decision, key, year) + unaided_capacity(decision, key, year))


def objective_value(decision: Decision, delivered: Mapping[tuple[DemandKey, int], float] | None = None) -> float:
    """The objective of a plan, without the penalty of soft rules. `delivered`: coverage by what the chain delivers, which takes
    a solve (`optimizer.solver.chain_flows`); needed if the objective counts it."""
    s = decision.sets.case.settings
    if delivers(decision.sets):
        if delivered is None:
            raise ValueError(f"the objective {s.objective} needs what the chain delivers")
        return objective_of(decision.sets).value(decision.sets, delivered, {})
    added = {
        (stage, s.objective_year): float(added_capacity(decision, DemandKey(stage, None), s.objective_year))
        for stage in s.stages
    }
    return objective_of(decision.sets).value(decision.sets, coverages(decision), added)


def penalty(decision: Decision) -> float:
    """Points lost to soft rules."""
    return sum(
        r.penalty * rule_row(decision, r).shortfall for r in decision.sets.case.rules if not r.hard and r.penalty
    )


# -- tables -----------------------------------------------------------------------------------------------------


def financed_rows(decision: Decision) -> tuple[Financed, ...]:
    """The financed projects, sorted by id, with their money."""
    awards: dict[str, list[Award]] = {}
    for (i, p, t), face in sorted(decision.award.items()):
        awards.setdefault(i, []).append(_award(decision, decision.sets.by_id[i], decision.programme_of[p], t, face))
    return tuple(_financed(decision, s.project, s.year, tuple(awards.get(s.project.id, ()))) for s in decision.starts)


def _award(decision: Decision, project: Project, programme: Programme, year: int, face: float) -> Award:
    case = decision.sets.sizing(year)
    receipt = sums.product(receipt_rate(programme, project, year, case), face)
    worth = decision.sets.viability.worth(programme, project, year) if has_viability(case, project) else None
    return Award(
        programme=programme.id,
        year=year,
        face_m=face,
        cost_m=sums.product(cost_rate(programme, project, year, case), face),
        worth_m=None if worth is None else sums.product(worth, face),
        expected_receipt_m=receipt or None,
    )


def _financed(decision: Decision, project: Project, year: int, awards: tuple[Award, ...]) -> Financed:
    funded = sums.total(a.face_m for a in awards if is_funded(decision.programme_of[a.programme]))
    unfunded = sums.total(a.face_m for a in awards if not is_funded(decision.programme_of[a.programme]))
    new = funded if decision.sets.has_programmes else sums.clean(decision.sets.viability.cost_alone(project, year))
    # Without programmes or viability `public_m` is the need, as `plan.json` has always had it.
    with_secured = decision.sets.has_programmes or has_viability(decision.sets.case, project)
    public = sums.total((project.secured_m, new)) if with_secured else new
    private = sums.money_left(project.capex_m, project.secured_m, new)
    return Financed(
        id=project.id,
        fid_year=year,
        need_m=sums.clean(need(project)),
        public_m=public,
        contingent_m=unfunded,
        private_m=private,
        support_m=sums.total((public, unfunded)),
        unaided_m=sums.money_left(private, unfunded),
        awards=awards,
        **_market(decision, project, year, awards),
        **deadweight(
            decision.sets, project, year, sums.total(a.cost_m for a in awards) if decision.sets.has_programmes else new
        ),
    )


def _market(decision: Decision, project: Project, year: int, awards: tuple[Award, ...]) -> dict[str, float | None]:
    """Gap of a project and worth of its support; empty for a project without viability."""
    case = decision.sets.sizing(year)
    if not has_viability(case, project):
        return {}
    grant = 0.0 if decision.sets.has_programmes else decision.sets.viability.cost_alone(project, year)
    return {
        "gap_m": viability.gap(case, project, year),
        "bankable_m": viability.bankable(case, project, year),
        "npv_m": viability.npv_unaided(case, project, year),
        "clears_at": viability.clears_at(case, project, year),
        "worth_m": sums.total((grant, *(a.worth_m or 0.0 for a in awards))),
    }


def capacity_rows(decision: Decision) -> tuple[CapacityRow, ...]:
    """Every demand row and year; every stage and year if the case has no demand."""
    sets = decision.sets
    keys = sets.demands or tuple(DemandKey(s, None) for s in sets.case.settings.stages)
    return tuple(_capacity_row(decision, key, y) for key in keys for y in sets.years)


def _capacity_row(decision: Decision, key: DemandKey, year: int) -> CapacityRow:
    return capacity_row(
        key,
        year,
        existing=decision.sets.existing_of(key, year),
        underway=decision.sets.underway_of(key, year),
        financed=float(financed_capacity(decision, key, year)),
        **_without_support(decision, key, year),
        demand=decision.sets.demand.get((key, year), 0.0),
    )


def _without_support(decision: Decision, key: DemandKey, year: int) -> dict[str, float]:
    """Capacity that comes without support, of financed projects and of others; empty if no project goes ahead without it."""
    if not decision.sets.unaided_fids:
        return {}
    others = float(unaided_capacity(decision, key, year))
    return {"unaided": others, "counterfactual": decision.sets.unaided_of(key, year) - others}


def budget_rows(decision: Decision) -> tuple[BudgetRow, ...]:
    """Every programme and year of the horizon. Programmes of a fund show its envelope and what they spend of it."""
    rows: list[BudgetRow] = []
    for fund in decision.sets.funds:
        carried = _carried(fund, charges(decision, fund))
        for p in fund.programmes:
            charged = charges(decision, Fund(p.id, (p,), None, fund.carry_over, fund.on_face, None, None))
            rows += [
                BudgetRow(
                    programme=p.id,
                    year=t,
                    envelope_m=None if fund.envelopes is None else fund.envelopes[t],
                    spent_m=sums.clean(float(charged[t])),
                    carried_m=carried[t],
                )
                for t in decision.sets.years
            ]
    return tuple(sorted(rows, key=lambda r: (r.programme, r.year)))


def _carried(fund: Fund, spent: Mapping[int, float]) -> dict[int, float]:
    left, carried = 0.0, {}
    for t in sorted(spent):
        if fund.envelopes is not None and fund.carry_over:
            left = max(0.0, sums.money_left(left + fund.envelopes[t], sums.clean(float(spent[t]))))
        carried[t] = left
    return carried


def rule_row(decision: Decision, rule: Rule) -> RuleRow:
    """The value that a plan attains for a rule, in the unit of its limit, and by how much its row is missed."""
    body, limit = rule_rows.row(decision, rule)
    over, under = (limit, float(body)) if rule.sense == ">=" else (float(body), limit)
    missing = sums.excess(over, under)
    value = rule_value(decision, rule)
    tolerance = TOLERANCE * max(1.0, abs(limit), abs(float(body)))
    return RuleRow(
        rule=rule.rule, value=value, sense=rule.sense, limit=rule.value, holds=missing <= tolerance,
        shortfall=missing if missing > tolerance or not rule.hard else 0.0,
    )  # fmt: skip


def rule_value(decision: Decision, rule: Rule) -> float | None:
    """The sum, average, share or ratio that a plan attains; None if nothing is picked."""
    if rule.aggregate == "average":
        weight = total(decision, rule, rule.picks, lambda i: number(decision, i, rule.weight or "capex"))
        value = total(
            decision,
            rule,
            rule.picks,
            lambda i: number(decision, i, rule.weight or "capex") * number(decision, i, rule.measure),
        )
        return sums.clean(value / weight) if weight else None
    value = measure(decision, rule, rule.measure, rule.picks)
    if rule.aggregate == "sum":
        return (
            0.0
            if rule.measure in AWARD_MEASURES and abs(value) < sums.CENT * len(decision.starts)
            else sums.clean(value)
        )
    below = rule_rows.below(decision, rule)
    money = (
        rule.per if rule.aggregate == "ratio" else rule.measure
    ) == "private"  # a difference: drop the rounding residue
    return sums.clean(value / below) if abs(below) > (TOLERANCE if money else 0.0) else None


def rule_table(decision: Decision) -> tuple[RuleRow, ...]:
    """Every rule in the order of the case; `each` rules bar candidates, so they hold."""
    return tuple(
        RuleRow(rule=r.rule, value=None, sense=r.sense, limit=r.value, holds=True, shortfall=0.0)
        if r.aggregate == "each"
        else rule_row(decision, r)
        for r in decision.sets.case.rules
    )
