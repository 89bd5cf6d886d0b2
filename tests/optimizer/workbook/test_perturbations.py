"""A good book in other writings: the same case, or a fault or notice at the place; never another case in silence.

Each perturbation renames, rescales, reformats or relocates one thing, as planners and their spreadsheet programs do.
MINE2MAGNET_EXAMPLES says how many books are drawn.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from models.faults import InvalidInput
from optimizer.workbook.read import read

EXAMPLES = int(os.environ.get("MINE2MAGNET_EXAMPLES", "40"))
Sheets = dict[str, list[list[Any]]]
HEADS = {"projects": 2, "programmes": 0, "demand": 0, "existing": 0, "outlays": 0, "rules": 0, "settings": 0}
NUMBERS = {
    "projects": ("capacity_tpa", "capex_m", "private_share", "secured_m"),
    "programmes": ("max_share", "min_ticket_m", 2026, 2027, 2028),
    "demand": (2028, 2035),
    "existing": ("capacity_tpa",),
    "outlays": ("year_0", "year_1", "year_2"),
}


@dataclass
class Perturbed:
    """A book, the file that it becomes, and the sheets in which something may be said."""

    sheets: Sheets
    places: set[str]
    form: str = "book.xlsx"
    csv: dict[str, Any] = field(default_factory=dict)


@cache
def good() -> Case:
    """The small book as it is."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        return read(books.write(Path(folder) / "book.xlsx", books.small()))


def number_cell(rng: random.Random, sheets: Sheets) -> tuple[str, int, int, float]:
    """Sheet, row, column and value of a number."""
    while True:
        sheet = rng.choice(list(NUMBERS))
        head = sheets[sheet][HEADS[sheet]]
        column = head.index(rng.choice(NUMBERS[sheet]))
        row = rng.randrange(HEADS[sheet] + 1, len(sheets[sheet]))
        if isinstance(value := sheets[sheet][row][column], int | float):
            return sheet, row, column, float(value)


TEXTS: list[Callable[[float], str]] = [
    lambda v: f"{v:,.0f}", lambda v: f"{v:,.3f}".replace(",", " ").replace(".", ","), lambda v: f"{v:.3f}",
    lambda v: f"{v:,.2f}".translate(str.maketrans(",.", ".,")), lambda v: f"{v:,.0f}".replace(",", "."),
    lambda v: f"{v:,.0f}".replace(",", "\u2019"), lambda v: f"{v:,.1f}".replace(",", "\u202f"), lambda v: f"({v:g})",
    lambda v: f"\u2212{v:g}", lambda v: f"US$ {v:g}", lambda v: f"{v:g} m", lambda v: f"{v / 1000:g}k", lambda v: f"{v:g} %",
    lambda v: f"{v / 100:g}\u5104", lambda v: f"{v:g}".translate({48 + i: 0xFF10 + i for i in range(10)}),
    lambda v: f"ca. {v:g}", lambda v: f"{v:g}-{2 * v:g}", lambda v: f"'{v:g}", lambda v: f"{v:e}",
]  # fmt: skip


def as_text(rng: random.Random) -> Perturbed:
    sheets = books.small()
    sheet, row, column, value = number_cell(rng, sheets)
    text = rng.choice(TEXTS)(value)
    sheets[sheet][row][column] = f"{value:g}" if text == "0" else text
    return Perturbed(sheets, {sheet}, rng.choice(["book.xlsx", "book.ods", "book"]))


UNITS: list[tuple[str, str, str, float]] = [
    ("projects", "capacity_tpa", "Capacity (kt/yr)", 1e-3), ("projects", "capacity_tpa", "Capacity (MT)", 1e-6),
    ("projects", "capacity_tpa", "Capacity kg/yr", 1e3), ("projects", "capex_m", "Capex (bn)", 1e-3),
    ("projects", "capex_m", "Capex [k]", 1e3), ("projects", "capex_m", "Capex (JPY bn)", 1e-3),
    ("projects", "private_share", "Private share (%)", 100), ("projects", "private_share", "private share in %", 100),
    ("projects", "secured_m", "Secured, USD k", 1e3), ("projects", "secured_m", "secured (thousand)", 1e3),
    ("projects", "build_years", "Build time (months)", 12), ("projects", "build_years", "Construction months", 12),
    ("existing", "capacity_tpa", "Nameplate, ktpa", 1e-3), ("programmes", "min_ticket_m", "Min ticket (k)", 1e3),
]  # fmt: skip


