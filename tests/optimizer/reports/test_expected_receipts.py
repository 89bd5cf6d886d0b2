"""What the budgets expect to earn stands on terminal, page and workbook."""

import io

import openpyxl
from rich.console import Console
from support.cases import book, grant, plant
from support.tables import case

from optimizer.analysis.risk import solve
from optimizer.reports.expected_receipts import expected_receipts
from optimizer.reports.plan_page import page_text
from optimizer.reports.plan_text import story
from optimizer.reports.plan_workbook import book_bytes

EARNS = {
    "id": "window",
    "instrument": "loan",
    "cost_rate": -0.05,
    "limit_on": "face",
    "total_face_m": 30,
    "donor": "US",
}


def test_a_window_that_earns_is_reported_everywhere() -> None:
    world = case(book([plant("a", 100, 50)], programmes=[EARNS, grant(total_m=20)]))
    plan = solve(world, gap=0)
    receipts = [a.expected_receipt_m for f in plan.projects for a in f.awards if a.programme == "window"]
    assert receipts == [1.5]  # 5 % of 30 M
    (sentence,) = expected_receipts(world, plan)
    assert sentence.startswith("Expected receipts: 1.5 M USD (window 1.5 M); the budgets are charged 0")
    console = Console(width=120, record=True, file=io.StringIO())
    for part in story(world, plan, ascii_only=True, width=120):
        console.print(part)
    assert "Expected receipts: 1.5 M USD" in console.export_text()
    assert "Expected receipts: 1.5 M USD" in page_text(world, plan).replace("\xa0", " ")
    sheet = openpyxl.load_workbook(io.BytesIO(book_bytes(world, plan)))["Summary"]
    assert any("Expected receipts: 1.5 M USD" in str(cell.value) for row in sheet for cell in row)


def test_a_plan_that_earns_nothing_says_nothing() -> None:
    world = case(book([plant("a", 100, 10)], programmes=[grant(total_m=20)]))
    assert expected_receipts(world, solve(world, gap=0)) == []
