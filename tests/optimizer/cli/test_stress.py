"""`stress` as a planner meets it: the screen, the files, the plan's own page; and `solve` beside scenarios."""

import copy
import json
import shutil
from pathlib import Path

import pytest
from support import books
from support.commandline import BOOK, mine2magnet

TROUBLE = {
    "scenarios": [
        ["scenario", "probability", "parameter", "where", "value"],
        ["late", 0.3, "delay_years", "stage=magnet", 2],
        ["US lost", None, "fails", "country=US", 1],
    ],
    "risks": [["where", "p_fail", "delay"], ["", 0.1, "0:50; 1:50"]],
}
RULE = {
    "rules": [
        ["rule", "measure", "aggregate", "where", "year", "sense", "value"],
        ["magnets", "capacity", "sum", "stage=magnet", 2031, ">=", 50],
    ]
}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plan of a book with scenarios, `troubled`, and of the same book without, `plain`."""
    folder = tmp_path_factory.mktemp("stress")
    for name, sheets in (("troubled", {**BOOK, **RULE, **TROUBLE}), ("plain", {**BOOK, **RULE})):
        books.write(folder / f"{name}.xlsx", sheets)
        mine2magnet("solve", f"{name}.xlsx", "--out", name, "--quiet", cwd=folder, check=0)
    return folder


def test_solve_plans_as_planned_and_says_so(plans: Path) -> None:
    with_, without = (json.loads((plans / n / "plan.json").read_text("utf-8")) for n in ("troubled", "plain"))
    for key in with_.keys() - {"manifest"}:
        assert with_[key] == without[key], key
    message = mine2magnet("check", "troubled.xlsx", cwd=plans, check=0).stderr
    assert "`solve` plans for the workbook as planned (risk none)" in " ".join(message.split())


def test_the_files_the_screen_and_the_page_of_the_plan(plans: Path) -> None:
    done = mine2magnet("stress", "troubled", "--draws", "300", "--seed", "3", cwd=plans, check=0)
    screen = " ".join(done.stdout.split())
    assert "The hard rule magnets holds in" in screen
    assert "300 draws" in screen
    assert "US lost" in screen
    assert len(done.stdout.splitlines()) <= 45
    stress = json.loads((plans / "troubled" / "stress.json").read_text("utf-8"))
    assert stress["schema"] == "mine2magnet.stress/1"
    assert [(s["scenario"], s["probability"]) for s in stress["scenarios"]] == [
        ("late", 0.3), ("US lost", 0.0), ("as planned", 0.7),
    ]  # fmt: skip
    plan = json.loads((plans / "troubled" / "plan.json").read_text("utf-8"))
    planned = next(s for s in stress["scenarios"] if s["scenario"] == "as planned")
    assert planned["value"] == pytest.approx(plan["objective"]["value"], abs=1e-12)
    assert stress["draws"]["n"] == 300
    assert stress["audit"]["passed"]
    assert not stress["built_in"]
    assert {x["kind"] for x in stress["lost"]} == {"project", "country"}
    assert {b["parameter"] for b in stress["breaks"]} == {"failures", "delay_years"}
    page = (plans / "troubled" / "stress.html").read_text("utf-8")
    assert "Demand met over the draws" in page
    assert "<svg" in page
    assert (plans / "troubled" / "stress.xlsx").stat().st_size > 5000
    assert "When things go wrong" in (plans / "troubled" / "report.html").read_text("utf-8")
    mine2magnet("verify", "troubled", cwd=plans, check=0)


def test_the_best_plans_of_the_scenarios_and_where_a_project_matters(plans: Path) -> None:
    done = mine2magnet("stress", "troubled", "--draws", "50", "--replan", cwd=plans, check=0)
    screen = " ".join(done.stdout.split())
    assert "are no-regret, proved to be in the best plan of every scenario" in screen
    stress = json.loads((plans / "troubled" / "stress.json").read_text("utf-8"))
    assert not stress["unfinished"]
    assert not stress["without_best"]
    for scenario in stress["scenarios"]:
        assert scenario["best_low"] <= scenario["best_high"] + 1e-9
        assert scenario["regret_low"] == pytest.approx(scenario["best_low"] - scenario["value"])
    financed = {p["id"] for p in json.loads((plans / "troubled" / "plan.json").read_text("utf-8"))["projects"]}
    assert {c["id"] for c in stress["core"] if c["financed"]} == financed
    core = next(c["id"] for c in stress["core"] if c["class"] == "core")
    told = " ".join(mine2magnet("explain", "troubled", core, cwd=plans, check=0).stdout.split())
    assert "What the plan loses in each scenario where it delivers nothing: " in told
    assert "The best plans of 3 of 3 scenarios finance it: " in told
    answer = json.loads(mine2magnet("explain", "troubled", core, "--json", cwd=plans, check=0).stdout)
    rows = {r["scenario"]: r for r in answer["projects"][0]["in_scenarios"]}
    assert set(rows) == {"late", "US lost", "as planned"}
    assert rows["US lost"]["loss"] >= 0
    assert rows["as planned"]["loss"] == pytest.approx(next(x["loss"] for x in stress["lost"] if x["name"] == core))


def test_the_same_question_gives_the_same_answer(plans: Path) -> None:
    one, two = (
        mine2magnet("stress", "troubled", "--draws", "50", "--json", "--out", f"again-{n}", cwd=plans, check=0).stdout
        for n in "ab"
    )
    assert one == two
    assert (plans / "again-a" / "stress.html").is_file()
    full = mine2magnet("stress", "troubled", "--out", "again-a", cwd=plans, check=2)
    assert "is not empty" in full.stderr


def test_a_book_without_scenarios_meets_built_in_ones(plans: Path) -> None:
    result = json.loads(mine2magnet("stress", "plain", "--json", "--out", "built", cwd=plans, check=0).stdout)
    assert result["built_in"]
    assert result["draws"] is None
    names = {s["scenario"] for s in result["scenarios"]}
    assert {"one year late", "two years late", "capital cost 30 % up", "demand 20 % down", "US lost"} <= names


def test_scenarios_of_another_book(plans: Path) -> None:
    other = copy.deepcopy({**BOOK, **TROUBLE})
    other["scenarios"][1:] = [["slump", 1, "demand", "", 0.5]]
    books.write(plans / "other.xlsx", other)
    asked = ("stress", "plain", "--book", "other.xlsx", "--draws", "20", "--json", "--out", "other")
    result = json.loads(mine2magnet(*asked, cwd=plans, check=0).stdout)
    assert [s["scenario"] for s in result["scenarios"]] == ["slump"]


def test_what_is_no_plan_is_refused(plans: Path) -> None:
    done = mine2magnet("stress", "troubled.xlsx", cwd=plans, check=2)
    assert "not a plan folder" in done.stderr


def test_a_stress_of_another_plan_is_replaced_and_a_changed_one_only_with_force(plans: Path) -> None:
    folder = shutil.copytree(plans / "plain", plans / "older")
    mine2magnet("stress", "older", "--quiet", "--failures", "0", cwd=plans, check=0)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["added"]["stress.json"]["stands_on"] = "another"
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "stress.html").write_text("my notes", "utf-8")
    done = mine2magnet("stress", "older", "--failures", "0", cwd=plans, check=2)
    assert "stress.html was changed since it was written, or is not of this plan" in " ".join(done.stderr.split())
    done = mine2magnet("stress", "older", "--failures", "0", "--force", cwd=plans, check=0)
    assert "stress.json was made for another plan and will be replaced" in " ".join(done.stderr.split())
    mine2magnet("verify", "older", cwd=plans, check=0)
