"""`solve --risk` as a planner meets it: the options, the screen, plan.json, what is refused, and the verbs on such a plan."""

import json
from pathlib import Path

import openpyxl
import pytest
from support import books
from support.commandline import BOOK, mine2magnet

from models.case import Case
from models.evaluation import Decided
from models.gaps import gaps
from models.plan import Plan
from optimizer.analysis.risk.judge import results
from optimizer.plan_folder.compare import compare, data, load
from optimizer.reports.brief.content import brief
from optimizer.reports.compare.text import grids, summary
from optimizer.reports.gaps.tables import scenario_table
from optimizer.reports.risk import review

TROUBLE = {
    "scenarios": [
        ["scenario", "probability", "parameter", "where", "value"],
        ["late", 0.3, "delay_years", "stage=magnet", 2],
        ["US lost", None, "fails", "country=US", 1],
        ["dear", 0.2, "capex", "", 1.5],
    ]
}


REVIEWED = {
    **BOOK,
    "programmes": [["id", "instrument", "carry_over", "2026", "2028", "2029"], ["fund", "grant", "no", 50, 60, 70]],
    "scenarios": [
        ["scenario", "probability", "parameter", "where", "value", "from_year"],
        ["lapse", 0.3, "budget", "", 0, 2029],
        ["boom", 0.3, "demand", "stage=magnet", 3, 2029],
        ["late", 0.1, "delay_years", "", 1, None],
    ],
}
"""Money for one project in each of three years, of which the last may lapse."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plan `careful` of a book with scenarios, made by --risk cvar."""
    folder = tmp_path_factory.mktemp("risk")
    books.write(folder / "book.xlsx", {**BOOK, **TROUBLE})
    books.write(folder / "plain.xlsx", BOOK)
    books.write(folder / "reviewed.xlsx", REVIEWED)
    books.write(folder / "drawn.xlsx", {**BOOK, "risks": [["where", "p_fail", "delay"], ["", 0.2, "0:50; 1:50"]]})
    done = mine2magnet(
        "solve",
        "book.xlsx",
        "--risk",
        "cvar",
        "--alpha",
        "0.6",
        "--aversion",
        "0.8",
        "--value-of-information",
        "--out",
        "careful",
        cwd=folder,
        check=0,
    )
    (folder / "screen.txt").write_text(done.stdout, "utf-8")
    return folder


def test_the_plan_says_what_was_maximized_and_what_the_insurance_costs(plan: Path) -> None:
    message = " ".join((plan / "screen.txt").read_text("utf-8").split())
    assert "Planned for the mean and the worst 40 % (CVaR), weighted 0.2 and 0.8:" in message
    assert "The insurance" in message or "planning for risk buys nothing here" in message
    result = json.loads((plan / "careful" / "plan.json").read_text("utf-8"))
    risk = result["risk"]
    assert (risk["measure"], risk["alpha"], risk["aversion"]) == ("cvar", 0.6, 0.8)
    assert [s["scenario"] for s in risk["scenarios"]] == ["late", "US lost", "dear", "as planned"]
    values = {s["scenario"]: (s["probability"], s["value"]) for s in risk["scenarios"]}
    mean = sum(p * v for p, v in values.values())
    worst = min(v for p, v in values.values() if p > 0)
    tail = (0.3 * values["late"][1] + 0.1 * sorted(v for p, v in values.values() if p > 0)[1]) / 0.4
    assert worst == values["late"][1]
    assert risk["value"] == pytest.approx(0.2 * mean + 0.8 * tail)
    assert result["objective"]["value"] == risk["value"]
    assert 0 <= risk["evpi"]["low"] <= risk["evpi"]["high"]
    assert risk["vss"] is None
    assert result["audit"]["passed"]
    dear = next(s for s in risk["scenarios"] if s["scenario"] == "dear")
    financed = {p["id"]: p for p in result["projects"]}
    assert dear["called_m"] == pytest.approx(sum(0.5 * p["need_m"] for p in financed.values()))
    assert {p["id"]: p["public_m"] for p in risk["states"][0]["projects"]} == {
        i: p["public_m"] for i, p in financed.items()
    }
    page = (plan / "careful" / "report.html").read_text("utf-8")
    assert "Under risk: book" in page
    book = openpyxl.load_workbook(plan / "careful" / "plan.xlsx", read_only=True)
    summary = [row[0] for row in book["Summary"].iter_rows(max_col=1, values_only=True)]
    assert any(str(text).startswith("Planned for the mean and the worst 40 % (CVaR)") for text in summary)
    assert any(str(text).startswith("The worst of 4 scenarios is ") for text in summary)