def other_unit(rng: random.Random) -> Perturbed:
    """A column in another unit, with a header that says so; or with the bare header that does not."""
    sheets = books.small()
    sheet, old, new, factor = rng.choice(UNITS)
    head = sheets[sheet][HEADS[sheet]]
    column = head.index(old)
    head[column] = new if rng.random() < 0.8 else old.removesuffix("_m").removesuffix("_tpa").removesuffix("_years")
    for row in sheets[sheet][HEADS[sheet] + 1 :]:
        if isinstance(row[column], int | float):
            row[column] = round(row[column] * factor, 9)
    return Perturbed(sheets, {sheet}, rng.choice(["book.xlsx", "book"]))


def other_headers(rng: random.Random) -> Perturbed:
    """A header in other letters, or with a slip."""
    sheets = books.small()
    sheet = rng.choice(list(NUMBERS))
    head = sheets[sheet][HEADS[sheet]]
    column = rng.randrange(len(head))
    text = str(head[column])
    slips = (text.upper(), f" {text} ", text.replace("_", " "), text[:-1], text[:1] + text, text + ".", f"{text} *")
    head[column] = rng.choice(slips)
    places = {sheet, "rules"} if text == "ghg_t" else {sheet}
    return Perturbed(sheets, places, rng.choice(["book.xlsx", "book.ods", "book"]))


def other_locale(rng: random.Random) -> Perturbed:
    """A folder as a spreadsheet program of another country saves it, some numbers with separators of thousands."""
    sheets = books.small()
    decimal, delimiter = rng.choice([(",", ";"), (".", ","), (".", ";"), (",", "\t"), (",", ",")])
    for _ in range(rng.randrange(3)):
        sheet, row, column, value = number_cell(rng, sheets)
        if value >= 1000:
            sheets[sheet][row][column] = f"{value:,.0f}".replace(",", "." if decimal == "," else ",")
    encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    return Perturbed(sheets, set(sheets), "book", {"delimiter": delimiter, "decimal": decimal, "encoding": encoding})


def other_yes(rng: random.Random) -> Perturbed:
    sheets = books.small()
    yes, no = rng.choice([(True, False), (1, 0), ("TRUE", "FALSE"), ("Ja", "Nein"), ("x", ""), ("oui", "non")])
    for row, value in zip(sheets["programmes"][1:], (yes, no), strict=True):
        row[9] = value
    return Perturbed(sheets, {"programmes"}, rng.choice(["book.xlsx", "book.ods", "book"]))


PERTURBATIONS = (as_text, other_unit, other_headers, other_locale, other_yes)


def content(case: Case) -> dict[str, Any]:
    """What a plan rests on, to nine digits; texts for people and addresses aside."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k != "row"}
        if isinstance(value, list | tuple):
            return [bare(v) for v in value]
        return float(f"{value:.9g}") if isinstance(value, float) else value

    fields = ("settings", "projects", "programmes", "outlays", "demand", "existing", "rules")
    return {name: bare(case.model_dump()[name]) for name in fields}


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_the_same_case_or_a_word_at_the_place(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    perturbed = PERTURBATIONS[seed % len(PERTURBATIONS)](rng)
    path = tmp_path / perturbed.form
    try:
        case = read(
            books.write_csv(path, perturbed.sheets, **perturbed.csv)
            if perturbed.csv
            else books.write(path, perturbed.sheets)
        )
    except InvalidInput as error:
        said = error.faults
    else:
        said = tuple(n for n in case.notices if n not in good().notices)
        if content(case) == content(good()):
            return
    assert {n.cell.partition("!")[0] for n in said} & perturbed.places, said
