"""`explain` and `alternatives` as a planner meets them: words, files, refusals; and worlds whose answer is plain."""

import io
import json
import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from support.cases import book, grant, plant, rule
from support.commandline import mine2magnet
from support.tables import case

from models.case import Case
from models.plan import Plan
from models.schema import Programme
from optimizer.analysis.alternatives import alternatives
from optimizer.analysis.explain import Explanation, explain
from optimizer.analysis.explain.binding_limits import round_step
from optimizer.analysis.explain.parameters import data_of, pieces
from optimizer.analysis.risk import solve
from optimizer.analysis.what_if import ProgressStep, Span
from optimizer.cli.append_answer import add, verified
from optimizer.cli.project_lookup import project_of
from optimizer.errors import Refusal
from optimizer.plan_folder.destination import OUTPUTS
from optimizer.plan_folder.store import load_case, load_plan
from optimizer.reports.answers.alternatives_text import data as alternatives_data
from optimizer.reports.answers.explanation_sentences import Words
from optimizer.reports.answers.explanation_text import answer
from optimizer.reports.frames import frames
from optimizer.reports.plan_files import ALTERNATIVES
from optimizer.solver.interrupts import undisturbed

TWO = book([plant("a", 100, 50) | {"name": "Alpha"}, plant("b", 80, 60) | {"name": "Beta"}], 60)
"""60 M pays for one of the two: a, 100 t."""


def explained(given: dict, project: str | None = None, **options: object) -> Explanation:
    world = case(given)
    return explain(world, solve(world, gap=0), project, **options)  # type: ignore[arg-type]


# -- worlds that are plain -------------------------------------------------------------------------------------------


def test_what_a_project_is_worth_and_what_takes_its_place() -> None:
    explanation = explained(TWO)
    a, b = explanation.projects
    assert (a.loss, a.verdict, a.swap.enter) == (Span(low=20, high=20), "core", ("b",))
    assert (b.loss, b.verdict, b.swap.leave) == (Span(low=20, high=20), "exterior", ("a",))
    assert explanation.unit == "t/yr"


def test_the_least_changes_that_let_a_project_in() -> None:
    # 10 M are left beside a: b would have to cost 10 M; or carry 50 of 60 M itself; or make 100 t in a's place.
    b = explained(TWO, "b").projects[0]
    changes = {c.column: c.needed for c in b.changes}
    assert changes == pytest.approx({"capex_m": 10, "private_share": 5 / 6, "capacity_tpa": 100}, rel=1e-6)
    assert all(c.at_least == pytest.approx(c.change, rel=1e-6) for c in b.changes)


def test_the_report_says_what_a_borderline_project_is_and_parts_the_changes() -> None:
    world = case(TWO)
    report = answer(world, explained(TWO))
    assert "borderline (neither is proved)" in " ".join(report.lines)
    left_out = next(t for t in report.grids if t.name == "Left out")
    changes = left_out.rows[0][4]
    assert changes.count("; or ") == 2
    assert " or " not in changes.replace("; or ", "")


def test_entry_is_not_monotone() -> None:
    # The grant carries at least 50 and at most 60 M: a plant of 40 M is too small for it, and so is one of 45 M.
    world = book([plant("a", 30, 40), plant("b", 10, 100)], None, programmes=[grant(total_m=60, min_ticket_m=50)])
    a = explained(world, "a").projects[0]
    cost = next(c for c in a.changes if c.column == "capex_m")
    assert cost.needed == pytest.approx(50, rel=1e-6)
    assert a.loss is None


def test_a_score_that_a_rule_asks_for() -> None:
    scores = {"esg_e": 40, "esg_s": 60, "esg_g": 60}
    world = book([plant("a", 100, 10, **scores)], rules=[rule("esg_e", "each", ">=", 55)])
    a = explained(world, "a").projects[0]
    assert a.reason == "fails rule"
    assert [(c.column, c.needed) for c in a.changes] == [("esg_e", pytest.approx(55, rel=1e-6))]
    average = book(
        [plant("a", 100, 10, **scores), plant("b", 1, 10, **{**scores, "esg_e": 70})],
        rules=[rule("esg_e", "average", ">=", 60)],
    )
    a = explained(average, "a").projects[0]
    assert next(c.needed for c in a.changes if c.column == "esg_e") == pytest.approx(50, rel=1e-6)