def test_a_review_says_what_is_decided_now_and_what_then(plan: Path) -> None:
    options = ("--risk", "expected", "--review-year", "2028", "--out", "adapted")
    output = " ".join(mine2magnet("solve", "reviewed.xlsx", *options, cwd=plan, check=0).stdout.split())
    assert "Now, before the review in 2028: one project with 50 M USD of public money, in every scenario." in output
    assert "Then, from 2028, as planned: " in output
    assert "Then, if lapse: leave out " in output
    assert "mine2magnet stress adapted" in output
    assert "mine2magnet explain adapted" not in output
    refused = " ".join(mine2magnet("explain", "adapted", cwd=plan, check=2).stderr.split())
    assert "name a plan solved with --set risk=none; `explain` and `explore` also take the workbook with it" in refused
    risk = json.loads((plan / "adapted" / "plan.json").read_text("utf-8"))["risk"]
    assert [(s["state"], s["scenarios"]) for s in risk["states"]] == [
        ("as planned", ["late", "as planned"]), ("lapse", ["lapse"]), ("boom", ["boom"])
    ]  # fmt: skip
    assert {r["scenario"]: r["state"] for r in risk["scenarios"]}["late"] == "as planned"
    assert all(p["fid_year"] != 2029 for p in risk["states"][1]["projects"])
    assert risk["review_year"] == 2028
    page = (plan / "adapted" / "report.html").read_text("utf-8")
    assert "Now: decided before the review in 2028, in every scenario" in page
    other = mine2magnet("stress", "adapted", "--book", "reviewed.xlsx", cwd=plan, check=2)
    assert "this plan decides by the states of its own workbook" in " ".join(other.stderr.split())
    assert "Then: decided from 2028 on, state by state" in page
    mine2magnet("verify", "adapted", cwd=plan, check=0)
    case, as_made = found_case(plan / "adapted")
    told = brief(case, as_made, gaps(case, as_made)).risk.lines
    assert any(line.startswith("Now, before the review in 2028: one project") for line in told)
    assert any(line.startswith("Then, if lapse: leave out ") for line in told)
    assert as_made.risk is not None
    alone = as_made.risk.model_copy(update={"states": as_made.risk.states[:1]})
    assert review.sentences(case, alone)[1].startswith("Then, from 2028, in every scenario: ")


def test_draws_are_planned_for_and_reported_on_fresh_ones(plan: Path) -> None:
    options = ("--risk", "expected", "--draws", "2000", "--out", "drawn")
    output = " ".join(mine2magnet("solve", "drawn.xlsx", *options, cwd=plan, check=0).stdout.split())
    assert "Planned for the expected value over 2,000 draws" in output
    assert "On 10,000 fresh draws the plan is worth" in output
    assert "worth it" in output or "not worth having" in output
    draws = json.loads((plan / "drawn" / "plan.json").read_text("utf-8"))["risk"]["draws"]
    assert (draws["n"], draws["first"], draws["planned_for"]) == (10_000, 2001, 2000)
    mine2magnet("verify", "drawn", cwd=plan, check=0)
    stress = mine2magnet(
        "stress", "drawn", "--draws", "50", "--failures", "0", "--json", "--out", "after", cwd=plan, check=0
    )
    assert json.loads(stress.stdout)["draws"]["first"] == 2001


