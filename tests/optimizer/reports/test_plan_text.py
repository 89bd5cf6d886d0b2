"""The plan on one screen: every sentence from the numbers of the plan, within 100 columns, in plain words."""

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from models.case import Case
from models.examples import world
from models.plan import NotFinanced, Plan
from models.schema import Project, Settings
from optimizer.analysis.risk import solve
from optimizer.reports import plan_summary
from optimizer.reports.diagnostics_text import grouped
from optimizer.reports.frames import frames
from optimizer.reports.plan_differences import differences
from optimizer.reports.plan_text import story
from optimizer.reports.table_text import height
from optimizer.reports.timeline import MOST, state


@pytest.fixture(scope="module")
def case() -> Case:
    result = world()
    return result.with_(settings=Settings(**{**dict(result.settings), "milestones": (2028, 2029, 2030)}))


@pytest.fixture(scope="module")
def plan(case: Case) -> Plan:
    return solve(case)


def screen(case: Case, plan: Plan, *, ascii_only: bool = False, width: int = 100) -> str:
    out = StringIO()
    console = Console(file=out, width=width, markup=False, highlight=False)
    for part in story(case, plan, ascii_only=ascii_only, width=width):
        console.print(part)
    return out.getvalue()


def changed(plan: Plan, **changes: object) -> Plan:
    return plan.model_copy(update=changes)


def test_the_middle_milestone_leads_and_all_are_shown(case: Case, plan: Plan) -> None:
    lines = screen(case, plan).splitlines()
    assert lines[0] == "2029, share of demand outside China met: mines 10 -> 50 %, separation 0 -> 50 %"
    assert " ".join(lines[3].split()) == "without -> with plan 2028 2029 2030 gap in 2030"
    assert " ".join(lines[4].split()) == "mines 10 -> 50 % 10 -> 50 % 10 -> 50 % 500 t/yr"


def test_money_says_face_value_budget_cost_and_private_money(case: Case, plan: Plan) -> None:
    assert plan_summary.money_line(case, plan) == (
        "2 of 2 financed: 150 M USD public (loans 150; budget cost 15 of 20), 150 M private"
    )