def test_another_decision_year() -> None:
    # Decided in 2028 with three years to build it delivers nothing by 2030; decided in 2027 it does, with money to hand.
    world = book(
        [plant("a", 100, 10, build_years=3, earliest_fid=2028, latest_fid=2028), plant("b", 1, 10)], 10,
        last_year=2030, objective_year=2030,
    )  # fmt: skip
    a = explained(world, "a").projects[0]
    year = next(c for c in a.changes if c.column == "earliest_fid")
    assert (year.now, year.needed, year.at_least) == (2028, 2027, 1)


def test_a_step_more_of_what_binds() -> None:
    # 110 M would pay for both: a tenth more does, whether 50 M or 45 M are left; a twentieth more does not.
    for budget in (100, 105):
        explanation = explained(book([plant("a", 100, 50), plant("b", 80, 60)], budget))
        assert [(x.name, x.eased, x.worth) for x in explanation.limits] == [
            ("total budget", budget + 10, Span(low=80, high=80))
        ]
    explanation = explained(book([plant("a", 100, 50), plant("b", 80, 60)], 95))
    assert [(x.name, x.eased, x.worth) for x in explanation.limits] == []
    explanation = explained(book([plant("a", 100, 55), plant("b", 80, 55)], 109, rules=[rule("count", "sum", "<=", 1)]))
    assert [(x.name, x.eased, x.worth) for x in explanation.limits] == [("floor", 2, Span(low=0, high=0))]


def test_a_step_more_of_a_programme_and_more_of_all_its_money() -> None:
    # What the step pays for must be paid out of the step: 105 M give one plant, 115 M both.
    world = book([plant("a", 100, 50), plant("b", 80, 60)], None, programmes=[grant(total_m=105)])
    explanation = explained(world)
    assert [(x.name, x.eased, x.worth) for x in explanation.limits] == [("aid in total", 115, Span(low=80, high=80))]
    assert [(b.part, b.projects) for b in explanation.budgets] == [
        (0.5, ("a",)), (0.75, ("a",)), (0.9, ("a",)), (1.0, ("a",)), *((part, ("a", "b")) for part in (1.1, 1.25, 1.5)),
    ]  # fmt: skip
    assert explanation.complete


def test_what_committing_and_barring_cost() -> None:
    world = book([plant("a", 100, 50, status="barred"), plant("b", 80, 60, status="committed"), plant("c", 70, 10)], 70)
    costs = explained(world).overrides
    # Without the bar: still b and c (150). Without b committed: c alone... b and c stay best. Without both: a and c, 170.
    assert [c.cost for c in costs.alone] == [Span(low=0, high=0), Span(low=0, high=0)]
    assert costs.together == Span(low=20, high=20)


def test_at_which_budgets() -> None:
    explanation = explained(TWO)
    at = {b.part: b.projects for b in explanation.budgets}
    assert at[0.75] == ()
    assert at[0.9] == ("a",)
    assert at[1.0] == ("a",)
    assert explanation.projects[0].at_budgets == (0.9, 1.0, 1.1, 1.25, 1.5)


def test_progress_and_stopping() -> None:
    told: list[ProgressStep] = []
    explained(TWO, progress=told.append)
    assert [s.done for s in told] == sorted(s.done for s in told)
    assert all(s.done <= s.total for s in told)
    assert told[-1].done == told[-1].total
    stop = threading.Event()
    stop.set()
    explanation = explained(TWO, stop=stop)
    assert not explanation.complete
    assert [(s.id, s.asked) for s in explanation.projects] == [("a", False), ("b", False)]
    seen: list[ProgressStep] = []

    def stop_at_the_second(step: ProgressStep) -> None:
        seen.append(step)
        if "without" in step.what:
            late.set()

    late = threading.Event()
    explanation = explained(TWO, progress=stop_at_the_second, stop=late)
    assert not explanation.complete
    assert sum(s.asked for s in explanation.projects) <= 1


