"""The headline numbers: worked out by hand on small plans."""

import pytest

from models.case import Case
from models.examples import world
from models.headline import headline_rows
from models.plan import CapacityRow, Financed, NotFinanced, Plan, RuleRow
from models.schema import Project
from optimizer.analysis.risk import solve
from optimizer.reports import plan_summary
from optimizer.reports.data_confidence import confidence, sureness


@pytest.fixture(scope="module")
def case() -> Case:
    return world()


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    return solve(case, gap=0.0)


def project(**changes: object) -> Project:
    return Project.model_validate(
        {"row": 0, "id": "p", "country": "US", "stage": "mine", "capacity_tpa": 1, "capex_m": 1, **changes}
    )


def rule(value: float | None, sense: str, limit: float) -> RuleRow:
    return RuleRow(rule="r", value=value, sense=sense, limit=limit, holds=True, shortfall=0)


@pytest.mark.parametrize(
    ("changes", "first", "full"),
    [
        ({"build_years": 2, "ramp": (40, 70, 100)}, 2028, 2030),
        ({"build_years": 0}, 2026, 2026),
        ({"build_years": 1, "ramp": (0, 50, 50)}, 2028, 2028),
        ({"build_years": 1, "ramp": (40, 70, 100), "life_years": 2}, 2027, 2028),
        ({"build_years": 1, "ramp": (0, 100), "life_years": 1}, None, None),
    ],
)
def test_first_and_full_output(changes: dict[str, object], first: int | None, full: int | None) -> None:
    assert plan_summary.first_output(project(**changes), 2026) == first
    assert plan_summary.full_output(project(**changes), 2026) == full


def test_slack_is_room_to_the_limit_in_its_unit() -> None:
    assert plan_summary.slack(rule(61.5, ">=", 60)) == 1.5
    assert plan_summary.slack(rule(61.5, "<=", 60)) == -1.5
    assert plan_summary.slack(rule(None, "<=", 60)) is None


def test_a_rule_binds_at_its_limit_only() -> None:
    assert plan_summary.binds(rule(0.5 + 1e-9, "<=", 0.5))
    assert not plan_summary.binds(rule(0.49, "<=", 0.5))
    assert not plan_summary.binds(rule(None, "<=", 0.5))
    assert not plan_summary.binds(rule(0.5, "<=", 0.5).model_copy(update={"holds": False}))


def test_totals_of_all_and_of_some(case: Case, plan: Plan) -> None:
    everything = plan_summary.totals(case, plan.projects)
    assert (everything.projects, everything.capex_m, everything.need_m) == (2, 300, 150)
    assert everything.face_m == pytest.approx(sum(everything.faces.values()))
    assert everything.public_m + everything.private_m == pytest.approx(everything.capex_m)
    assert everything.cost_m <= 20
    mill = plan_summary.totals(case, [f for f in plan.projects if f.id == "mill"])
    assert (mill.projects, mill.capex_m) == (1, 200)
    assert plan_summary.totals(case, []).face_m == 0


def test_without_programmes_the_need_is_what_is_committed(case: Case) -> None:
    bare = case.with_(programmes=())
    financed = (
        Financed(id="mill", fid_year=2026, need_m=100, public_m=100, contingent_m=0, private_m=100),
        Financed(id="ridge", fid_year=2027, need_m=0, public_m=0, contingent_m=0, private_m=100),
    )
    plan = Plan.model_construct(projects=financed)
    t = plan_summary.totals(bare, financed)
    assert (t.face_m, t.cost_m, t.secured_m) == (100, 100, 0)
    assert [(f.id, a.year, a.face_m, a.cost_m) for f, a in plan_summary.commitments(bare, plan)] == [
        ("mill", 2026, 100, 100)
    ]


def test_confidence_weighs_the_financed_projects_by_capital_cost(case: Case, plan: Plan) -> None:
    words = {"mill": " Low", "ridge": "HIGH"}
    sure = case.with_(projects=tuple(p.model_copy(update={"confidence": words[p.id]}) for p in case.projects))
    assert list(confidence(sure, plan).items()) == [("high", 100.0), ("low", 200.0)]
    assert sureness(sure, plan).endswith("high 33 %, low 67 % (not a probability; it decides nothing).")


def test_gap_and_coverage_without_the_plan() -> None:
    row = CapacityRow(
        stage="mine", material=None, year=2030, existing_t=30, underway_t=20, financed_t=40, demand_t=100, coverage=0.9,
        gap_t=10,
    )  # fmt: skip
    assert (plan_summary.covered_before(row), plan_summary.gap_before(row)) == (0.5, 50)
    nothing = row.model_copy(update={"demand_t": 0.0})
    assert (plan_summary.covered_before(nothing), plan_summary.gap_before(nothing)) == (1.0, 0.0)


def test_a_stage_is_named_by_its_main_material_else_by_its_own_product_else_by_every_material() -> None:
    row = CapacityRow(
        stage="mine",
        material=None,
        year=2030,
        existing_t=0,
        underway_t=0,
        financed_t=0,
        demand_t=1,
        coverage=0,
        gap_t=1,
    )
    rows = [row, *(row.model_copy(update={"material": m, "demand_t": t}) for m, t in (("dy", 0.1), ("ndpr", 0.2)))]
    assert headline_rows(rows) == rows[2:]  # tonnes of all rare earths are not what magnets need
    assert headline_rows(rows[:1]) == rows[:1]
    assert headline_rows(rows[1:]) == rows[1:]


def test_left_out_tells_the_outbid_first_then_by_weight_in_its_stage(case: Case, plan: Plan) -> None:
    projects = [project(id=i, capacity_tpa=t) for i, t in (("a", 10), ("b", 90), ("c", 50))]
    reasons = {"a": "outbid", "b": "outbid", "c": "barred"}
    rows = tuple(NotFinanced.model_validate({"id": i, "reason": r, "detail": ""}) for i, r in reasons.items())
    book = case.with_(projects=tuple(projects), rules=())
    told = plan_summary.left_out_in_order(book, plan.model_copy(update={"not_financed": rows, "projects": ()}))
    assert [row.id for row in told] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("programmes", "one", "several"),
    [(True, "programmes closed in its years or too small", "1 for which the programmes are closed or too small"),
     (False, "needs more than the total budget", "1 needing more than the total budget")],
)  # fmt: skip
def test_a_book_without_programmes_speaks_of_its_total_budget(
    case: Case, plan: Plan, programmes: bool, one: str, several: str
) -> None:
    row = NotFinanced(id="a", reason="programmes closed in its years or too small", detail="")
    given = case.programmes if programmes else ()
    book = case.with_(projects=(project(id="a"),), rules=(), programmes=given)
    told = plan_summary.left_out(book, plan.model_copy(update={"not_financed": (row,), "projects": ()}))
    assert told == [f"Left out: 1 ({several}), first of them:", f"- a, mine, US: {one}"]


def test_the_digest_is_the_workbook_s_or_the_case_s(case: Case, plan: Plan) -> None:
    what, digest = plan_summary.input_digest(case, plan)
    assert "in memory" in what
    assert len(digest) == 64
    assert plan_summary.input_digest(case.with_(name="other"), plan)[1] != digest
    recorded = plan.model_copy(update={"manifest": {"workbook": {"name": "book.xlsx", "sha256": "ab" * 32}}})
    assert plan_summary.input_digest(case, recorded) == ("book.xlsx", "ab" * 32)
