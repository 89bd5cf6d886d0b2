"""Units in headers and scales of the sheet `columns`: converted and said, or refused with the unit named."""

from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from models.columns import columns
from models.faults import Diagnostic, InvalidInput
from models.schema import SHEETS
from optimizer.workbook.header_units import LONGEST_HEADER, named_with_unit
from optimizer.workbook.read import read

FORMS = ("book.xlsx", "book.ods", "book")
HEADER, RIDGE = 2, 3


def plain_book(**columns_: tuple[str, list[Any]]) -> dict[str, list[list[Any]]]:
    """Two projects in the base currency; columns replaced by (header, cells)."""
    table: dict[str, tuple[str, list[Any]]] = {
        "id": ("id", ["a", "b"]), "country": ("country", ["AU", "CA"]), "stage": ("stage", ["mine", "magnet"]),
        "capacity_tpa": ("capacity_tpa", [2000, 1500]), "capex_m": ("capex_m", [300, 450]),
        "private_share": ("private_share", [0.4, 0.35]), "build_years": ("build_years", [2, 3]), **columns_,
    }  # fmt: skip
    heads, cells = zip(*table.values(), strict=True)
    return {
        "projects": [list(heads), *(list(row) for row in zip(*cells, strict=True))],
        "demand": [["stage", 2030, 2035], ["mine", 4000, 6000]],
        "fx": [["currency", "per_base"], ["JPY", 150], ["AUD", 1.5]],
        "settings": [["key", "value"], ["total_budget_m", 500]],
    }


def case_of(path: Path, sheets: books.Sheets) -> Case:
    return read(books.write(path, sheets))


def faults_of(path: Path, sheets: books.Sheets) -> tuple[Diagnostic, ...]:
    with pytest.raises(InvalidInput) as error:
        read(books.write(path, sheets))
    return error.value.faults


SAME: list[tuple[str, str, list[Any]]] = [
    ("capex_m", "Capex (US$ million)", [300, 450]),
    ("capex_m", "Capex (USD bn)", [0.3, 0.45]),
    ("capex_m", "capex [USD k]", [300_000, 450_000]),
    ("capex_m", "CAPEX, USD", [300e6, 450e6]),
    ("capex_m", "Capex ($m)", [300, 450]),
    ("capex_m", "Capex (億USD)", [3, 4.5]),
    ("capex_m", "Total capex in MUSD", [300, 450]),
    ("capex_m", "capex_usd_bn", [0.3, 0.45]),
    ("capacity_tpa", "Capacity (kt/yr)", [2, 1.5]),
    ("capacity_tpa", "Capacity (t/a)", [2000, 1500]),
    ("capacity_tpa", "Capacity, ktpa", [2, 1.5]),
    ("capacity_tpa", "capacity kg/yr", [2e6, 1.5e6]),
    ("capacity_tpa", "Nameplate capacity (t REO/yr)", [2000, 1500]),
    ("capacity_tpa", "Capacity (トン/年)", [2000, 1500]),
    ("private_share", "Private share (%)", [40, 35]),
    ("private_share", "private share %", ["40%", "35 %"]),
    ("build_years", "Construction (months)", [24, 30]),
    ("build_years", "Construction months", [18, 36]),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("field", "header", "cells"), SAME, ids=[header for _, header, _ in SAME])
def test_the_same_case_in_other_units(tmp_path: Path, form: str, field: str, header: str, cells: list[Any]) -> None:
    plain = case_of(tmp_path / "plain.xlsx", plain_book())
    case = case_of(tmp_path / form, plain_book(**{field: (header, cells)}))
    assert [getattr(p, field) for p in case.projects] == [getattr(p, field) for p in plain.projects]
    assert any(header in n.message and f"is read as {field}" in n.message for n in case.notices)


def test_a_currency_in_the_header_converts_every_row(tmp_path: Path) -> None:
    case = case_of(tmp_path / "book.xlsx", plain_book(capex_m=("Capex (JPY bn)", [45, 67.5])))
    assert [p.currency for p in case.projects] == ["JPY", "JPY"]
    assert [p.capex_m for p in case.projects] == pytest.approx([300, 450], rel=1e-12)
    assert [c.currency for c in case.conversions] == ["JPY"]


def test_years_with_units(tmp_path: Path) -> None:
    sheets = plain_book()
    sheets["demand"] = [["stage", "2030 (kt)", "2035, t/yr"], ["mine", 4, 6000]]
    assert case_of(tmp_path / "book.xlsx", sheets).demand == case_of(tmp_path / "plain.xlsx", plain_book()).demand


def test_envelopes_in_billions_of_yen(tmp_path: Path) -> None:
    sheets = plain_book()
    sheets["programmes"] = [["id", "instrument", "2026 (JPY bn)", "2027 (億円)"], ["line", "loan", 15, 300]]
    programme = case_of(tmp_path / "book.xlsx", sheets).programmes[0]
    assert (programme.envelopes, programme.currency) == ({2026: 100.0, 2027: 200.0}, "JPY")


