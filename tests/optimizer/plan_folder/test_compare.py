"""Plans against one another: what changed, and which cells, options or versions are behind it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from support import books as files
from support.cases import DEMAND, book, grant, plant
from support.commandline import BOOK, mine2magnet
from support.tables import case as case_of

import optimizer
from models.case import Case
from models.schema import Fx, Price, Programme, Risk, Settings
from optimizer.analysis.risk import solve
from optimizer.plan_folder.compare import Run, compare, data
from optimizer.plan_folder.digests import sha256
from optimizer.reports.compare.text import heads, milestone_grid, not_comparable, story, summary
from optimizer.reports.compare.workbook import book_bytes, comparison_head
from optimizer.reports.risk.sentences import value_text
from optimizer.reports.stress.wording import StressWording
from optimizer.reports.table_text import height
from optimizer.workbook.case_diff import changed_cells
from optimizer.workbook.read import read
from optimizer.workbook.template import write_case

ZERO = {"value": -7e-16, "bound": -7e-16}
"""The regret of a plan that is best in every scenario, as it is computed."""


def run(name: str, case: Case, **more: Any) -> Run:
    return Run(name, case, solve(case, gap=0).model_copy(update={"manifest": more}))


def mines(budget: float = 60, **of_b: Any) -> Case:
    """a is the larger plant, b may be decided later, c is small and cheap."""
    rows = [plant("a", 40, 50), plant("b", 30, 50, latest_fid=2027) | of_b, plant("c", 5, 10)]
    return case_of(book(rows, budget, objective="coverage", demand=DEMAND))


def test_in_out_and_moved() -> None:
    first, second = run("first", mines()), run("second", mines(capacity_tpa=70))
    result = compare(first, second)
    assert {p.id: p.moves for p in result.projects} == {"a": (None, "out"), "b": (None, "in")}
    assert {p.id: p.fid_years for p in result.projects} == {"a": (2026, None), "b": (None, 2026)}
    assert list(summary(result)) == ["B against A: in: b; out: a."]
    later = compare(run("first", mines(110)), run("later", mines(110, earliest_fid=2027)))
    assert [(p.id, p.moves[1], p.fid_years) for p in later.projects] == [("b", "moved", (2026, 2027))]


def test_scores_are_points_of_100_and_values_of_different_objectives_do_not_compare() -> None:
    coverage, capacity = run("first", mines()), run("second", mines().with_(settings=of_capacity(mines())))
    assert next(iter(heads(compare(coverage, coverage)))).startswith("A  first: plan score 45.00 points, ")
    assert not not_comparable(compare(coverage, coverage))
    told = compare(coverage, capacity)
    (line,) = not_comparable(told)
    assert line.startswith("The values are of different objectives and do not compare: A maximizes coverage, B ")
    assert "B maximizes capacity (weighted tonnes)." in line
    assert "t/yr" not in list(heads(told))[1]


def test_a_score_that_rounds_to_zero_has_no_sign() -> None:
    none = run("none", mines())
    none = replace(none, plan=none.plan.model_copy(update={"objective": none.plan.objective.model_copy(update=ZERO)}))
    assert next(iter(heads(compare(none, none)))).startswith("A  none: plan score 0.00 points, ")
    assert value_text(none.case, -7e-16) == "0.00 points"
    wording = StressWording(none.case, cast("Any", None))
    assert (wording.value(-7e-16), str(wording.amount(-7e-16))) == ("0.0 points", "0.0")


def of_capacity(case: Case) -> Settings:
    return case.settings.model_copy(update={"objective": "capacity", "stage_weights": {"mine": 2.0}})


def test_a_small_screen_shows_fewer_rows_and_says_where_the_others_are() -> None:
    many = [plant(f"p{n}", 5, 10) for n in range(20)]
    result = compare(*(run(str(budget), case_of(book(many, budget, demand=DEMAND))) for budget in (20, 180)))
    whole = story(result)
    rows = height(whole, 100) - 5
    few = story(result, rows=rows)
    assert height(few, 100) <= rows
    assert any("more: --verbose" in str(part) for part in few)
    assert not any("--verbose" in str(part) for part in whole)
    assert [str(part) for part in story(result, rows=rows + 5)] == [str(part) for part in whole]


def test_left_out_has_its_reason() -> None:
    gone = mines().with_(projects=tuple(p for p in mines().projects if p.id != "a"))
    result = compare(run("first", mines()), run("barred", mines(status="barred")), run("gone", gone))
    assert {p.id: p.reasons for p in result.projects}["a"] == (None, None, "not in this workbook")


def test_money_by_programme_and_coverage_add_up() -> None:
    rows = [plant("a", 40, 50), plant("b", 30, 50)]
    small = case_of(book(rows, programmes=[grant("x", total_m=50)], objective="coverage", demand=DEMAND))
    large = case_of(
        book(rows, programmes=[grant("x", total_m=50), grant("y", total_m=50)], objective="coverage", demand=DEMAND)
    )
    runs = run("small", small), run("large", large)
    result = compare(*runs)
    assert [sum(m.face_m[n] for m in result.money) for n in (0, 1)] == pytest.approx([50, 100])
    for n, head in enumerate(result.plans):
        assert head.cost_m == pytest.approx(sum(m.cost_m[n] for m in result.money))
        assert head.financed == len(runs[n].plan.projects)
    assert {(r.year, r.coverage) for r in result.coverage} == {(y, (0.4, 0.7)) for y in (2026, 2027, 2028)}
    assert [r.gap_t for r in result.milestones] == [(60.0, 30.0)]


def test_the_same_again() -> None:
    result = compare(run("a", mines()), run("b", mines()))
    assert (result.projects, result.coverage) == ((), ())
    assert result.causes[0].note == "The same inputs, the same plan."


def test_every_changed_cell_and_nothing_else() -> None:
    before, after = mines(), mines(80, capex_m=55, esg_e=40)
    assert [c.sentence for c in changed_cells(before, after)] == [
        "settings, value  settings, total_budget_m: 60 -> 80",
        "projects, capex_m  b, capex_m: 50 -> 55",
        "projects, esg_e  b, esg_e: empty -> 40",
    ]
    assert changed_cells(before, before) == ()


def test_a_rate_is_one_cell_not_all_money() -> None:
    """Twice the yen for a dollar: of the projects in yen no cell says anything else."""

    def in_yen(rate: float) -> Case:
        case = mines()
        rows = tuple(p.model_copy(update={"currency": "JPY", "capex_m": 6000 / rate}) for p in case.projects)
        return case.with_(projects=rows, fx=(Fx(row=2, currency="JPY", per_base=rate),))

    assert [c.sentence for c in changed_cells(in_yen(100), in_yen(200))] == ["fx, per_base  JPY, per_base: 100 -> 200"]


def test_a_workbook_written_back_says_the_same(tmp_path: Path) -> None:
    """Written back, all money is real and in the base currency: the same amounts, so no cell has changed."""
    rates = (Fx(row=2, currency="AUD", per_base=1.5, inflation=0.02),)
    price = Price(row=2, material="mine", currency="AUD", price_year=2024, years={2026: 40_000.0})
    window = Programme(
        row=2,
        id="w",
        instrument="loan",
        cost_rate=0.1,
        currency="AUD",
        money="nominal",
        envelopes={2026: 30.0, 2027: 30.0},
    )
    projects = tuple(p.model_copy(update={"currency": "AUD", "opex_per_t": 100.0}) for p in mines().projects)
    before = mines().with_(projects=projects, prices=(price,), programmes=(window,), fx=rates)
    write_case(before, tmp_path / "back.xlsx")
    after = read(tmp_path / "back.xlsx")
    assert [c.sentence for c in changed_cells(before, after)] == []
    assert after.prices[0].years == pytest.approx(before.prices[0].years)
    dearer = before.with_(prices=(price.model_copy(update={"years": {2026: 50_000.0}}),))
    assert [(c.what, c.column) for c in changed_cells(before, dearer)] == [("mine", "2026")]
    assert {c.column for c in changed_cells(after, dearer)} == {"2026", "currency", "price_year"}


def test_the_same_number_in_another_currency_is_a_change() -> None:
    rates = (Fx(row=2, currency="AUD", per_base=1.5),)
    case = mines().with_(fx=rates)
    other = [p.model_copy(update={"currency": "AUD", "capex_m": p.capex_m / 1.5}) for p in case.projects[:1]]
    after = case.with_(projects=(*other, *case.projects[1:]))
    assert [c.column for c in changed_cells(case, after)] == ["currency"]


def test_delays_of_a_risk_are_reported_as_typed() -> None:
    """Years and per cent, not names: a cell of numbers within numbers."""
    before, after = (
        mines().with_(risks=(Risk(row=2, p_fail=0.1, delay=delay),))
        for delay in (((0, 60.0), (1, 40.0)), ((0, 50.0), (2, 50.0)))
    )
    assert changed_cells(before, before) == ()
    (changed,) = changed_cells(before, after)
    assert (changed.column, changed.old, changed.new) == ("delay", "0:60; 1:40", "0:50; 2:50")


def test_rows_that_come_and_go() -> None:
    fewer = mines().with_(projects=mines().projects[:2])
    assert [c.sentence for c in changed_cells(mines(), fewer)] == ["projects, id  c: the row is gone"]
    assert [c.sentence for c in changed_cells(fewer, mines())] == ["projects, id  c: a new row"]


def test_options_and_versions() -> None:
    versions = [{"versions": {"highspy": v}, "seed": n} for n, v in enumerate(("1.15.1", "1.16.0"))]
    cause = compare(run("a", mines(), **versions[0]), run("b", mines(), **versions[1])).causes[0]
    assert cause.options == ("--seed: 0 -> 1", "highspy: version 1.15.1 -> 1.16.0")
    assert cause.note == "The workbooks hold the same data, and the plans are the same."


def test_other_currencies_are_reported() -> None:
    euro = mines().with_(settings=mines().settings.model_copy(update={"base_currency": "EUR"}))
    assert "different currencies" in compare(run("a", mines()), run("b", euro)).causes[0].note


def test_one_plan_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="two plans"):
        compare(run("a", mines()))


def test_the_workbook_has_the_numbers(tmp_path: Path) -> None:
    risky = mines().with_(projects=tuple(p.model_copy(update={"name": "=1+1"}) for p in mines().projects))
    known = {"title": "Options", "agency": "Office & Co", "draft": True}
    runs = [run("=cmd", risky.with_(settings=risky.settings.model_copy(update=known))), run("b", mines(110))]
    result, head = compare(*runs), comparison_head(runs)
    path = tmp_path / "compare.xlsx"
    path.write_bytes(book_bytes(result, head))
    assert book_bytes(result, head) == path.read_bytes()
    read = openpyxl.load_workbook(path)
    assert read["Summary"]["A1"].value == "Plans compared"
    assert comparison_head(runs[:1]).title == "Plans compared: Options"
    assert {sheet.oddHeader.right.text for sheet in read} == {"DRAFT   Office && Co"}
    assert read.sheetnames == ["Summary", "Plans", "Projects", "Money", "Milestones", "Coverage", "Inputs"]
    cells = [cell for sheet in read for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert "=1+1" in {cell.value for cell in cells}
    assert {p.public_m for p in result.plans} <= {cell.value for cell in read["Plans"]["H"]}


def test_the_api_has_it() -> None:
    assert optimizer.compare is compare


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plans `one`, of the small book, and `two`, of that book with more money and one name barred."""
    place = tmp_path_factory.mktemp("plans")
    files.write(place / "book.xlsx", BOOK)
    mine2magnet("solve", "book.xlsx", "--out", "one", "--quiet", cwd=place, check=0)
    mine2magnet(
        "solve", "book.xlsx", "--out", "two", "--quiet", "--budget", "240", "--exclude", "kiln", cwd=place, check=0
    )
    return place


