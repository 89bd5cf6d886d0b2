"""What the schema holds and the program does not model yet: refused by name, never solved around.

To model one of these, delete its function from `_NOT_YET`.
"""

from collections.abc import Callable, Iterator

from models.case import Case
from models.faults import Diagnostic


def refusals(case: Case) -> list[Diagnostic]:
    """One diagnostic for each part of the case that is not modelled yet, with the cure; empty where all is modelled."""
    return [diagnostic for part in _NOT_YET for diagnostic in part(case)]


def _scenarios(case: Case) -> Iterator[Diagnostic]:
    if case.scenarios:
        row = min(r.row for r in case.scenarios)
        yield Diagnostic(
            cell=case.cell("scenarios", row, "scenario"),
            column="scenario",
            message=f"scenarios are not modelled yet ({len(case.scenarios)} rows): remove the sheet `scenarios`",
        )


_NOT_YET: tuple[Callable[[Case], Iterator[Diagnostic]], ...] = (_scenarios,)
