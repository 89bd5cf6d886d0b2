"""The chain in every report: numbers recomputed from plan.json and the workbook alone, the same in every format."""

import csv
import io
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.chains import GALLIUM
from support.commandline import mine2magnet
from support.htmlpage import Page
from support.pages import small, small_plan

from models.gaps import gaps
from models.schema import Existing
from models.sets import Sets
from optimizer.analysis.risk import solve
from optimizer.plan_folder import store
from optimizer.reports.chain.numbers import by_stage, links
from optimizer.reports.chain.sankey_links import ribbons
from optimizer.reports.chain.sentences import sentences
from optimizer.reports.charts import chain_figures
from optimizer.reports.charts.flow import bands
from optimizer.reports.formatting import demand_name
from optimizer.reports.gaps import FORMATS
from optimizer.reports.gaps.formats import FIELDS
from optimizer.reports.plan_page import page_bytes
from optimizer.reports.plan_workbook import book_bytes
from optimizer.reports.report_table import capital
from optimizer.solver.chain_flows import flows
from optimizer.workbook.read import read

YEAR = 2035


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The plan folder that the command leaves, and its screen."""
    here = tmp_path_factory.mktemp("chain")
    done = mine2magnet("solve", GALLIUM, "--out", "plan", "--verbose", cwd=here, check=0)
    return here / "plan", done.stdout


@pytest.fixture(scope="module")
def data(folder: tuple[Path, str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder[0] / "plan.json").read_text(encoding="utf-8"))
    return loaded


@cache
def sheet(book: Path, name: str) -> list[dict[str, Any]]:
    heads, *rows = openpyxl.load_workbook(book)[name].values
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


class Recomputed:
    """Nameplate, delivered, idle, made and used, from the plan's runs and the workbook's own cells."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.runs = {(r["process"], r["recipe"], r["year"]): r["run_t"] for r in data["runs"]}
        self.demand = {r["stage"]: r for r in sheet(GALLIUM, "demand")}
        self.made: dict[tuple[str, int], float] = defaultdict(float)
        self.used: dict[tuple[str, int], float] = defaultdict(float)
        for (process, recipe, year), run in self.runs.items():
            for material, tonnes in self.coefficients(process, recipe, year).items():
                self.made[material, year] += max(0.0, tonnes) * run
                self.used[material, year] += max(0.0, -tonnes) * run
        self.nameplate = {
            (r["process"], r["year"]): r["existing_t"] + r["underway_t"] + r["financed_t"] for r in data["processes"]
        }

    @staticmethod
    def coefficients(process: str, recipe: str | None, year: int) -> dict[str, float]:
        result: dict[str, float] = {}
        rows = [r for r in sheet(GALLIUM, "processes") if (r["process"], r["recipe"]) == (process, recipe)]
        for row in sorted(rows, key=lambda r: r["from_year"] or 0):
            if (row["from_year"] or 0) <= year:
                result[row["material"]] = row["tonnes_per_tonne"]
        return result

    def delivered(self, stage: str, year: int) -> float:
        """Part of a stage's demand: gross what is made, net what is left."""
        row = self.demand[stage]
        material = row["material"]
        tonnes = self.made[material, year] - (self.used[material, year] if row["basis"] == "net" else 0.0)
        return min(1.0, tonnes / row["2026"])


@pytest.fixture(scope="module")
def own(data: dict[str, Any]) -> Recomputed:
    return Recomputed(data)


# -- plan.json ---------------------------------------------------------------------------------------------------------


def test_the_plan_carries_its_materials_runs_and_processes(data: dict[str, Any], own: Recomputed) -> None:
    assert len(data["materials"]) == 5 * 10
    for row in data["materials"]:
        at = row["material"], row["year"]
        assert row["made_t"] == pytest.approx(own.made[at], abs=1e-6)
        assert row["used_t"] == pytest.approx(own.used[at], abs=1e-6)
        assert row["used_t"] <= row["made_t"] + row["supply_t"] + 1e-6
    for row in data["processes"]:
        run = sum(t for (g, _, y), t in own.runs.items() if (g, y) == (row["process"], row["year"]))
        assert row["used_t"] == pytest.approx(run, abs=1e-6)


