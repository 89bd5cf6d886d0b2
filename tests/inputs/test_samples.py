"""The sample books: built from the facts, the same every time, readable, scarce; the first look solved by hand."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import openpyxl
import pytest
from support.commandline import ROOT, environment, mine2magnet

from models.case import Case
from models.plan import Plan
from models.sets import Sets
from models.terms import existing_share, existing_tonnes
from optimizer.analysis.risk import solve
from optimizer.workbook.read import read

ALLIED = ROOT / "inputs" / "allied-candidates.xlsx"
CHAIN = ROOT / "inputs" / "allied-chain.xlsx"
GALLIUM = ROOT / "inputs" / "gallium.xlsx"
FIRST_LOOK = ROOT / "optimizer" / "demo" / "first-look.xlsx"
BOOKS = (ALLIED, CHAIN, GALLIUM, FIRST_LOOK)
SCRIPT = ROOT / "inputs" / "make_samples.py"


def facts(name: str) -> list[dict[str, str]]:
    with (ROOT / "inputs" / "facts" / f"facts_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def build(folder: Path, seed: str) -> Path:
    """Every book, built in a process of its own with this hash seed, in a folder that the script makes."""
    command = [sys.executable, str(SCRIPT), str(folder)]
    subprocess.run(command, check=True, cwd=folder.parent, env=environment({"PYTHONHASHSEED": seed}))
    return folder


def cells(path: Path) -> dict[str, object]:
    """Every cell with its comment and format, and every drop-down."""
    book = openpyxl.load_workbook(path)
    result: dict[str, object] = {}
    for sheet in book:
        result[f"{sheet.title} lists"] = sorted(
            f"{v.sqref} {v.formula1}" for v in sheet.data_validations.dataValidation
        )
        for row in sheet.iter_rows():
            for cell in row:
                comment = cell.comment.text if cell.comment else None
                result[f"{sheet.title}!{cell.coordinate}"] = (cell.value, comment, cell.number_format)
    return result


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("samples") / "one", "1")


@pytest.fixture(scope="module")
def allied() -> Case:
    return read(ALLIED)


@pytest.fixture(scope="module")
def chain() -> Case:
    return read(CHAIN)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan that the command leaves, exit status 0: a wider gap and a short clock keep the test quick."""
    here = tmp_path_factory.mktemp("allied")
    mine2magnet("solve", ALLIED, "--gap", "0.01", "--time-limit", "60", "--out", "plan", cwd=here, check=0)
    return Plan.model_validate_json((here / "plan" / "plan.json").read_text(encoding="utf-8"))


def test_the_same_facts_give_the_same_bytes(rebuilt: Path, tmp_path: Path) -> None:
    again = build(tmp_path / "two", "2")
    for name in (book.name for book in BOOKS):
        assert (again / name).read_bytes() == (rebuilt / name).read_bytes()