# -- pieces of a cell --------------------------------------------------------------------------------------------------


def test_pieces_meet_and_break_where_a_ticket_begins_to_cap_and_where_it_fills_the_room() -> None:
    world = case(book([plant("a", 100, 100, private_share=0.5)], None, programmes=[grant(total_m=9)]))
    capped = world.model_copy(
        update={
            "programmes": (Programme(row=0, id="aid", instrument="grant", max_share=0.5, max_ticket_m=30, total_m=9),)
        }
    )
    project = capped.projects[0]
    cost = next(diagnostic for diagnostic in data_of(capped, project) if diagnostic.column == "capex_m")
    assert pieces(capped, project, cost, -1) == [(100.0, 60.0), (60.0, 30.0), (30.0, 1.0)]
    assert pieces(capped, project, cost, 1) == [(100.0, 1000.0)]


def test_round_steps() -> None:
    assert [round_step(v) for v in (1, 1.9, 2, 4.99, 5, 9.9, 0.07)] == [1, 1, 2, 2, 5, 5, 0.05]


# -- words ---------------------------------------------------------------------------------------------------------


def test_intervals_are_rounded_outward() -> None:
    words = Words(case(TWO), "points")
    assert words.value(Span(low=0.0081, high=0.0109)) == "0.8 to 1.1 points"
    assert words.value(Span(low=0.0, high=0.00234)) == "up to 0.24 points"
    assert words.value(Span(low=0.25, high=0.25)) == "25.00 points"


def test_a_cell_that_the_market_gap_bends_with_is_worked_out() -> None:
    # b costs as much as its need of 54 M until its gap is more; with 2,000 t/yr its gap is 0 and it is worth as much as a.
    plants = [plant("a", 2000, 50), plant("b", 1000, 90, private_share=0.4, life_years=20, opex_per_t=10000)]
    prices = [{"material": "mine", 2026: 20000}]
    (story,) = explained(book(plants, 60, prices=prices, hurdle_rate=0.1), "b").projects
    change = next(c for c in story.changes if c.column == "capacity_tpa")
    assert (change.stated, change.is_least) == (2000, True)


def test_a_project_that_is_read_as_underway_has_no_decision_to_explain() -> None:
    world = case(book([plant("a", 100, 50), plant("b", 50, 10, unaided_fid=2026)], 60))
    assert {p.id: p.status for p in world.projects} == {"a": "candidate", "b": "underway"}
    with pytest.raises(Refusal, match="b is underway: its capacity counts in every plan"):
        explain(world, solve(world, gap=0), "b")


def test_a_project_is_named_by_id_name_or_cell() -> None:
    world = case(TWO)
    assert project_of(world, " A ").id == "a"
    assert project_of(world, "beta").id == "b"
    assert project_of(world, "projects!C3").id == "b"
    with pytest.raises(Refusal, match="did you mean b"):
        project_of(world, "betta")
    with pytest.raises(Refusal, match="not a cell of the projects sheet"):
        project_of(world, "rules!B3")


def test_an_unknown_project_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        explained(TWO, "nobody")


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_command_explains_a_plan(solved: Path) -> None:
    output = mine2magnet("explain", "last", cwd=solved, check=0).stdout
    flat = " ".join(output.split())
    for words in ("core", "what each project is worth", "the value of one more step", "Creek mine"):
        assert words in flat
    assert not any(word in output.lower() for word in ("column", "variable", "highs", "constraint", "dual"))


def test_the_command_explains_a_project(solved: Path) -> None:
    output = mine2magnet("explain", OUTPUTS / "small-01", "CREEK", cwd=solved, check=0).stdout
    assert "Creek mine (creek): not financed; outbid" in output
    assert "capital cost down to 60 M USD, from 120" in output
    told = mine2magnet("explain", "last", "crek", cwd=solved, check=2).stderr
    assert "did you mean creek" in told