def test_the_command_says_what_the_plan_is_worth(data: dict[str, Any], own: Recomputed) -> None:
    result = data["worth"]
    years = range(2026, 2036)
    assert result["delivered"] == pytest.approx(data["objective"]["value"], abs=1e-6)
    assert result["magnets_t"] == pytest.approx(sum(own.delivered("wafer", y) * 150 for y in years), abs=1e-3)
    assert result["recovery"] is None
    assert result["thrift"]["from_year"] == 2032
    for row in result["thrift"]["saved"]:
        assert row["material"] == "refined_ga"
        assert row["saved_t"] == pytest.approx((0.9 - 0.85) * own.runs["growth", None, row["year"]])
        per_tonne = own.used["crude_ga", row["year"]] / own.made["refined_ga", row["year"]]
        assert row["ore_t"] is None or row["ore_t"] == pytest.approx(row["saved_t"] * per_tonne)


def test_the_plan_best_by_nameplate_is_the_one_that_the_objective_coverage_gives(data: dict[str, Any]) -> None:
    case = read(GALLIUM)
    other = case.with_(settings=case.settings.model_copy(update={"objective": "coverage"}))
    best = solve(other)
    result = data["worth"]["nameplate"]
    assert result["projects"] == sorted(f.id for f in best.projects) == ["banksia", "hikari", "maple", "tsubame"]
    assert sorted(f["id"] for f in data["projects"]) == ["banksia", "bayou", "hikari", "tsubame"]
    flow = flows(Sets(case), {f.id: f.fid_year for f in best.projects})
    assert result["delivered"] == pytest.approx(flow.delivered, abs=1e-9)
    assert data["worth"]["delivered"] > result["delivered"] + 0.05
    fed = {(name, year): (there, used) for name, year, there, used in result["processes"]}
    assert fed["refining", YEAR] == pytest.approx((140, 87.73), abs=0.01)  # as the book's Notes say


def test_without_the_plan_is_what_exists_alone(data: dict[str, Any]) -> None:
    case = read(GALLIUM)
    alone = flows(Sets(case), {})
    for row in data["worth"]["without"]:
        (key,) = (k for k in Sets(case).demands if (k.stage, k.material) == (row["stage"], row["material"]))
        assert row["coverage"] == pytest.approx(alone.coverage[key, row["year"]], abs=1e-9)


def test_a_step_gains_what_as_much_more_existing_capacity_delivers(data: dict[str, Any]) -> None:
    case = read(GALLIUM)
    chosen = {f["id"]: f["fid_year"] for f in data["projects"]}
    (step,) = (s for s in data["worth"]["steps"] if (s["process"], s["year"]) == ("growth", YEAR))
    more = Existing(
        row=99, country="JP", stage="wafer", process="growth", name="more", years={2034: 0, 2035: step["step_t"]}
    )
    wider = case.with_(existing=(*case.existing, more))
    gained = flows(Sets(wider), chosen).magnets - flows(Sets(case), chosen).magnets
    assert gained == pytest.approx(step["magnets_gain_t"], abs=1e-6) == pytest.approx(0.65)


def test_the_bottleneck_is_the_material_that_would_deliver_most(data: dict[str, Any]) -> None:
    case = read(GALLIUM)
    chosen = {f["id"]: f["fid_year"] for f in data["projects"]}
    short = [s for s in data["worth"]["shortages"] if s["year"] == YEAR]
    assert short[0]["material"] == "liquor_ga"
    plenty = Existing(
        row=99, country="JP", stage="crude", material="liquor_ga", name="more", years={2034: 0, 2035: 1e6}
    )
    wider = case.with_(existing=(*case.existing, plenty))
    gained = flows(Sets(wider), chosen).delivered - flows(Sets(case), chosen).delivered
    assert gained * 10 == pytest.approx(short[0]["delivered_gain"], abs=1e-6)  # one of ten years, all of one weight


