"""Random small workbooks: every part of the model, few digits, ties, now and then nothing feasible.

`small_book(rng)` draws from a `random.Random` with a seed; under hypothesis the seed is drawn, as draws of single cells
lean to the simplest and give empty books. Every book is legal: what a fault would refuse is not drawn.
"""

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from support.draws import COUNTRIES, FIRST, STAGES, Draw
from support.strategies_rules import draw_rules
from support.strategies_size import resized
from support.tables import Book, setting, settings

from models.columns import columns
from models.families import FAMILIES
from models.family import admits
from models.schema import Project, Settings

LIMITS: dict[str, tuple[float, ...]] = {"whole": (1, 2), "share": (0.3, 0.6), "money": (20.0, 60.0)}
"""Kind of a setting that is the limit of a family -> what is drawn for it, the first twice as often."""


def books(money: bool | None = None) -> st.SearchStrategy[Book]:
    """Small workbooks, with programmes (`money`), without, or both."""
    return st.integers(0, 2**48).map(lambda seed: small_book(random.Random(seed), money=money))


def small_book(rng: random.Random, *, money: bool | None = None) -> Book:
    """One workbook of up to seven projects (five with programmes) and windows of up to three years."""
    draw = Draw(rng)
    money = draw.maybe(50) if money is None else money
    length = draw.one((1, 2, 3, 4, 4, 5, 6, 7))
    horizon = _horizon(draw, length)
    materials = draw.some(("ndpr", "dy"), 40)
    chosen = _settings(draw, horizon)
    projects = _projects(draw, horizon, materials, 5 if money else 7)
    _settle_committed(projects, str(chosen.get("countries", COUNTRIES)))
    book: Book = {"settings": [], "projects": projects}
    stages = sorted({p["stage"] for p in projects})
    book["demand"] = _demand(draw, horizon, materials, stages)
    book["existing"] = _existing(draw, horizon, materials, stages)
    programmes = _programmes(draw, horizon, projects) if money else []
    book["programmes"] = programmes
    book["outlays"] = _outlays(draw, projects) if programmes else []
    objective = (
        draw.one(("coverage", "coverage", "bottleneck", "capacity"))
        if book["demand"]
        else draw.one(("capacity", "coverage"))
    )
    book["rules"] = draw_rules(draw, projects, programmes, horizon, objective if book["demand"] else "capacity")
    silent = objective == "coverage" and (not book["demand"] or draw.maybe(50))
    told = {} if silent else {"objective": objective}
    book["settings"] = settings(**told, **horizon, **chosen, **_budget(draw, book))
    for row in draw.some(programmes, 30):
        _least_ticket(draw, row, book)
    if draw.maybe(30):
        book = resized(book, tonnes=draw.one((1, 40, 250)), money=draw.one((0.5, 8, 40)), gas=draw.one((1, 1000)))
    for number, row in enumerate(projects):
        row["sponsor"] = "ab"[number % 2]
    _limits_of_families(draw, book)
    return {name: rows for name, rows in book.items() if rows or name == "projects"}


def _limits_of_families(draw: Draw, book: Book) -> None:
    """The settings that constraint families declare as their limit, and the columns of projects that override them.

    Drawn last: the rest of a seed's book is what it was without them.
    """
    kinds = {column.field: column.kind for column in columns(Settings)}
    for family in FAMILIES.values():
        reads_money = family.refuses is admits
        if not family.setting or (reads_money and not book["programmes"]):
            continue
        values = LIMITS[kinds[family.setting]]
        if draw.maybe(25):
            book["settings"] += [{"key": family.setting, "value": draw.one((values[0], *values))}]
        if family.setting in Project.model_fields:
            for row in draw.some(book["projects"], 15):
                row[family.setting] = draw.one(values)


def _horizon(draw: Draw, length: int) -> dict[str, int]:
    last = FIRST + length
    return {"first_year": FIRST, "last_year": last, "last_fid_year": min(last, FIRST + draw.whole(0, 2))}


def _settings(draw: Draw, horizon: dict[str, int]) -> dict[Any, Any]:
    given: dict[Any, Any] = {"discount_rate": draw.one((0, 0, 0.05, 0.1))}
    if draw.maybe(50):
        given["objective_year"] = draw.whole(max(FIRST, horizon["last_year"] - 2), horizon["last_year"])
    if draw.maybe(30):
        given["stage_weights"] = draw.one(("mine=1; separation=2", "magnet=3; mine=0", "separation=0.5"))
    if draw.maybe(12):
        given["countries"] = "; ".join(draw.some(COUNTRIES, 85) or ["US"])
    if draw.maybe(20):
        given["joint_min_share"] = draw.one((0.2, 0.3))
    if draw.maybe(20):
        given["esg_weights"] = draw.one(("e=2; s=1; g=1", "e=1; g=1"))
    return given