def test_the_command_names_what_is_behind_it(folders: Path) -> None:
    done = mine2magnet("compare", "one", "two/plan.json", cwd=folders, check=0)
    assert "B against A: in: creek; out: kiln." in done.stdout
    assert "--budget  settings, total_budget_m: 180 -> 240" in done.stdout
    assert "--exclude  kiln, status: candidate -> barred" in done.stdout
    same = mine2magnet("compare", "one", "one", cwd=folders, check=0)
    assert "the same projects, years and money" in same.stdout


def test_the_command_for_programs(folders: Path) -> None:
    done = mine2magnet("compare", "one", "two", "--json", "--out", "report", cwd=folders, check=0)
    answer = json.loads(done.stdout)
    assert answer["schema"] == "mine2magnet.compare/1"
    assert answer == json.loads(json.dumps(data(compare(folders / "one", folders / "two")))) | {
        "plans": answer["plans"],
        "causes": answer["causes"],
    }
    assert (folders / "report" / "compare.xlsx").is_file()
    refused = mine2magnet("compare", "one", "two", "--out", "report", cwd=folders, check=2)
    assert "add --force" in refused.stderr


def test_the_command_is_told_too_little(folders: Path) -> None:
    assert "two plans or more" in mine2magnet("compare", "one", cwd=folders, check=2).stderr
    assert "there is no plan" in mine2magnet("compare", "one", "none", cwd=folders, check=2).stderr


