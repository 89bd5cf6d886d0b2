"""The plan of a case as planned: program, search, awards, tables, audit."""

import contextlib
import threading
from math import isfinite
from typing import TYPE_CHECKING

from models import checks, plan_assembly, reasons
from models.audit import audit, unconfirmed_reasons
from models.case import Case
from models.faults import InvalidInput
from models.objectives import objective_of
from models.plan import NotFinanced, ObjectiveValue, Plan
from models.reasons import sentences
from models.sets import Sets
from models.stress import DrawnFlows
from optimizer.errors import AuditFailed, Infeasible, NoPlanFound
from optimizer.solver.no_solution import InfeasibleProgram, NoSolutionFound
from optimizer.solver.options import Options
from optimizer.solver.proof import margin, proof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from optimizer.solver.lexicographic import Solution
    from optimizer.solver.results import Progress


def solve_as_planned(
    case: Case,
    options: Options,
    progress: "Callable[[Progress], None] | None" = None,
    stop: threading.Event | None = None,
) -> Plan:
    """The best audited plan of a case as planned, without the measure of risk of its settings.

    Arguments and errors as for `optimizer.analysis.risk.solve`, which calls this if there is no measure of risk.
    """
    if (fault := checks.budget_fault(case)) is not None:
        raise InvalidInput([fault], case.notices)
    from optimizer.solver.lexicographic import find  # load the solver library only when needed

    sets = Sets(case)
    with refused(stop):
        solution = find(sets, options, progress, stop)
    plan = audited(sets, solution, options)
    return plan.model_copy(update={"manifest": {"second_witness": solution.second_witness}})


@contextlib.contextmanager
def refused(stop: threading.Event | None) -> "Iterator[None]":
    """Raise the errors of a search as the errors of the API: Infeasible and NoPlanFound."""
    try:
        yield
    except InfeasibleProgram as none:
        raise Infeasible("no selection of projects satisfies every rule and budget", proof=none.proof) from None
    except NoSolutionFound:
        cure = "" if stop is not None and stop.is_set() else "; allow more time with --time-limit"
        raise NoPlanFound(f"stopped before any plan was found{cure}") from None


def audited(sets: Sets, solution: "Solution", options: Options) -> Plan:
    """The plan of a solution, with its audit. Raises AuditFailed."""
    return confirmed(sets.case, assemble(sets, solution, options))


def confirmed(case: Case, plan: Plan, flows: DrawnFlows | None = None) -> Plan:
    """A plan with the audit in it, without reasons that the auditor does not confirm. `flows`: of a chain in every draw.

    Raises AuditFailed.
    """
    plan = plan.model_copy(update={"audit": audit(case, plan, flows)})
    if plan.audit is not None and not plan.audit.passed and (doubtful := unconfirmed_reasons(case, plan)):
        plan = _without_reasons(plan, doubtful)
        plan = plan.model_copy(update={"audit": audit(case, plan, flows)})
    if plan.audit is None or not plan.audit.passed:
        raise AuditFailed(plan)
    return plan


def _without_reasons(plan: Plan, doubtful: frozenset[str]) -> Plan:
    """The plan without reasons that the auditor does not confirm: within rounding of a limit the two may differ."""
    rows = tuple(
        NotFinanced(id=row.id, reason="not worked out", detail=sentences.UNKNOWN) if row.id in doubtful else row
        for row in plan.not_financed
    )
    return plan.model_copy(update={"not_financed": rows})


def assemble(sets: Sets, solution: "Solution", options: Options) -> Plan:
    """Every table of the plan, computed from the decisions."""
    from optimizer.solver.added_deliveries import AddedDeliveries
    from optimizer.solver.chain_flows import delivered_of, flows

    decision = plan_assembly.decided(sets, solution.chosen, solution.awards)
    chain = flows(sets, solution.chosen) if sets.case.processes else None
    delivery = AddedDeliveries(decision, chain.processes) if chain else None
    value = plan_assembly.objective_value(decision, chain.coverage if chain else None)
    penalty = plan_assembly.penalty(decision)
    # A search that ends at once leaves no bound.
    most = solution.bound if isfinite(solution.bound) else objective_of(sets).most(sets)
    status, bound, gap = proof(value, most + penalty, options.gap, penalty, margin(sets))
    return Plan(
        status=status,
        tie_break="proved" if solution.tie_break else "partial",
        objective=ObjectiveValue(
            name=sets.case.settings.objective, value=value, bound=bound, gap=gap, penalty=penalty,
            baseline=plan_assembly.objective_value(plan_assembly.decided(sets, {}, {}), delivered_of(sets, {})),
        ),
        projects=plan_assembly.financed_rows(decision),
        capacity=plan_assembly.capacity_rows(decision),
        materials=chain.materials if chain else (),
        runs=chain.runs if chain else (),
        processes=chain.processes if chain else (),
        budgets=plan_assembly.budget_rows(decision),
        rules=plan_assembly.rule_table(decision),
        not_financed=reasons.not_financed(decision, delivery),
    )  # fmt: skip