@pytest.mark.parametrize("width", [100, 80, 60])
def test_no_line_is_wider_than_the_terminal_and_units_stay_with_their_numbers(
    case: Case, plan: Plan, width: int
) -> None:
    text = screen(case, plan, ascii_only=True, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert not any(line.strip().startswith(("%", "M ", "t/yr", "-> ")) for line in text.splitlines())
    assert text.isascii()


def test_optimal_is_reported_only_of_what_is_proved(case: Case, plan: Plan) -> None:
    assert plan_summary.proof(case, plan).startswith(
        "audited; optimal, proved within 0 % of the best possible; plan score"
    )
    open_plan = changed(plan, status="feasible", objective=plan.objective.model_copy(update={"gap": 0.0421}))
    assert "plan score 36.0 of 100 points, 5.0 without the plan" in plan_summary.proof(case, plan)
    text = screen(case, open_plan)
    assert "audited; feasible, proved within 4.3 % of the best possible" in text
    assert "optimal" not in text


def test_gap_means_missing_tonnes(case: Case, plan: Plan) -> None:
    text = screen(case, plan)
    assert all(words.startswith((" in 2030", " 500 t/yr")) for words in text.split("gap")[1:])
    assert "allied" not in text


def test_the_timeline_shows_build_ramp_and_full_output(case: Case, plan: Plan) -> None:
    text = screen(case, plan, ascii_only=True)
    rows = {line.split()[0]: line.split()[-1] for line in text.splitlines() if line.startswith(("ridge", "mill"))}
    year = {p.id: p.fid_year for p in plan.projects}
    for name, bar in rows.items():
        before = year[name] - 2026
        assert bar == ".." * before + "--" + "##" * (4 - before)


def test_states_of_a_plant() -> None:
    years = {"build_years": 2, "ramp": (0, 50, 100), "life_years": 4}
    plant = Project(row=0, id="a", country="US", stage="mine", capacity_tpa=1, capex_m=1, **years)
    told = [state(plant, k) for k in range(-1, 7)]
    assert told == [None, "build", "build", None, "ramp", "full", "full", None]


def test_a_long_plan_says_how_many_more(case: Case, plan: Plan) -> None:
    many = [case.projects[1].model_copy(update={"id": f"p{n:02}"}) for n in range(MOST + 5)]
    long_case = case.with_(projects=(*case.projects, *many))
    rows = [plan.projects[0].model_copy(update={"id": p.id}) for p in many]
    text = screen(long_case, changed(plan, projects=tuple(rows)))
    assert "and 5 more, in plan.json" in text


def test_a_long_plan_fits_the_rows_and_keeps_what_matters(case: Case, plan: Plan) -> None:
    many = [case.projects[1].model_copy(update={"id": f"p{n:02}"}) for n in range(50)]
    rows = [plan.projects[0].model_copy(update={"id": p.id, "public_m": float(p.id[1:])}) for p in many]
    book, long = case.with_(projects=(*case.projects, *many)), changed(plan, projects=tuple(rows))
    whole = story(book, long, ascii_only=True, width=100)
    assert height(whole, 100) > 40
    parts = story(book, long, ascii_only=True, width=100, rows=30)
    assert height(parts, 100) == 30
    out = StringIO()
    Console(file=out, width=100, markup=False).print(*parts, sep="\n")
    text = out.getvalue()
    for words in (
        "2029, share of demand",
        "Weakest stage",
        "Left out",
        "audited",
        "--verbose",
        "p49",
        "more, in plan.json",
    ):
        assert words in text
    assert "p00" not in text
    assert (
        story(case, plan, ascii_only=True, width=100, rows=200)[-1] == story(case, plan, ascii_only=True, width=100)[-1]
    )


@pytest.mark.parametrize("width", [100, 80, 60])
def test_a_chain_fits_the_rows_at_every_width(chain_plan: tuple[Case, Plan], width: int) -> None:
    for rows in (40, 28 if width > 60 else 34):
        parts = story(*chain_plan, ascii_only=True, width=width, rows=rows)
        assert height(parts, width) <= rows
        told = " ".join(str(part) for part in parts)
        for words in ("delivered", "Weakest stage", "Left out: 2 (2 outbid)", "audited"):
            assert words in told


def test_east_asian_names_take_two_columns_a_character(case: Case, plan: Plan) -> None:
    name = "南鳥島レアアース泥の採掘・選鉱・分離精製プラント第一期工事および磁石製造設備"
    projects = tuple(p.model_copy(update={"name": name}) for p in case.projects)
    book = case.with_(projects=projects)
    left = NotFinanced(id=projects[0].id, reason="outbid", detail=name * 2)
    text = screen(book, changed(plan, not_financed=(left,)), width=60)
    assert max(map(cell_len, text.splitlines())) <= 60
    assert name[:8] in text


def test_those_left_out_come_with_their_reasons_the_telling_ones_first(case: Case, plan: Plan) -> None:
    reasons = ("barred", "fails rule", "outbid", "needs another", "outbid")
    many = [case.projects[1].model_copy(update={"id": f"p{n}", "capacity_tpa": 10.0 * n + 1}) for n in range(5)]
    out = tuple(NotFinanced(id=p.id, reason=r, detail="why") for p, r in zip(many, reasons, strict=True))  # type: ignore[arg-type]
    lines = plan_summary.left_out(case.with_(projects=(*case.projects, *many)), changed(plan, not_financed=out))
    assert lines[0] == "Left out: 5 (2 outbid, 1 needing another, 1 failing a rule, 1 barred), first of them:"
    assert lines[1:] == [
        "- p4, mine, US: outbid; why",
        "- p2, mine, US: outbid; why",
        "- p3, mine, US: needs another; why",
    ]


def test_names_are_shown_as_they_are(case: Case, plan: Plan) -> None:
    projects = tuple(p.model_copy(update={"name": "[bold red]x[/] =1+1 <b>"}) for p in case.projects)
    assert screen(case.with_(projects=projects), plan).count("[bold red]x[/] =1+1 <b>") == 2


def test_without_demand_capacity_leads(case: Case) -> None:
    bare = case.with_(demand=(), settings=Settings(**{**dict(case.settings), "objective": "capacity"}))
    text = screen(bare, solve(bare))
    assert text.startswith("2029, capacity outside China: mines 100 -> 500 t/yr, separation 0 -> 500 t/yr")
    assert "Weakest" not in text


def test_frames_hold_the_plan(plan: Plan) -> None:
    tables = frames(plan)
    assert list(tables["projects"]["id"]) == [p.id for p in plan.projects]
    assert tables["projects"]["public_m"].sum() == sum(p.public_m for p in plan.projects)
    assert tables["awards"]["face_m"].sum() == sum(a.face_m for p in plan.projects for a in p.awards)
    assert len(tables["capacity"]) == len(plan.capacity)
    assert str(tables["materials"]["made_t"].dtype) == "float64"
    assert str(tables["capacity"]["year"].dtype) == "int64"
    assert list(tables["materials"].columns)[:2] == ["material", "year"]


def test_the_same_plan_has_no_differences(plan: Plan) -> None:
    other = changed(plan, manifest={"versions": {"highspy": "2"}, "timings": {"solve": 9}})
    assert differences(changed(plan, manifest={"versions": {"highspy": "1"}}), other) == []


def test_differences_name_projects_and_versions(plan: Plan) -> None:
    moved = plan.projects[0].model_copy(update={"fid_year": 2031})
    old = changed(plan, manifest={"versions": {"highspy": "1"}})
    new = changed(plan, projects=(moved, *plan.projects[2:]), manifest={"versions": {"highspy": "2"}})
    told = differences(old, new)
    assert told[0] == "highspy: version 1 then, 2 now"
    assert f"{moved.id}: decided in {plan.projects[0].fid_year} then, 2031 now" in told
    assert f"{plan.projects[1].id}: financed then, left out now" in told
    assert differences(plan, changed(plan, budgets=())) == ["the table budgets differs"]


def test_alike_diagnostics_are_grouped_and_twenty_shown() -> None:
    from models.faults import Diagnostic

    alike = [
        Diagnostic(cell=f"projects!F{n}", column="capex_m", message=f'"{n}O" is not a number') for n in range(2, 50)
    ]
    others = [Diagnostic(cell=f"rules!A{n}", column=f"c{n}", message="odd") for n in range(2, 32)]
    lines = grouped([*alike, *others])
    assert lines[0] == 'projects!F2  capex_m  "2O" is not a number  (and 47 like it: F3:F49)'
    assert len(lines) == 21
    assert lines[-1].startswith("and 11 more: --json")
    few = grouped(alike[:2])
    assert few == [str(r) for r in alike[:2]]
