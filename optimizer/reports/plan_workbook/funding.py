"""Funding: every commitment, project by programme by year. Its totals are those of Budget."""

from collections.abc import Callable

from models.instruments import is_funded
from models.plan import Award, Financed
from optimizer.reports.plan_summary import commitments
from optimizer.reports.plan_workbook.sheet_writer import BookWriter, SheetColumn

Commitment = tuple[Financed, Award]
NO_PROGRAMME = "public money"
"""What stands in place of a programme where the case has none."""


def write(writer: BookWriter) -> None:
    """The sheet."""
    columns, rows = _columns(writer), commitments(writer.case, writer.plan)
    below = writer.table("Funding", columns, rows, keep=2, empty="No money is committed.")
    writer.totals("Funding", columns, rows, below + 1, "Total")


def _columns(writer: BookWriter) -> list[SheetColumn[Commitment]]:
    unit, projects, programmes = writer.unit, writer.projects, writer.programmes

    def of_programme(field: str) -> Callable[[Commitment], str]:
        return lambda row: getattr(programmes[row[1].programme], field) if row[1].programme else ""

    return [
        SheetColumn("Id", lambda row: row[0].id, width=18),
        SheetColumn("Project", lambda row: projects[row[0].id].name or row[0].id, width=34),
        SheetColumn("Country", lambda row: projects[row[0].id].country, width=8),
        SheetColumn("Stage", lambda row: projects[row[0].id].stage, width=11),
        SheetColumn("Programme", lambda row: row[1].programme or NO_PROGRAMME, width=22),
        SheetColumn("Programme name", of_programme("name"), width=34),
        SheetColumn("Agency", of_programme("agency"), width=14),
        SheetColumn("Donor", of_programme("donor"), width=7),
        SheetColumn("Instrument", of_programme("instrument"), width=10),
        SheetColumn("Kind", lambda row: _kind(writer, row), width=10,
               note="paid: grants, loans, equity; contingent: guarantees, offtake."),
        SheetColumn("Year", lambda row: row[1].year, "year", 7, "Year of commitment: the project's decision."),
        SheetColumn(f"Face value ({unit})", lambda row: row[1].face_m, "money", 12, "What is committed.", total=True),
        SheetColumn(f"Budget cost ({unit})", lambda row: row[1].cost_m, "money", 12,
               "What it costs the budget, whatever the envelope limits.", total=True),
    ]  # fmt: skip


def _kind(writer: BookWriter, row: Commitment) -> str:
    name = row[1].programme
    return "paid" if not name or is_funded(writer.programmes[name]) else "contingent"