def test_rerun_gives_the_same_plan(folders: Path) -> None:
    done = mine2magnet("rerun", "two", "--json", cwd=folders, check=0)
    assert json.loads(done.stdout)["same"] is True


def test_without_a_demand_the_tonnes_are_compared() -> None:
    rows = [plant("a", 40, 50), plant("b", 30, 50)]
    result = compare(*(run(str(budget), case_of(book(rows, budget))) for budget in (60, 100)))
    assert milestone_grid(result).rows[0] == ("mines", 2028, 40.0, 70.0)


def test_rerun_says_what_differs_and_why(folders: Path) -> None:
    copied = folders / "other"
    shutil.copytree(folders / "two", copied)
    plan = json.loads((copied / "plan.json").read_text("utf-8"))
    plan["projects"] = plan["projects"][1:]
    plan["manifest"]["versions"]["highspy"] = "1.0"
    (copied / "plan.json").write_text(json.dumps(plan), "utf-8")
    record = json.loads((copied / "manifest.json").read_text("utf-8"))
    record["files"]["plan.json"] = sha256((copied / "plan.json").read_bytes())
    (copied / "manifest.json").write_text(json.dumps(record), "utf-8")
    done = mine2magnet("rerun", "other", cwd=folders, check=0)
    assert "highspy: version 1.0 then" in done.stdout
    assert "left out then, financed now" in done.stdout
    assert "Other versions may choose differently" in done.stdout
