"""`explore`: from a case, a request and a journal to a frontier."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from models import checks
from models.case import Case
from models.faults import InvalidInput
from optimizer.analysis.executor import Pool
from optimizer.analysis.frontier import trade_off
from optimizer.analysis.frontier.box_search import TRADE_OFF_SHARE, BoxSearch, ExplorationOptions, Status
from optimizer.analysis.frontier.certified import Frontier
from optimizer.analysis.journal import Journal
from optimizer.analysis.risk.questions import refuse_unasked


def explore(
    case: Case,
    exploration: ExplorationOptions | None = None,
    *,
    against: str | None = None,
    journal: Path | None = None,
    resume: bool = False,
    progress: Callable[[Status], None] | None = None,
    stop: threading.Event | None = None,
    **options: Any,
) -> Frontier:
    """The certified frontier of a case: the best value for every budget in a range, proved between the plans.

    Options are those of `ExplorationOptions`, and `against`: a rule whose value is moved too, as a table of trade-off points.
    `journal`: a file that keeps every answer; with `resume` its answers are not asked again. `stop` ends the exploration with
    the results so far. Money in millions of the base currency, `tolerance` in the objective's unit, `time_limit` in seconds.

    A case without a budget of any kind needs both ends of the range.

    Raises InvalidInput, Infeasible (no plan at any amount), NoPlanFound, and Refusal for an axis that is not there.
    """
    refuse_unasked(case, "a frontier", known=False)
    exploration = exploration or ExplorationOptions(**options)
    fault = checks.budget_fault(case)
    if fault is not None and (exploration.from_m is None or exploration.to_m is None):
        raise InvalidInput(
            [fault.model_copy(update={"message": f"{fault.message}; or give --from and --to"})], case.notices
        )
    variants = trade_off.variants(case, against) if against else None
    kept = Journal(journal, header(case, exploration), resume=resume)
    try:
        with Pool(exploration.workers, exploration.scheduler, stop) as pool:
            search = BoxSearch(case, exploration, kept, pool, progress)
            frontier = search.run(part=1.0 if variants is None else 1 - TRADE_OFF_SHARE)
            if variants is None:
                return frontier
            budgets = trade_off.columns(frontier)
            ask = partial(search.trade_off, variants.rule, budgets)
            table = trade_off.refined(case, ask(variants.of), ask, frontier.tolerance)
            return replace(frontier, trade_off=table, solves=search.solves)
    finally:
        kept.close()


def header(case: Case, exploration: ExplorationOptions) -> dict[str, Any]:
    """The header that a journal must match to be resumed: all input that determines the questions."""
    names = ("over", "from_m", "to_m", "tolerance", "money_tolerance", "budgets", "threads", "seed")
    digest = hashlib.sha256(case.model_dump_json().encode()).hexdigest()
    return {"case": digest, **{name: getattr(exploration, name) for name in names}}
