"""A case: the content of one workbook, converted to one currency and frozen."""

from typing import Self

from pydantic import Field, ValidationInfo, field_validator

from models.faults import Diagnostic
from models.frozen import Frozen, Sentence, TextField
from models.schema import (
    Coefficient,
    Demand,
    Existing,
    Fx,
    Outlay,
    Price,
    Programme,
    Project,
    Risk,
    Rule,
    Scenario,
    Settings,
)
from models.terms import unaided_year


class Layout(Frozen):
    """The columns of a sheet, so that every message can name its cell."""

    title: str
    """Name of the sheet (or csv file without ending) as its owner wrote it."""
    header_row: int
    letters: dict[str, str]
    """Header in our names (`capex_m`, `share_ndpr`, `2026`) -> column letter. For `settings`: `key` and `value`."""


class Conversion(Sentence):
    """One factor that turned money of a row into the case's money: value in the case = value in the cell * factor."""

    sentence = "reason"

    currency: str
    price_year: int
    factor: float = Field(gt=0)
    reason: TextField
    """The factor in words, with rate and inflation."""


class Case(Frozen):
    """The planner's problem as data. Rows are in canonical order (sorted by id), money in millions of the base currency at
    prices of `settings.price_year`, countries ISO-2. Nothing downstream reads the workbook again."""

    name: str
    """Stem of the workbook's file name."""
    settings: Settings
    provenance: dict[str, str] = Field(default_factory=dict)
    """Setting -> where its value came from: `settings!B4`, `default`, `--budget`, or a sentence."""
    projects: tuple[Project, ...]
    programmes: tuple[Programme, ...] = ()
    outlays: tuple[Outlay, ...] = ()
    demand: tuple[Demand, ...] = ()
    existing: tuple[Existing, ...] = ()
    prices: tuple[Price, ...] = ()
    processes: tuple[Coefficient, ...] = ()
    rules: tuple[Rule, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    """In the order of the sheet, in which draws are made."""
    risks: tuple[Risk, ...] = ()
    """In the order of the sheet, because a project takes the first row that picks it."""
    fx: tuple[Fx, ...] = ()
    layouts: dict[str, Layout] = Field(default_factory=dict)
    """Sheet -> layout."""
    setting_rows: dict[str, int] = Field(default_factory=dict)
    """Setting -> row of the `settings` sheet."""
    conversions: tuple[Conversion, ...] = ()
    notices: tuple[Diagnostic, ...] = ()
    """Warnings and notices that the reader gave, in the order of the workbook."""

    @field_validator("projects")
    @classmethod
    def _underway_by_the_first_year(cls, projects: tuple[Project, ...], info: ValidationInfo) -> tuple[Project, ...]:
        """A project that goes ahead without support by the first year is underway: nothing is left to decide."""
        settings = info.data.get("settings")
        if settings is None:  # its own error is reported
            return projects
        return tuple(_read_as_underway(p, settings) for p in projects)

    def cell(self, sheet: str, row: int, column: str) -> str:
        """Address of a cell, `projects!F17`; sheet and row if the sheet lacks the column."""
        layout = self.layouts.get(sheet)
        if layout is None or not row:
            return f"{sheet}, {column}"
        letter = layout.letters.get(column)
        return f"{layout.title}!{letter}{row}" if letter else f"{layout.title}!{row}:{row}"

    def setting_cell(self, key: str) -> str:
        """Address of a setting's value."""
        return self.cell("settings", self.setting_rows.get(key, 0), "value")

    def with_(self, **changes: object) -> Self:
        """A copy with these fields replaced, validated again."""
        return type(self).model_validate({**dict(self), **changes})


def _read_as_underway(project: Project, settings: Settings) -> Project:
    year = unaided_year(project, settings.excluded_countries)
    if year is None or year > settings.first_year:
        return project
    return project.model_copy(update={"status": "underway", "earliest_fid": year})
