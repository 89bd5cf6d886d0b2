"""Sources in tables: origin and confidence of the numbers; in the workbook also conversions of money, notices and settings."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from models.case import Case
from models.evidence import Dated, is_stale, today
from models.plan import Plan
from models.schema import Existing
from models.sets import Sets
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import country_name, listed
from optimizer.reports.language import N_, tr, translated
from optimizer.reports.report_table import Grid, TableColumn, grid_of
from optimizer.reports.tables.shared import joined, yes_no
from optimizer.reports.worksheet import Cell


class SourceLine(NamedTuple):
    """One origin of numbers."""

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
    old: bool | None = None
    """Whether the numbers are old; None without a date."""
    what: str = ""
    """Name on the page; "" for a line that only the workbook has."""


COLUMNS: tuple[TableColumn[SourceLine], ...] = (
    TableColumn("about", lambda x: x.about, width=12),
    TableColumn("id", lambda x: x.id, width=20, on=("sheet",)),
    TableColumn("name", lambda x: x.name, "wrapped", 30, on=("sheet",)),
    TableColumn("name", lambda x: x.what, on=("page",)),
    TableColumn("in the plan", lambda x: x.used, width=12, on=("sheet",)),
    TableColumn("value", lambda x: x.value, lambda x: "year" if isinstance(x.value, int) else "decimal", 14,
           "Setting: its value. Conversion: value in the case = value in the cell x this factor.", on=("sheet",)),
    TableColumn("confidence", lambda x: word(x.confidence), width=11),
    TableColumn("as of", lambda x: x.as_of, width=11, note="Day or month of which the numbers are.", on=("sheet",)),
    TableColumn("as of", lambda x: tr("{as_of}, old", as_of=x.as_of) if x.old else x.as_of, on=("page",)),
    TableColumn("old", lambda x: "" if x.old is None else yes_no(x.old), width=7,
           note="yes: older than the setting stale_after_months allows.", on=("sheet",)),
    TableColumn("source", lambda x: x.source, "wrapped", 46),
    TableColumn("note", lambda x: x.note, "wrapped", 56),
    TableColumn("cell", lambda x: x.cell, width=16, note="Where it stands in the workbook.", on=("sheet",)),
)  # fmt: skip


def source_table(case: Case, plan: Plan) -> Grid:
    """For the page: origin and age of the numbers of financed projects, programmes, existing capacity and prices."""
    lines = (*_projects(case, plan), *_programmes(case), *_existing(case), *_prices(case))
    note = tr(
        "As the workbook gives them. Old: more than {stale_after_months} months before {today}.",
        stale_after_months=case.settings.stale_after_months,
        today=today(case.settings),
    )
    shown = [line for line in lines if line.what]
    return grid_of(
        "page", "sources", COLUMNS, shown, title="Sources", note=note, empty=tr("The workbook names no sources.")
    )


def source_sheet(case: Case, plan: Plan) -> Grid:
    """For the workbook: every origin."""
    parts = (_programmes, _existing, _prices, _recipes, _conversions, _settings, _notices)
    lines = [*_projects(case, plan), *(line for part in parts for line in part(case))]
    return grid_of("sheet", "Sources", COLUMNS, lines)


def _projects(case: Case, plan: Plan) -> Iterator[SourceLine]:
    financed = {row.id for row in plan.projects}
    for p in case.projects:
        used = N_("financed") if p.id in financed else N_("underway") if p.status == "underway" else N_("not financed")
        cell = case.cell("projects", p.row, "id") if p.row else ""
        shown = p.name or p.id if p.id in financed else ""
        yield SourceLine(
            tr("project"), p.id, p.name, tr(used), None, p.confidence, p.source, p.note, cell, *_age(case, p), shown
        )


def _age(case: Case, row: Dated) -> tuple[str, bool | None]:
    """Date of a row's numbers, and whether it is old."""
    return ("", None) if row.as_of is None else (row.as_of.isoformat(), is_stale(case, row))


def _programmes(case: Case) -> Iterator[SourceLine]:
    for p in case.programmes:
        cell = case.cell("programmes", p.row, "id") if p.row else ""
        as_of, old = _age(case, p)
        shown = p.name or p.id if as_of else ""
        yield SourceLine(tr("programme"), p.id, p.name, cell=cell, as_of=as_of, old=old, what=shown)


def _prices(case: Case) -> Iterator[SourceLine]:
    for p in case.prices:
        cell = case.cell("prices", p.row, "material") if p.row else ""
        as_of, old = _age(case, p)
        yield SourceLine(tr("price"), p.material, source=p.source, cell=cell, as_of=as_of, old=old, what=p.material)


def _existing(case: Case) -> Iterator[SourceLine]:
    sets = Sets(case)
    for e in case.existing:
        cell = case.cell("existing", e.row, "stage") if e.row else ""
        counts = tr("counts") if sets.counts(e) else tr("does not count")
        id_, origin = f"{e.country}, {e.stage}", (e.confidence, e.source, e.note, cell)
        yield SourceLine(tr("existing"), id_, e.name, counts, None, *origin, *_age(case, e), _words_of(e))


def _words_of(row: Existing) -> str:
    return listed(filter(None, (word(row.stage), row.material, country_name(row.country), row.name)))


def _recipes(case: Case) -> Iterator[SourceLine]:
    for c in case.processes:
        cell = case.cell("processes", c.row, "tonnes_per_tonne") if c.row else ""
        yield SourceLine(tr("recipe"), c.process, c.material, "", c.tonnes_per_tonne, "", c.source, "", cell)


def _conversions(case: Case) -> Iterator[SourceLine]:
    for c in case.conversions:
        yield SourceLine(
            tr("conversion"),
            c.currency,
            tr("prices of {year}", year=c.price_year),
            "",
            float(c.factor),
            "",
            translated(c.reason),
        )


def _settings(case: Case) -> Iterator[SourceLine]:
    for key, value in case.settings:
        yield SourceLine(tr("setting"), key, value=_as_cell(value), source=word(case.provenance.get(key, "default")))


def _as_cell(value: object) -> Cell:
    """A setting as it is written in its sheet."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, dict):
        return joined(f"{key}={number:g}" for key, number in value.items())
    if isinstance(value, tuple):
        return joined(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if isinstance(value, str | float | int) else tr("none")


def _notices(case: Case) -> Iterator[SourceLine]:
    for diagnostic in case.notices:
        yield SourceLine(
            tr("notice"), diagnostic.column or "", note=translated(diagnostic.message), cell=diagnostic.cell
        )
