"""Sources: origin and confidence of every number; conversions of money, notices and settings."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from models.evidence import Dated, is_stale
from models.schema import Existing
from optimizer.reports.closed_words import word
from optimizer.reports.language import N_, said, tr
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn
from optimizer.reports.tables.shared import joined, yes_no
from optimizer.reports.worksheet import Cell


class SourceLine(NamedTuple):
    """One origin."""

    about: str
    id: str
    name: str = ""
    used: str = ""
    value: Cell = None
    confidence: str = ""
    source: str = ""
    note: str = ""
    cell: str = ""
    as_of: str = ""
    old: str = ""


COLUMNS: tuple[TableColumn[SourceLine], ...] = (
    TableColumn("about", lambda x: x.about, width=12),
    TableColumn("id", lambda x: x.id, width=20),
    TableColumn("name", lambda x: x.name, "wrapped", 30),
    TableColumn("in the plan", lambda x: x.used, width=12),
    TableColumn("value", lambda x: x.value, lambda x: "year" if isinstance(x.value, int) else "decimal", 14,
           "Setting: its value. Conversion: value in the case = value in the cell x this factor."),
    TableColumn("confidence", lambda x: word(x.confidence), width=11),
    TableColumn("as of", lambda x: x.as_of, width=11, note="Day or month of which the numbers are."),
    TableColumn("old", lambda x: x.old, width=7, note="yes: older than the setting stale_after_months allows."),
    TableColumn("source", lambda x: x.source, "wrapped", 46),
    TableColumn("note", lambda x: x.note, "wrapped", 56),
    TableColumn("cell", lambda x: x.cell, width=16, note="Where it stands in the workbook."),
)  # fmt: skip


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    parts = (_projects, _programmes, _existing, _prices, _recipes, _conversions, _settings, _notices)
    writer.write(sheet_table("Sources", COLUMNS, [line for part in parts for line in part(writer)]), keep=2)


def _projects(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for p in writer.case.projects:
        used = (
            N_("financed")
            if p.id in writer.financed
            else N_("underway")
            if p.status == "underway"
            else N_("not financed")
        )
        cell = writer.case.cell("projects", p.row, "id") if p.row else ""
        yield SourceLine(
            tr("project"), p.id, p.name, tr(used), None, p.confidence, p.source, p.note, cell, *_age(writer, p)
        )


def _age(writer: PlanWorkbook, row: Dated) -> tuple[str, str]:
    """Date of a row's numbers, and whether it is old."""
    return ("" if row.as_of is None else row.as_of.isoformat(), yes_no(is_stale(writer.case, row)) if row.as_of else "")


def _programmes(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for p in writer.case.programmes:
        cell = writer.case.cell("programmes", p.row, "id") if p.row else ""
        as_of, old = _age(writer, p)
        yield SourceLine(tr("programme"), p.id, p.name, cell=cell, as_of=as_of, old=old)


def _prices(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for p in writer.case.prices:
        cell = writer.case.cell("prices", p.row, "material") if p.row else ""
        as_of, old = _age(writer, p)
        yield SourceLine(tr("price"), p.material, source=p.source, cell=cell, as_of=as_of, old=old)


def _existing(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for e in writer.case.existing:
        cell = writer.case.cell("existing", e.row, "stage") if e.row else ""
        yield SourceLine(
            tr("existing"),
            f"{e.country}, {e.stage}",
            e.name,
            _counts(writer, e),
            None,
            e.confidence,
            e.source,
            e.note,
            cell,
            *_age(writer, e),
        )


def _counts(writer: PlanWorkbook, row: Existing) -> str:
    return tr("counts") if writer.sets.counts(row) else tr("does not count")


def _recipes(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for c in writer.case.processes:
        cell = writer.case.cell("processes", c.row, "tonnes_per_tonne") if c.row else ""
        yield SourceLine(tr("recipe"), c.process, c.material, "", c.tonnes_per_tonne, "", c.source, "", cell)


def _conversions(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for c in writer.case.conversions:
        yield SourceLine(
            tr("conversion"),
            c.currency,
            tr("prices of {year}", year=c.price_year),
            "",
            float(c.factor),
            "",
            said(c.reason),
        )


def _settings(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for key, value in writer.case.settings:
        yield SourceLine(
            tr("setting"), key, value=_as_cell(value), source=word(writer.case.provenance.get(key, "default"))
        )


def _as_cell(value: object) -> Cell:
    """A setting as its sheet would hold it."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, dict):
        return joined(f"{key}={number:g}" for key, number in value.items())
    if isinstance(value, tuple):
        return joined(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if isinstance(value, str | float | int) else tr("none")


def _notices(writer: PlanWorkbook) -> Iterator[SourceLine]:
    for diagnostic in writer.case.notices:
        yield SourceLine(tr("notice"), diagnostic.column or "", note=said(diagnostic.message), cell=diagnostic.cell)
