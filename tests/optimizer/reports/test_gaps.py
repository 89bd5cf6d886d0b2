"""Every format of the capacity-gap report holds the same numbers; the verb finds its input and its place."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.books import write
from support.commandline import BOOK, ROOT
from support.pages import HOSTILE, small, small_plan

from models.case import Case
from models.gaps import Gaps, gaps
from models.gaps.scenarios import ScenarioGaps
from models.headline import headline_rows
from models.plan import Plan
from models.stress import Covered
from optimizer.cli.main import run
from optimizer.reports.formatting import number, percent
from optimizer.reports.gaps import FORMATS, sentences, tables
from optimizer.reports.gaps.sentences import in_scenarios
from optimizer.reports.report_table import shown
from optimizer.reports.table_text import markdown
from optimizer.workbook.read import read

KEYS = [
    "stage", "material", "year", "demand_t", "existing_t", "underway_t", "financed_t", "covered_t", "gap_t", "coverage",
    "china_share",
]  # fmt: skip


@pytest.fixture(scope="module", params=["baseline", "plan"])
def report(request: pytest.FixtureRequest) -> tuple[Case, Gaps]:
    case = small()
    return case, gaps(case, small_plan(case) if request.param == "plan" else None)


def exact(report: Gaps) -> list[list[Any]]:
    return [[getattr(row, key) for key in KEYS] for row in report.rows]


# -- formats ----------------------------------------------------------------------------------------------------------


def test_json_is_the_published_shape_and_exact(report: tuple[Case, Gaps]) -> None:
    case, result = report
    got = json.loads(FORMATS["json"](case, result))
    assert list(got) == ["schema", "rows"]
    assert got["schema"] == "mine2magnet.gaps/1"
    assert all(list(row) == KEYS for row in got["rows"])
    assert [list(row.values()) for row in got["rows"]] == exact(result)


def test_csv_is_exact(report: tuple[Case, Gaps]) -> None:
    case, result = report
    header, *lines = csv.reader(io.StringIO(FORMATS["csv"](case, result).decode()))
    assert header == KEYS
    texts = [[line[0], line[1] or None, int(line[2]), *(float(v) if v else None for v in line[3:])] for line in lines]
    assert texts == exact(result)


def test_worksheets_hold_every_number_as_a_number(report: tuple[Case, Gaps]) -> None:
    case, result = report
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](case, result)))
    years = [list(row) for row in book["Years"].iter_rows(min_row=5, values_only=True)]
    assert years == [[pytest.approx(v) if isinstance(v, float) else v for v in row] for row in exact(result)]
    for grid in tables(case, result):
        cells = [list(row) for row in book[grid.name].iter_rows(min_row=5, values_only=True)]
        wanted = [[v if v not in (None, "") else None for v in row] for row in grid.rows]
        assert cells == [[pytest.approx(v) if isinstance(v, float) else v for v in row] for row in wanted], grid.name


def test_worksheets_are_the_same_bytes_twice(report: tuple[Case, Gaps]) -> None:
    case, result = report
    assert FORMATS["xlsx"](case, result) == FORMATS["xlsx"](case, result)


def test_markdown_shows_every_row_rounded(report: tuple[Case, Gaps]) -> None:
    case, result = report
    text = FORMATS["md"](case, result).decode()
    years = text.split("## Every year")[1].strip().splitlines()[4:]
    assert len(years) == len(result.rows)
    for line, row in zip(years, result.rows, strict=True):
        tonnes = (row.demand_t, row.existing_t, row.underway_t, row.financed_t, row.covered_t, row.gap_t)
        share = "–" if row.china_share is None else f"{percent(row.china_share)} %"
        cells = [
            row.stage,
            row.material or "",
            str(row.year),
            *map(number, tonnes),
            f"{percent(row.coverage)} %",
            share,
        ]
        assert [cell.strip() for cell in line.strip("|").split("|")] == cells


def test_the_page_holds_the_numbers_as_data(report: tuple[Case, Gaps]) -> None:
    case, result = report
    page = FORMATS["html"](case, result).decode()
    (block,) = re.findall(r'<script type="application/json" id="gaps">(.*?)</script>', page, re.DOTALL)
    assert json.loads(block) == json.loads(FORMATS["json"](case, result))
    for row in result.rows:
        assert f">{number(row.gap_t)}<" in page


def test_sentences_name_what_is_missing_and_what_would_close_it() -> None:
    case = small()
    lines = sentences(gaps(case))
    assert lines[
        0
    ] == "2035, share of demand outside China met as things stand: mines 59 %, separation 1 %, magnets 8 %." or (
        "separation 0 %" in lines[0]
    )
    text = "\n".join(lines)
    assert "not counted: China 7,000, Myanmar 1,000" in text
    assert "Separation, 9,000 t/yr missing in 2035: the 2 cheapest candidates would close it for 225 M" in text
    assert 'Mines, China: the source prints "65 % of world", the tonnes give 70.0 %' in text
    assert "allied" not in text.casefold()


def test_a_share_that_no_scenario_changes_is_told_once() -> None:
    """Two scenarios of the same and of different coverage: one share, or the least with its scenario and the most."""
    gap_report = gaps(small())
    row = next(r for r in headline_rows(gap_report.rows) if r.year == gap_report.milestones[-1] and r.demand_t > 0)

    def told(*coverage: float) -> str:
        met = [Covered(stage=row.stage, material=row.material, year=row.year, coverage=c, gap_t=0.0) for c in coverage]
        scenarios = tuple(
            ScenarioGaps(scenario=f"case {n}", probability=0.5, rows=(covered,)) for n, covered in enumerate(met)
        )
        return " ".join(in_scenarios(gap_report.model_copy(update={"scenarios": scenarios})))

    assert "56 % in all." in told(0.56, 0.56)
    assert "56 % in all." in told(0.561, 0.562)
    assert "33 % (case 1) to 56 %." in told(0.56, 0.33)


def test_hostile_names_stay_text_in_every_format() -> None:
    case = small(HOSTILE)
    case = case.with_(
        demand=(*case.demand, case.demand[0].model_copy(update={"material": '=HYPERLINK("x")'})),
    )
    gap_report = gaps(case, small_plan(case))
    cells = [c for line in csv.reader(io.StringIO(FORMATS["csv"](case, gap_report).decode())) for c in line]
    assert not [c for c in cells if c.startswith(("=", "+", "@", "-"))]
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](case, gap_report)))
    assert {c.data_type for sheet in book for row in sheet.iter_rows() for c in row} <= {"s", "n"}
    parts = zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"](case, gap_report)))
    assert not [n for n in parts.namelist() if b"<f>" in parts.read(n) or b"<hyperlink" in parts.read(n)]
    text = FORMATS["md"](case, gap_report).decode()
    assert "<script" not in text
    assert "<img" not in text
    assert (
        len(
            {
                line.count("|") - line.count("\\|")
                for line in text.split("## Who makes")[1].split("##")[0].splitlines()
                if line.startswith("|")
            }
        )
        == 1
    )
    page = FORMATS["html"](case, gap_report).decode()
    assert page.count("<script") == 2
    assert "<img" not in page


def test_markdown_of_an_empty_table_says_so() -> None:
    case = small().with_(existing=())
    (today,) = (g for g in tables(case, gaps(case)) if g.name == "Today")
    assert "The workbook lists no existing capacity." in markdown([today], "t", [])
    assert shown(None, "share") == "–"


# -- the sample -------------------------------------------------------------------------------------------------------


def test_the_samples_baseline_is_that_of_its_sources() -> None:
    """Mines of the seed's table: China 230,000 of 327,000 t, about 70 %; separation 85 to 90 %, magnets over 90 %."""
    case = read(ROOT / "inputs" / "allied-candidates.xlsx")
    gap_report = gaps(case)
    mines = {m.country: m for m in gap_report.makers if (m.stage, m.material) == ("mine", None)}
    assert {c: m.tonnes for c, m in mines.items()} == {
        "CN": 230_000, "US": 40_000, "AU": 18_000, "MM": 15_000, "ROW": 24_000,
    }  # fmt: skip
    assert sum(m.tonnes for m in mines.values()) == 327_000
    assert not mines["MM"].counts
    share = {(row.stage, row.material): row.china_share for row in gap_report.rows}
    assert share["mine", None] == pytest.approx(230 / 327)
    assert 0.85 <= (share["separation", None] or 0) <= 0.90
    assert (share["magnet", None] or 0) > 0.9
    china = "\n".join(sentences(gap_report))
    assert "85-90 % of separation" in china
    assert 'Magnets, Japan: the source prints "about 15 % of world", the tonnes give 5.3 %' in china


