"""What the schema holds and the program does not model yet: refused by name, never solved around.

To model one of these, delete its function from `_NOT_YET`.
"""

from collections.abc import Callable, Iterator

from models.case import Case
from models.checks.findings import setting_cell
from models.faults import Remark


def refusals(case: Case) -> list[Remark]:
    """One remark for each part of the case that is not modelled yet, with the cure; empty where all is modelled."""
    return [remark for part in _NOT_YET for remark in part(case)]


def _processes(case: Case) -> Iterator[Remark]:
    if case.processes:
        row = min(r.row for r in case.processes)
        yield Remark(
            cell=case.cell("processes", row, "process"),
            column="process",
            message=(
                f"recipes are not modelled yet ({len(case.processes)} rows): remove the sheet `processes`; capacities"
                " then count by stage and material"
            ),
        )


def _chain_objectives(case: Case) -> Iterator[Remark]:
    objective = case.settings.objective
    if objective in ("delivered", "magnets"):
        yield Remark(
            cell=setting_cell(case, "objective"),
            column="objective",
            message=(
                f"the objective {objective} needs recipes, which are not modelled yet: choose coverage, capacity or"
                " bottleneck"
            ),
        )


def _demand_basis(case: Case) -> Iterator[Remark]:
    for row in case.demand:
        if row.basis is not None:
            yield Remark(
                cell=case.cell("demand", row.row, "basis"),
                column="basis",
                message=f"{row.basis} demand needs recipes, which are not modelled yet: leave the cell empty",
            )


def _scenarios(case: Case) -> Iterator[Remark]:
    if case.scenarios:
        row = min(r.row for r in case.scenarios)
        yield Remark(
            cell=case.cell("scenarios", row, "scenario"),
            column="scenario",
            message=f"scenarios are not modelled yet ({len(case.scenarios)} rows): remove the sheet `scenarios`",
        )


_NOT_YET: tuple[Callable[[Case], Iterator[Remark]], ...] = (_processes, _chain_objectives, _demand_basis, _scenarios)
