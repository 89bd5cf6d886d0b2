"""Turn raw rows into rows of the schema: one currency, parsed `where`, canonical order."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models import where
from models.columns import Row
from models.funds import completed
from models.money import Exchange, UnknownCurrency
from models.nearest import did_you_mean, nearest
from models.schema import SHEETS, Fx, Outlay, Price, Programme, Project, Settings, Where
from models.sets import private_share
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_names import form
from optimizer.workbook.raw_row import RawRow

Rows = Mapping[str, list[RawRow]]
_MEASURES = ("measure", "per", "weight")


def rows_of(
    rows: Rows, sheets: Mapping[str, Sheet], settings: Settings, materials: Mapping[str, str], diagnostics: Diagnostics
) -> dict[str, Any]:
    """The fields of a `Case` that hold rows, in canonical order, with the money converted."""
    _currencies_in_capitals(rows)
    _wheres(rows, sheets, materials, diagnostics)
    built = {name: [_row(SHEETS[name], raw) for raw in raws] for name, raws in rows.items()}
    fx = [row for row in built.get("fx", []) if isinstance(row, Fx)]
    exchange = Exchange.of(settings.base_currency.upper(), settings.price_year, fx)
    _convert(built, rows, sheets, exchange, diagnostics)
    parts: dict[str, Any] = {name: tuple(sorted(unordered, key=_order(name))) for name, unordered in built.items()}
    if "programmes" in parts:
        parts["programmes"] = completed(parts["programmes"])
    return {"projects": (), **parts, "conversions": exchange.conversions()}


def _currencies_in_capitals(rows: Rows) -> None:
    for name in ("projects", "programmes", "prices", "fx"):
        for raw in rows.get(name, ()):
            if "currency" in raw.values:
                raw.values["currency"] = raw.values["currency"].upper()


def _row(cls: type[Row], raw: RawRow) -> Row:
    return cls(row=raw.row, **raw.values)


# -- rules -----------------------------------------------------------------------------------------------------------


def _wheres(rows: Rows, sheets: Mapping[str, Sheet], materials: Mapping[str, str], diagnostics: Diagnostics) -> None:
    """Parse every `where` and give measures the spelling of their columns."""
    further = _further_columns(rows.get("projects", ()), sheets.get("projects"), materials)
    known = where.known_columns(further)
    project_columns = {name: kind for name, kind in known.items() if not name.startswith(where.PROGRAMME)}
    parsers: dict[str, Callable[[RawRow], Where]] = {
        "rules": lambda raw: where.parse(raw.values["where"], known),
        "scenarios": lambda raw: where.parse_scenario(raw.values["where"], raw.values["parameter"], further),
        "risks": lambda raw: where.parse(raw.values["where"], project_columns),
    }
    for name, parser in parsers.items():
        for raw in rows.get(name, ()):
            for field in _MEASURES if name == "rules" else ():
                if field in raw.values:
                    raw.values[field] = _measure(raw.values[field], materials)
            if "where" in raw.values and "parameter" not in raw.faulty:
                _parse(sheets[name], raw, parser, diagnostics)


def _further_columns(projects: Iterable[RawRow], sheet: Sheet | None, materials: Mapping[str, str]) -> dict[str, str]:
    """The columns of `projects` that the schema does not name, empty ones too, with their kinds."""
    if sheet is None:
        return {}
    numbers = {name for raw in projects for name in raw.values.get("measures", ())}
    shares = {t.spelled(materials): "number" for t in sheet.targets.values() if t.key is not None}
    kinds = {name: "number" if name in numbers else "text" for name in sheet.extras.values()}
    return shares | kinds | dict.fromkeys(sheet.yes_no, "yes_no")


def _measure(name: str, materials: Mapping[str, str]) -> str:
    name = form(name)
    material = name.removeprefix("share_")
    return f"share_{materials.get(material, material)}" if name.startswith("share_") else name


def _parse(sheet: Sheet, raw: RawRow, parser: Callable[[RawRow], Where], diagnostics: Diagnostics) -> None:
    try:
        raw.values["picks"] = parser(raw)
    except ValueError as error:
        if "projects" not in diagnostics.unread:  # else its further columns are not known
            diagnostics.fault(sheet.address(raw.row, sheet.index_of("where") or 0), str(error), "where")
        raw.faulty.add("where")


# -- money -----------------------------------------------------------------------------------------------------------


def _convert(
    built: dict[str, list[Row]], rows: Rows, sheets: Mapping[str, Sheet], exchange: Exchange, diagnostics: Diagnostics
) -> None:
    """Convert projects, their outlays and programmes; a currency without a rate is a fault at its cell."""
    originals = {row.id: row for row in built.get("projects", ()) if isinstance(row, Project)}
    for name in ("projects", "programmes", "prices", "outlays"):
        for index, (row, raw) in enumerate(zip(built.get(name, []), rows.get(name, []), strict=True)):
            try:
                built[name][index] = _converted(row, exchange, originals)
            except UnknownCurrency as error:
                if name != "outlays":
                    _no_rate(str(error), sheets[name], raw, exchange, diagnostics)


def _converted(row: Row, exchange: Exchange, projects: Mapping[str, Project]) -> Row:
    match row:
        case Project():
            return _with_share(exchange.project(row))
        case Programme():
            return exchange.programme(row)
        case Price():
            return exchange.price(row)
        case Outlay() if row.id in projects:
            return exchange.outlay(row, projects[row.id])
        case _:
            return row


def _with_share(project: Project) -> Project:
    """Set the private share of a project that requests an amount; rules and scenarios read it."""
    if project.requested_m is None or "private_share" in project.model_fields_set:
        return project
    return project.model_copy(update={"private_share": private_share(project)})


def _no_rate(currency: str, sheet: Sheet, raw: RawRow, exchange: Exchange, diagnostics: Diagnostics) -> None:
    raw.faulty.add("currency")
    if "fx" in diagnostics.unread:
        return
    near = None if _is_currency(currency) else nearest(currency, exchange.rates)
    cure = did_you_mean(near) or "; give its rate in a sheet fx"
    place = sheet.index_of("currency")
    in_header = next((i for i, unit in sheet.units.items() if unit.currency), 0)
    cell = sheet.header_at(in_header) if place is None else sheet.address(raw.row, place)
    diagnostics.fault(cell, f"{currency} has no rate to {exchange.base}{cure}", "currency")


def _is_currency(code: str) -> bool:
    """Whether a code is one of ISO 4217; it then lacks a rate and is not a typing error."""
    import pycountry

    return pycountry.currencies.get(alpha_3=code) is not None


# -- order -----------------------------------------------------------------------------------------------------------


_ORDERED = ("scenarios", "risks")
"""Sheets whose order of rows has a meaning: draws are made in it, and a project takes the first risk that picks it."""


def _order(sheet: str) -> Callable[[Any], Any]:
    """A key that does not depend on the row number (except for `_ORDERED`): names first, then the whole content of the row."""
    keys: dict[str, tuple[str, ...]] = {
        "projects": ("id",), "programmes": ("id",), "outlays": ("id",), "demand": ("stage", "material"),
        "existing": ("country", "stage", "process", "material", "name"), "rules": ("rule",), "prices": ("material",), "fx": ("currency",),
        "processes": ("process", "recipe", "material", "from_year"),
    }  # fmt: skip

    if sheet in _ORDERED:
        return lambda row: row.row

    def key(row: Row) -> tuple[str, ...]:
        names = tuple(str(getattr(row, field) or "") for field in keys[sheet])
        return names if sheet in ("projects", "programmes") else (*names, str(row.model_copy(update={"row": 0})))

    return key
