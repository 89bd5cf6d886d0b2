"""What the schema holds and the program does not model yet: refused by name, never solved around.

To model one of these, delete its function from `_NOT_YET`.
"""

from collections.abc import Callable, Iterator

from models.case import Case
from models.faults import Remark


def refusals(case: Case) -> list[Remark]:
    """One remark for each part of the case that is not modelled yet, with the cure; empty where all is modelled."""
    return [remark for part in _NOT_YET for remark in part(case)]


def _scenarios(case: Case) -> Iterator[Remark]:
    if case.scenarios:
        row = min(r.row for r in case.scenarios)
        yield Remark(
            cell=case.cell("scenarios", row, "scenario"),
            column="scenario",
            message=f"scenarios are not modelled yet ({len(case.scenarios)} rows): remove the sheet `scenarios`",
        )


_NOT_YET: tuple[Callable[[Case], Iterator[Remark]], ...] = (_scenarios,)
