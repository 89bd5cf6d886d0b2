"""The auditor passes right plans, worked out by hand here, and finds every wrong number in them."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.audit_worlds import (
    OFFTAKE,
    WORLDS,
    Changes,
    money_case,
    money_plan,
    outlay_case,
    outlay_plan,
    plain_case,
    plain_plan,
)
from support.changed_numbers import each_number_changed

import models.audit
from models.audit import audit, least_cost
from models.audit.report import CHECKS
from models.case import Case
from models.plan import Plan

Mutate = Callable[[Changes, Changes], None]
"""Changes the case and the plan, both as nested dicts and lists."""


# -- right plans ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", WORLDS)
def test_right_plan_passes(world: str) -> None:
    case, plan = (make() for make in WORLDS[world])
    result = audit(case, plan)
    assert result.passed, result.checks
    assert result.largest_violation < 1e-9
    assert not [line for line in result.checks if line.startswith("FAILED")]


def test_least_cost_is_the_sum_of_needs_without_programmes() -> None:
    assert least_cost(plain_case(), plain_plan()) == 40
    assert "the plan costs the budgets 40 M" in audit(plain_case(), plain_plan()).checks[-1]


def test_least_cost_charges_every_award_at_its_rate() -> None:
    assert float(least_cost(money_case(), money_plan())) == pytest.approx(14.75 + 0.75 * OFFTAKE, abs=1e-12)


def test_least_cost_charges_outlays_behind_the_horizon() -> None:
    assert least_cost(outlay_case(), outlay_plan()) == 130


# -- wrong plans ------------------------------------------------------------------------------------------------------


def row(rows: list[Changes], **keys: Any) -> Changes:
    return next(one for one in rows if all(one[key] == value for key, value in keys.items()))


def put(table: str, keys: Changes, **values: Any) -> Mutate:
    """Change cells of one row of a table of the plan."""
    return lambda _, plan: row(plan[table], **keys).update(values)


def case_put(table: str, keys: Changes, **values: Any) -> Mutate:
    """Change cells of one row of a sheet of the case."""
    return lambda case, _: row(case[table], **keys).update(values)


def setting(**values: Any) -> Mutate:
    return lambda case, _: case["settings"].update(values)


def objective(**values: Any) -> Mutate:
    return lambda _, plan: plan["objective"].update(values)


def award(owner: str, name: str, **values: Any) -> Mutate:
    return lambda _, plan: row(row(plan["projects"], id=owner)["awards"], programme=name).update(values)


def drop(table: str, **keys: Any) -> Mutate:
    return lambda _, plan: plan[table].remove(row(plan[table], **keys))


def again(table: str, **keys: Any) -> Mutate:
    return lambda _, plan: plan[table].append(dict(row(plan[table], **keys)))


def finance(name: str, year: int) -> Mutate:
    def change(_: Changes, plan: Changes) -> None:
        money = {"need_m": 10, "public_m": 10, "contingent_m": 0, "private_m": 0, "awards": []}
        plan["projects"].append({"id": name, "fid_year": year, **money})
        plan["not_financed"] = [one for one in plan["not_financed"] if one["id"] != name]

    return change


def give(owner: str, **cells: Any) -> Mutate:
    return lambda _, plan: row(plan["projects"], id=owner)["awards"].append(cells)


WRONG: list[tuple[str, str, Mutate, str]] = [
    # world, family, change, what its line names
    ("plain", "names", finance("A9", 2026), "A9"),
    ("plain", "names", again("projects", id="A"), "A is financed 2 times"),
    (
        "priced",
        "viability",
        award("P", "GR", face_m=15),
        "P: the support is worth 15 M, the market leaves 20 M missing",
    ),
    ("priced", "viability numbers", put("projects", {"id": "P"}, gap_m=19), "P: the gap in M is stated as 19"),
    ("priced", "viability numbers", put("projects", {"id": "P"}, clears_at=1.2), "P: cash at the clearing price"),
    ("plain", "windows", put("projects", {"id": "A"}, fid_year=2028), "A is decided in 2028, 1 years"),
    ("plain", "windows", put("projects", {"id": "A"}, fid_year=2025), "2026 to 2027"),
    ("plain", "windows", put("projects", {"id": "B"}, fid_year=2029), "B is decided in 2029"),
    ("plain", "windows", case_put("projects", {"id": "A"}, earliest_fid=2027), "2027 to 2027"),
    ("plain", "statuses", case_put("projects", {"id": "G"}, status="committed"), "G is committed"),
    ("plain", "statuses", finance("C", 2026), "C is financed though it is out: barred"),
    ("plain", "statuses", finance("D", 2026), "BR is not in `countries`"),
    ("plain", "statuses", finance("E", 2026), "fails least E"),
    ("plain", "statuses", finance("U", 2026), "U is underway"),
    ("plain", "statuses", case_put("projects", {"id": "B"}, esg_e=None), "fails least E"),
    ("plain", "left out", drop("not_financed", id="J"), "J is listed 0 times"),
    ("plain", "left out", again("not_financed", id="J"), "J is listed 2 times"),
    ("plain", "left out", lambda _, p: p["not_financed"].append({"id": "U", "reason": "outbid", "detail": ""}), "U is"),
    ("plain", "left out", lambda _, p: p["not_financed"].append({"id": "N", "reason": "outbid", "detail": ""}), "N is"),
    ("plain", "left out", put("not_financed", {"id": "C"}, reason="outbid"), "C is left out as 'outbid'"),
    ("plain", "left out", put("not_financed", {"id": "J"}, reason="barred"), "J is left out as 'barred'"),
    ("plain", "left out", put("not_financed", {"id": "J"}, reason="excluded by another"), "J is left out"),
    ("plain", "left out", put("not_financed", {"id": "F"}, reason="needs another"), "F is left out"),
    ("plain", "left out", put("not_financed", {"id": "J"}, reason="no eligible programme"), "J is left out"),
    ("plain", "requires", put("projects", {"id": "A"}, fid_year=2028), "B is decided in 2027 without A or G"),
    ("plain", "requires", case_put("projects", {"id": "B"}, requires=[["A"], ["G"]]), "without G"),
    ("plain", "together", finance("I", 2026), "I and J go together: decided in 2026, not financed"),
    ("plain", "together", case_put("projects", {"id": "A"}, together=["B"]), "decided in 2026, decided in 2027"),
    ("plain", "excludes", finance("F", 2026), "A and F are both financed"),
    ("plain", "excludes", case_put("projects", {"id": "A"}, excludes=["U"]), "A and U"),
    ("plain", "groups", finance("G", 2026), "group north has 2 members: A, G"),
    ("plain", "groups", case_put("projects", {"id": "U"}, group="north"), "group north has 2 members: A, U"),
    ("plain", "support", give("A", programme="X", year=2026, face_m=1, cost_m=1), "A has awards"),
    ("money", "support", award("X", "GRANT", face_m=9, cost_m=9), "X needs 40 M and is awarded 39 M"),
    ("money", "support", award("Z", "OFF", face_m=21), "Z is awarded 21 M, it has room for 20 M"),
    ("money", "awards", give("X", programme="NO", year=2026, face_m=0, cost_m=0), "NO is no programme"),
    ("money", "awards", give("X", programme="GRANT", year=2026, face_m=0, cost_m=0), "X has 2 awards of GRANT"),
    ("money", "awards", case_put("programmes", {"id": "GRANT"}, stages=["magnet"]), "X, GRANT: not eligible"),
    ("money", "awards", case_put("programmes", {"id": "LOAN"}, countries=["AU"]), "Y, LOAN: not eligible (US"),
    ("money", "awards", award("Y", "LOAN", year=2026), "Y, LOAN: awarded in 2026, decided in 2027"),
    ("money", "awards", give("X", programme="LOAN2", year=2026, face_m=-1, cost_m=-0.2), "-1 M is negative"),
    ("money", "awards", award("X", "LOAN", face_m=30.001, cost_m=3.0001), "30.001 M is above its most, 30 M"),
    ("money", "awards", case_put("programmes", {"id": "LOAN"}, max_ticket_m=29), "above its most, 29 M"),
    ("money", "awards", case_put("programmes", {"id": "LOAN"}, cost_rate=0.11), "X, LOAN: the budget cost in M"),
    ("money", "awards", case_put("programmes", {"id": "OFF"}, offtake_years=3), "Z, OFF: the budget cost in M"),
    ("money", "awards", award("X", "GRANT", cost_m=9.9), "stated as 9.9, recomputed 10"),
    ("money", "least tickets", case_put("programmes", {"id": "LOAN"}, min_ticket_m=16), "Y, LOAN: the award of 15 M"),
    ("money", "programmes of a project", case_put("projects", {"id": "X"}, max_programmes=1), "X is supported by"),
    ("money", "project money", put("projects", {"id": "X"}, need_m=41), "X: the need in M"),
    ("money", "deadweight", put("projects", {"id": "X"}, deadweight_t=1), "X states a deadweight"),
    ("money", "project money", put("projects", {"id": "X"}, public_m=40), "stated as 40.0, recomputed 48"),
    ("money", "project money", put("projects", {"id": "Y"}, contingent_m=0), "Y: contingent money"),
    ("money", "project money", put("projects", {"id": "Y"}, private_m=20), "Y: private money"),
    ("plain", "project money", put("projects", {"id": "A"}, public_m=30), "stated as 30.0, recomputed 25"),
    (
        "money",
        "envelopes",
        case_put("programmes", {"id": "GRANT"}, envelopes={2026: 9.5}),
        "GRANT spends 10 M in 2026, 0.5",
    ),
    (
        "money",
        "envelopes",
        case_put("programmes", {"id": "LOAN"}, envelopes={2026: 30, 2027: 14}),
        "one spends 15 M in 2027",
    ),
    (
        "money",
        "envelopes",
        case_put("programmes", {"id": "LOAN"}, limit_on="cost", envelopes={2026: 2}),
        "3 M in 2026, 1 M",
    ),
    (
        "money",
        "totals",
        case_put("programmes", {"id": "GRANT"}, total_m=9),
        "GRANT commits 10 M over all years, its total_m",
    ),
    ("money", "totals", case_put("programmes", {"id": "LOAN2"}, total_m=44), "one commits 45 M"),
    ("money", "totals", case_put("programmes", {"id": "GUAR"}, total_face_m=4), "GUAR commits 5 M"),
    ("money", "totals", setting(total_budget_m=14.5), "the total budget is 14.5 M"),
    ("plain", "totals", setting(total_budget_m=39), "the plan costs 40 M, the total budget is 39 M"),
    ("money", "budgets table", put("budgets", {"programme": "LOAN", "year": 2027}, spent_m=14), "LOAN 2027: spent_m"),
    (
        "money",
        "budgets table",
        put("budgets", {"programme": "LOAN2", "year": 2028}, carried_m=0),
        "LOAN2 2028: carried_m",
    ),
    (
        "money",
        "budgets table",
        put("budgets", {"programme": "GUAR", "year": 2026}, envelope_m=1),
        "GUAR 2026: envelope_m",
    ),
    ("money", "budgets table", drop("budgets", programme="OFF", year=2029), "OFF 2029"),
    ("money", "budgets table", again("budgets", programme="OFF", year=2029), "2 rows of OFF 2029"),
    ("money", "budgets table", put("budgets", {"programme": "OFF", "year": 2029}, year=2030), "OFF 2030"),
    ("plain", "rules", case_put("rules", {"rule": "capital"}, value=69), "rule capital: 70 <= 69 is missed by 1"),
    ("plain", "rules", case_put("rules", {"rule": "mean E"}, value=72), "is missed by 40"),
    (
        "plain",
        "rules",
        case_put("rules", {"rule": "US share"}, value=0.5),
        "rule US share: 0.571429 <= 0.5 is missed by 5",
    ),
    ("plain", "rules", case_put("rules", {"rule": "clean"}, hard=True), "rule clean: 3.5 <= 3 is missed by 50"),
    ("plain", "rules", case_put("rules", {"rule": "mines 2027"}, value=71), "rule mines 2027: 70 >= 71"),
    ("plain", "rules", case_put("rules", {"rule": "early"}, year=2025), "rule early: 0 >= 1"),
    ("plain", "rules", case_put("rules", {"rule": "old share"}, value=0.1), "is missed by 6.5"),
    ("plain", "rules", case_put("projects", {"id": "B"}, measures={}), "rule clean: B has no ghg_t"),
    ("money", "rules", case_put("rules", {"rule": "Japan"}, value=20), "rule Japan: 21 <= 20"),
    ("money", "rules", case_put("rules", {"rule": "Japan's share"}, value=0.9), "rule Japan's share"),
    ("money", "rules", case_put("rules", {"rule": "leverage"}, value=1), "is missed by 6"),
    ("money", "rules", setting(joint_min_share=0.13), "rule joint: 60 >= 100"),
    ("money", "rules", setting(joint_min_share=0.13), "rule joint two: 1 >= 2"),
    ("money", "rules", case_put("rules", {"rule": "contingent"}, value=10), "rule contingent: 11 <= 10"),
    ("money", "rules", case_put("rules", {"rule": "public loans"}, value=44), "rule public loans: 45 <= 44"),
    ("money", "rules", case_put("rules", {"rule": "early public"}, value=40), "rule early public: 48 <= 40"),
    ("plain", "rules table", drop("rules", rule="capital"), "0 rows of capital"),
    ("plain", "rules table", put("rules", {"rule": "capital"}, rule="other"), "a row of other"),
    ("plain", "rules table", put("rules", {"rule": "capital"}, sense=">="), "rules, capital: sense"),
    ("plain", "rules table", put("rules", {"rule": "capital"}, holds=False), "holds is stated as False"),
    ("plain", "rules table", put("rules", {"rule": "clean"}, holds=True), "holds is stated as True, missing 50"),
    ("plain", "rules table", put("rules", {"rule": "Vietnam"}, value=1), "rules, Vietnam: value"),
    ("plain", "rules table", put("rules", {"rule": "mean E"}, value=None), "rules, mean E: value"),
    ("plain", "rules table", put("rules", {"rule": "least E"}, value=70), "stated as 70.0, recomputed 60"),
    ("plain", "capacity table", drop("capacity", stage="mine", year=2030), "0 rows of mine 2030"),
    ("plain", "capacity table", put("capacity", {"stage": "mine", "year": 2027}, coverage=0.71), "mine 2027: coverage"),
    ("plain", "capacity table", case_put("projects", {"id": "A"}, build_years=2), "mine 2027: financed_t"),
    ("plain", "capacity table", case_put("projects", {"id": "B"}, life_years=2), "separation 2030: financed_t"),
    ("plain", "capacity table", setting(excluded_countries=[]), "mine 2026: existing_t"),
    ("plain", "capacity table", case_put("projects", {"id": "U"}, earliest_fid=2025), "mine 2026: underway_t"),
    (
        "outlay",
        "capacity table",
        case_put("existing", {"material": None}, shares={}),
        "separation ndpr 2030: existing_t",
    ),
    ("outlay", "capacity table", case_put("projects", {"id": "P"}, shares={"ndpr": 0.1}), "separation ndpr 2030"),
    ("outlay", "envelopes", case_put("programmes", {"id": "GRANT"}, carry_over=False), "95 M in 2031, 5 M more"),
    ("outlay", "envelopes", setting(budget_basis="commitment"), "100 M in 2030, 75 M more"),
    ("outlay", "envelopes", lambda case, _: case.update(outlays=[]), "100 M in 2030"),
    ("outlay", "totals", case_put("programmes", {"id": "GRANT"}, total_m=115), "GRANT commits 130 M"),
    ("plain", "objective", objective(value=0.6, bound=0.606), "the objective's value"),
    ("plain", "objective", objective(baseline=0), "the objective's baseline"),
    ("plain", "objective", objective(penalty=0), "the penalty of soft rules"),
    ("plain", "objective", setting(objective="bottleneck"), "the case asks for bottleneck"),
    ("plain", "objective", setting(discount_rate=0.1), "the objective's value"),
    ("money", "objective", setting(objective_year=2028), "the objective's value is stated as 350.0, recomputed 150"),
    ("outlay", "objective", case_put("demand", {"stage": "magnet"}, years={2030: 0}), "recomputed 0.95"),
    ("outlay", "objective", setting(objective="magnets"), "the case asks for magnets"),
    ("plain", "proof", objective(bound=0.5), "is above the bound 0.5"),
    ("plain", "proof", objective(gap=0.02), "the gap is stated as 0.02, recomputed 0.01"),
    ("money", "proof", objective(bound=351), "the gap is stated as 0"),
    ("outlay", "scope", lambda _, plan: plan.update(materials=[{**FLOW, "gap_t": 0}]), "materials table"),
]

COEFFICIENT = {"row": 0, "process": "p", "stage": "mine", "material": "ore", "tonnes_per_tonne": 1}
FLOW = {
    "material": "ore",
    "year": 2030,
    "made_t": 0,
    "used_t": 0,
    "supply_t": 0,
    "demand_t": 0,
    "coverage": 1,
    "gap_t": 0,
}


@pytest.mark.parametrize(("world", "family", "change", "named"), WRONG)
def test_wrong_plan_is_found(world: str, family: str, change: Mutate, named: str) -> None:
    case, plan = (make().model_dump(by_alias=True) for make in WORLDS[world])
    case, plan = thaw(case), thaw(plan)
    change(case, plan)
    result = audit(Case.model_validate(case), Plan.model_validate(plan))
    failed = [line for line in result.checks if line.startswith("FAILED")]
    assert not result.passed
    assert result.largest_violation > 1e-6
    assert list(result.checks[: len(failed)]) == failed, "failures come first"
    assert any(line.startswith(f"FAILED {family}: ") and named in line for line in failed), failed


def thaw(value: Any) -> Any:
    """Tuples as lists, so that tests can change them."""
    if isinstance(value, dict):
        return {key: thaw(entry) for key, entry in value.items()}
    return [thaw(entry) for entry in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("world", WORLDS)
def test_any_changed_number_of_a_plan_is_found(world: str) -> None:
    case, plan = (make() for make in WORLDS[world])
    content = thaw(plan.model_dump(by_alias=True))
    unseen = [
        path for path, changed in each_number_changed(content) if audit(case, Plan.model_validate(changed)).passed
    ]
    assert unseen == []


def test_tolerance_is_a_millionth_of_the_largest_term() -> None:
    """40 M of need against a total budget of 40 - 4e-5: within 1e-6 * 40; of 40 - 5e-5: not."""
    for short, holds in ((3.9e-5, True), (5e-5, False)):
        case = plain_case().with_(settings=plain_case().settings.model_copy(update={"total_budget_m": 40 - short}))
        assert audit(case, plain_plan()).passed is holds


def test_every_check_has_a_wrong_plan() -> None:
    assert {check.name for check in CHECKS} == {family for _, family, _, _ in WRONG}


def test_auditor_shares_nothing_with_the_program_but_data() -> None:
    imported = set()
    for file in Path(models.audit.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported.update(name.name for name in node.names)
    ours = {name for name in imported if name.startswith("models") and not name.startswith("models.audit")}
    assert ours == {"models.case", "models.frozen", "models.plan", "models.risk_plan", "models.schema", "models.stress"}


# -- readings -------------------------------------------------------------------------------------------------------


def passes(world: str, change: Mutate) -> bool:
    case, plan = (thaw(make().model_dump(by_alias=True)) for make in WORLDS[world])
    change(case, plan)
    return audit(Case.model_validate(case), Plan.model_validate(plan)).passed


def test_underway_counts_as_financed_before_every_decision() -> None:
    assert passes("plain", case_put("projects", {"id": "A"}, requires=[["U"]]))


def test_underway_partner_puts_no_condition() -> None:
    assert passes("plain", case_put("projects", {"id": "A"}, together=["U"]))
    assert passes("plain", case_put("projects", {"id": "U"}, together=["J"]))


def test_underway_projects_may_share_a_group_when_nothing_of_it_is_financed() -> None:
    assert passes("plain", lambda case, _: [one.update(group="old") for one in case["projects"] if one["id"] in "UC"])


def test_empty_envelope_years_are_nothing_where_one_is_given() -> None:
    assert not passes("money", case_put("programmes", {"id": "GUAR"}, envelopes={2026: 5}))
