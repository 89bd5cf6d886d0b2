"""Plans with everything that a plan workbook shows, their workbooks, and the tables in them."""

import re
import zipfile
from functools import cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
from python_calamine import CalamineWorkbook

from models.case import Case, Conversion
from models.examples import world
from models.faults import Diagnostic
from models.plan import Plan
from models.schema import Demand, Existing, Programme, Project, Rule, Settings, Where
from optimizer.analysis.risk import solve
from optimizer.reports.plan_workbook import book_bytes

HOSTILE = (
    '=HYPERLINK("http://example.org","click")',
    "+1+1",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>alert(1)</script> & co",
    "\u05de\u05db\u05e8\u05d4 \u202e\u0645\u0646\u062c\u0645",
    "\U0001f9f2 mine \U0001f600",
    "long " * 60,
    "tab\tand\nline",
    "control \x01\x1f end",
    "_x0041_",
    "'00123",
    "http://example.org/mine",
    "12345",
)


def rich(names: tuple[str, ...] = ()) -> Case:
    """Four instruments, a shared fund, money carried over, a soft rule that is missed, every status, two materials."""
    settings = Settings(
        first_year=2026, last_year=2033, last_fid_year=2029, objective_year=2033, discount_rate=0.03,
        milestones=(2028, 2030, 2033), total_budget_m=150.0, stages=("mine", "magnet"),
    )  # fmt: skip
    rows = [
        ("a-mine", "AU", "mine", 1000, 90, 0.5, "candidate", "high", {"ndpr": 0.22, "dy": 0.013}),
        ("b-mine", "CA", "mine", 700, 61.7, 1 / 3, "candidate", "low", {"ndpr": 0.3}),
        ("c-mine", "US", "mine", 400, 80, 0.0, "barred", "", {}),
        ("d-mine", "MM", "mine", 400, 80, 0.0, "candidate", "medium", {}),
        ("e-magnet", "JP", "magnet", 300, 45.3, 0.4, "committed", "medium", {}),
        ("f-magnet", "US", "magnet", 900, 300, 0.2, "candidate", "low", {}),
        ("g-magnet", "VN", "magnet", 120, 33, 0.4, "underway", "high", {}),
    ]
    projects = [
        Project(
            row=n, id=id_, name=f"Project {id_}", country=country, stage=stage, capacity_tpa=tonnes, capex_m=capex,
            private_share=private, status=status, confidence=sure, shares=shares, build_years=1, ramp=(40, 70, 100),
            secured_m=2.5 if id_ == "a-mine" else 0.0, source=f"source of {id_}", note="a note", esg_e=n * 10.0,
            esg_s=50.0, esg_g=60.0,
        )
        for n, (id_, country, stage, tonnes, capex, private, status, sure, shares) in enumerate(rows, 2)
    ]  # fmt: skip
    projects += [
        Project(row=20 + n, id=f"x{n:02d}", name=name, sponsor=name, country="US", stage="mine", capacity_tpa=1,
                capex_m=5, source=name, note=name, confidence=name)
        for n, name in enumerate(names)
    ]  # fmt: skip
    return Case(
        name="rich & hostile" if names else "rich",
        settings=settings,
        projects=tuple(projects),
        programmes=(
            Programme(row=2, id="equity", name="Stakes", donor="JP", instrument="equity", fund="pool", limit_on="face",
                      envelopes={2026: 20, 2027: 15}, carry_over=True, max_share=0.5),
            Programme(row=3, id="grants", name="Grants", donor="US", instrument="grant", total_m=31.7, max_share=0.4),
            Programme(row=4, id="guarantees", donor="JP", instrument="guarantee", fund="pool", limit_on="face",
                      cost_rate=0.07, max_share=0.3),
            Programme(row=5, id="loans", donor="US", instrument="loan", cost_rate=0.123, max_share=0.6,
                      envelopes={2026: 4, 2027: 3, 2028: 7}, total_face_m=90),
        ),
        demand=(
            Demand(row=2, stage="mine", years={2026: 1900, 2033: 2500}),
            Demand(row=3, stage="mine", material="ndpr", years={2026: 500}),
            Demand(row=4, stage="magnet", years={2026: 800, 2033: 1300}),
        ),
        existing=(
            Existing(row=2, country="US", stage="mine", capacity_tpa=333.3, shares={"ndpr": 0.15}, source="a report"),
            Existing(row=3, country="CN", stage="mine", capacity_tpa=9000),
        ),
        rules=(
            Rule(row=2, rule="Two countries", measure="count", aggregate="sum", sense=">=", value=1),
            Rule(row=3, rule="Good governance", measure="esg_e", aggregate="each", sense=">=", value=35,
                 where="stage=mine; country=CA", picks=Where(projects=(("stage", ("mine",)), ("country", ("ca",)))),
                 note="bars b-mine or not"),
            Rule(row=4, rule="Much more magnets", measure="capacity", aggregate="sum", sense=">=", value=5000,
                 where="stage=magnet", picks=Where(projects=(("stage", ("magnet",)),)), hard=False, penalty=1e-6),
            Rule(row=5, rule="A third in Japan", measure="capex", aggregate="share", sense="<=", value=0.6,
                 where="country=JP", picks=Where(projects=(("country", ("jp",)),))),
        ),
        conversions=(Conversion(currency="AUD", price_year=2024, factor=0.6543, reason="1.53 AUD a USD"),),
        notices=(Diagnostic(cell="demand!C2", column="2027", message="read between 2026 and 2033"),),
    )  # fmt: skip