# -- the verb ---------------------------------------------------------------------------------------------------------


Result = tuple[int, str, str]
"""Exit status, stdout, stderr."""


@pytest.fixture
def call(solved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Runs `gaps` in this process, in the folder with the plan unless another is named."""

    def run_it(*arguments: str, here: Path = solved) -> Result:
        monkeypatch.chdir(here)
        status = run(["gaps", *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return run_it


def test_a_workbook_gives_todays_baseline(solved: Path, call: Callable[..., Result]) -> None:
    status, out, _ = call("small.xlsx", "--json")
    assert status == 0
    assert json.loads(out)["rows"] == json.loads(FORMATS["json"](*baseline(solved)))["rows"]
    assert all(row["financed_t"] == 0 for row in json.loads(out)["rows"])


def baseline(here: Path) -> tuple[Case, Gaps]:
    case = read(here / "small.xlsx")
    return case, gaps(case)


@pytest.mark.parametrize("source", ["last", "outputs/small-01", "outputs/small-01/plan.json"])
def test_a_plan_is_found_however_it_is_named(solved: Path, call: Callable[..., Result], source: str) -> None:
    status, out, _ = call(source, "--format", "json")
    plan = Plan.model_validate_json((solved / "outputs/small-01/plan.json").read_bytes())
    assert status == 0
    result = json.loads(out)["rows"]
    assert [(r["stage"], r["year"], r["financed_t"], r["gap_t"]) for r in result] == [
        (r.stage, r.year, r.financed_t, r.gap_t) for r in plan.capacity
    ]


def test_the_screen_of_a_long_report_is_one_screen_and_verbose_shows_all(call: Callable[..., Result]) -> None:
    book = str(ROOT / "inputs" / "allied-candidates.xlsx")
    short, everything = (call(book, *more)[1].splitlines() for more in ((), ("--verbose",)))
    assert len(short) <= 40 < len(everything)
    assert "--verbose" in short[-1]
    assert everything[0] == short[0]
    assert any("Malaysia" in line for line in everything)


def test_the_screen_fits_and_tells_the_story(solved: Path, call: Callable[..., Result]) -> None:
    for source in ("small.xlsx", "last"):
        status, out, _ = call(source)
        assert status == 0
        assert max(map(len, out.splitlines())) <= 100
        assert "China's share today" in out
        assert "missing in 2032" in out
    assert "->" in out


@pytest.mark.parametrize("form", ["md", "csv", "xlsx", "html", "json"])
def test_out_takes_a_folder_or_a_file(solved: Path, tmp_path: Path, call: Callable[..., Result], form: str) -> None:
    book = str(solved / "small.xlsx")
    status, out, err = call(book, "--format", form, "--out", "reports", here=tmp_path)
    assert (status, out) == (0, "")
    result = tmp_path / "reports" / f"gaps.{form}"
    assert result.stat().st_size > 200
    assert f"gaps.{form}" in err
    status, _, err = call(book, "--out", f"mine.{form}", here=tmp_path)
    assert (tmp_path / f"mine.{form}").read_bytes() == result.read_bytes()
    status, _, err = call(book, "--out", f"mine.{form}", here=tmp_path)
    assert status == 2
    assert "--force" in err
    assert call(book, "--out", f"mine.{form}", "--force", here=tmp_path)[0] == 0
    assert not [p for p in tmp_path.rglob("*") if p.name.startswith(".mine2magnet")]


def test_without_out_a_file_takes_the_next_free_name(solved: Path, tmp_path: Path, call: Callable[..., Result]) -> None:
    book = str(solved / "small.xlsx")
    names = [call(book, "--format", "xlsx", "--quiet", here=tmp_path)[1].strip() for _ in range(2)]
    assert [Path(name).as_posix() for name in names] == ["outputs/small-gaps.xlsx", "outputs/small-gaps-2.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["nowhere.xlsx"], 2, "there is no nowhere.xlsx"),
        (["small.xlsx", "--format", "pdf"], 2, "pdf"),
        (["small.xlsx", "--json", "--format", "csv"], 2, "leave one out"),
        (["small.xlsx", "--format", "csv", "--out", "x.xlsx"], 2, "ends in .xlsx"),
        (["last", "--set", "last_year=2030"], 2, "needs a workbook"),
        (["broken.xlsx"], 3, "projects!F2"),
    ],
)
def test_wrong_use_is_reported(
    solved: Path, call: Callable[..., Result], arguments: list[str], status: int, says: str
) -> None:
    rows = [list(row) for row in BOOK["projects"]]
    rows[1][5] = "much"
    write(solved / "broken.xlsx", {**BOOK, "projects": rows})
    result, out, err = call(*arguments)
    assert result == status
    assert says in out + err


def test_set_changes_the_horizon(solved: Path, call: Callable[..., Result]) -> None:
    _, out, _ = call("small.xlsx", "--json", "--set", "last_year=2030")
    assert max(row["year"] for row in json.loads(out)["rows"]) == 2030


def test_figures_are_drawn_for_papers(solved: Path, tmp_path: Path, call: Callable[..., Result]) -> None:
    status, _, err = call("last", "--figures", str(tmp_path / "figures"))
    assert status == 0
    names = {p.name for p in (tmp_path / "figures").iterdir()}
    assert {"coverage.png", "coverage.svg", "timeline.png", "money.svg", "countries.png"} <= names
    assert f"{len(names)} pictures" in err


def test_solve_leaves_the_page_and_draws_too(solved: Path) -> None:
    assert (solved / "outputs/small-01/report.html").stat().st_size > 50_000
    assert {p.suffix for p in (solved / "drawn").iterdir()} == {".png", ".svg"}


def test_the_api_is_the_same_function() -> None:
    import optimizer

    case = small()
    assert optimizer.gaps(case) == gaps(case)
    assert optimizer.gaps(case, small_plan(case)).with_plan
