"""Texts of cells, headers and command lines that grow: what is read of them takes time that grows with their length.

A pattern that tries all ways to divide a text takes hours for a text that a cell can hold. Processor time is compared
for one text and for the same eight times as long.
"""

import time
from collections.abc import Callable

import pytest

from models.columns import columns
from models.countries import country_cure, country_name
from models.nearest import nearest
from models.schema import Project, Settings
from models.where import known_columns, parse
from optimizer.workbook.cell_parser import parse as parse_cell
from optimizer.workbook.cell_values import BadCell, Style, is_error, shown
from optimizer.workbook.header_names import near_miss, translated
from optimizer.workbook.header_units import named_with_unit, unit_in
from optimizer.workbook.project_names import NamedProject, UnknownProject, find_project
from optimizer.workbook.settings_sheet import near_setting
from optimizer.workbook.total_rows import is_total
from optimizer.workbook.unit_rows import units_in_title
from optimizer.workbook.years import calendar_year, proposed_years

SHORT, TIMES = 1_000, 8
SLOWER = 4 * TIMES
"""Times that a text eight times as long may take: more than linear, far from quadratic (64)."""
NOISE = 0.05
"""Seconds of processor time that a measurement may be off by."""
PIECES = [
    "1",
    " ",
    "(",
    ")",
    "9,",
    "a;",
    "1 ",
    "-",
    "'",
    "FY26/",
    "40;",
    "x=",
    "1.",
    "USD ",
    "年",
    "\n",
    "in ",
    "total ",
    "%",
]
OURS = columns(Project)
LONGEST_MESSAGE = 1_000
STYLES = (Style(), Style(all_text=True), Style(all_text=True, decimal_comma=True))


def cells(text: str) -> None:
    """Every kind of column, in every style."""
    for column in {c.kind: c for c in (*OURS, *columns(Settings))}.values():
        for style in STYLES:
            try:
                message = parse_cell(column, text, style).warning
            except BadCell as error:
                message = str(error)
            assert len(message or "") < LONGEST_MESSAGE, (column.kind, message)


def clause(text: str) -> None:
    try:
        parse(text, known_columns())
    except ValueError:
        return


def project(text: str) -> None:
    try:
        find_project(text, [NamedProject("ridge", "Ridge Mine", 4)])
    except UnknownProject:
        return


READERS: dict[str, Callable[[str], object]] = {
    "cells": cells, "clause": clause, "project": project, "setting": near_setting, "total": is_total, "error": is_error,
    "shown": shown, "years": proposed_years, "year": calendar_year, "country": country_name, "no country": country_cure,
    "unit": lambda text: named_with_unit(text, OURS), "ending": lambda text: unit_in(text, OURS[6]),
    "slip": lambda text: near_miss(text, OURS), "translation": lambda text: translated(text, OURS),
    "name": lambda text: nearest(text, ("ridge", "delta")), "title": lambda text: list(units_in_title(text)),
}  # fmt: skip


def seconds(reader: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    reader(text)
    return time.process_time() - start


@pytest.mark.parametrize("name", READERS)
def test_time_grows_with_the_text(name: str) -> None:
    reader = READERS[name]
    reader("warm")
    for piece in PIECES:
        text = piece * (SHORT // len(piece))
        once, more = seconds(reader, text), seconds(reader, text * TIMES)
        if more > SLOWER * once + NOISE:
            more = seconds(reader, text * TIMES)  # another process may have come between
        assert more <= SLOWER * once + NOISE, (piece, once, more)