# -- the screen --------------------------------------------------------------------------------------------------------


def test_the_screen_says_nameplate_and_delivered_side_by_side(folder: tuple[Path, str], own: Recomputed) -> None:
    screen = " ".join(folder[1].split())
    for stage, process in (("crude", "extraction"), ("refined", "refining"), ("wafer", "growth")):
        name = demand_name(stage, own.demand[stage]["material"])
        nameplate = min(1.0, own.nameplate[process, YEAR] / own.demand[stage]["2026"])
        shown = f"{name} nameplate {round(100 * nameplate)} %, delivered "
        assert shown in screen
        after = screen.split(shown)[1].split(" %")[0].split(" -> ")[1]
        assert after == str(round(100 * own.delivered(stage, YEAR)))
    idle = own.nameplate["extraction", YEAR] - own.runs["extraction", None, YEAR]
    assert f"runs on Chinese feed or stands idle: extraction {round(idle)} t of 110 t." in screen
    assert "bottleneck: liquor Ga" in screen
    assert "Thrift from 2032 on is worth 3.2 t of refined Ga in 2035" in screen or "worth 3.3 t" in screen
    assert "the plan best by nameplate" in screen


# -- plan.xlsx ---------------------------------------------------------------------------------------------------------


def test_the_flows_sheet_holds_every_figure_exactly(folder: tuple[Path, str], data: dict[str, Any]) -> None:
    rows = sheet(folder[0] / "plan.xlsx", "Flows")
    at = {(r["What"], r["Name"], r["Recipe"], r["Figure"]): r for r in rows}
    figures = {"made_t": "made, t/yr", "used_t": "used, t/yr", "supply_t": "supply from outside the chain, t/yr"}
    figures |= {"demand_t": "demand outside China, t/yr", "gap_t": "missing, t/yr", "coverage": "share of demand met"}
    demanded = {r["material"] for r in data["materials"] if r["demand_t"]}
    for row in data["materials"]:
        for field, figure in figures.items():
            if row["material"] in demanded or field not in ("gap_t", "coverage"):
                line = at.get(("material", row["material"], None, figure))
                assert row[field] == (line[str(row["year"])] if line else 0.0)
    for row in data["processes"]:
        built = row["existing_t"] + row["underway_t"] + row["financed_t"]
        year = str(row["year"])
        assert at["process", row["process"], None, "nameplate, t/yr"][year] == built
        assert at["process", row["process"], None, "fed from outside China, t/yr"][year] == row["used_t"]
    for row in data["runs"]:
        assert at["recipe", row["process"], row["recipe"], "runs, t/yr"][str(row["year"])] == row["run_t"]


def test_the_flows_sheet_has_delivered_beside_nameplate(folder: tuple[Path, str], own: Recomputed) -> None:
    rows = [r for r in sheet(folder[0] / "plan.xlsx", "Flows") if r["What"] == "demand"]
    assert [r["Stage"] for r in rows[::2]] == ["crude", "refined", "wafer"]
    for row in rows:
        if row["Figure"] == "share of demand, delivered":
            assert row[str(YEAR)] == pytest.approx(own.delivered(row["Stage"], YEAR), abs=1e-9)


# -- report.html -------------------------------------------------------------------------------------------------------


def test_the_page_has_a_flow_section_with_its_numbers(
    folder: tuple[Path, str], own: Recomputed, data: dict[str, Any]
) -> None:
    page = Page((folder[0] / "report.html").read_bytes())
    assert "flows" in page.ids
    rows = {r["stage"]: r for r in page.body(f"Built and delivered in {2035}")}
    for stage in ("crude", "refined", "wafer"):
        share = own.delivered(stage, YEAR)
        row = rows[capital(demand_name(stage, own.demand[stage]["material"]))]
        assert row["delivered share"] == f"{round(100 * share)} %"
        assert float(row["delivered, t/yr"]) == pytest.approx(share * own.demand[stage]["2026"], abs=0.5)
    processes = {r["process"]: r for r in page.body("Processes in 2035: fed from outside China, or not")}
    assert processes["extraction"]["nameplate, t/yr"] == "110"
    assert processes["extraction"]["fed, t/yr"] == str(round(own.runs["extraction", None, YEAR]))
    rows = {r["year"]: r for r in page.body("The bottleneck material of each year")}
    assert rows["2035"]["for the score"] == "liquor_ga"
    materials = page.body("Materials at the milestones")
    assert len(materials) == 2 * len({r["material"] for r in data["materials"]})
    for sentence in sentences(store.load_case(folder[0]), store.load_plan(folder[0])):
        assert sentence.replace(" -> ", " → ") in page.text


