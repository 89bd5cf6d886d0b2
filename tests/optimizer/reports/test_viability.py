"""What the reports say of viability and of private money: sentences, the sheet, the section of the page, the cost curve."""

from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from rich.console import Console
from support.cases import book, grant, plant
from support.tables import case

from models.case import Case
from models.market_rows import market_rows
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.risk import solve
from optimizer.reports import viability
from optimizer.reports.charts import curve_figures
from optimizer.reports.plan_page import page_text
from optimizer.reports.plan_summary import leverage, money_line, totals
from optimizer.reports.plan_text import story
from optimizer.reports.plan_workbook import book_bytes

YEAR = {"build_years": 1, "life_years": 2, "private_share": 0.9}
"""Built in a year, two years of output: at 10 % cash of c M a year is worth 1.7355 c at the decision."""
FACTOR = 1 / 1.1 + 1 / 1.21


def mine(name: str, opex: float) -> dict[Any, Any]:
    """1 M t a year for 100 M, at a price of 100."""
    return plant(name, 1e6, 100.0, **YEAR) | {"opex_per_t": opex}


@pytest.fixture(scope="module")
def solved() -> tuple[Case, Plan]:
    """Cheap pays by itself; dear lacks 100 - 50 * FACTOR; lost earns less than nothing. Guarantees stand behind debt."""
    guarantee = {
        "id": "g",
        "instrument": "guarantee",
        "rate": 0.0,
        "tenor_years": 6,
        "cost_rate": 0.05,
        "max_share": 0.4,
    }
    world = book(
        [mine("cheap", 20.0), mine("dear", 50.0), mine("lost", 120.0)],
        None,
        programmes=[grant(total_m=200), guarantee | {"total_face_m": 500}],
        prices=[{"material": "mine", 2026: 100.0}],
        hurdle_rate=0.1,
    )
    mine_ = case(world)
    return mine_, solve(mine_, gap=0)


def test_rows_stand_in_the_order_of_their_clearing_price(solved: tuple[Case, Plan]) -> None:
    rows = market_rows(Sets(solved[0]), solved[1])
    assert [r.project.id for r in rows] == ["cheap", "dear", "lost"]
    assert [r.clears_at for r in rows] == pytest.approx([(100 / FACTOR + opex) / 100 for opex in (20, 50, 120)])
    assert [r.clears_at_price for r in rows] == pytest.approx([100 / FACTOR + opex for opex in (20, 50, 120)])
    assert [r.pays for r in rows] == [True, False, False]


def test_the_terminal_says_what_pays_and_what_support_closes(solved: tuple[Case, Plan]) -> None:
    out = StringIO()
    Console(file=out, width=100).print(*story(*solved, ascii_only=True, width=100), sep="\n")
    text = " ".join(out.getvalue().split())
    assert "At these prices 1 of 3 projects with a stated cost pays without support" in text
    assert "1 of the 2 financed lacks 13 M" in text
    assert "1 not paying at these prices" in text


def test_private_money_under_a_guarantee_is_reported_as_such(solved: tuple[Case, Plan]) -> None:
    sums = totals(solved[0], solved[1].projects)
    aided = sums.private_m - sums.unaided_m
    assert aided == pytest.approx(sums.contingent_m)
    assert aided > 0
    assert money_line(*solved).endswith(
        f"{sums.private_m:.0f} M private, {aided:.0f} M of it under public guarantee or offtake"
    )
    assert leverage(sums).startswith(f"{sums.unaided_m / (sums.public_m + sums.contingent_m):.1f} at its own risk")


def test_the_sheet_holds_the_numbers_of_the_plan(solved: tuple[Case, Plan]) -> None:
    sheet = openpyxl.load_workbook(BytesIO(book_bytes(*solved)))["Viability"]
    heads = [str(cell.value).replace("\n", " ") for cell in sheet[1]]
    rows = list(sheet.iter_rows(min_row=2, max_row=4))  # below them the awards
    lines = {row[0].value: dict(zip(heads, (c.value for c in row), strict=True)) for row in rows}
    for row in solved[1].projects:
        line = lines[row.id]
        stated = (row.gap_m, row.bankable_m, row.npv_m, row.worth_m, row.clears_at)
        assert [line[h] for h in ("Gap (M USD)", "Bankable (M USD)", "Value without support (M USD)", "Worth of support (M USD)",
                                  "Clears at")] == pytest.approx(stated)  # fmt: skip
    assert lines["lost"]["What becomes of it"] == "does not pay at these prices"


def test_the_page_has_the_section_with_its_curve(solved: tuple[Case, Plan]) -> None:
    page = page_text(*solved)
    section = page.split('id="viability"')[1].split("</section>")[0]
    assert "price at which each project needs no support" in section
    assert "What each award is worth" in section
    assert "<svg" in section


def test_a_book_without_prices_has_neither() -> None:
    plain = case(book([plant("a", 100, 10)], 20))
    plan = solve(plain, gap=0)
    assert 'id="viability"' not in page_text(plain, plan)
    assert "Viability" not in openpyxl.load_workbook(BytesIO(book_bytes(plain, plan))).sheetnames


def test_the_curve_is_as_wide_as_the_output_and_as_high_as_the_price(solved: tuple[Case, Plan]) -> None:
    (figure,) = curve_figures(viability.rows_of(*solved), ("mine",))
    table = {row[0]: row for row in figure.table.rows}
    assert table["dear"][1:] == ("financed", 1e6, pytest.approx((100 / FACTOR + 50) / 100))
    assert [row[0] for row in figure.table.rows] == ["cheap", "dear", "lost"]


def test_without_programmes_the_budget_pays_the_gap() -> None:
    # dear: need 10 M, gap 13.2231 M: that is what it costs, everywhere it is added up.
    world = case(book([mine("dear", 50.0)], 20, prices=[{"material": "mine", 2026: 100.0}], hurdle_rate=0.1))
    plan = solve(world, gap=0)
    sums = totals(world, plan.projects)
    assert sums.cost_m == pytest.approx(100 - 50 * FACTOR)
    assert sums.need_m == pytest.approx(10.0)
