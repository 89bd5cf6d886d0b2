"""Plan: one row a financed project, with its years and its money; below, what is underway already."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum

from models.plan import Award, Financed
from models.schema import INSTRUMENTS, Project
from models.terms import fid_of_underway, output
from optimizer.reports.additionality import has_unaided
from optimizer.reports.plan_summary import first_output, full_output
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, joined, sheet_table
from optimizer.reports.report_table import TableColumn
from optimizer.reports.worksheet import Cell, pages_across


@dataclass(frozen=True)
class PlanLine:
    """A project with what the plan gives it; nothing for one that is underway."""

    project: Project
    fid: int
    financed: Financed | None

    @property
    def status(self) -> str:
        if self.financed is None:
            return "underway"
        return "committed" if self.project.status == "committed" else "financed"


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    sheet, columns = writer.sheets["Plan"], _columns(writer)
    lines = [PlanLine(writer.projects[f.id], f.fid_year, f) for f in writer.plan.projects]
    grid = sheet_table("Plan", columns, lines, "No project is financed.")
    below = writer.totals(sheet, grid, writer.write(grid, keep=2) + 1, "Total financed")
    first = writer.case.settings.first_year
    underway = [PlanLine(p, fid_of_underway(p, first), None) for p in writer.sets.underway]
    if underway:
        writer.put(sheet, below + 1, 0, "Underway: financed already, no decision of this plan", "section")
        below = writer.rows(sheet, sheet_table("Plan", columns, underway), below + 2)
    writer.printable(sheet, below - 1, len(grid.columns) - 1, across=pages_across(grid))


def _columns(writer: PlanWorkbook) -> list[TableColumn[PlanLine]]:
    unit = writer.unit
    return [
        TableColumn("Id", lambda x: x.project.id, width=24),
        TableColumn("Project", lambda x: x.project.name or x.project.id, "wrapped", 34),
        TableColumn("Sponsor", lambda x: x.project.sponsor, "wrapped", 22),
        TableColumn("Country", lambda x: x.project.country, width=8),
        TableColumn("Stage", lambda x: x.project.stage, width=11),
        TableColumn("Status", lambda x: x.status, width=11,
               note="committed: financed because the planner asked for it; underway: financed before."),
        TableColumn("FID", lambda x: x.fid, "year", 7, "Year of the final investment decision."),
        TableColumn("First output", lambda x: first_output(x.project, x.fid), "year", 7, "First year of delivery."),
        TableColumn("Full output", lambda x: full_output(x.project, x.fid), "year", 7, "First year after the ramp-up."),
        TableColumn("Capacity (t/yr)", lambda x: x.project.capacity_tpa, "tonnes", 10, "Nameplate, of the stage's product."),
        TableColumn("Outside China (t/yr)", lambda x: output(x.project), "tonnes", 10,
               "The part that is free to serve demand outside China: capacity x allied_share."),
        TableColumn(f"Capex ({unit})", lambda x: x.project.capex_m, "money", 11, "Capital cost.", total=True),
        TableColumn(f"Need ({unit})", _of("need_m"), "money", 11,
               "Public support it cannot do without: capex less private share and secured money.", total=True),
        TableColumn(f"Public ({unit})", _of("public_m"), "money", 11, "Secured, grants, loans, equity.", total=True),
        TableColumn("of which secured", lambda x: x.project.secured_m, "money", 11,
               "Public money obligated before this plan.", total=True, heading=f"of which secured ({unit})"),
        TableColumn(f"Contingent ({unit})", _of("contingent_m"), "money", 11,
               "Guarantees, offtake: not paid out.", total=True),
        TableColumn(f"Private ({unit})", _of("private_m"), "money", 11, "Capex less public money.", total=True),
        TableColumn("of which unaided", _of("at_own_risk_m"), "money", 11,
               "Private money at its own risk: less what public guarantees and offtake stand behind.", total=True,
               heading=f"of which unaided ({unit})"),
        TableColumn(f"Budget cost ({unit})", lambda x: _cost(writer, x), "money", 11,
               "What the awards cost the budgets; of a loan its credit-subsidy rate.", total=True),
        *_deadweight(writer),
        *_by_instrument(writer),
        TableColumn("Instruments", lambda x: joined(_instruments(writer, x)), width=16),
        TableColumn("Programmes", lambda x: joined(a.programme for a in _awards(x)), "wrapped", 26),
        TableColumn("Data", lambda x: x.project.confidence, width=9, note="How sure the row's numbers are."),
    ]  # fmt: skip


def _of(field: str) -> Callable[[PlanLine], Cell]:
    return lambda line: None if line.financed is None else getattr(line.financed, field)


def _awards(line: PlanLine) -> Sequence[Award]:
    return () if line.financed is None else line.financed.awards


def _cost(writer: PlanWorkbook, line: PlanLine) -> Cell:
    if line.financed is None:
        return None
    return fsum(a.cost_m for a in line.financed.awards) if writer.case.programmes else line.financed.alone_m


def _instruments(writer: PlanWorkbook, line: PlanLine) -> list[str]:
    given = {writer.programmes[a.programme].instrument for a in _awards(line)}
    return [kind for kind in INSTRUMENTS if kind in given]


def _deadweight(writer: PlanWorkbook) -> list[TableColumn[PlanLine]]:
    """What would have come without support, where any project goes ahead without it."""
    if not has_unaided(writer.plan):
        return []
    return [
        TableColumn("Without support in", lambda x: x.project.unaided_fid, "year", 9,
               "Year in which the project goes ahead if it is not financed."),
        TableColumn("Deadweight (t)", _of("deadweight_t"), "tonnes", 11,
               "Tonnes by the last year that would have come without support."),
        TableColumn(f"Deadweight ({writer.unit})", _of("deadweight_m"), "money", 11,
               "The same part of the budget cost.", total=True),
    ]  # fmt: skip


def _by_instrument(writer: PlanWorkbook) -> list[TableColumn[PlanLine]]:
    """A column of face value for every instrument that a programme of the case has."""
    there = {p.instrument for p in writer.case.programmes}
    return [_face(writer, kind) for kind in INSTRUMENTS if kind in there]


def _face(writer: PlanWorkbook, kind: str) -> TableColumn[PlanLine]:
    def value(line: PlanLine) -> Cell:
        faces = [a.face_m for a in _awards(line) if writer.programmes[a.programme].instrument == kind]
        return fsum(faces) if faces else None

    return TableColumn(f"{kind.capitalize()} ({writer.unit})", value, "money", 11, "Face value.", total=True)
