"""Topics of the workbook: every sheet and every column, from the schema."""

from collections.abc import Iterator
from inspect import getdoc

from models.columns import Column, columns
from models.frozen import Frozen
from models.schema import SHEETS, Settings
from optimizer.reports.guide.message_topics import about_columns
from optimizer.reports.guide.topic import Topic
from optimizer.workbook.template import default_of, explain

CHAPTER = "Sheets and columns"
REQUIRED = ("projects",)
KINDS = {
    "id": "a short name; names that other cells point at are written alike",
    "text": "any text",
    "country": "an ISO-2 code or an English name: AU, Australia",
    "number": "a number",
    "money": "money in millions, 0 or more: 450; another scale or currency may stand in the header: `JPY bn`",
    "share": "a share from 0 to 1; `40%` is read as 0.4",
    "degrees": "degrees, as a decimal number: -31.95",
    "score": "a score from 0 to 100",
    "whole": "a whole number, 0 or more",
    "year": "a calendar year: 2030",
    "date": "a day, a month or a year: 2026-03-31",
    "ramp": "per cents with semicolons: `40;70;100`",
    "delays": "years and per cents: `0:25; 1:75`",
    "ids": "ids with semicolons: `a; b`",
    "alternatives": "ids: `a; b` both, `a|b` one of them",
    "names": "names with semicolons",
    "countries": "countries with semicolons: `US; JP`",
    "choice": "one of the choices",
    "yes_no": "yes or no",
    "years": "years with semicolons: `2030; 2035`",
    "weights": "names with weights: `mine=1; separation=2`",
    "where": "a filter: `country=VN|AU; stage=mine`",
    "money_or_none": "money, or `none`",
}
"""Kind of a column -> how its cells are written."""


def topics() -> Iterator[Topic]:
    """A topic for each sheet, then one for each of its columns, with the topics of the messages about it."""
    sheets: dict[str, type[Frozen]] = {**SHEETS, "settings": Settings}
    messages = about_columns(frozenset(c.field for cls in sheets.values() for c in columns(cls)))
    for sheet, cls in sheets.items():
        yield _sheet(sheet, cls)
        for column in columns(cls):
            yield _column(sheet, cls, column, messages.get(column.field, []))


def _sheet(sheet: str, cls: type[Frozen]) -> Topic:
    required = [c.header for c in columns(cls) if c.required]
    must = f"Required columns: {', '.join(f'`{r}`' for r in required)}." if required else "No column is required."
    needed = (
        "The one sheet that every workbook needs."
        if sheet in REQUIRED
        else "Optional; an empty sheet switches its part off."
    )
    if sheet == "settings":
        must, needed = "One key a row, with the columns `key` and `value`.", "Optional: every key has a default."
    heads = "| column | meaning | unit | default |\n| --- | --- | --- | --- |"
    rows = "\n".join(
        f"| [{_cell(c.header)}](#{name_of(sheet, c)}){' *' if c.required else ''} | {_cell(c.doc)} | {_cell(c.unit)} "
        f"| {_cell(default_of(cls, c))} |"
        for c in columns(cls)
    )
    meaning = " ".join((getdoc(cls) or "").split())
    body = f"{meaning} {needed} {must}\n\n{heads}\n{rows}\n"
    return Topic(sheet, f"Sheet {sheet}", CHAPTER, body, aliases=(f"sheet-{sheet}",))


def _column(sheet: str, cls: type[Frozen], column: Column, messages: list[str]) -> Topic:
    lines = [explain(cls, column).replace("\n", "  \n")]
    lines.append(f"Written as {KINDS.get(column.kind, column.kind)}.")
    limits = [
        f"at least {column.low:g}" if column.low is not None else "",
        f"at most {column.high:g}" if column.high is not None else "",
    ]
    if any(limits):
        lines.append(f"Allowed: {', '.join(filter(None, limits))}.")
    if column.synonyms:
        lines.append(f"Headers that `check` proposes to rename: {', '.join(column.synonyms)}.")
    if messages:
        lines.append(f"Messages about it, and their cure: {', '.join(f'[{name}](#{name})' for name in messages)}.")
    aliases = (column.header, column.field) if column.header != column.field else (column.field,)
    title = f"{sheet}, {column.header}"
    return Topic(name_of(sheet, column), title, CHAPTER, "\n\n".join(lines), aliases=aliases, under=sheet)


def name_of(sheet: str, column: Column) -> str:
    """Name of a column's topic: `projects.capex_m`."""
    return f"{sheet}.{column.field}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
