"""The headline of a plan: numbers and sentences for terminal, workbook and page.

Numbers that reports show besides the tables of the plan are computed here, once. Money is in millions of the base currency,
material in tonnes a year; numbers are exact, sentences are rounded for people.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum

from models.case import Case
from models.coverage import coverage
from models.headline import headline_rows
from models.instruments import INSTRUMENTS
from models.milestones import middle
from models.plan import Award, CapacityRow, Financed, NotFinanced, Plan, RuleRow
from models.schema import Project
from models.terms import ramp_share
from optimizer.reports import reason_words
from optimizer.reports.formatting import (
    clauses,
    country_code,
    demand_name,
    listed,
    money,
    number,
    percent,
    proved_within,
    sentence,
    shorten,
    stage_label,
)
from optimizer.reports.language import localized, tr, translated
from optimizer.reports.plan_score import score

_BINDING = 1e-6
"""A rule binds when its slack is no more than this part of its limit."""


# -- gains -----------------------------------------------------------------------------------------------------------


def rows_of(plan: Plan, year: int) -> list[CapacityRow]:
    """The demand rows of a year, along the chain."""
    return [row for row in plan.capacity if row.year == year]


def has_demand(plan: Plan) -> bool:
    """Whether anything is demanded at all, so that coverage and gap mean something."""
    return any(row.demand_t > 0 for row in plan.capacity)


def standing(row: CapacityRow) -> float:
    """Capacity that is there without the plan: existing, underway, and what goes ahead without support, t/yr."""
    return row.before_t


def covered_before(row: CapacityRow) -> float:
    """Part of the demand that is covered without the plan; 1 where nothing is demanded."""
    return coverage(standing(row), row.demand_t)


def gap_before(row: CapacityRow) -> float:
    """Tonnes a year that are missing without the plan."""
    return max(0.0, row.demand_t - standing(row))


def change(row: CapacityRow) -> str:
    """`48 -> 71 %`: coverage without and with the plan; without a demand tonnes a year."""
    if row.demand_t > 0:
        return tr("{before} -> {after} %", before=percent(covered_before(row)), after=percent(row.coverage))
    return tr("{before} -> {after} t/yr", before=number(standing(row)), after=number(row.capacity_t))


def headline(case: Case, plan: Plan, year: int | None = None) -> str:
    """The capacity that the plan adds at a milestone (default: the middle one), by stage."""
    year = middle(case, plan) if year is None else year
    rows = headline_rows(rows_of(plan, year))
    changes = listed(tr("{name} {change}", name=short_name(row), change=change(row)) for row in rows)
    if not any(r.demand_t > 0 for r in rows):
        return tr("{year}, capacity outside China: {changes}", year=year, changes=changes)
    if plan.processes:
        return tr(
            "{year}, share of demand outside China met by nameplate capacity: {changes}", year=year, changes=changes
        )
    return tr("{year}, share of demand outside China met: {changes}", year=year, changes=changes)


def short_name(row: CapacityRow) -> str:
    """A demand row in a sentence."""
    return demand_name(row.stage, row.material)


def weakest(case: Case, plan: Plan) -> list[str]:
    """The stage that is covered least at the middle milestone, and a material that is covered less still."""
    year = middle(case, plan)
    rows = [row for row in rows_of(plan, year) if row.demand_t > 0]
    if not rows:
        return []
    if all(row.coverage >= 1 for row in rows):
        return [tr("Weakest stage: none, all demand of {year} is covered.", year=year)]
    named = headline_rows(rows)
    stage = min(named, key=lambda r: r.coverage)
    words = [tr("Weakest stage: {name}, {shortage}", name=short_name(stage), shortage=_shortage(stage))]
    worst = min(rows, key=lambda r: r.coverage)
    if worst.coverage < stage.coverage:
        words.append(tr("weakest material: {name}, {shortage}", name=short_name(worst), shortage=_shortage(worst)))
    return [sentence(clauses(words))]


def _shortage(row: CapacityRow) -> str:
    return tr(
        "{share} % of the {year} demand, gap {gap} t/yr",
        share=percent(row.coverage), year=row.year, gap=number(row.gap_t),
    )  # fmt: skip


# -- money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """Sums of money over some financed projects, millions."""

    projects: int
    capex_m: float
    need_m: float
    public_m: float
    secured_m: float
    """The part of `public_m` that was obligated before; 0 without programmes, where public money is the need."""
    contingent_m: float
    private_m: float
    unaided_m: float
    """The part of `private_m` at its own risk, without a public guarantee or offtake."""
    face_m: float
    """Face value committed: awards of every instrument; the needs without programmes."""
    cost_m: float
    """Budget cost of it."""
    faces: dict[str, float]
    """Instrument -> face value."""


def totals(case: Case, financed: Iterable[Financed]) -> Totals:
    """Sums over financed projects."""
    rows = list(financed)
    projects = {p.id: p for p in case.projects}
    instrument = {p.id: p.instrument for p in case.programmes}
    awards = [award for row in rows for award in row.awards]
    alone = fsum(row.alone_m for row in rows)
    return Totals(
        projects=len(rows),
        capex_m=fsum(projects[row.id].capex_m for row in rows),
        need_m=fsum(row.need_m for row in rows),
        public_m=fsum(row.public_m for row in rows),
        secured_m=fsum(projects[row.id].secured_m for row in rows) if case.programmes else 0.0,
        contingent_m=fsum(row.contingent_m for row in rows),
        private_m=fsum(row.private_m for row in rows),
        unaided_m=fsum(row.at_own_risk_m for row in rows),
        face_m=fsum(a.face_m for a in awards) if case.programmes else alone,
        cost_m=fsum(a.cost_m for a in awards) if case.programmes else alone,
        faces={kind: fsum(a.face_m for a in awards if instrument[a.programme] == kind) for kind in INSTRUMENTS},
    )


def commitments(case: Case, plan: Plan) -> list[tuple[Financed, Award]]:
    """Every award with its project. Without programmes what the project costs, of no programme, at budget cost 1."""
    if case.programmes:
        return [(row, award) for row in plan.projects for award in row.awards]
    return [
        (row, Award(programme="", year=row.fid_year, face_m=row.alone_m, cost_m=row.alone_m))
        for row in plan.projects
        if row.alone_m > 0
    ]


def money_line(case: Case, plan: Plan) -> str:
    """Number of financed projects, public money, budget cost and private money, in a sentence."""
    t = totals(case, plan.projects)
    secured = secured_earlier(t)
    parts = clauses((listed(by_instrument(t, funded=True) + secured), _budget_cost(case, t)))
    shown = [
        tr(
            "{financed} of {candidates} financed: {money} public ({parts})",
            financed=t.projects, candidates=t.projects + len(plan.not_financed),
            money=money(t.public_m, case.settings.base_currency), parts=parts,
        ),
        *_contingent(t),
        private_money(t),
    ]  # fmt: skip
    return listed(shown)


def secured_earlier(t: Totals) -> list[str]:
    """`secured earlier 120`; empty if nothing was."""
    return [tr("secured earlier {amount}", amount=number(t.secured_m))] if t.secured_m > 5e-3 else []


def _contingent(t: Totals) -> list[str]:
    if not t.contingent_m:
        return []
    unfunded = listed(by_instrument(t, funded=False))
    return [tr("{money} contingent ({instruments})", money=money(t.contingent_m), instruments=unfunded)]


def private_money(t: Totals) -> str:
    """`5,899 M private, 767 M of it under public guarantee or offtake`."""
    return listed(filter(None, (tr("{money} private", money=money(t.private_m)), guaranteed(t))))


def guaranteed(t: Totals) -> str:
    """`767 M of it under public guarantee or offtake`; empty where all private money is at its own risk."""
    aided = t.private_m - t.unaided_m
    return tr("{money} of it under public guarantee or offtake", money=money(aided)) if aided > 5e-3 else ""


def leverage(t: Totals) -> str:
    """Private money at its own risk for each unit of support; beside it mobilisation as if guaranteed money were mobilised.

    The OECD (methodologies to measure amounts mobilised from the private sector by official development finance
    interventions, 2020) counts the guaranteed loan itself as mobilised; here a guarantee is support.
    """
    support = t.public_m + t.contingent_m
    if support <= 0:
        return ""
    at_own_risk = tr(
        "{ratio} at its own risk for each 1 of support, guarantees and offtake counted as support",
        ratio=localized(f"{t.unaided_m / support:.1f}"),
    )
    if t.private_m - t.unaided_m <= 5e-3 or t.public_m <= 0:
        return at_own_risk
    counted = tr(
        "{ratio} for each 1 of public money if guaranteed money counted as mobilised",
        ratio=localized(f"{t.private_m / t.public_m:.1f}"),
    )
    return clauses((at_own_risk, counted))


def by_instrument(t: Totals, *, funded: bool) -> list[str]:
    """Face value by instrument, the largest first: `loans 3,100`."""
    faces = [(kind, face) for kind, face in t.faces.items() if INSTRUMENTS[kind].funded is funded and face > 0]
    return [
        tr("{name} {amount}", name=tr(INSTRUMENTS[kind].label), amount=number(face))
        for kind, face in sorted(faces, key=lambda pair: -pair[1])
    ]


def _budget_cost(case: Case, t: Totals) -> str:
    total = case.settings.total_budget_m
    if total is None:
        return tr("budget cost {cost}", cost=number(t.cost_m))
    return tr("budget cost {cost} of {total}", cost=number(t.cost_m), total=number(total))


# -- time ------------------------------------------------------------------------------------------------------------


def first_output(project: Project, fid_year: int) -> int | None:
    """First year of delivery; None where the ramp is zero throughout."""
    return next((y for y in _life(project, fid_year) if ramp_share(project, y - fid_year) > 0), None)


def full_output(project: Project, fid_year: int) -> int | None:
    """First year of the largest delivery of its life; None where it never delivers."""
    years = list(_life(project, fid_year))
    most = max((ramp_share(project, y - fid_year) for y in years), default=0.0)
    return next((y for y in years if ramp_share(project, y - fid_year) == most), None) if most else None


def _life(project: Project, fid_year: int) -> range:
    """Years of delivery up to the last step of the ramp."""
    first = fid_year + project.build_years
    return range(first, first + min(project.life_years, len(project.ramp)))


# -- rules -----------------------------------------------------------------------------------------------------------


def slack(row: RuleRow) -> float | None:
    """Slack of a rule, in the unit of its limit; negative if missed, None if nothing is picked."""
    if row.value is None:
        return None
    return row.value - row.limit if row.sense == ">=" else row.limit - row.value


def binds(row: RuleRow) -> bool:
    """Whether a plan is at a rule's limit."""
    room = slack(row)
    return row.holds and room is not None and abs(room) <= _BINDING * max(1.0, abs(row.limit))