def test_verify_and_rerun_give_the_same(plan: Path) -> None:
    output = mine2magnet("verify", "careful", "--verbose", cwd=plan, check=0).stdout
    assert "risk: every scenario, the measure over them and the baseline as recomputed" in output
    assert "The same plan again, to the last digit." in mine2magnet("rerun", "careful", cwd=plan, check=0).stdout


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("explain", ("book.xlsx", "--set", "risk=failures")),
        ("explore", ("book.xlsx", "--set", "risk=cvar", "--set", "draws=50")),
        ("explore", ("book.xlsx", "--set", "risk=regret")),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_cure(plan: Path, verb: str, arguments: tuple[str, ...]) -> None:
    message = " ".join(mine2magnet(verb, *arguments, cwd=plan, check=2).stderr.split())
    assert "not modelled under a measure of risk" in message
    assert "--set risk=" in message or "--set draws=0" in message


def test_further_questions_are_about_the_measure(plan: Path) -> None:
    told = " ".join(mine2magnet("explain", "careful", cwd=plan, check=0).stdout.split())
    assert "by the measure of risk (cvar)" in told
    result = json.loads(mine2magnet("alternatives", "careful", "--within", "0.9", "--json", cwd=plan, check=0).stdout)
    assert result["portfolios"]
    assert all(p["plan"]["risk"]["measure"] == "cvar" and p["plan"]["audit"]["passed"] for p in result["portfolios"])
    asked = ("book.xlsx", "--set", "risk=cvar", "--against", "aversion", "--json", "--out", "frontier")
    frontier = json.loads(mine2magnet("explore", *asked, cwd=plan, check=0).stdout)
    assert frontier["against"]["rule"] == "aversion to risk, weight of the CVaR"
    mine2magnet("verify", "frontier", cwd=plan, check=0)
    refused = mine2magnet("explore", "book.xlsx", "--against", "aversion", "--out", "no", cwd=plan, check=2).stderr
    assert "--set risk=cvar" in " ".join(refused.split())


@pytest.mark.parametrize(
    ("book", "options", "message"),
    [
        ("plain.xlsx", ("--risk", "worst"), "risk = worst needs scenarios"),
        ("book.xlsx", ("--risk", "cvar", "--alpha", "1"), "leaves no probability to average over"),
        (
            "reviewed.xlsx",
            ("--risk", "worst", "--review-year", "2030"),
            "only decisions after a review can answer: set review_year to a year from 2026 to 2029 (--review-year 2029)",
        ),
        (
            "reviewed.xlsx",
            ("--risk", "worst", "--review-year", "2028", "--draws", "999999"),
            "999999 draws with a review (review_year = 2028) are written out one by one, at most ",
        ),
        ("drawn.xlsx", ("--risk", "worst", "--draws", "1000001"), "1000001 is more than 1000000"),
    ],
)
def test_settings_that_do_not_fit_are_faults(plan: Path, book: str, options: tuple[str, ...], message: str) -> None:
    done = mine2magnet("solve", book, *options, cwd=plan, check=3)
    assert message in " ".join((done.stdout + done.stderr).split())
    assert (
        f"--{'alpha' if 'alpha' in message or '--alpha' in options else options[-2][2:]}" in done.stdout + done.stderr
    )


def test_options_that_the_measure_does_not_read_are_named_first(plan: Path) -> None:
    idle = ("--alpha", "0.5", "--failures", "2", "--draws", "20", "--value-of-information")
    done = mine2magnet("solve", "book.xlsx", *idle, "--out", "idle", cwd=plan, check=0)
    notes = [line for line in done.stderr.splitlines() if line.startswith("note: ")]
    named = {line.split()[1].rstrip(":") for line in notes[:4]}
    assert named == {"--alpha", "--failures", "--draws", "--value-of-information"}
    assert all("changes nothing" in line for line in notes[:4])


