"""A small workbook as a dict of rows, `{"projects": [{"id": "p1", ...}], "settings": [{"key": ..., "value": ...}]}`.

`sheets` lays it out for `books.write`; `case` turns it into a `Case` without the reader, so that a test can hold one
against the other. Cells are typed as a planner types them: "40;70;100", "a; b|c", "yes", country codes.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.case import Case
from models.schema import Coefficient, Demand, Existing, Outlay, Price, Programme, Project, Rule, Settings, Where

Book = dict[str, list[dict[Any, Any]]]


def sheets(book: Book, shuffled: random.Random | None = None) -> dict[str, list[list[Any]]]:
    """Header and cells of every sheet; with `shuffled` in another order of sheets, columns and rows."""
    laid: dict[str, list[list[Any]]] = {}
    for name in _order(list(book), shuffled):
        headers = _order(list(dict.fromkeys(h for row in book[name] for h in row)), shuffled)
        rows = [[row.get(h) for h in headers] for row in _order(book[name], shuffled)]
        laid[name] = [[str(h) for h in headers], *rows]
    return laid


def _order(items: list[Any], shuffled: random.Random | None) -> list[Any]:
    return items if shuffled is None else shuffled.sample(items, len(items))


def settings(**given: Any) -> list[dict[Any, Any]]:
    """The rows of the settings sheet."""
    return [{"key": key, "value": value} for key, value in given.items()]


def setting(book: Book, key: str, default: Any = None) -> Any:
    return next((row["value"] for row in book["settings"] if row["key"] == key), default)


def case(book: Book) -> Case:
    """The case that a book says. Money is in the base currency; every default is filled in here."""
    chosen = _settings(book)
    return Case(
        name="book",
        settings=chosen,
        provenance=dict.fromkeys((row["key"] for row in book["settings"]), "settings"),
        projects=_rows(book, "projects", Project, _project, "id"),
        programmes=_rows(book, "programmes", Programme, _programme, "id"),
        outlays=_rows(book, "outlays", Outlay, _outlay, "id"),
        demand=_rows(book, "demand", Demand, _by_year, "stage"),
        existing=_rows(book, "existing", Existing, _by_year, "country"),
        prices=_rows(book, "prices", Price, _by_year, "material"),
        processes=_rows(book, "processes", Coefficient, dict, "process"),
        rules=_rows(book, "rules", Rule, _rule, "rule"),
    )


def _rows(book: Book, sheet: str, cls: Any, convert: Callable[[dict[Any, Any]], dict[Any, Any]], key: str) -> Any:
    filled = [
        (number, {h: v for h, v in row.items() if v is not None}) for number, row in enumerate(book.get(sheet, []), 2)
    ]
    result = [cls(row=number, **convert(row)) for number, row in filled]
    return tuple(sorted(result, key=lambda r: (getattr(r, key), getattr(r, "material", None) or "")))


def _settings(book: Book) -> Settings:
    given = {row["key"]: row["value"] for row in book["settings"]}
    first, last = given["first_year"], given["last_year"]
    filled = {"price_year": first, "last_fid_year": last, "objective_year": last, **given}
    if not book.get("demand") and filled.get("objective", "coverage") == "coverage":
        filled["objective"] = "capacity"  # the default where there is no demand
    if filled.get("total_budget_m") == "none":
        filled["total_budget_m"] = None
    for key in ("stages", "countries", "excluded_countries"):
        if key in filled:
            filled[key] = _names(filled[key])
    for key in ("stage_weights", "esg_weights"):
        if key in filled:
            filled[key] = {k.strip(): float(v) for k, v in (part.split("=") for part in _names(filled[key]))}
    return Settings(**filled)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(text).split(";") if part.strip())


def _project(row: dict[Any, Any]) -> dict[Any, Any]:
    result: dict[Any, Any] = {"shares": {}, "measures": {}, "texts": {}}
    for header, value in row.items():
        if header.startswith("share_"):
            result["shares"][header.removeprefix("share_")] = value
        elif header == "ramp":
            result[header] = tuple(float(step) for step in _names(value))
        elif header == "requires":
            result[header] = tuple(tuple(j.strip() for j in part.split("|")) for part in _names(value))
        elif header in ("excludes", "together"):
            result[header] = _names(value)
        elif header in Project.model_fields:
            result[header] = value
        else:
            result["texts" if isinstance(value, str) else "measures"][header] = value
    return result


def _programme(row: dict[Any, Any]) -> dict[Any, Any]:
    result: dict[Any, Any] = {"envelopes": {}}
    for header, value in row.items():
        if isinstance(header, int):
            result["envelopes"][header] = value
        elif header in ("countries", "stages"):
            result[header] = _names(value)
        elif header in ("carry_over", "uncapped"):
            result[header] = value == "yes"
        else:
            result[header] = value
    if result["envelopes"]:  # "if any year has a value the empty ones are 0"
        years = range(min(result["envelopes"]), max(result["envelopes"]) + 1)
        result["envelopes"] = {year: result["envelopes"].get(year, 0.0) for year in years}
    return result


def _outlay(row: dict[Any, Any]) -> dict[Any, Any]:
    years = {int(h.removeprefix("year_")): v for h, v in row.items() if h != "id"}
    return {"id": row["id"], "years": years}


def _by_year(row: dict[Any, Any]) -> dict[Any, Any]:
    result: dict[Any, Any] = {"years": {}, "shares": {}}
    for header, value in row.items():
        if isinstance(header, int):
            result["years"][header] = value
        elif header.startswith("share_"):
            result["shares"][header.removeprefix("share_")] = value
        else:
            result[header] = value
    if not result["shares"]:
        del result["shares"]
    return result


def _rule(row: dict[Any, Any]) -> dict[Any, Any]:
    result = {**row, "hard": row.get("hard", "yes") == "yes"}
    return {**result, "picks": _where(str(row.get("where", "")))}


def _where(text: str) -> Where:
    parts = [tuple(side.strip() for side in clause.split("=")) for clause in _names(text)]
    parsed = [(column, tuple(v.strip().casefold() for v in values.split("|"))) for column, values in parts]
    return Where(
        projects=tuple(p for p in parsed if not p[0].startswith("programme.")),
        programmes=tuple((c.removeprefix("programme."), v) for c, v in parsed if c.startswith("programme.")),
    )


def changed(book: Book, sheet: str, change: Callable[[dict[Any, Any]], Mapping[str, Any]]) -> Book:
    """A copy with every row of a sheet changed."""
    return {**book, sheet: [{**row, **change(row)} for row in book.get(sheet, [])]}


def without(book: Book, sheet: str, drop: Sequence[int]) -> Book:
    """A copy without these rows of a sheet."""
    return {**book, sheet: [row for n, row in enumerate(book[sheet]) if n not in drop]}
