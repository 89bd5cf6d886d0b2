"""Normalize names that differ only in case and spaces: they mean the same stage, material or project."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_names import form
from optimizer.workbook.raw_row import RawRow

Rows = Mapping[str, list[RawRow]]
_PROJECT_IDS = ("excludes", "together")


def unify(rows: Rows, stages: Iterable[str]) -> dict[str, str]:
    """Give every name the spelling of the cell that defines it: stages as the settings write them, materials as
    `demand` does, processes as `processes` does, ids as `projects` does. Returns form -> material."""
    _respell(rows, ("projects", "demand", "existing", "processes"), "stage", _spellings(stages))
    for raw in rows.get("programmes", ()):
        if "stages" in raw.values:
            known = _spellings(stages)
            raw.values["stages"] = tuple(known.get(form(s), s) for s in raw.values["stages"])
    materials = _materials(rows)
    _respell(rows, ("demand", "existing", "processes"), "material", materials)
    _respell(rows, ("prices", "programmes"), "material", {**_spellings(stages), **materials})
    for sheet in ("projects", "existing"):
        for raw in rows.get(sheet, ()):
            if "shares" in raw.values:
                raw.values["shares"] = {materials.get(m, m): v for m, v in sorted(raw.values["shares"].items())}
    processes = _spellings(_named(rows, "process", ("processes", "projects", "existing")))
    _respell(rows, ("projects", "existing", "processes"), "process", processes)
    _respell(rows, ("projects",), "group", _spellings(_named(rows, "group", ("projects",))))
    _respell(rows, ("programmes",), "fund", _spellings(_named(rows, "fund", ("programmes",))))
    _project_ids(rows)
    return materials


def _materials(rows: Rows) -> dict[str, str]:
    return _spellings(_named(rows, "material", ("demand", "existing", "processes", "prices")))


def _named(rows: Rows, field: str, sheets: tuple[str, ...]) -> list[str]:
    """Spellings in order of precedence: by sheet, then sorted, so that the order of rows changes nothing."""
    return [
        name
        for sheet in sheets
        for name in sorted({raw.values[field] for raw in rows.get(sheet, ()) if field in raw.values})
    ]


def _spellings(names: Iterable[str]) -> dict[str, str]:
    """Form -> first spelling."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(form(name), name)
    return known


def _respell(rows: Rows, sheets: tuple[str, ...], field: str, known: Mapping[str, str]) -> None:
    for sheet in sheets:
        for raw in rows.get(sheet, ()):
            if field in raw.values:
                raw.values[field] = known.get(form(raw.values[field]), raw.values[field])


def _project_ids(rows: Rows) -> None:
    known = {name.casefold(): name for name in _named(rows, "id", ("projects",))}

    def spell(name: str) -> str:
        return known.get(name.casefold(), name)

    for raw in rows.get("projects", ()):
        for field in _PROJECT_IDS:
            _change(raw, field, lambda ids: tuple(map(spell, ids)))
        _change(raw, "requires", lambda groups: tuple(tuple(map(spell, group)) for group in groups))
    for raw in rows.get("outlays", ()):
        _change(raw, "id", spell)


def _change(raw: RawRow, field: str, by: Callable[[Any], Any]) -> None:
    if field in raw.values:
        raw.values[field] = by(raw.values[field])


def note_twins(rows: Rows, sheets: Mapping[str, Sheet], diagnostics: Diagnostics) -> None:
    """Ids that differ by case alone are faults: a cell that points at one could mean the other."""
    for name in ("projects", "programmes"):
        first: dict[str, RawRow] = {}
        for raw in rows.get(name, ()):
            earlier = first.setdefault(raw.values["id"].casefold(), raw)
            if earlier.values["id"] != raw.values["id"]:
                index = sheets[name].index_of("id") or 0
                there = f"{earlier.values['id']} ({sheets[name].address(earlier.row, index)})"
                message = f"{raw.values['id']} differs from {there} by case alone; rename one"
                diagnostics.fault(sheets[name].address(raw.row, index), message, "id")