def _budget(draw: Draw, book: Book) -> dict[Any, Any]:
    whole = sum(_need(p) for p in book["projects"] if p["status"] != "underway")
    given: dict[Any, Any] = {}
    if book["programmes"] and draw.maybe(35):
        given["budget_basis"] = "outlay"
    if not book["programmes"] or draw.maybe(25):
        part = draw.one((0.2, 0.4, 0.5, 0.7, 0.9))
        given["total_budget_m"] = "none" if draw.maybe(8) else round(whole * part, 1)
    return given


def _need(p: dict[Any, Any]) -> float:
    return max(0.0, float(p["capex_m"]) * (1 - p.get("private_share", 0)) - p.get("secured_m", 0))


# -- projects ------------------------------------------------------------------------------------------------------


def _projects(draw: Draw, horizon: dict[str, int], materials: list[str], most: int) -> list[dict[Any, Any]]:
    many = draw.one((1, 2, 3, *range(3, most + 1), most))
    ids = [f"{letter}{number}" for number, letter in enumerate(draw.rng.sample("abcdefg", many))]
    stages = draw.rng.sample(STAGES, draw.one((1, 1, 2, 2, 3)))
    scored, emits = draw.maybe(50), draw.maybe(50)
    rows: list[dict[Any, Any]] = []
    for name in ids:
        if rows and draw.maybe(15):
            rows.append({**draw.one(rows), "id": name})  # a twin
            continue
        row = {"id": name, **_plant(draw, horizon, stages)}
        row |= {f"share_{m}": draw.one((0.1, 0.2, 0.25, 0.5, 0)) for m in materials}
        row |= {f"esg_{letter}": draw.whole(0, 10) * 10 for letter in "esg"} if scored else {}
        row |= {"ghg_t": draw.whole(0, 20) * 50} if emits else {}
        rows.append(row)
    for n, row in enumerate(rows):
        _precedence(draw, row, ids[:n])
    return rows


def _plant(draw: Draw, horizon: dict[str, int], stages: list[str]) -> dict[Any, Any]:
    first, last_fid = horizon["first_year"], horizon["last_fid_year"]
    status = draw.one(("candidate",) * 12 + ("committed", "underway", "barred"))
    row: dict[Any, Any] = {
        "country": draw.one((*COUNTRIES, *COUNTRIES, *COUNTRIES, "BR")),
        "stage": draw.one(stages),
        "capacity_tpa": draw.one((100, 150, 150, 200, 200, 250, 300, 300, 400, 500, 0)),
        "capex_m": draw.one((10, 20, 20, 25, 40, 50, 62.5, 80, 100)),
        "geology": draw.one(("clay", "carbonatite")),
        "status": status,
    }
    if status == "underway":
        row["earliest_fid"] = draw.one((first, first - 1, first - 3, None))
        row["country"] = draw.one(COUNTRIES)
    elif draw.maybe(50):
        row["earliest_fid"] = draw.whole(first - 1, last_fid)
        row["latest_fid"] = draw.whole(max(row["earliest_fid"], first), last_fid + 1)
    row |= {"private_share": draw.one((0.2, 0.5, 0.8, 1))} if draw.maybe(50) else {}
    row |= {"secured_m": draw.one((5, 10, 30))} if draw.maybe(25) else {}
    row |= {"allied_share": draw.one((0.5, 0.8, 0))} if draw.maybe(25) else {}
    row |= {"build_years": draw.one((0, 1, 1, 2, 2, 3))} if draw.maybe(90) else {}
    row |= {"ramp": draw.one(("50;100", "40;70;100", "0;100", "80"))} if draw.maybe(50) else {}
    return row | ({"life_years": draw.whole(1, 4)} if draw.maybe(25) else {})


