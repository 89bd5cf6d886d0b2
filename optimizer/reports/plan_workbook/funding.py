"""Funding: every commitment, project by programme by year. Its totals are those of Budget."""

from collections.abc import Callable

from models.instruments import is_funded
from models.plan import Award, Financed
from optimizer.reports.closed_words import word
from optimizer.reports.language import tr
from optimizer.reports.plan_summary import commitments
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn
from optimizer.reports.tables.shared import NO_PROGRAMME

Commitment = tuple[Financed, Award]


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    grid = sheet_table("Funding", _columns(writer), commitments(writer.case, writer.plan), "No money is committed.")
    writer.totals(writer.sheets["Funding"], grid, writer.write(grid, keep=2) + 1, tr("Total"))


def _columns(writer: PlanWorkbook) -> list[TableColumn[Commitment]]:
    unit, projects, programmes = writer.unit, writer.projects, writer.programmes

    def of_programme(field: str) -> Callable[[Commitment], str]:
        return lambda row: getattr(programmes[row[1].programme], field) if row[1].programme else ""

    return [
        TableColumn("id", lambda row: row[0].id, width=18),
        TableColumn("project", lambda row: projects[row[0].id].name or row[0].id, width=34),
        TableColumn("country", lambda row: projects[row[0].id].country, width=8),
        TableColumn("stage", lambda row: word(projects[row[0].id].stage), width=11),
        TableColumn("programme", lambda row: row[1].programme or tr(NO_PROGRAMME), width=22),
        TableColumn("programme name", of_programme("name"), width=34),
        TableColumn("agency", of_programme("agency"), width=14),
        TableColumn("donor", of_programme("donor"), width=7),
        TableColumn("instrument", lambda row: word(of_programme("instrument")(row)), width=10),
        TableColumn("kind", lambda row: _kind(writer, row), width=10,
               note="paid: grants, loans, equity; contingent: guarantees, offtake."),
        TableColumn("year", lambda row: row[1].year, "year", 7, "Year of commitment: the project's decision."),
        TableColumn("face value", lambda row: row[1].face_m, "money", 12, "What is committed.", total=True, unit=unit),
        TableColumn("budget cost", lambda row: row[1].cost_m, "money", 12,
               "What it costs the budget, whatever the envelope limits.", total=True, unit=unit),
    ]  # fmt: skip


def _kind(writer: PlanWorkbook, row: Commitment) -> str:
    name = row[1].programme
    return tr("paid") if not name or is_funded(writer.programmes[name]) else tr("contingent")