def test_ribbons_never_outgrow_their_bars_and_lose_no_tonne() -> None:
    case = read(GALLIUM)
    plan = solve(case)
    rows = [row for row in by_stage(case, links(plan)) if row.year == YEAR]
    result = ribbons(case, plan, rows, YEAR)
    assert [(r.source, r.target) for r in result] == [(0, 1), (1, 2)]
    runs = {(r.process, r.recipe): r.run_t for r in plan.runs if r.year == YEAR}
    assert result[0].used_t == pytest.approx(1.05 * runs["refining", "crude"])
    assert result[0].made_t == pytest.approx(runs["refining", "crude"])
    assert result[1].used_t == pytest.approx(0.85 * runs["growth", None])
    for ribbon, points in ((n, [p for p in bands(rows, result) if p["band"] == n]) for n in range(2)):
        first, last = points[0], points[-1]
        assert 0 <= first["y2"] <= first["y"] <= rows[result[ribbon].source].delivered + 1e-9
        assert 0 <= last["y2"] <= last["y"] <= rows[result[ribbon].target].delivered + 1e-9


def test_figures_have_their_numbers_in_a_table(folder: tuple[Path, str]) -> None:
    case, plan = store.load_case(folder[0]), store.load_plan(folder[0])
    figures = {f.name: f for f in chain_figures(case, plan)}
    assert list(figures) == ["delivered", "flow", "fed"]
    for figure in figures.values():
        assert figure.table.rows
        assert figure.picture("svg").startswith(b"<svg")
        assert figure.description


# -- the gap report ----------------------------------------------------------------------------------------------------


def test_every_format_of_the_gap_report_has_delivered_columns(folder: tuple[Path, str], own: Recomputed) -> None:
    case, plan = store.load_case(folder[0]), store.load_plan(folder[0])
    report = gaps(case, plan)
    as_json = json.loads(FORMATS["json"](case, report))["rows"]
    as_csv = list(csv.DictReader(io.StringIO(FORMATS["csv"](case, report).decode())))
    assert len(as_json) == len(as_csv) == 30
    for row, line in zip(as_json, as_csv, strict=True):
        share = own.delivered(row["stage"], row["year"])
        assert row["delivered"] == pytest.approx(share, abs=1e-9)
        assert row["delivered_t"] == pytest.approx(share * row["demand_t"], abs=1e-6)
        assert float(line["delivered"]) == row["delivered"]
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](case, report)))
    assert "Delivered" in book.sheetnames
    assert "delivered" in FORMATS["md"](case, report).decode()
    page = Page(FORMATS["html"](case, report))
    assert [r["stage"] for r in page.body("What is built and what is delivered")] == [
        demand_name(demand_row["stage"], demand_row["material"]) for demand_row in own.demand.values()
    ]


# -- without a chain ---------------------------------------------------------------------------------------------------


def test_a_plan_without_a_chain_shows_none_of_it() -> None:
    case = small()
    plan = small_plan(case)
    assert sentences(case, plan) == []
    assert chain_figures(case, plan) == []
    page = Page(page_bytes(case, plan))
    assert "flows" not in page.ids
    assert "delivered" not in " ".join(page.tables)
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(case, plan)))
    assert not {"Flows", "Materials"} & set(book.sheetnames)
    report = gaps(case, plan)
    assert tuple(json.loads(FORMATS["json"](case, report))["rows"][0]) == FIELDS