# -- projects left out -----------------------------------------------------------------------------------------------


def left_out_in_order(case: Case, plan: Plan) -> list[NotFinanced]:
    """Projects that are not financed: by reason, those that say most about the plan first, then by output as a part of its
    stage's candidates, the largest first."""
    projects = {p.id: p for p in case.projects}
    total: Counter[str] = Counter()
    for p in case.projects:
        total[p.stage] += p.capacity_tpa  # type: ignore[assignment]

    def weight(row: NotFinanced) -> tuple[int, float, str]:
        p = projects[row.id]
        return reason_words.rank(row.reason), -p.capacity_tpa / (total[p.stage] or 1.0), row.id

    return sorted(plan.not_financed, key=weight)


def left_out(case: Case, plan: Plan, most: int | None = None) -> list[str]:
    """The number of projects left out by each reason, then the three that matter most.

    `most`: reasons that are counted one by one, the others together; None for all.
    """
    if not plan.not_financed:
        return [tr("Left out: nothing.")]
    reasons: Counter[str] = Counter(row.reason for row in plan.not_financed)
    ordered = sorted(reasons, key=reason_words.rank)
    named = ordered if most is None or len(ordered) <= most + 1 else ordered[:most]
    words = [tr(reason_words.of_several(case, reason), n=reasons[reason]) for reason in named]
    if len(named) < len(ordered):
        words.append(tr("{n} for other reasons", n=sum(reasons[reason] for reason in ordered[len(named) :])))
    first = tr("Left out: {n} ({reasons}), first of them:", n=len(plan.not_financed), reasons=listed(words))
    names = {p.id: p for p in case.projects}
    return [first, *(f"- {_left_out(case, names[row.id], row)}" for row in left_out_in_order(case, plan)[:3])]


