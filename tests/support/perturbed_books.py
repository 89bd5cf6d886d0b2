"""A good book in other writings, drawn at random: renamed, rescaled, reformatted, laid out or localized otherwise."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from support import books

from models.case import Case
from models.faults import InvalidInput
from optimizer.workbook.read import read

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


def other_settings(rng: random.Random) -> Perturbed:
    """Settings with keys, units or headers in other words, or in another order of columns."""
    sheets = books.small()
    rows = sheets["settings"]
    change = rng.randrange(6)
    if change == 0:
        rows[2] = list(rng.choice(BUDGETS))
    elif change == 1:
        rows[1] = list(rng.choice(RATES))
    elif change == 2:
        rows[0] = list(
            rng.choice([("キー", "値"), ("Schlüssel", "Wert"), ("Parameter", "Value"), ("what", "how much")])
        )
    elif change == 3:
        units = {"discount_rate": "%", "total_budget_m": rng.choice(["USD m", "bn", "JPY bn", "heaps"])}
        scale = {"discount_rate": 100, "total_budget_m": 0.001 if "bn" in units["total_budget_m"] else 1}
        sheets["settings"] = [["key", "unit", "value"]] + [
            [key, units.get(key), value * scale[key] if key in scale else value] for key, value in rows[1:]
        ]
    elif change == 4:
        rows[3][1] = rng.choice(["2036年", "CY2036", "FY36", "2035/36", 46387, "2036-12-31", 36, "end 2036"])
    else:
        sheets["settings"] = [[*rows[0], None, *rows[0]], [*rows[1], None, *rows[2]], [*rows[3], None, *rows[4]]]
    return Perturbed(sheets, {"settings"}, rng.choice(["book.xlsx", "book.ods", "book"]))


BUDGETS: list[tuple[str, Any]] = [
    ("Total budget (USD bn)", 1), ("total_budget_bn", 1), ("Budget", 1000), ("総予算", 1000), ("Gesamtbudget (Mrd.)", 1),
    ("Total budget (JPY bn)", 150), ("total_budget_m", "1bn"), ("total_budget_m", "1,000"), ("total_budget_m", 1e9),
    ("total_budget_usd", 1e9), ("total budget:", 1000), ("total_budget_m", "1.000"),
]  # fmt: skip
RATES: list[tuple[str, Any]] = [
    ("Discount rate (%)", 3), ("discount_rate", "3%"), ("discount_rate", 3), ("discount rate (%)", 0.03), ("割引率", 0.03),
    ("discount", 0.03), ("discount_rate", "0,03"),
]  # fmt: skip


def other_layout(rng: random.Random) -> Perturbed:
    """Rows of units, titles, totals, tables side by side, empty rows and columns."""
    sheets = books.small()
    sheet = rng.choice(["demand", "programmes", "existing", "projects"])
    rows, head = sheets[sheet], HEADS[sheet]
    change = rng.randrange(7)
    if change == 0:
        rows.insert(
            head + 1,
            [rng.choice([None, "(unit)", "unit"]), *["kt" if cell in TONNES else None for cell in rows[head][1:]]],
        )
    elif change == 1:
        rows.insert(
            0,
            [
                rng.choice(
                    ["Values in kt", "All amounts (USD k)", "Unit: thousand tonnes", "as of June", "単位：百万円"]
                )
            ],
        )
    elif change == 2:
        sums = [sum(v for r in rows[head + 1 :] if isinstance(v := r[i], int | float)) for i in range(len(rows[head]))]
        rows.append(["TOTAL", *[total or None for total in sums[1:]]])
    elif change == 3:
        rows[head] += [None, "key", "value"]
        rows[head + 1] += [None] * (len(rows[head]) - 2 - len(rows[head + 1])) + ["total_budget_m", 7]
    elif change == 4:
        rows[head] += rows[head][:3]
        rows[head + 1] += rows[head + 1][:3]
    elif change == 5:
        rows.insert(head + 2, [None] * 3)
        sheets[sheet] = [[*row[:1], None, *row[1:]] for row in rows]
    else:
        sheets[sheet] = [
            list(column) for column in zip(*[[*r, *[None] * (30 - len(r))] for r in rows[head:]], strict=True)
        ]
    return Perturbed(
        sheets, {sheet, "outlays", "rules"} if sheet == "projects" else {sheet}, rng.choice(["book.xlsx", "book"])
    )


TONNES = ("capacity_tpa", 2028, 2035)


def other_titles(rng: random.Random) -> Perturbed:
    """Sheets under other titles."""
    sheets = books.small()
    name = rng.choice(["projects", "programmes", "demand", "existing", "rules", "fx", "settings", "outlays"])
    shapes = ("Copy of {}", "{} (2)", "ESG {}", "{}_old", "{}s", " {} ", "Sheet {}", "my-{}", "{}2030")
    title = rng.choice(shapes).format(rng.choice([name, name.title(), name.upper()]))
    return Perturbed(
        {title if n == name else n: rows for n, rows in sheets.items()}, {title, title.strip(), name, *sheets}
    )


def other_years(rng: random.Random) -> Perturbed:
    """Years of cells and headers as people write them."""
    sheets = books.small()
    shapes = (
        "FY{y}",
        "FY{s}",
        "'{s}",
        "CY{y}",
        "{y}年",
        "{y}年度",
        "{y}/{n}",
        "Q3 {y}",
        "{y}-06-30",
        "{y}E",
        "Jun-{s}",
        "{y}.0",
    )
    sheet, row, column = rng.choice([("projects", 3, 10), ("projects", 4, 11), ("programmes", 0, 11), ("demand", 0, 2)])
    year = int(sheets[sheet][row][column])
    text = rng.choice(shapes).format(y=year, s=year % 100, n=year % 100 + 1)
    sheets[sheet][row][column] = text
    return Perturbed(sheets, {sheet}, rng.choice(["book.xlsx", "book.ods", "book"]))


def other_rates(rng: random.Random) -> Perturbed:
    """Exchange rates the wrong way round, currencies in headers, per cent for fractions."""
    sheets = books.small()
    change = rng.randrange(4)
    if change == 0:
        row = rng.choice(sheets["fx"][1:3])
        row[1] = 1 / row[1]
    elif change == 1:
        row = rng.choice(sheets["fx"][1:])
        row[2] = rng.choice([100 * row[2], f"{100 * row[2]:g}%", f"{row[2]}".replace(".", ",")])
    elif change == 2:
        sheets["fx"][0][1] = rng.choice(["rate", "USD per unit", "Exchange rate", "per base (USD)"])
    else:
        sheets["projects"][2][5] = rng.choice(["capex_m (AUD)", "Capex (US$ m)", "capex_usd_m", "Capex [A$ bn]"])
    return Perturbed(sheets, {"fx", "projects"}, rng.choice(["book.xlsx", "book"]))


PERTURBATIONS = (
    as_text, other_unit, other_headers, other_locale, other_yes, other_settings, other_layout, other_titles, other_years,
    other_rates,
)  # fmt: skip


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


def silent(seed: int, folder: Path) -> str:
    """What a perturbed book changes without a word; empty where it reads to the same case or says so at the place."""
    rng = random.Random(seed)
    kind = PERTURBATIONS[seed % len(PERTURBATIONS)]
    perturbed = kind(rng)
    path = folder / perturbed.form
    try:
        case = read(
            books.write_csv(path, perturbed.sheets, **perturbed.csv)
            if perturbed.csv
            else books.write(path, perturbed.sheets)
        )
    except InvalidInput as error:
        told = error.faults
    else:
        told = tuple(n for n in case.notices if n not in good().notices)
        if content(case) == content(good()):
            return ""
    places = {n.cell.partition("!")[0].strip("'") for n in told}
    return "" if places & perturbed.places else f"{kind.__name__}: {[str(n) for n in told]}"
