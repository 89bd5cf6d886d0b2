"""Flows: the chain as a pivot, one line per figure of a material, a process or a recipe, one column per year."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from models.plan import MaterialRow, ProcessRow, RunRow
from optimizer.reports.chain.numbers import Link, in_chain_order, links, nameplate, unfed
from optimizer.reports.closed_words import word
from optimizer.reports.language import N_, tr
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import Kind, TableColumn


class FlowLine(NamedTuple):
    """One figure of one material, process, recipe or demand row, year by year."""

    kind: str
    name: str
    recipe: str
    stage: str
    figure: str
    unit: Kind
    values: dict[int, float]


_MATERIAL: tuple[tuple[str, Kind, Callable[[MaterialRow], float]], ...] = (
    (N_("made, t/yr"), "tonnes", lambda r: r.made_t),
    (N_("used, t/yr"), "tonnes", lambda r: r.used_t),
    (N_("supply from outside the chain, t/yr"), "tonnes", lambda r: r.supply_t),
    (N_("demand outside China, t/yr"), "tonnes", lambda r: r.demand_t),
    (N_("share of demand met"), "part", lambda r: r.coverage),
    (N_("missing, t/yr"), "tonnes", lambda r: r.gap_t),
)
_PROCESS: tuple[tuple[str, Kind, Callable[[ProcessRow], float]], ...] = (
    (N_("nameplate, t/yr"), "tonnes", nameplate),
    (N_("fed from outside China, t/yr"), "tonnes", lambda r: r.used_t),
    (N_("on Chinese feed or idle, t/yr"), "tonnes", unfed),
)
_LINK: tuple[tuple[str, Kind, Callable[[Link], float]], ...] = (
    (N_("share of demand, nameplate"), "part", lambda r: r.nameplate),
    (N_("share of demand, delivered"), "part", lambda r: r.delivered),
)


def write(writer: PlanWorkbook) -> None:
    """The sheet; what is zero in every year is left out."""
    shown = [line for line in lines(writer) if any(line.values.values())]
    columns: list[TableColumn[FlowLine]] = [
        TableColumn("what", lambda x: tr(x.kind), width=10),
        TableColumn("name", lambda x: x.name, width=25),
        TableColumn("recipe", lambda x: x.recipe, width=16, note="One of the ways in which the process can run."),
        TableColumn("stage", lambda x: word(x.stage), width=11),
        TableColumn("figure", lambda x: tr(x.figure), width=31),
        *(_of_year(year) for year in writer.sets.years),
    ]
    writer.write(sheet_table("Flows", columns, shown), keep=5)


def lines(writer: PlanWorkbook) -> Iterator[FlowLine]:
    """Demand rows with nameplate beside delivered, then processes, materials and recipes."""
    stage_of = {row.process: row.stage for row in writer.plan.processes}
    made_by = {row.material: row.stage for row in writer.case.processes if row.tonnes_per_tonne > 0}
    yield from _lines(N_("demand"), _LINK, links(writer.plan), lambda r: (r.material or r.stage, "", r.stage))
    processes = in_chain_order(writer.case, writer.plan.processes)
    yield from _lines(N_("process"), _PROCESS, processes, lambda r: (r.process, "", r.stage))
    yield from _lines(
        N_("material"), _MATERIAL, writer.plan.materials, lambda r: (r.material, "", made_by.get(r.material, ""))
    )
    runs: tuple[tuple[str, Kind, Callable[[RunRow], float]], ...] = ((N_("runs, t/yr"), "tonnes", lambda r: r.run_t),)
    yield from _lines(N_("recipe"), runs, writer.plan.runs, lambda r: (r.process, r.recipe or "", stage_of[r.process]))


def _lines(
    kind: str,
    figures: Iterable[tuple[str, Kind, Callable[[Any], float]]],
    rows: Iterable[Any],
    of: Callable[[Any], tuple[str, str, str]],
) -> Iterator[FlowLine]:
    """One line per figure of each thing, things in the order in which they come."""
    things: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        things.setdefault(of(row), []).append(row)
    for (name, recipe, stage), years in things.items():
        demanded = kind != "material" or any(r.demand_t for r in years)
        for figure, unit, value in figures:
            if demanded or figure not in ("share of demand met", "missing, t/yr"):
                yield FlowLine(kind, name, recipe, stage, figure, unit, {r.year: value(r) for r in years})


def _of_year(year: int) -> TableColumn[FlowLine]:
    return TableColumn(year, lambda x: x.values[year], lambda x: x.unit, 9)