def _left_out(case: Case, project: Project, row: NotFinanced) -> str:
    """A project with the reason for leaving it out; its detail alone where that begins with the reason."""
    reason = () if row.detail.startswith(row.reason) else (tr(reason_words.of_one(case, row.reason)),)
    return tr(
        "{name}, {stage}, {country}: {why}",
        name=shorten(project.name or row.id, 40), stage=stage_label(project.stage),
        country=country_code(project.country),
        why=clauses((*reason, translated(row.detail))),
    )  # fmt: skip


# -- proof -----------------------------------------------------------------------------------------------------------


def proof(case: Case, plan: Plan) -> str:
    """Audit, proof and score of the plan, in a sentence."""
    parts = [
        tr("audited") if plan.audit is not None and plan.audit.passed else tr("not audited"),
        tr("{status}, {proof}", status=tr(plan.status), proof=proved_within(plan.objective.gap)),
        score(case, plan),
    ]
    if plan.status == "feasible":
        parts.append(tr("more --time-limit may find or prove more"))
    elif plan.tie_break == "partial":
        parts.append(tr("another plan may be as good, and cost less or have fewer awards"))
    return clauses(parts)


def input_digest(case: Case, plan: Plan) -> tuple[str, str]:
    """The plan's input and its SHA-256: the workbook's file, or the case if no file is recorded."""
    book = plan.manifest.get("workbook")
    if book:
        return str(book["name"]), str(book["sha256"])
    content = json.dumps(case.model_dump(mode="json"), sort_keys=True)
    return tr("{name}, as a case in memory", name=case.name), hashlib.sha256(content.encode()).hexdigest()


def by_measure(case: Case) -> str:
    """The measure of risk that values are of, behind their name; empty for plans as planned."""
    return "" if case.settings.risk == "none" else tr(" by the measure of risk ({risk})", risk=case.settings.risk)
