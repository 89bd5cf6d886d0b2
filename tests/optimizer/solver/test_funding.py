"""Who pays what, as people read it: the funding matrix on the screen, `Programmes` and `Budget` of plan.xlsx."""

import re
from io import BytesIO, StringIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from rich.console import Console
from support.books import write_xlsx

from models.case import Case
from models.examples import world
from models.plan import Award, Plan
from models.schema import Settings
from optimizer.analysis.risk import solve
from optimizer.reports.funding_matrix import MOST, funding_matrix
from optimizer.reports.plan_text import story
from optimizer.reports.plan_workbook import book_bytes
from optimizer.workbook.read import read

SHEETS = {
    "projects": [
        ["id", "country", "stage", "capacity_tpa", "capex_m", "private_share", "build_years"],
        ["pit", "US", "mine", 1000, 100, 0.4, 0],
    ],
    "outlays": [["id", "year_0", "year_1", "year_2"], ["pit", 40, 40, 20]],
    "programmes": [
        ["id", "instrument", "cost_rate", "fund", "max_share", "limit_on", "carry_over", 2026, 2027],
        ["LOAN", "loan", 0.1, "F", None, "face", "yes", 50, 10],
        ["GUAR", "guarantee", 0.05, "F", 0.4, None, None, None, None],
    ],
    "settings": [
        ["key", "value"],
        ["first_year", 2026],
        ["last_year", 2027],
        ["last_fid_year", 2026],
        ["objective", "capacity"],
        ["budget_basis", "outlay"],
    ],
}
"""60 M of need: 40 by the cheaper guarantee, 20 by the loan. Of each 40 % falls in 2026 and in 2027, 20 % later."""


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Plan]:
    case = read(write_xlsx(tmp_path_factory.mktemp("funding") / "book.xlsx", SHEETS))
    return case, solve(case, gap=0.0)


def matrix(case: Case, plan: Plan, width: int = 100) -> list[str]:
    """The lines of the matrix, spaces shrunk."""
    out = StringIO()
    Console(file=out, width=width, markup=False, highlight=False).print(funding_matrix(case, plan, width=width))
    assert max(map(len, out.getvalue().splitlines())) <= width
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def table(case: Case, plan: Plan, sheet: str) -> list[dict[str, Any]]:
    opened = CalamineWorkbook.from_filelike(BytesIO(book_bytes(case, plan))).get_sheet_by_name(sheet)
    header, *rows = opened.to_python(skip_empty_area=False)
    names = [re.sub(r"\s*\(.*", "", str(h), flags=re.DOTALL) for h in header]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_the_screen_shows_programmes_by_year_with_their_sums(solved: tuple[Case, Plan]) -> None:
    assert matrix(*solved) == [
        "face value, M USD as 2026 together cost",
        "GUAR guarantee 40 40 2",
        "LOAN loan 20 20 2",
        "together 60 60 4",
    ]


def test_outlays_after_the_horizon_are_reported(solved: tuple[Case, Plan]) -> None:
    case, plan = solved
    message = [str(part) for part in story(case, plan, ascii_only=True, width=100)]
    assert "Of the budget cost of 4 M, 0.8 M is spent after 2027: in no envelope, in every total." in message
    longer = case.with_(settings=Settings(**{**dict(case.settings), "last_year": 2028, "objective_year": 2028}))
    assert not any("spent after" in str(part) for part in story(longer, solve(longer), ascii_only=True, width=100))


def test_programmes_state_envelope_spent_later_carried_and_left(solved: tuple[Case, Plan]) -> None:
    rows = {row["Programme"]: row for row in table(*solved, "Programmes")}
    assert [rows["GUAR"][k] for k in ("Face value", "Budget cost", "of which contingent")] == [40, 2, 40]
    assert [rows["LOAN"][k] for k in ("Face value", "Budget cost", "of which contingent")] == [20, 2, 0]
    assert [rows[p]["Spent of them"] for p in ("GUAR", "LOAN")] == pytest.approx([32, 16])
    assert [rows[p]["Spent after 2027"] for p in ("GUAR", "LOAN")] == pytest.approx([8, 4])
    for p in ("GUAR", "LOAN"):
        shared = [rows[p][k] for k in ("Envelopes of all years", "Most carried", "Left")]
        assert shared == pytest.approx([60, 26, 12])


@pytest.mark.parametrize("sheet", ["Programmes", "Budget"])
def test_a_reader_is_told_that_a_fund_counts_once(solved: tuple[Case, Plan], sheet: str) -> None:
    case, plan = solved
    assert any("once a fund" in str(row["Programme"]) for row in table(case, plan, sheet))
    alone = [p.model_copy(update={"fund": None}) for p in case.programmes if p.id == "LOAN"]
    apart = case.with_(programmes=tuple(alone))
    assert not any("once a fund" in str(row["Programme"]) for row in table(apart, solve(apart), sheet))


def test_an_empty_cell_of_a_fund_takes_what_the_fund_says(solved: tuple[Case, Plan]) -> None:
    case, _ = solved
    assert {p.id: (p.limit_on, p.carry_over) for p in case.programmes} == {
        "GUAR": ("face", True),
        "LOAN": ("face", True),
    }


def test_many_programmes_and_years_are_added_up_where_they_do_not_fit() -> None:
    case = world()
    loans = [case.programmes[0].model_copy(update={"id": f"loan{n:02}", "name": ""}) for n in range(MOST + 3)]
    many = case.with_(programmes=tuple(loans))
    awards = [Award(programme=p.id, year=2026 + n % 9, face_m=100.0 + n, cost_m=10.0) for n, p in enumerate(loans)]
    plan = solve(case)
    plan = plan.model_copy(update={"projects": (plan.projects[0].model_copy(update={"awards": tuple(awards)}),)})
    for width in (120, 100, 80, 60):
        lines = matrix(many, plan, width)
        assert len(lines) == 1 + MOST + 1
        assert lines[-2].startswith(f"and {len(loans) - MOST + 1} more")
        faces = [float(m.replace(",", "")) for m in lines[-1].split()[1:]]
        assert sum(faces[:-2]) == faces[-2] == sum(a.face_m for a in awards)
    assert "2026-34" in matrix(many, plan, 60)[0]


def test_without_programmes_there_is_no_matrix() -> None:
    case = world()
    bare = case.with_(programmes=(), rules=())
    assert funding_matrix(bare, solve(bare), width=100) is None
