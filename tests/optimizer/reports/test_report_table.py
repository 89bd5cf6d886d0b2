"""Tables on a screen: numbers and years whole at any width, text on several lines and never cut."""

import io
import re
import zipfile

import pytest
from rich.console import Console
from rich.text import Text

from optimizer.reports.masthead import Masthead
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.table_text import fitted, terminal
from optimizer.reports.worksheet import WorkbookWriter

NAMES = ("Browns Range (Wolverine) heavy rare earth mine", "Kalgoorlie cracking and leaching", "x")
GRID = Grid(
    "Projects",
    "Projects in, out and moved",
    columns("project", "what changes in the plan", ("decided in A", "year"), ("public in A, M USD", "number")),
    tuple((name, f"in: {' and '.join(NAMES)}", 2026 + n, 1_234_567.0 + n) for n, name in enumerate(NAMES)),
)
WIDE = Grid(
    "Coverage",
    "Coverage",
    columns("demand", *((f"gap in {n}, t/yr", "number") for n in range(20))),
    (("separation, ndpr", *(111_111.0 * (n + 1) for n in range(20))),),
)


def on_screen(grid: Grid, width: int) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, highlight=False, markup=False).print(terminal(grid))
    return stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_nothing_is_cut(width: int) -> None:
    message = on_screen(GRID, width)
    assert max(map(len, message.splitlines())) <= width
    assert "…" not in message
    assert "..." not in message
    for n in range(len(NAMES)):
        assert str(2026 + n) in message
        assert f"{1_234_567 + n:,}" in message
    words = {word for row in GRID.rows for cell in row[:2] for word in str(cell).split()}
    assert words <= set(message.split())


@pytest.mark.parametrize("width", [40, 80, 120])
def test_what_does_not_fit_beside_comes_below(width: int) -> None:
    message = on_screen(WIDE, width)
    assert max(map(len, message.splitlines())) <= width
    assert len(re.findall(r"[\d,]{7,}", message)) == 20
    assert message.count("ndpr") == message.count("demand") >= 2


def test_room_for_all_gives_one_line_a_row() -> None:
    grid = Grid("Few", "Few", columns("project", ("year", "year")), (("Ridge", 2026), ("Creek", 2027)))
    assert on_screen(grid, 80).split() == ["project", "year", "Ridge", "2026", "Creek", "2027"]
    assert len(on_screen(grid, 80).splitlines()) == 3


def test_a_worksheet_holds_no_minus_zero() -> None:
    stream = io.BytesIO()
    grid = Grid("Money", "Money", columns(("private, M USD", "number"), ("change", "change")), ((-0.0, -0.0),))
    with WorkbookWriter(stream, Masthead("Money", "", draft=False)) as book:
        book.grid(grid)
    assert b"<v>-0" not in zipfile.ZipFile(stream).read("xl/worksheets/sheet1.xml")


def test_an_answer_is_cut_until_it_fits_and_says_where_the_rest_is() -> None:
    shapes = [[Text("line")] * n for n in (9, 6, 3)]
    for rows, left in ((9, 9), (8, 7), (6, 4), (1, 4)):
        fit = [str(part) for part in fitted(shapes, rows, 80, "more")]
        assert len(fit) == left
        assert (fit[-1] == "more") == (left < 9)
