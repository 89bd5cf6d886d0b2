"""Why nothing satisfies a book, and what would: cheap checks, a priced menu of least changes, an irreducible conflict."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from models.case import Case
from models.sets import Sets
from optimizer.analysis.infeasibility.report import Change as Change
from optimizer.analysis.infeasibility.report import Conflict as Conflict
from optimizer.analysis.infeasibility.report import Repair as Repair
from optimizer.analysis.infeasibility.report import RepairReport as RepairReport
from optimizer.analysis.infeasibility.restrictions import repaired as repaired

if TYPE_CHECKING:
    from optimizer.solver.lexicographic import Options


def repairs(
    case: Case,
    options: "Options | None" = None,
    progress: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    *,
    together: bool = True,
) -> RepairReport:
    """The least changes of a workbook with which a plan is possible.

    Each single repair is the least change of one restriction with all others as they are: money by a tenth of a million
    or finer, a rule by its true value; rounded outward to `Change.digit` and tried by re-solve on both sides. Then
    changes of which several are needed together (`together` False: only where no single one does), at most four and at
    most 24 such repairs. `options.time_limit` is for the whole search; `progress` is told in words how it goes on;
    setting `stop` ends it with what is found. Where a plan exists the report says so and is empty.
    """
    from optimizer.analysis.infeasibility.elastic_program import Elastic, OutOfTime, Unknown
    from optimizer.analysis.infeasibility.quick_checks import prechecks
    from optimizer.analysis.infeasibility.repair_sets import Menu
    from optimizer.solver.lexicographic import Options

    options = options or Options()
    sets = Sets(case)
    elastic = Elastic(sets, options.time_limit, options.threads, options.seed, stop)
    try:
        with suppress(Unknown):
            if elastic.possible({}):
                return RepairReport(feasible=True)
    except OutOfTime:
        return RepairReport(reasons=prechecks(sets), irreducible=False, complete=False)
    menu = Menu(elastic, progress or (lambda _: None), together)
    menu.fill()
    return RepairReport(
        reasons=prechecks(sets),
        repairs=tuple(menu.repairs),
        conflict=_conflict(sets, menu),
        irreducible=menu.irreducible,
        complete=menu.complete,
    )


def _conflict(sets: Sets, menu: object) -> tuple[Conflict, ...]:
    from optimizer.analysis.infeasibility import descriptions
    from optimizer.analysis.infeasibility.restrictions import limit_now

    return tuple(
        Conflict(
            restriction=r,
            cells=descriptions.cells(sets, r),
            sentence=descriptions.statement(sets, r, limit_now(sets, r)),
        )
        for r in menu.conflict  # type: ignore[attr-defined]
    )
