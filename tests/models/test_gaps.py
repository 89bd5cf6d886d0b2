"""The capacity-gap report against sums written out again here, and against numbers worked out by hand."""

import subprocess
import sys

import pytest
from support.pages import many, planned, small, small_plan

from models.case import Case
from models.gaps import GapRow, Gaps, gaps
from models.gaps.closers import best_delivery, companions, least_cost
from models.gaps.closing import closings
from models.gaps.today import printed_shares
from models.plan import Plan
from models.schema import Existing, Project
from models.sets import DemandKey, Sets

MINE, NDPR = ("mine", None), ("mine", "ndpr")


# -- the same numbers, written down a second time ---------------------------------------------------------------------


def between(given: dict[int, float], year: int) -> float:
    """Linear between the given years, flat outside."""
    if not given:
        return 0.0
    known = sorted(given)
    if year <= known[0]:
        return given[known[0]]
    if year >= known[-1]:
        return given[known[-1]]
    low = max(y for y in known if y <= year)
    high = min(y for y in known if y >= year)
    return given[low] if low == high else given[low] + (given[high] - given[low]) * (year - low) / (high - low)


def part(shares: dict[str, float], material: str | None) -> float:
    return 1.0 if material is None else shares.get(material, 0.0)


def standing(row: Existing, material: str | None, year: int) -> float:
    """All tonnes of an existing row that are of a material."""
    tonnes = between(row.years, year) if row.years else row.capacity_tpa or 0.0
    if row.material is not None:
        return tonnes if row.material == material else 0.0
    return tonnes * part(row.shares, material)


def delivers(p: Project, material: str | None, fid: int, year: int) -> float:
    age = year - fid - p.build_years
    if not 0 <= age < p.life_years:
        return 0.0
    return p.capacity_tpa * p.allied_share * part(p.shares, material) * p.ramp[min(age, len(p.ramp) - 1)] / 100


def expected(case: Case, plan: Plan | None) -> list[dict[str, object]]:
    """The rows of the report, from the case's rows and the plan's projects alone."""
    s = case.settings
    chosen = {f.id: f.fid_year for f in plan.projects} if plan else {}
    rows = []
    for demand_row in sorted(
        case.demand, key=lambda demand_row: (s.stages.index(demand_row.stage), demand_row.material or "")
    ):
        here = [r for r in case.existing if r.stage == demand_row.stage]
        named = [y for r in here if part_of(r, demand_row.material) for y in r.years]
        first = min(named, default=s.first_year)
        world = sum(standing(r, demand_row.material, first) for r in here)
        chinese = sum(standing(r, demand_row.material, first) for r in here if r.country == "CN")
        for year in range(s.first_year, s.last_year + 1):
            existing = sum(
                standing(r, demand_row.material, year) * r.allied_share
                for r in here
                if r.country not in s.excluded_countries
            )
            of_stage = [p for p in case.projects if p.stage == demand_row.stage]
            underway = sum(
                delivers(p, demand_row.material, p.earliest_fid or s.first_year, year)
                for p in of_stage
                if p.status == "underway"
            )
            financed = sum(delivers(p, demand_row.material, chosen[p.id], year) for p in of_stage if p.id in chosen)
            demand, capacity = between(demand_row.years, year), existing + underway + financed
            rows.append(
                {
                    "stage": demand_row.stage, "material": demand_row.material, "year": year, "demand_t": demand, "existing_t": existing,
                    "underway_t": underway, "financed_t": financed, "covered_t": min(demand, capacity),
                    "gap_t": max(0.0, demand - capacity), "coverage": min(1.0, capacity / demand) if demand else 1.0,
                    "china_share": chinese / world if world else None,
                }
            )  # fmt: skip
    return rows


def part_of(row: Existing, material: str | None) -> bool:
    return row.material == material if row.material is not None else part(row.shares, material) > 0


def same(result: list[dict[str, object]], wanted: list[dict[str, object]]) -> None:
    """No project of these books goes ahead without support: what counts those is absent."""
    assert len(result) == len(wanted)
    for row, other in zip(result, wanted, strict=True):
        assert {key for key, value in row.items() if key in other or value is not None} == other.keys()
        for key, value in other.items():
            assert row[key] == (pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value), (
                row,
                key,
            )


@pytest.mark.parametrize("with_plan", [False, True])
def test_every_row_equals_the_second_sum(with_plan: bool) -> None:
    case = small()
    plan = small_plan(case) if with_plan else None
    same([row.model_dump() for row in gaps(case, plan).rows], expected(case, plan))


@pytest.mark.parametrize("seed", range(4))
def test_every_row_of_a_drawn_case_equals_the_second_sum(seed: int) -> None:
    case, plan = many(40, seed)
    same([row.model_dump() for row in gaps(case, plan).rows], expected(case, plan))
    same([row.model_dump() for row in gaps(case).rows], expected(case, None))