def _precedence(draw: Draw, row: dict[Any, Any], earlier: list[str]) -> None:
    """References to earlier rows only, so that `requires` has no cycle."""
    if not earlier:
        return
    if draw.maybe(15):
        row["requires"] = "; ".join("|".join(draw.some(earlier) or earlier[:1]) for _ in range(draw.whole(1, 2)))
    if draw.maybe(10):
        row["excludes"] = draw.one(earlier)
    if draw.maybe(8):
        row["together"] = draw.one(earlier)
    if draw.maybe(12):
        row["group"] = draw.one(("one", "two"))


def _settle_committed(rows: list[dict[Any, Any]], allowed: str) -> None:
    """What contradicts a committed project is a fault: it keeps only requirements that nothing else ties."""
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        if row["status"] == "committed" and row["country"] not in allowed:
            row["status"] = "candidate"
    for row in rows:
        own = row["status"] == "committed"
        for column in ("excludes", "together"):
            if column in row and (own or by_id[row[column]]["status"] == "committed"):
                del row[column]
        if own:
            row.pop("group", None)
    tied = {row[column] for row in rows for column in ("excludes", "together") if column in row}
    for row in rows:
        needed = [by_id[i] for i in row.get("requires", "").replace("|", "; ").split("; ") if i]
        if row["status"] == "committed" and not all(_is_loose(j, allowed, tied) for j in needed):
            del row["requires"]
        elif row["status"] == "committed":
            for j in needed:
                j.pop("earliest_fid", None)


def _is_loose(row: dict[Any, Any], allowed: str, tied: set[str]) -> bool:
    own = {"requires", "excludes", "together", "group"} & set(row)
    return row["status"] == "candidate" and row["country"] in allowed and row["id"] not in tied and not own


# -- demand and what exists ------------------------------------------------------------------------------------------


def _demand(draw: Draw, horizon: dict[str, int], materials: list[str], stages: list[str]) -> list[dict[Any, Any]]:
    if draw.maybe(12):
        return []
    keys = [(s, m) for s in (STAGES if draw.maybe(20) else stages) for m in (None, *materials)]
    chosen = draw.rng.sample(keys, min(len(keys), draw.one((1, 2, 3, 3, 4))))
    rows = []
    for stage, material in chosen:
        row: dict[Any, Any] = {"stage": stage, "material": material}
        row |= _series(draw, horizon, (0, 100, 200, 400, 500, 800), 1)
        rows.append(row)
    rows[0] |= {horizon["first_year"]: 300}
    return rows


def _series(draw: Draw, horizon: dict[str, int], values: Sequence[float], least: int) -> dict[int, float]:
    years = range(horizon["first_year"] - 1, horizon["last_year"] + 2)
    chosen = draw.rng.sample(list(years), min(len(years), draw.whole(least, 3)))
    return {year: draw.one(values) for year in sorted(chosen)}


def _existing(draw: Draw, horizon: dict[str, int], materials: list[str], stages: list[str]) -> list[dict[Any, Any]]:
    rows = []
    for _ in range(draw.whole(0, 3)):
        stage = draw.one((*stages, *stages, "mine"))
        row: dict[Any, Any] = {"country": draw.one(("CN", "US", "ROW", "AU", "MY")), "stage": stage}
        if materials and draw.maybe(40):
            row["material"] = draw.one(materials)
        elif materials:
            row |= {f"share_{m}": draw.one((0, 0.1, 0.5)) for m in materials}
        row |= {"allied_share": 0.5} if draw.maybe(20) else {}
        if draw.maybe(50):
            row["capacity_tpa"] = draw.one((0, 20, 50, 100))
        else:
            row |= _series(draw, horizon, (0, 20, 50, 100), 1)
        rows.append(row)
    return rows


# -- programmes --------------------------------------------------------------------------------------------------------


