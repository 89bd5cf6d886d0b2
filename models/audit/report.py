"""The list of checks, and the result in one line per check."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import partial

from models.audit import (
    budgets,
    capacity,
    chain,
    decisions,
    financing,
    precedence,
    risk,
    risk_draws,
    rules,
    score,
    unaided,
    viability,
)  # fmt: skip
from models.audit.audit_check import AuditCheck
from models.audit.exact import DIGITS, TOLERANCE, ZERO, Finding, say
from models.audit.ledger import Ledger
from models.audit.reasons import Reasons
from models.audit.selection_limits import SELECTION_LIMITS
from models.case import Case
from models.plan import AuditResult, Plan
from models.stress import DrawnFlows

SHOWN = 3
"""Violations named in the line of a failed check; the others are counted."""


CHECKS = (
    AuditCheck("scope", "tables of a chain only where the case has one", chain.tables),
    AuditCheck("names", "every financed project is one of the case, once", decisions.names),
    AuditCheck("windows", "every decision falls in its project's window", decisions.windows),
    AuditCheck("statuses", "committed projects are in, barred ones out, underway ones no decision", decisions.statuses),
    AuditCheck("left out", "every other project is listed with a reason that is true", decisions.left_out),
    AuditCheck("requires", "what a project requires is decided no later", precedence.requires),
    AuditCheck("together", "partners are decided in the same year", precedence.together),
    AuditCheck("excludes", "no two projects that exclude each other", precedence.excludes),
    AuditCheck("groups", "at most one project of a group", precedence.group),
    *SELECTION_LIMITS,
    AuditCheck("support", "awards between need and what the project has room for", financing.support),
    AuditCheck("viability", "support is worth what the market leaves missing", viability.closes),
    AuditCheck(
        "awards", "eligible, in the year of decision, within share and ticket, at their budget cost", financing.awards
    ),
    AuditCheck("least tickets", "no award below its programme's least ticket", financing.tickets),
    AuditCheck("programmes of a project", "no more programmes than may support it", financing.hands),
    AuditCheck("project money", "need, public, contingent and private money as recomputed", financing.parts),
    AuditCheck("viability numbers", "gap, bankable capital, clearing price and worth as recomputed", viability.stated),
    AuditCheck("deadweight", "what would have come without support as recomputed", unaided.stated),
    AuditCheck("envelopes", "no year is charged more than it has", budgets.envelopes),
    AuditCheck("totals", "no programme and no total is exceeded", budgets.totals),
    AuditCheck("budgets table", "every number as recomputed", budgets.table),
    AuditCheck("rules", "every hard rule holds", rules.hold),
    AuditCheck("rules table", "every number as recomputed", rules.table),
    AuditCheck("capacity table", "every number as recomputed", capacity.table),
    AuditCheck("objective", "value, baseline and penalty as recomputed", score.objective),
    AuditCheck("proof", "the bound is not below the value, the gap is the one between them", score.proof),
)

CHAIN_CHECKS = (
    AuditCheck("chain runs", "none below nothing, each at the capacity it takes", chain.runs),
    AuditCheck("chain processes", "none beyond its nameplate, every number as recomputed", chain.processes),
    AuditCheck(
        "chain balances",
        "no material used beyond what is made and supplied, every number as recomputed",
        chain.balances,
    ),
)
"""Checks of a case with processes."""


RISK_CHECKS = (AuditCheck("risk", "every scenario, the measure over them and the baseline as recomputed", risk.checks),)
"""Checks of a case or plan with a measure of risk."""
DRAWN_CHAIN_CHECKS = (
    AuditCheck(
        "risk", "the stresses as recomputed; draws of a chain and the measure over them are not repeated", risk.checks
    ),
)
"""Checks of a measure over draws of a chain whose flows are not given."""
DRAWN_FLOWS_CHECKS = (
    AuditCheck(
        "risk",
        "every stress, every draw of the chain by its flows, and the measure over them as recomputed",
        risk.checks,
    ),
)
"""Checks of a measure over draws of a chain whose flows are given."""


def _of_risk(ledger: Ledger, flows: DrawnFlows | None) -> Iterator[AuditCheck]:
    drawn = DRAWN_CHAIN_CHECKS if flows is None else DRAWN_FLOWS_CHECKS
    for check in drawn if risk_draws.draws_a_chain(ledger) else RISK_CHECKS:
        yield replace(check, compare=partial(risk.checks, flows=flows))


def audit(case: Case, plan: Plan, flows: DrawnFlows | None = None) -> AuditResult:
    """Recompute a plan from the frozen case in exact decimals.

    A comparison holds within 1e-6 of its base, max(1, |limit|, largest term). `largest_violation` is the largest
    violation of all as a part of its base; the lines of failed checks begin with FAILED, come first and name what
    fails and by how much. `flows`: of a chain in every draw of its measure of risk; without them these draws are not repeated.
    """
    with localcontext(prec=DIGITS):
        ledger = Ledger(case, plan)
        uncertain = case.settings.risk != "none" or plan.risk is not None
        checks = (
            *CHECKS,
            *(CHAIN_CHECKS if case.processes else ()),
            *(_of_risk(ledger, flows) if uncertain else ()),
        )
        results = [(check, list(check.compare(ledger))) for check in checks]
        parts = [finding.part for _, findings in results for finding in findings]
        lines = sorted((line(*pair) for pair in results), key=lambda text: not text.startswith("FAILED"))
        cost = f"least cost: the plan costs the budgets {say(budgets.total_cost(ledger))} M"
        largest = max(parts, default=ZERO)
        return AuditResult(passed=largest <= TOLERANCE, largest_violation=float(largest), checks=(*lines, cost))


def line(check: AuditCheck, findings: list[Finding]) -> str:
    """The result of one check, in one line."""
    failed = sorted((one for one in findings if not one.holds), key=lambda one: one.part, reverse=True)
    if not failed:
        return f"{check.name}: {check.states} ({len(findings)} compared)"
    more = f"; and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
    return f"FAILED {check.name}: {'; '.join(one.sentence for one in failed[:SHOWN])}{more}"


def unconfirmed_reasons(case: Case, plan: Plan) -> frozenset[str]:
    """Projects left out for a stated reason that this reader does not confirm."""
    with localcontext(prec=DIGITS):
        reasons = Reasons(Ledger(case, plan))
        return frozenset(row.id for row in plan.not_financed if not reasons.is_true(row))


def least_cost(case: Case, plan: Plan) -> Decimal:
    """Budget cost of everything the plan finances, in millions: all commitments at their rates, undiscounted, whatever
    the year of their outlays; without programmes the sum of needs."""
    with localcontext(prec=DIGITS):
        return budgets.total_cost(Ledger(case, plan))