def test_a_book_without_scenarios_knows_nothing_of_risk(plan: Path) -> None:
    mine2magnet("solve", "plain.xlsx", "--out", "plain", "--quiet", cwd=plan, check=0)
    result = json.loads((plan / "plain" / "plan.json").read_text("utf-8"))
    assert "risk" not in result
    assert not any(line.startswith("risk") for line in result["audit"]["checks"])
    output = " ".join(mine2magnet("compare", "plain", "careful", cwd=plan, check=0).stdout.split())
    assert "by cvar, " in output
    assert " as planned, " in output
    assert "The plans in each scenario" in output


def test_the_best_values_of_regret_are_kept_in_the_journal_that_is_named(plan: Path) -> None:
    asked = ("book.xlsx", "--risk", "regret", "--journal", "best.jsonl", "--quiet")
    mine2magnet("solve", *asked, "--out", "sorry", cwd=plan, check=0)
    kept = (plan / "best.jsonl").read_bytes()
    assert len(kept.splitlines()) == 5  # the header and four scenarios
    refused = mine2magnet("solve", *asked, "--set", "last_year=2037", "--out", "other", cwd=plan, check=2).stderr
    assert "name another file with --journal" in " ".join(refused.split())
    assert (plan / "best.jsonl").read_bytes() == kept
    mine2magnet("verify", "sorry", cwd=plan, check=0)


def test_compare_puts_scenarios_and_measures_side_by_side(plan: Path) -> None:
    """A plan as planned is worked out in the scenarios of its workbook; plans without any of them say nothing of risk."""
    mine2magnet("solve", "book.xlsx", "--out", "usual", "--quiet", cwd=plan, check=0)
    result = compare(plan / "careful", plan / "usual")
    careful = json.loads((plan / "careful" / "plan.json").read_text("utf-8"))["risk"]
    assert [(s.scenario, s.value[0]) for s in result.scenarios] == [
        (s["scenario"], s["value"]) for s in careful["scenarios"]
    ]
    case, usual = found_case(plan / "usual")
    for s in result.scenarios:
        alone = next(r for r in results(Decided.of(case, usual)) if r.scenario == s.scenario)
        assert s.value[1] == alone.value
    measures = {m.measure: m.value for m in result.measures}
    assert measures["expected value"][0] == pytest.approx(careful["expected"])
    assert measures["mean of the worst 40 %"][0] == pytest.approx(careful["cvar"])
    assert measures["worst scenario"][1] == min(s.value[1] for s in result.scenarios if s.value[1] is not None)
    assert "scenarios" not in data(compare(plan / "usual", plan / "usual"))
    assert list(summary(compare(plan / "usual", plan / "usual"))) == [
        "B against A: the same projects, years and money."
    ]
    assert list(summary(compare(plan / "careful", plan / "careful"))) == [
        "B against A: the same projects, years and money as planned."
    ]
    assert {g.name for g in grids(result)} >= {"Measures of risk", "Scenarios"}


def test_gaps_of_a_plan_under_risk_says_what_each_scenario_leaves(plan: Path) -> None:
    told = " ".join(mine2magnet("gaps", "careful", cwd=plan, check=0).stdout.split())
    assert "share met over the scenarios of the plan" in told
    assert "US lost" in told
    stated = json.loads((plan / "careful" / "plan.json").read_text("utf-8"))["risk"]["scenarios"]
    result = json.loads(mine2magnet("gaps", "careful", "--json", cwd=plan, check=0).stdout)
    assert [(s["scenario"], s["rows"]) for s in result["scenarios"]] == [(s["scenario"], s["coverage"]) for s in stated]
    case, as_made = found_case(plan / "careful")
    grid = scenario_table(gaps(case, as_made))
    last = gaps(case, as_made).milestones[-1]
    for row in grid.rows:
        for s, shown in zip(stated, row[2:], strict=True):
            assert shown in [c["coverage"] for c in s["coverage"] if c["year"] == last]
    assert "scenarios" not in json.loads(mine2magnet("gaps", "plain.xlsx", "--json", cwd=plan, check=0).stdout)


def found_case(folder: Path) -> tuple[Case, Plan]:
    run = load(folder)
    return run.case, run.plan