def test_the_distance_from_the_best_may_be_a_percentage(solved: Path) -> None:
    reply = mine2magnet("explain", "last", "creek", "--within", "5%", "--json", cwd=solved, check=0)
    assert json.loads(reply.stdout)["within"] == 0.05
    assert "write 2% or 0.02" in mine2magnet("explain", "last", "--within", "1", cwd=solved, check=2).stderr


def test_json_and_files(solved: Path) -> None:
    plain = mine2magnet("explain", "last", "--json", cwd=solved, check=0)
    reply = json.loads(plain.stdout)
    assert reply["schema"] == "mine2magnet.explanation/1"
    assert {p["id"] for p in reply["projects"]} == {"ridge", "creek", "mill", "kiln"}
    mine2magnet("explain", "last", "kiln", "--out", "why.md", "--quiet", cwd=solved, check=0)
    assert "kiln" in (solved / "why.md").read_text("utf-8")
    world, plan = (load(solved / OUTPUTS / "small-01") for load in (load_case, load_plan))
    result = answer(world, explain(world, plan, "kiln"))
    assert json.loads(result.content("json")) == result.data
    assert b"Ridge [north]" not in result.content("html")
    assert openpyxl.load_workbook(io.BytesIO(result.content("xlsx"))).sheetnames[:2] == ["Summary", "Financed"]
    mine2magnet("explain", "last", "--out", "why.md", cwd=solved, check=2)
    mine2magnet("explain", "last", "--out", "why.doc", cwd=solved, check=2)
    mine2magnet("explain", "last", "--budget", "100", cwd=solved, check=2)


def test_a_workbook_is_solved_first_and_nothing_is_written(solved: Path) -> None:
    before = sorted(p.name for p in (solved / "outputs").iterdir())
    output = mine2magnet("explain", "small.xlsx", "kiln", "--exclude", "creek", cwd=solved, check=0).stdout
    assert "kiln: financed" in output
    assert sorted(p.name for p in (solved / "outputs").iterdir()) == before


def test_a_book_without_a_plan_gets_repairs(solved: Path) -> None:
    done = mine2magnet("explain", "small.xlsx", "--include", "ridge", "--budget", "10", cwd=solved, check=0)
    assert "No plan satisfies this workbook." in done.stdout


def test_the_command_finds_alternatives(solved: Path) -> None:
    done = mine2magnet("alternatives", "last", "--within", "20%", cwd=solved, check=0)
    assert "How often each project appears" in done.stdout
    assert "gives up: separation 2032 -50.0 % of demand" in done.stdout
    page = solved / "others.md"
    mine2magnet("alternatives", "last", "--within", "20%", "--out", page.name, cwd=solved, check=0)
    (first,) = (line for line in page.read_text("utf-8").splitlines() if "1. " in line)
    assert all(word in first for word in ("behind the best. ", "Gains: ", " % of demand")), "one paragraph a portfolio"
    reply = json.loads(mine2magnet("alternatives", "last", "--within", "0.2", "--json", cwd=solved, check=0).stdout)
    assert reply["schema"] == "mine2magnet.alternatives/1"
    assert all(p["plan"]["audit"]["passed"] for p in reply["portfolios"])
    mine2magnet("alternatives", "last", "--within", "200%", cwd=solved, check=2)


def test_overrides_of_the_command_line_are_named(solved: Path) -> None:
    mine2magnet("solve", "small.xlsx", "--exclude", "kiln", "--out", "without", "--quiet", cwd=solved, check=0)
    reply = json.loads(mine2magnet("explain", "without", "--json", cwd=solved, check=0).stdout)
    alone = reply["overrides"]["alone"]
    assert [(o["id"], o["source"]) for o in alone] == [("kiln", "--exclude")]
    assert alone[0]["cost"]["low"] > 0


