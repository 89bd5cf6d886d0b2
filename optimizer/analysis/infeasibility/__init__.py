"""Infeasible cases: quick checks, the smallest repairs, and an irreducible conflict."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from models.case import Case
from models.rule_holds import held_rules
from models.sets import Sets
from optimizer.analysis.infeasibility.report import Conflict as Conflict
from optimizer.analysis.infeasibility.report import Repair as Repair
from optimizer.analysis.infeasibility.report import Repaired as Repaired
from optimizer.analysis.infeasibility.report import RepairReport as RepairReport
from optimizer.analysis.infeasibility.report import Restriction
from optimizer.analysis.infeasibility.restrictions import repaired as repaired

if TYPE_CHECKING:
    from optimizer.analysis.infeasibility.elastic_program import Elastic
    from optimizer.solver.lexicographic import Options


def repairs(
    case: Case,
    options: "Options | None" = None,
    progress: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    *,
    together: bool = True,
) -> RepairReport:
    """The smallest changes to a workbook that make it feasible.

    A single repair is the smallest change of one restriction while all others stay as they are: money to a tenth of a
    million or finer, a rule by its true value. It is rounded outward to `Repaired.digit` and confirmed by solving on both
    sides. Repairs of several changes follow, at most four changes each and at most 24 repairs; with `together` False
    only if no single change suffices. `options.time_limit` (seconds) is for the whole search, `progress` receives a
    sentence per step, and setting `stop` ends the search with what has been found. For a feasible case the report is
    empty and says so. All is as planned: rules that scenarios have to keep instead are left out.
    """
    from optimizer.analysis.infeasibility.elastic_program import OutOfTime
    from optimizer.analysis.infeasibility.quick_checks import prechecks
    from optimizer.analysis.infeasibility.repair_sets import RepairSets
    from optimizer.solver.lexicographic import Options

    options = options or Options()
    held = held_rules(case)
    sets = Sets(case.model_copy(update={"rules": tuple(r for r in case.rules if r not in held)}))
    try:
        elastic = _infeasible(sets, options, stop)
    except OutOfTime:
        return RepairReport(reasons=prechecks(sets), irreducible=False, complete=False)
    if elastic is None:
        return RepairReport(feasible=True)
    search = RepairSets(elastic, progress or (lambda _: None), together)
    search.run()
    return RepairReport(
        reasons=prechecks(sets),
        repairs=tuple(search.repairs),
        conflict=_conflict(sets, search.conflict),
        irreducible=search.irreducible,
        complete=search.complete,
    )


def _infeasible(sets: Sets, options: "Options", stop: threading.Event | None) -> "Elastic | None":
    """The loaded model of a case that is infeasible or not known to be feasible; None of a feasible one. Raises OutOfTime.

    A model can be feasible within rounding of its limits although exactly no selection is; limits then count as stated.
    """
    from optimizer.analysis.infeasibility.elastic_program import Elastic, OutOfTime, QuestionTimedOut

    elastic = Elastic(sets, options.time_limit, options.threads, options.seed, stop)
    try:
        if not elastic.possible({}):
            return elastic
        if _has_plan(sets, replace(options, time_limit=elastic.left), stop):
            return None
        elastic = elastic.of_other(sets, tolerance=0.0)
        if elastic.possible({}):
            raise OutOfTime
    except QuestionTimedOut:
        pass
    return elastic


def _has_plan(sets: Sets, options: "Options", stop: threading.Event | None) -> bool:
    """Whether a search finds a selection with its awards, or ends before it is proved that there is none."""
    from optimizer.solver.lexicographic import find
    from optimizer.solver.no_solution import NoSolution

    try:
        find(sets, options, stop=stop, tie_break=False)
    except NoSolution as none:
        return not none.infeasible
    return True


def _conflict(sets: Sets, members: Iterable[Restriction]) -> tuple[Conflict, ...]:
    from optimizer.analysis.infeasibility import descriptions
    from optimizer.analysis.infeasibility.restrictions import limit_now

    return tuple(
        Conflict(
            restriction=r,
            cells=descriptions.cells(sets, r),
            sentence=descriptions.statement(sets, r, limit_now(sets, r)),
        )
        for r in members
    )