REFUSED: list[tuple[str, dict[str, tuple[str, list[Any]]], str, str]] = [
    ("two meanings", {"capacity_tpa": ("Capacity (MT)", [2, 1.5])}, "D1", 'its unit "MT" is unknown, ambiguous'),
    ("short tons", {"capacity_tpa": ("Capacity (short tons)", [2, 1.5])}, "D1", '"short tons"'),
    ("another quantity", {"capex_m": ("Capex (kt)", [2, 1.5])}, "E1", '"kt"'),
    ("prices of a year", {"capex_m": ("Capex (USD m, real 2024)", [2, 1.5])}, "E1", '"USD m, real 2024"'),
    ("thousand or trillion", {"capex_m": ("Capex (TEUR)", [2, 1.5])}, "E1", '"TEUR"'),
    ("against our name", {"capex_m": ("capex_m (JPY bn)", [2, 1.5])}, "E1", '"JPY bn"'),
    ("per cent of cells shown as such", {"private_share": ("Private share (%)", [0.4, 0.35])}, "F1", "write 40 for"),
    ("no rate", {"capex_m": ("Capex (EUR m)", [2, 1.5])}, "E1", "EUR has no rate to USD"),
    (
        "one of two money columns",
        {"capex_m": ("Capex (JPY bn)", [45, 67]), "secured_m": ("secured_m", [5, 1])},
        "H1",
        '"secured_m" says no currency, and "Capex (JPY bn)" (projects!E1) says JPY',
    ),
    (
        "against the column currency",
        {"capex_m": ("Capex (JPY bn)", [45, 67]), "currency": ("currency", ["JPY", "AUD"])},
        "E1",
        "the column currency says AUD (projects!H3)",
    ),
    ("bounds in the unit", {"private_share": ("Private share (%)", [140, 35])}, "F2", "140 is more than 100"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "cell", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused(tmp_path: Path, changes: dict[str, tuple[str, list[Any]]], cell: str, words: str) -> None:
    faults = faults_of(tmp_path / "book.xlsx", plain_book(**changes))
    assert [f.cell for f in faults] == [f"projects!{cell}"]
    assert words in faults[0].message


@pytest.mark.parametrize("form", FORMS)
def test_a_scale_in_the_sheet_columns(tmp_path: Path, form: str) -> None:
    sheets = plain_book(capex_m=("Investition TUSD", [300_000, 450_000]), ghg=("CO2", [1.5, 7]))
    sheets["columns"] = [["ours", "theirs", "scale"], ["capex_m", "Investition TUSD", 0.001], ["ghg_t", "CO2", 1000]]
    case = case_of(tmp_path / form, sheets)
    assert [(p.capex_m, p.measures["ghg_t"]) for p in case.projects] == [(300, 1500), (450, 7000)]
    assert sum("as the sheet columns says" in n.message for n in case.notices) == 2


def test_a_scale_of_names_is_a_fault(tmp_path: Path) -> None:
    sheets = plain_book(country=("Standort", ["AU", "CA"]))
    sheets["columns"] = [["ours", "theirs", "scale"], ["country", "Standort", 2]]
    assert [f.cell for f in faults_of(tmp_path / "book.xlsx", sheets)] == ["projects!B1"]


def test_a_mapped_header_keeps_its_unit(tmp_path: Path) -> None:
    sheets = plain_book(capex_m=("Investitionssumme (USD bn)", [0.3, 0.45]))
    sheets["columns"] = [["ours", "theirs"], ["capex_m", "Investitionssumme (USD bn)"]]
    assert [p.capex_m for p in case_of(tmp_path / "book.xlsx", sheets).projects] == [300, 450]


def test_long_headers_are_not_searched() -> None:
    """A pattern that grows faster than the header would show as a hang here; the limit keeps the work bounded."""
    for text in ("(" * 10**6, "capex (" * 10**5, "a " * 10**6, ")" * 10**6, "capex " + "," * 10**6):
        assert len(text) > LONGEST_HEADER
        assert named_with_unit(text, columns(SHEETS["projects"])) is None


@pytest.mark.parametrize(
    ("head", "scale", "cell", "message"),
    [
        ("scale", 0, "columns!C2", "0 is less than 1e-12"),
        ("factor", 0.001, "columns!C1", "did you mean scale?"),
        ("scale", 1, "projects!F3", "delete one of them"),
    ],
)
def test_scales_that_contradict_or_hide(tmp_path: Path, head: str, scale: float, cell: str, message: str) -> None:
    sheets = books.small()
    sheets["projects"][2][5] = "Investment (k)"
    sheets["columns"] = [["ours", "theirs", head], ["capex_m", "Investment (k)", scale]]
    with pytest.raises(InvalidInput) as error:
        read(books.write(tmp_path / "book.xlsx", sheets))
    assert [message in f.message for f in error.value.faults if f.cell == cell] == [True]


MORE = [
    ("projects", "share_ndpr (%)", (17, 100), "read as share_ndpr: each number divided by 100"),
    ("projects", "private share in percent", (8, 100), "read as private_share: each number divided by 100"),
    ("projects", "Kapazität in kt/a", (4, 0.001), "read as capacity_tpa: each number times 1000"),
    ("fx", "Inflation (%)", (2, 100), "read as inflation: each number divided by 100"),
]


@pytest.mark.parametrize(("sheet", "header", "change", "message"), MORE)
def test_more_headers_with_units(
    tmp_path: Path, sheet: str, header: str, change: tuple[int, float], message: str
) -> None:
    plain = read(books.write(tmp_path / "plain.xlsx", books.small()))
    (index, factor), sheets, head = change, books.small(), 2 if sheet == "projects" else 0
    sheets[sheet][head][index] = header
    for row in sheets[sheet][head + 1 :]:
        row[index] = round(row[index] * factor, 9) if row[index] is not None else None
    case = read(books.write(tmp_path / "book.xlsx", sheets))
    shares = [{m.casefold(): round(v, 9) for m, v in p.shares.items()} for p in case.projects]
    assert shares == [{m.casefold(): v for m, v in p.shares.items()} for p in plain.projects]
    assert [(p.capacity_tpa, p.private_share, round(p.capex_m, 6)) for p in case.projects] == [
        (p.capacity_tpa, p.private_share, round(p.capex_m, 6)) for p in plain.projects
    ]
    assert any(message in n.message for n in case.notices)
