"""A small plan of a chain: the other mineral of the samples, solved, with what further solves say about it."""

from functools import cache

from support.commandline import ROOT
from support.once import once

from models.case import Case
from models.plan import Plan
from optimizer.analysis.chain_value import chain_value
from optimizer.analysis.risk import solve
from optimizer.solver.lexicographic import Options
from optimizer.workbook.read import read

GALLIUM = ROOT / "inputs" / "gallium.xlsx"


@cache
def gallium() -> tuple[Case, Plan]:
    """The case and its best plan."""
    return once("gallium", _solved)


def _solved() -> tuple[Case, Plan]:
    case = read(GALLIUM)
    plan = solve(case)
    return case, plan.model_copy(update={"worth": chain_value(case, plan, Options())})


def gallium_case() -> Case:
    """The case alone, its deliveries counted."""
    case = read(GALLIUM)
    return case.with_(settings=case.settings.model_copy(update={"objective": "delivered"}))