def test_a_file_in_place_of_the_folder_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    command = [sys.executable, str(SCRIPT), "notes.txt"]
    ended = subprocess.run(command, check=False, cwd=tmp_path, env=environment({}), capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.endswith("error: notes.txt is a file: name a folder\n")


@pytest.mark.parametrize("committed", BOOKS, ids=lambda path: path.stem)
def test_the_committed_books_are_the_ones_the_script_builds(rebuilt: Path, committed: Path) -> None:
    # Cells, not bytes: another version of the writing library may pack the same cells differently.
    assert cells(rebuilt / committed.name) == cells(committed), "python inputs/make_samples.py writes them again"


# -- the allied book --------------------------------------------------------------------------------------------


def test_every_mine_separation_and_magnet_project_of_the_facts_is_there_unchanged(allied: Case) -> None:
    wanted = {f["id"]: f for f in facts("projects") if f["stage"] != "metal"}
    assert len(wanted) == 63
    assert {p.id for p in allied.projects} == set(wanted)
    for p in allied.projects:
        fact = wanted[p.id]
        assert (p.name, p.country, p.stage) == (fact["name"], fact["country"], fact["stage"])
        assert (p.capacity_tpa, p.capex_m) == (float(fact["capacity_tpa"]), float(fact["capex_musd"]))
        assert (p.build_years, p.source, p.confidence) == (int(fact["build_years"]), fact["basis"], fact["confidence"])
        assert p.confidence in ("high", "medium", "low")
        assert p.source
        assert None not in (p.esg_e, p.esg_s, p.esg_g)
        if p.status == "candidate":
            assert p.earliest_fid == int(fact["earliest_fid_year"])


def test_element_shares_are_the_facts_unless_the_element_leaves_the_plant_unseparated(allied: Case) -> None:
    given = {f["id"]: {m: f[f"{m}_share"] for m in ("ndpr", "dy", "tb")} for f in facts("projects")}
    changed = set()
    for p in allied.projects:
        wanted = {m: float(share) for m, share in given[p.id].items() if share}
        assert set(p.shares) == set(wanted)
        changed |= {(p.id, m) for m in wanted if p.shares[m] != wanted[m]}
        assert all(p.shares[m] in (0, wanted[m]) for m in wanted)
    mixed = {(plant, m) for plant in ("cyclic-kingston", "cyclic-mcbee") for m in ("ndpr", "dy", "tb")}
    assert changed == mixed | {("arafura-nolans-sep", "dy"), ("arafura-nolans-sep", "tb")}


def test_esg_scores_follow_the_rubric(allied: Case) -> None:
    scores = {p.id: (p.esg_e, p.esg_s, p.esg_g) for p in allied.projects}
    # E 60, thorium stored -15, new road and winter shipping -10; S 60, Indigenous land without agreement -15; G Canada.
    assert scores["torngat-strange-lake-mine"] == (35, 45, 80)
    # Existing site and scrap; G the US.
    assert scores["mp-apple-recycling"] == (85, 70, 75)
    # Radiation findings -15; G Vietnam 45, arrests -25, licence under investigation -15.
    assert scores["vn-yen-phu"] == (45, 60, 5)
    # "as the pilot" brings the pilot's deep-sea and naval notes along; no sponsor chosen.
    assert scores["jp-minamitorishima-commercial"] == (30, 50, 65)


def test_plants_already_built_are_underway_and_nothing_else_is(allied: Case) -> None:
    built = {f["id"] for f in facts("projects") if "treat as committed" in f["status_note"]}
    assert len(built) == 8
    assert {p.id for p in allied.projects if p.status == "underway"} == built
    assert {p.status for p in allied.projects} == {"underway", "candidate", "barred"}


def test_a_project_that_its_sponsor_gave_up_is_barred_with_the_reason(allied: Case) -> None:
    (given_up,) = [p for p in allied.projects if p.status == "barred"]
    assert given_up.id == "lynas-seadrift-sep"
    assert "unlikely to proceed" in given_up.note


def test_every_fact_is_dated_and_so_is_every_row_made_from_it(allied: Case) -> None:
    for name in ("projects", "sites", "baseline", "demand", "programmes", "recipes"):
        for fact in facts(name):
            assert re.fullmatch(r"20\d\d-\d\d", fact["as_of"]), fact
            assert "2011" < fact["as_of"] <= "2026-03"
    dates = {f["id"]: f["as_of"] for f in facts("projects")}
    assert {p.id: f"{p.as_of:%Y-%m}" for p in allied.projects} == {p.id: dates[p.id] for p in allied.projects}
    rows = (*allied.programmes, *allied.existing, *allied.prices)
    assert all(row.as_of is not None for row in rows)
    assert str(allied.settings.today) == "2026-03-31"


@pytest.mark.parametrize("material", ["ndpr", "dy", "tb"])
@pytest.mark.parametrize("year", [2024, 2026, 2030, 2040])
def test_both_books_count_the_same_separated_oxides_outside_china(
    allied: Case, chain: Case, material: str, year: int
) -> None:
    def tonnes(case: Case, name: str) -> float:
        rows = [r for r in case.existing if r.stage == "separation" and Sets(case).counts(r)]
        return sum(existing_tonnes(r, year) * existing_share(r, name) for r in rows)

    assert tonnes(allied, material) == pytest.approx(tonnes(chain, f"{material}_oxide"), rel=2e-3)


def test_costs_and_prices_have_a_range_and_a_basis(allied: Case) -> None:
    stated = [p for p in allied.projects if p.opex_per_t is not None]
    assert len(stated) == 61  # all but the two that make mixed oxide
    for p in stated:
        low, high = (float(x.replace(",", "")) for x in p.texts["opex_basis"].split(":")[0].split(" to "))
        assert low <= (p.opex_per_t or 0) <= high, p.id
        assert 0 < p.payable <= 1
        ends, basis = p.texts["byproduct_basis"].split(":", 1)
        if ends != "range not known":
            low, high = (float(x.replace(",", "")) for x in ends.split(" to "))
            assert low <= p.byproduct_per_t <= high, p.id
        assert basis.strip()
    assert {p.id for p in stated if p.byproduct_per_t} == {"astron-donald-p1", "astron-donald-p2", "ramaco-brook-sep"}
    assert {row.material for row in allied.prices} == {"ndpr", "dy", "tb", "magnet"}
    assert all("range" in row.source for row in allied.prices)
    assert allied.settings.hurdle_rate is None  # off: most costs are estimates with a range of two to one


def test_an_integrated_mine_and_its_plant_are_decided_together(allied: Case) -> None:
    pairs = {p.id: p.together for p in allied.projects if p.together}
    assert len(pairs) == 14
    for one, (other,) in pairs.items():
        assert pairs[other] == (one,)
        assert {one.rsplit("-", 1)[1], other.rsplit("-", 1)[1]} == {"mine", "sep"}


def test_second_phases_require_the_first(allied: Case) -> None:
    requires = {p.id: p.requires for p in allied.projects}
    for phase in ("astron-donald-p2", "usare-stillwater-p2"):
        assert requires[phase] == ((phase.replace("-p2", "-p1"),),)


def test_the_seeds_mine_table_stands_in_existing(allied: Case) -> None:
    mines = {row.country: existing_tonnes(row, 2024) for row in allied.existing if row.stage == "mine"}
    assert mines == {"CN": 230_000, "US": 40_000, "AU": 18_000, "MM": 15_000, "ROW": 24_000}
    assert sum(mines.values()) == 327_000


@pytest.mark.parametrize(
    ("stage", "share"), [("mine", 230 / 327), ("separation", 286 / 327), ("magnet", 260_000 / 281_250)]
)
def test_chinas_share_of_each_stage_is_the_seeds(allied: Case, stage: str, share: float) -> None:
    tonnes: dict[str, float] = defaultdict(float)
    for row in allied.existing:
        if row.stage == stage:
            tonnes[row.country] += existing_tonnes(row, 2024) * existing_share(row, None)
    assert tonnes["CN"] / sum(tonnes.values()) == pytest.approx(share, abs=5e-4)


def test_demand_runs_to_2040_for_every_stage_and_the_magnet_elements(allied: Case) -> None:
    rows = Counter(demand_row.stage for demand_row in allied.demand)
    assert rows == {"mine": 4, "separation": 4, "magnet": 1}
    assert all(max(demand_row.years) == 2040 for demand_row in allied.demand)
    assert (allied.settings.last_year, allied.settings.last_fid_year) == (2040, 2032)
    assert allied.settings.milestones == (2030, 2035, 2040)


def test_myanmar_is_excluded_with_the_reason_beside_it(allied: Case) -> None:
    assert allied.settings.excluded_countries == ("CN", "MM")
    rows = openpyxl.load_workbook(ALLIED)["settings"].values
    note = next(note for key, _, note in rows if key == "excluded_countries")
    assert "MM: Myanmar" in note


def test_programmes_carry_their_envelopes_and_say_that_they_are_assumptions(allied: Case) -> None:
    assert len(allied.programmes) == 24
    assert {p.instrument for p in allied.programmes} == {"grant", "loan", "equity", "guarantee", "offtake"}
    assert {p.donor for p in allied.programmes} == {"US", "JP", "AU", "CA"}
    assert {p.limit_on for p in allied.programmes} == {"face", "cost"}
    assert all(p.envelopes and set(p.envelopes) <= set(range(2026, 2033)) for p in allied.programmes)
    known = {f["programme"]: f for f in facts("programmes")}
    for row in list(openpyxl.load_workbook(ALLIED)["programmes"].values)[1:]:
        assert row[1] in known
        assert str(row[-1]).startswith("working assumption: ")
    for p in allied.programmes:
        if p.instrument == "offtake":
            assert (p.material, p.price_gap_per_t) == ("ndpr", None)
            assert p.strike_per_t == pytest.approx(110_000, rel=1e-4)
            assert p.offtake_years, p.name
            continue
        assert p.instrument == "grant" or p.rate is not None
        assert p.instrument not in ("loan", "guarantee") or p.tenor_years is not None
        low, high = (float(known[p.name][f"credit_cost_{end}"]) for end in ("low", "high"))
        assert p.cost_rate == pytest.approx((low + high) / 2)


def test_nothing_in_the_book_surprises_the_reader(allied: Case) -> None:
    expected = (
        "unknown column",
        "not read: ",
        "interpolated linearly",
        "no input sheets",
        "times above or below",
        "the plan rests on defaults",
        "`stress`",
        "older than 18 months",
        "viability is off",
    )
    messages = [diagnostic.message for diagnostic in allied.notices]
    assert not [message for message in messages if not any(words in message for words in expected)]
    assert sum("times above or below" in message for message in messages) == 1  # the Minamitorishima pilot really is


def test_money_is_scarce(allied: Case, plan: Plan) -> None:
    assert plan.audit is not None
    assert plan.audit.passed
    decided = Sets(allied).candidates
    outbid = [n for n in plan.not_financed if n.reason == "outbid"]
    assert len(plan.projects) + len(plan.not_financed) == 55
    assert len(decided) - len(plan.projects) >= len(decided) / 3
    assert outbid
    public = sum(p.public_m for p in plan.projects)
    assert 1_000 < public < 15_000


def test_two_programmes_and_more_are_spent_to_the_end(plan: Plan) -> None:
    given: dict[str, float] = defaultdict(float)
    spent: dict[str, float] = defaultdict(float)
    for row in plan.budgets:
        given[row.programme] += row.envelope_m or 0
        spent[row.programme] += row.spent_m
    binding = [p for p in given if spent[p] >= 0.999 * given[p]]
    assert len(binding) >= 2, {p: (spent[p], given[p]) for p in given}


def test_the_rules_say_something(allied: Case, plan: Plan) -> None:
    rules = {r.rule: r for r in plan.rules}
    assert all(r.holds for r in rules.values())
    barred = [n.id for n in plan.not_financed if n.reason == "fails rule"]
    assert 1 <= len(barred) <= 6
    assert {r.aggregate for r in allied.rules} == {"each", "average", "share", "sum", "ratio"}
    assert "joint" in {r.measure for r in allied.rules}
    esg = rules["esg-average"]
    assert esg.value is not None
    assert esg.value - esg.limit < 2


# -- the first look ---------------------------------------------------------------------------------------------


def test_the_first_look_has_the_plan_worked_out_by_hand_in_its_notes(tmp_path: Path) -> None:
    mine2magnet("solve", FIRST_LOOK, "--out", tmp_path / "plan", cwd=tmp_path, check=0)
    plan = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))
    decided = {p["id"]: p["fid_year"] for p in plan["projects"]}
    assert decided == {"prairie": 2026, "blue-creek": 2026, "kiso": 2026, "lotus": 2027}
    assert sum(p["public_m"] for p in plan["projects"]) == pytest.approx(400)
    assert plan["objective"]["value"] == pytest.approx((0.34 + 0.275 + 0.70) / 3)
    assert plan["objective"]["baseline"] == pytest.approx(0.10)


def test_without_its_rule_the_first_look_chooses_as_its_notes_say() -> None:
    case = read(FIRST_LOOK)
    plan = solve(case.with_(rules=()))
    assert {p.id for p in plan.projects} == {"red-ridge", "blue-creek", "lotus", "kiso"}
    assert plan.objective.value == pytest.approx((0.82 + 0.275 + 0.30) / 3)
    assert sum(p.public_m for p in plan.projects) == pytest.approx(350)