def test_with_a_plan_the_tonnes_are_those_of_its_table() -> None:
    case = small()
    plan = small_plan(case)
    fields = ("stage", "material", "year", "existing_t", "underway_t", "financed_t", "demand_t", "coverage", "gap_t")
    result = [tuple(getattr(row, f) for f in fields) for row in gaps(case, plan).rows]
    assert result == [tuple(getattr(row, f) for f in fields) for row in plan.capacity]


def test_without_demand_every_stage_has_a_row_and_nothing_is_missing() -> None:
    case = small().with_(demand=(), rules=())
    gap_report = gaps(case)
    assert {row.stage for row in gap_report.rows} == {"mine", "separation", "magnet"}
    assert all(row.gap_t == row.covered_t == row.demand_t == 0 and row.coverage == 1 for row in gap_report.rows)
    assert gap_report.open == ()
    assert [c.demanded for c in gap_report.closings] == [False] * 3


def test_the_baseline_needs_neither_algebra_nor_solver() -> None:
    code = "import sys, models.gaps; print(sorted({'pyomo', 'highspy', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- China's share ----------------------------------------------------------------------------------------------------


def shares(case: Case) -> dict[tuple[str, str | None], float | None]:
    return {(row.stage, row.material): row.china_share for row in gaps(case).rows}


def test_china_share_by_hand() -> None:
    """Mines 7,000 of 10,000 t; of NdPr 1,750 of 1,750 + 400 + 300; magnets 9,000 of 10,000, whatever is free to sell."""
    result = shares(small())
    assert result[MINE] == pytest.approx(0.7)
    assert result[NDPR] == pytest.approx(1750 / 2450)
    assert result["magnet", None] == pytest.approx(0.9)
    assert result["separation", None] is None


def test_china_share_is_that_of_the_first_year_the_rows_name() -> None:
    rows = (
        Existing(row=2, country="CN", stage="mine", years={2020: 50.0, 2030: 500.0}),
        Existing(row=3, country="US", stage="mine", years={2026: 150.0}),
    )
    assert shares(small().with_(existing=rows))[MINE] == pytest.approx(50 / 200)


def test_without_chinese_rows_the_tonnes_say_zero() -> None:
    rows = (Existing(row=2, country="US", stage="mine", capacity_tpa=10.0),)
    assert shares(small().with_(existing=rows))[MINE] == 0.0


def test_makers_hold_every_country_counted_or_not() -> None:
    result = {m.country: m for m in gaps(small()).makers if (m.stage, m.material) == MINE}
    assert {c: (m.tonnes, m.counts, m.free_t) for c, m in result.items()} == {
        "CN": (7000.0, False, 0.0),
        "AU": (2000.0, True, 2000.0),
        "MM": (1000.0, False, 0.0),
    }
    assert sum(m.share or 0 for m in result.values()) == pytest.approx(1)
    (japan,) = (m for m in gaps(small()).makers if m.country == "JP")
    assert (japan.tonnes, japan.free_t) == (1000.0, 500.0)


def test_a_printed_share_that_the_tonnes_do_not_bear_out_is_named() -> None:
    result = {(m.stage, m.material): m for m in gaps(small()).makers if m.country == "CN"}
    assert result[MINE].differs == ("65 % of world",)
    assert result["magnet", None].printed == ("about 90 % of magnets",)
    assert result["magnet", None].differs == ()


@pytest.mark.parametrize(
    ("text", "fits", "not_"),
    [
        ("85-90 % of separation", (84.6, 90.4), (84.0, 91.0)),
        ("over 90 % of NdFeB magnets", (90.1, 100.0), (89.9,)),
        ("about 70 % of the world", (69.2, 70.9), (68.0, 72.0)),
        ("70.3 % of mining", (70.27, 70.34), (70.2, 70.5)),
        ("under 5 % of world", (0.0, 4.9), (5.1,)),
    ],
)
def test_printed_shares_and_their_rounding(text: str, fits: tuple[float, ...], not_: tuple[float, ...]) -> None:
    (result,) = printed_shares(f"a source says {text}; 12 % of capex")
    assert result.text == text
    assert all(result.low <= share <= result.high for share in fits)
    assert not any(result.low <= share <= result.high for share in not_)


# -- closing ----------------------------------------------------------------------------------------------------------


def rows(*gap_by_year: float | None) -> list[GapRow]:
    """Years from 2030 on with this gap; None: nothing demanded."""
    return [
        GapRow(
            stage="mine", material=None, year=2030 + n, demand_t=0 if gap is None else 100, existing_t=0, underway_t=0,
            financed_t=0, covered_t=0, gap_t=gap or 0, coverage=0, china_share=None,
        )
        for n, gap in enumerate(gap_by_year)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("gap_by_year", "closes", "reopens"),
    [
        ((5, 3, 0, 0), 2032, None),
        ((5, 0, 2, 0), 2031, 2032),
        ((5, 4, 3), None, None),
        ((0, 0), 2030, None),
        ((None, 5, 0), 2032, None),
        ((None, None), None, None),
        ((5, 1e-6), 2031, None),
    ],
)
def test_first_year_without_a_gap(
    gap_by_year: tuple[float | None, ...], closes: int | None, reopens: int | None
) -> None:
    (result,) = closings(rows(*gap_by_year))
    assert (result.closes, result.reopens) == (closes, reopens)
    assert result.demanded == any(gap is not None for gap in gap_by_year)