def plain() -> Case:
    """No programmes and no demand: money is the need, capacity is what counts."""
    years = {"first_year": 2026, "last_year": 2028, "last_fid_year": 2027, "objective_year": 2028}
    project = {"row": 0, "country": "US", "stage": "mine", "build_years": 1, "private_share": 0.25}
    return Case(
        name="plain",
        settings=Settings(**years, total_budget_m=100.1, objective="capacity"),
        projects=(
            Project(**project, id="one", capacity_tpa=10, capex_m=66.6),
            Project(**project, id="two", capacity_tpa=20, capex_m=99.9),
        ),
    )


@cache
def solved(name: str) -> tuple[Case, Plan]:
    """A case and its audited plan."""
    case = {"world": world, "rich": rich, "plain": plain, "hostile": lambda: rich(HOSTILE)}[name]()
    return case, solve(case, gap=0.0)


@cache
def book(name: str) -> bytes:
    return book_bytes(*solved(name))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    with CalamineWorkbook.from_filelike(BytesIO(content)) as opened:
        return {title: opened.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in opened.sheet_names}


def records(content: bytes, sheet: str) -> list[dict[str, Any]]:
    """Rows of a table, up to its first empty row, by header without unit."""
    header, *rows = sheets(content)[sheet]
    names = [re.sub(r"\s*\(.*", "", h, flags=re.DOTALL) if isinstance(h, str) else int(h) for h in header]
    result = []
    for row in rows:
        if all(value == "" for value in row):
            break
        result.append({key: None if value == "" else value for key, value in zip(names, row, strict=True)})
    return result


def after_gap(content: bytes, sheet: str) -> list[list[Any]]:
    """Rows below the first empty one."""
    rows = sheets(content)[sheet]
    gap = next(n for n, row in enumerate(rows) if all(value == "" for value in row))
    return rows[gap + 1 :]


_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def charts(content: bytes) -> list[list[tuple[str, list[Any], list[float]]]]:
    """Every chart's series: name, categories, values, read from the cells that they point at."""
    grid = sheets(content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = sorted(n for n in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n))
        trees = [ET.fromstring(archive.read(part)) for part in sorted(parts, key=lambda n: int(re.sub(r"\D", "", n)))]
    return [[_series(grid, one) for one in tree.iter(f"{_CHART}ser")] for tree in trees]


def _series(grid: dict[str, list[list[Any]]], one: ET.Element) -> tuple[str, list[Any], list[float]]:
    def cells(kind: str) -> list[Any]:
        formula = one.find(f"{_CHART}{kind}//{_CHART}f")
        assert formula is not None
        assert formula.text is not None
        title, first, last = re.fullmatch(r"'?(.+?)'?!(\$\w+\$\d+):(\$\w+\$\d+)", formula.text).groups()  # type: ignore[union-attr]
        (c1, r1), (c2, r2) = map(_place, (first, last))
        return [grid[title][r][c] for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)]

    name = one.find(f"{_CHART}tx//{_CHART}v")
    assert name is not None
    return name.text or "", cells("cat"), cells("val")


def _place(address: str) -> tuple[int, int]:
    letters, row = re.fullmatch(r"\$([A-Z]+)\$(\d+)", address).groups()  # type: ignore[union-attr]
    return openpyxl.utils.column_index_from_string(letters) - 1, int(row) - 1
