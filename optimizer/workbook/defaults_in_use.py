"""Report the defaults on which the plan depends: empty columns for cost, delivery and payment of projects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.schema import SHEETS
from models.text import Text, clauses
from optimizer.workbook.cell_values import plain
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.raw_row import RawRow

Rows = Mapping[str, list[RawRow]]
_DECIDED = ("candidate", "committed")
"""Statuses of projects that the plan decides on; rows of other sheets have none and count as such."""


@dataclass(frozen=True)
class _Default:
    """A column whose default matters, and what the default means."""

    sheet: str
    fields: tuple[str, ...]
    """Columns any of which takes the place of the default; the first is named."""
    meaning: Text
    instruments: tuple[str, ...] = ()
    """Instruments of programmes for which it matters; all where empty."""


def _of(name: str, field: str) -> str:
    """The default of a column as the schema has it."""
    value = SHEETS[name].model_fields[field].default
    assert isinstance(value, int | float)
    return plain(value)


def _defaults() -> tuple[_Default, ...]:
    return (
        _Default("projects", ("private_share", "requested_m"), Text("public money pays for them in full")),
        _Default(
            "projects", ("build_years",), Text("the build takes {years} years", years=_of("projects", "build_years"))
        ),
        _Default("projects", ("ramp",), Text("full output from the first year after the build")),
        _Default("projects", ("life_years",), Text("output lasts {years} years", years=_of("projects", "life_years"))),
        _Default("projects", ("allied_share",), Text("all output counts as free to serve demand outside China")),
        _Default(
            "programmes",
            ("cost_rate",),
            Text("each unit of face value costs the budget a whole unit"),
            ("loan", "equity", "guarantee"),
        ),
        _Default("programmes", ("max_share",), Text("one award may pay all of a project's capital cost")),
    )


def note_defaults(sheets: Mapping[str, Sheet], rows: Rows, diagnostics: Diagnostics) -> None:
    """Add one notice per sheet: its empty columns, in how many rows, and the meaning of their defaults."""
    for name in ("projects", "programmes"):
        if name not in sheets or name in diagnostics.unread:
            continue
        counted = [raw for raw in rows.get(name, ()) if raw.values.get("status", "candidate") in _DECIDED]
        parts = [text for default in _defaults() if default.sheet == name and (text := _use(default, counted))]
        if parts:
            title = sheets[name].table.title
            diagnostics.notice(title, Text("the plan rests on defaults: {parts}", parts=clauses(parts)))
    if rows.get("demand") and "existing" not in sheets and "existing" not in diagnostics.unread:
        diagnostics.notice(
            "existing", Text("no sheet of existing capacity: today's capacity outside China counts as 0")
        )


def _use(default: _Default, rows: Iterable[RawRow]) -> Text | None:
    """`private_share is empty in 3 of 12 rows: public money pays for them in full`; None if all are filled."""
    meant = [r for r in rows if not default.instruments or r.values.get("instrument") in default.instruments]
    empty = [r for r in meant if not any(f in r.values or f in r.faulty for f in default.fields)]
    if not empty:
        return None
    column, meaning = default.fields[0], default.meaning
    if len(empty) == len(meant):
        return Text("{column} is empty everywhere: {meaning}", column=column, meaning=meaning)
    return Text(
        "{column} is empty in {n} of {rows} rows: {meaning}",
        column=column, n=len(empty), rows=len(meant), meaning=meaning,
    )  # fmt: skip