# -- by country, added, and what would close it -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def report() -> tuple[Case, Plan, Gaps]:
    case = small()
    plan = small_plan(case)
    return case, plan, gaps(case, plan)


def test_countries_add_up_to_the_rows(report: tuple[Case, Plan, Gaps]) -> None:
    _, _, result = report
    assert result.milestones == (2030, 2035)
    assert not {c.country for c in result.countries} & {"CN", "MM"}
    for row in (r for r in result.rows if r.year in result.milestones):
        here = [c for c in result.countries if c.key == row.key and c.year == row.year]
        for field in ("existing_t", "underway_t", "financed_t"):
            assert sum(getattr(c, field) for c in here) == pytest.approx(getattr(row, field))


def test_additions_add_up_to_what_the_plan_finances(report: tuple[Case, Plan, Gaps]) -> None:
    case, plan, result = report
    support = {f.id: f.public_m + f.contingent_m for f in plan.projects}
    for row in (r for r in result.rows if r.year == 2035):
        here = [a for a in result.additions if a.key == row.key]
        assert sum(a.tonnes for a in here) == pytest.approx(row.financed_t)
        assert all(a.public_m == support[a.id] for a in here)
    assert gaps(case).additions == ()


def test_closers_are_left_out_able_and_in_order_of_support_per_tonne(report: tuple[Case, Plan, Gaps]) -> None:
    case, plan, result = report
    taken = {f.id for f in plan.projects}
    for gap in result.open:
        assert gap.gap_t > 0
        for closer in gap.closers:
            project = next(p for p in case.projects if p.id == closer.id)
            assert project.id not in taken
            assert project.status == "candidate"
            assert project.stage == gap.stage
        per_tonne = [c.need_m / c.tonnes for c in gap.closers]
        assert per_tonne == sorted(per_tonne)
        assert [c.so_far_t for c in gap.closers] == pytest.approx(
            [sum(c.tonnes for c in gap.closers[: n + 1]) for n in range(len(gap.closers))]
        )
        assert gap.enough is None or gap.closers[gap.enough - 1].so_far_t >= gap.gap_t > sum(
            c.tonnes for c in gap.closers[: gap.enough - 1]
        )
        assert gap.still_t == pytest.approx(max(0.0, gap.gap_t - sum(c.tonnes for c in gap.closers)))


def test_what_would_close_the_baseline_by_hand() -> None:
    """Separation, 9,000 t/yr missing: p3 (4,000 t) and p4 (5,000 t) for 100 and 125 M; p5 is barred."""
    (gap,) = (g for g in gaps(small()).open if g.stage == "separation")
    assert gap.gap_t == 9000
    assert [(c.id, c.tonnes, c.need_m, c.so_far_t, c.so_far_m) for c in gap.closers] == [
        ("p3", 4000.0, 100.0, 4000.0, 100.0),
        ("p4", 5000.0, 125.0, 9000.0, 225.0),
    ]
    assert (gap.enough, gap.still_t, gap.barred) == (2, 0.0, 1)


def test_least_cost_fills_the_cheapest_programmes_first() -> None:
    """p3 needs 100 of 200 M: 40 M of cover at 0.05, then 60 M of loans (at most 0.3 * 200) at 0.1: 8 M."""
    case = small()
    capped = case.with_(programmes=(case.programmes[0], case.programmes[1].model_copy(update={"max_ticket_m": 40.0})))
    sets = Sets(capped)
    assert least_cost(sets, sets.by_id["p3"]) == pytest.approx(40 * 0.05 + 60 * 0.1)
    alone = Sets(case.with_(programmes=case.programmes[:1]))
    assert least_cost(alone, alone.by_id["p3"]) is None
    none = Sets(case.with_(programmes=()))
    assert least_cost(none, none.by_id["p3"]) == 100.0


def test_a_project_that_comes_too_late_closes_nothing() -> None:
    case = small()
    sets = Sets(case)
    late = sets.by_id["p4"].model_copy(update={"earliest_fid": 2032})
    assert best_delivery(sets, late, DemandKey("separation", None), 2033) == 0
    assert best_delivery(sets, late, DemandKey("separation", None), 2034) == pytest.approx(2000)


def test_companions_that_are_missing_are_named() -> None:
    project = small().projects[4].model_copy(update={"requires": (("p0",), ("p1", "p7")), "together": ("p3",)})
    assert companions(project, {"p0"}) == ("p1 or p7", "p3")
    assert companions(project, {"p0", "p7", "p3"}) == ()


def test_more_financed_projects_never_widen_a_gap() -> None:
    case = small()
    fewer, more = gaps(case, planned(case, {"p0": 2026})), gaps(case, small_plan(case))
    assert all(b.gap_t <= a.gap_t + 1e-9 for a, b in zip(fewer.rows, more.rows, strict=True))