def test_it_goes_into_the_plans_own_files(solved: Path) -> None:
    where = shutil.copytree(solved / OUTPUTS / "small-01", solved / "both")
    world, plan = load_case(where), load_plan(where)
    add(verified(where), ALTERNATIVES, alternatives_data(alternatives(world, plan, within=0.2)))
    mine2magnet("explain", "both", "kiln", "--add", "--quiet", cwd=solved, check=0)
    sheets = openpyxl.load_workbook(where / "plan.xlsx").sheetnames
    assert sheets.index("Sources") < sheets.index("Why") < sheets.index("Why - Financed") < sheets.index("Other")
    page = (where / "report.html").read_text("utf-8")
    assert '<h2 id="why">' in page
    assert '<h2 id="other">' in page
    assert load_plan(where) == plan
    mine2magnet("verify", "both", cwd=solved, check=0)


def test_only_a_plan_has_files_to_add_to(solved: Path) -> None:
    told = mine2magnet("explain", "small.xlsx", "--add", cwd=solved, check=2).stderr
    assert "--add needs a plan" in told


# -- a large case ------------------------------------------------------------------------------------------------------


def large() -> Case:
    """More possible decisions than are asked exactly: 24 plants, 9 years."""
    rows = [plant(f"p{n:02d}", 40 + 7 * n % 31, 20 + 5 * n % 17, latest_fid=2034) for n in range(24)]
    return case(book(rows, 180, last_year=2034, objective_year=2034))


@cache
def large_plan() -> Plan:
    return solve(large(), gap=1e-6)


def test_workers_say_the_same() -> None:
    world, plan = large(), large_plan()
    told: list[ProgressStep] = []
    shared = explain(world, plan, "p00", gap=1e-6, workers=2, progress=told.append)
    assert told[-1].done == told[-1].total
    alone = explain(world, plan, "p00", gap=1e-6)
    assert [p.id for p in shared.projects] == ["p00"]
    assert shared.projects[0].loss is not None
    assert alone.projects[0].loss is not None
    assert shared.projects[0].loss.low == pytest.approx(alone.projects[0].loss.low, abs=1e-2)
    assert [b.part for b in shared.budgets] == [b.part for b in alone.budgets]


def test_workers_stop() -> None:
    world, plan = large(), large_plan()
    stop = threading.Event()

    def stop_at_once(step: ProgressStep) -> None:
        stop.set()

    explanation = explain(world, plan, workers=2, progress=stop_at_once, stop=stop)
    assert not explanation.complete


# -- the API -----------------------------------------------------------------------------------------------------------


def test_frames_of_answers() -> None:
    world = case(TWO)
    plan = solve(world, gap=0)
    tables = frames(explain(world, plan))
    assert tables["projects"].set_index("id")["loss_low"].to_dict() == {"a": 20.0, "b": 20.0}
    assert set(tables["changes"]["id"]) == {"b"}
    assert list(tables["budgets"]["part"]) == [0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5]
    assert frames(alternatives(world, plan, within=0.5))["appears"].set_index("id")["portfolios"].to_dict() == {
        "a": 1,
        "b": 1,
    }


def test_lifting_a_decision_changes_what_rules_of_a_status_count() -> None:
    """At most 40 t of candidates beside a, which is committed with 100 t: freed, it counts itself and is left out."""
    rows = [plant("a", 100, 10, status="committed"), plant("b", 30, 10)]
    limit = rule("capacity", "sum", "<=", 40, where="status=candidate")
    explanation = explained(book(rows, rules=[limit])).overrides.alone
    assert [(o.id, o.cost) for o in explanation] == [("a", Span(low=-100, high=-100))]


def test_ctrl_c_does_not_reach_workers_that_start() -> None:
    asked = [
        sys.executable,
        "-c",
        "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))",
    ]
    with undisturbed():
        started = subprocess.run(asked, capture_output=True, text=True, check=True)
    later = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert (started.stdout.strip(), later.stdout.strip()) == ("True", "False")