def _programmes(draw: Draw, horizon: dict[str, int], projects: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    rows = [_programme(draw, horizon, f"fund{n}", projects) for n in range(draw.whole(1, 3))]
    if len(rows) > 1 and draw.maybe(35):
        first, second = rows[0], rows[1]
        keep = {"limit_on": first["limit_on"], "carry_over": first.get("carry_over"), "fund": "shared"}
        limits = [h for h in second if isinstance(h, int) or h in ("total_m", "total_face_m")]
        first["fund"] = "shared"
        rows[1] = {h: v for h, v in second.items() if h not in limits} | keep
        first.setdefault("total_face_m", 200)
    return rows


def _programme(draw: Draw, horizon: dict[str, int], name: str, projects: list[dict[Any, Any]]) -> dict[Any, Any]:
    instrument = draw.one(("grant", "grant", "loan", "loan", "equity", "guarantee", "offtake"))
    row: dict[Any, Any] = {"id": name, "instrument": instrument, "donor": draw.one(("US", "JP", "AU"))}
    row["limit_on"] = draw.one(("cost", "face"))
    if instrument in ("loan", "guarantee") or draw.maybe(10):
        row["cost_rate"] = draw.one((0.05, 0.1, 0.25, 0.5, 0))
    if instrument == "offtake":
        row |= {"price_gap_per_t": draw.one((2000, 10000, -500)), "offtake_years": draw.whole(1, 4)}
        row |= {"offtake_share": draw.one((0.5, 1)), "limit_on": "face"}
        row.pop("cost_rate", None)
    row |= {"max_share": draw.one((0.3, 0.5, 0.8))} if draw.maybe(50) else {}
    row |= {"countries": "; ".join(draw.some(COUNTRIES, 70) or ["US"])} if draw.maybe(25) else {}
    row |= {"stages": "; ".join(draw.some(STAGES, 70) or ["mine"])} if draw.maybe(20) else {}
    row |= {"max_ticket_m": draw.one((10, 20, 40))} if draw.maybe(30) else {}
    _limits(draw, row, horizon, sum(p["capex_m"] for p in projects))
    return row


def _least_ticket(draw: Draw, row: dict[Any, Any], book: Book) -> None:
    """A minimum ticket that some project could get: a ticket above every limit would be a fault."""
    rows = book["programmes"]
    allowed = str(setting(book, "countries", COUNTRIES))
    countries, stages = str(row.get("countries", COUNTRIES)), str(row.get("stages", STAGES))
    capex = [
        p["capex_m"]
        for p in book["projects"]
        if p["status"] in ("candidate", "committed") and p["country"] in allowed
        if p["country"] in countries and p["stage"] in stages
    ]
    largest = min if any(rule["aggregate"] == "each" for rule in book["rules"]) else max
    fund = [r for r in rows if r is row or (row.get("fund") and r.get("fund") == row["fund"])]
    rate = (row.get("cost_rate", 1) if row["limit_on"] == "cost" else 1) or 1
    limits = [r[h] / (rate if h == "total_m" else 1) for r in fund for h in ("total_m", "total_face_m") if h in r]
    last = setting(book, "last_fid_year")
    years = [v / rate for r in fund for h, v in r.items() if isinstance(h, int) and h <= last]
    most = min([largest(capex, default=0) * row.get("max_share", 1), row.get("max_ticket_m", 1e9), *limits])
    most = min(most, max(years, default=0)) if any(isinstance(h, int) for r in fund for h in r) else most
    total = setting(book, "total_budget_m", "none")
    if total != "none" and row["instrument"] != "offtake":
        most = min(most, total / (row.get("cost_rate", 1) or 1))
    ticket = draw.one((most, most / 2, most / 4)) // 0.5 * 0.5
    if ticket > 0:
        row["min_ticket_m"] = ticket


def _limits(draw: Draw, row: dict[Any, Any], horizon: dict[str, int], capex: float) -> None:
    rate = row.get("cost_rate", 1) if row["limit_on"] == "cost" else 1
    scale = capex * (rate or 1)
    if draw.maybe(70):
        for year in range(horizon["first_year"], horizon["last_fid_year"] + draw.whole(0, 3) + 1):
            if draw.maybe(80):
                row[year] = round(scale * draw.one((0, 0.15, 0.3, 0.5)), 2)
        row["carry_over"] = draw.one(("yes", "no", None))
    limited = any(isinstance(h, int) for h in row)
    if not limited and row.get("cost_rate") != 0 and draw.maybe(15):
        row["uncapped"] = "yes"
        return
    if not limited or draw.maybe(25):
        row["total_m"] = round(scale * draw.one((0.2, 0.4, 0.7)), 2)
    if draw.maybe(20) or rate == 0 or row["instrument"] == "offtake" or row.get("cost_rate") == 0:
        row["total_face_m"] = round(capex * draw.one((0.3, 0.6)), 1)


def _outlays(draw: Draw, projects: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    rows = []
    for p in draw.some(projects, 50):
        parts = draw.one(((1.0,), (0.5, 0.5), (0.2, 0.0, 0.8), (0.0, 1.0), (0.25, 0.25, 0.5)))
        rows.append({"id": p["id"], **{f"year_{k}": p["capex_m"] * part for k, part in enumerate(parts)}})
    return rows
