"""Books for the checks, made in code: every row stands at an address that a test can name."""

from typing import Any

from models.case import Case, Layout
from models.checks import check
from models.columns import columns
from models.faults import Diagnostic
from models.schema import SHEETS, Settings, Where

LETTERS = [a + b for a in ("", "A", "B") for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
YEARS = ("2026", "2027", "2028", "2029", "2030")
KEYS = list(Settings.model_fields)


def layout(sheet: str) -> Layout:
    """Our columns in the order of the schema, from column A on; families as a few of their columns."""
    names: list[str] = []
    for column in columns(SHEETS[sheet]):
        spread = {
            "<year>": YEARS,
            "year_<k>": ("year_0", "year_1"),
            "share_<material>": ("share_ndpr",),
            "<measure>": ("ghg_t",),
        }
        names += spread.get(column.family or "", () if column.family else (column.field,))
    return Layout(title=sheet, header_row=1, letters=dict(zip(names, LETTERS, strict=False)))


def at(sheet: str, row: int, column: str) -> str:
    return f"{sheet}!{layout(sheet).letters[column]}{row}"


def setting(key: str) -> str:
    return f"settings!B{KEYS.index(key) + 2}"


def book(stated: dict[str, Any] | None = None, **sheets: list[dict[str, Any]]) -> Case:
    """A case whose rows stand from row 2 on, as a reader would hand it over."""
    rows = {
        name: tuple(sorted((SHEETS[name](row=r, **row) for r, row in enumerate(given, 2)), key=_name))
        for name, given in sheets.items()
    }
    settings = {"first_year": 2026, "last_year": 2040, "objective": "capacity", **(stated or {})}
    return Case(
        name="book",
        settings=Settings(**settings),
        provenance={key: setting(key) for key in settings},
        setting_rows={key: n for n, key in enumerate(KEYS, 2)},
        layouts={
            **{name: layout(name) for name in SHEETS},
            "settings": Layout(title="settings", header_row=1, letters={"key": "A", "value": "B"}),
        },
        **rows,
    )


def _name(row: Any) -> str:
    return str(getattr(row, "id", getattr(row, "rule", row.row)))


def project(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "country": "US", "stage": "mine", "capacity_tpa": 1000, "capex_m": 100, **more}


def grant(name: str = "grants", **more: Any) -> dict[str, Any]:
    return {"id": name, "instrument": "grant", "donor": "US", "total_m": 500, **more}


def rule(**more: Any) -> dict[str, Any]:
    return {"rule": "R", "measure": "count", "aggregate": "sum", "sense": ">=", "value": 1, **more}


def where(*clauses: tuple[str, str], programmes: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    picks = Where(projects=tuple((c, (v,)) for c, v in clauses), programmes=tuple((c, (v,)) for c, v in programmes))
    text = "; ".join(f"{c}={v}" for c, v in (*clauses, *((f"programme.{c}", v) for c, v in programmes)))
    return {"where": text, "picks": picks}


A, B, C = project("a"), project("b"), project("c")
DEMAND = {"stage": "mine", "years": dict.fromkeys(range(2026, 2041), 5000.0)}


def cells(diagnostics: list[Diagnostic]) -> list[str]:
    return [r.cell for r in diagnostics]


Change = tuple[str, dict[str, Any], list[str], str]
"""What is wrong, the book, the cells that are named, and words of the first message."""


def named(cases: list[Any]) -> dict[str, Any]:
    """Arguments of `parametrize`: each case under its name."""
    return {"argvalues": [case[1:] if len(case) > 2 else case[1] for case in cases], "ids": [case[0] for case in cases]}


def assert_faults(change: dict[str, Any], places: list[str], words: str) -> None:
    """Exactly these faults, each at its cell."""
    faults, _ = check(book(**change))
    assert cells(faults) == places
    assert words in faults[0].message


def assert_warnings(change: dict[str, Any], places: list[str], words: str) -> None:
    """Exactly these warnings, each at its cell, and no fault."""
    faults, warnings = check(book(**change))
    assert faults == []
    assert cells(warnings) == places
    assert words in warnings[0].message
