"""The auditor passes right plans, worked out by hand here, and finds every wrong number in them."""

import ast
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.changed_numbers import each_number_changed

import models.audit
from models.audit import audit, least_cost
from models.audit.budgets import FundUse, balances
from models.audit.ledger import Ledger
from models.audit.projects import along, delivered
from models.audit.report import CHECKS
from models.case import Case
from models.plan import Plan
from models.schema import Demand, Existing, Outlay, Price, Programme, Project, Rule, Settings, Where
from optimizer.solver.solve import solve

Changes = dict[str, Any]
Mutate = Callable[[Changes, Changes], None]
"""Changes the case and the plan, both as nested dicts and lists."""


def project(name: str, stage: str = "mine", country: str = "US", **cells: Any) -> Project:
    return Project(row=0, id=name, stage=stage, country=country, **{"capacity_tpa": 10, "capex_m": 10, **cells})


def programme(name: str, instrument: str, **cells: Any) -> Programme:
    return Programme(row=0, id=name, instrument=instrument, **cells)


def rule(name: str, measure: str, aggregate: str, sense: str, value: float, **cells: Any) -> Rule:
    picks = Where(projects=cells.pop("picks", ()), programmes=cells.pop("awards", ()))
    return Rule(row=0, rule=name, measure=measure, aggregate=aggregate, sense=sense, value=value, picks=picks, **cells)


# -- a world without programmes -----------------------------------------------------------------------------------
#
# 2026 to 2030, decisions to 2028. Demand: mine 100 a year; separation 50, 60, 70, 80, 90.
# existing: mine US 20 t at allied share 0.5 = 10, CN never; separation AU 10, 20, 30, 30, 30 (given 2026 and 2028).
# underway: U, mine, decided 2024, build 2, ramp 50;100, 20 t: 10, 20, 20, 20, 20.
# The plan finances A (mine, 100 t, FID 2026, build 1, ramp 40;100: 0, 40, 100, 100, 100; need 40*0.75-5 = 25) and
# B (separation, 60 t at 0.5 = 30, FID 2027, build 2, life 1: 30 in 2029 only; need 15, requires A).
#
#        mine capacity   coverage   separation   coverage
# 2026   10+10+0         0.2        10           1/5
# 2027   10+20+40        0.7        20           1/3
# 2028   10+20+100       1          30           3/7
# 2029   10+20+100       1          30+30        3/4
# 2030   10+20+100       1          30           1/3
# weights 1 and 2: (3.9 + 2*(0.2+1/3+3/7+0.75+1/3)) / (5 + 10); alone: (0.2+4*0.3 + 2*(0.2+1/3+3/7+3/8+1/3)) / 15


def plain_case() -> Case:
    return Case(
        name="plain",
        settings=Settings(
            first_year=2026, last_year=2030, last_fid_year=2028, stage_weights={"separation": 2.0}, total_budget_m=41
        ),
        projects=(
            project("A", capacity_tpa=100, capex_m=40, private_share=0.25, secured_m=5, build_years=1, ramp=(40, 100),
                    latest_fid=2027, excludes=("F",), group="north", esg_e=80.0, measures={"ghg_t": 300}),
            project("B", "separation", "AU", capacity_tpa=60, capex_m=30, private_share=0.5, allied_share=0.5,
                    build_years=2, life_years=1, requires=(("A", "G"),), esg_e=60.0, measures={"ghg_t": 50}),
            project("C", "mine", "JP", status="barred", esg_e=90.0, measures={"ghg_t": 1}),
            project("D", "mine", "BR", esg_e=90.0, measures={"ghg_t": 1}),
            project("E", "mine", "CA", esg_e=30.0, measures={"ghg_t": 1}),
            project("F", "mine", "CA", esg_e=90.0, measures={"ghg_t": 1}),
            project("G", "mine", "CA", group="north", esg_e=90.0, measures={"ghg_t": 1}),
            project("H", "magnet", "JP", requires=(("G",),), esg_e=90.0, measures={"ghg_t": 1}),
            project("I", "magnet", "JP", together=("J",), esg_e=90.0, measures={"ghg_t": 1}),
            project("J", "magnet", "JP", together=("I",), esg_e=90.0, measures={"ghg_t": 1}),
            project("U", "mine", "AU", status="underway", capacity_tpa=20, earliest_fid=2024, build_years=2,
                    ramp=(50, 100), capex_m=15, secured_m=4),
        ),
        demand=(
            Demand(row=0, stage="mine", years={2026: 100}),
            Demand(row=0, stage="separation", years={2026: 50, 2030: 90}),
        ),
        existing=(
            Existing(row=0, country="CN", stage="mine", capacity_tpa=1000),
            Existing(row=0, country="US", stage="mine", capacity_tpa=20, allied_share=0.5),
            Existing(row=0, country="AU", stage="separation", years={2026: 10, 2028: 30}),
            Existing(row=0, country="AU", stage="separation", material="dy", capacity_tpa=7),
        ),
        rules=(
            # E must have 50: bars E, and not A, B
            rule("least E", "esg_e", "each", ">=", 50),
            # capital 40 + 30 = 70
            rule("capital", "capex", "sum", "<=", 70),
            # mean E by capital: (40*80 + 30*60) / 70 = 5000/70; asked 70: row 40*10 - 30*10 = 100
            rule("mean E", "esg_e", "average", ">=", 70),
            # US capital 40 of 70, at most 0.6: row 40 - 42
            rule("US share", "capex", "share", "<=", 0.6, picks=(("country", ("us",)),)),
            # 350 t over 100 + 0 t in 2030; asked 3, soft: short by 350 - 300 = 50, penalty 0.5
            rule("clean", "ghg_t", "ratio", "<=", 3, per="capacity", hard=False, penalty=0.01),
            # mines in 2027, with existing and underway: 40 + 10 + 20 = 70
            rule("mines 2027", "capacity_total", "sum", ">=", 70, year=2027, picks=(("stage", ("mine",)),)),
            # only what is decided in or before 2026: A alone
            rule("early", "count", "sum", ">=", 1, year=2026),
            # underway enters where it is named: capital 15, of 70 + 15
            rule("old share", "capex", "share", "<=", 0.2, picks=(("status", ("underway",)),)),
            # nothing picked
            rule("Vietnam", "capex", "average", ">=", 1, picks=(("country", ("vn",)),)),
            # public = 5 + 25 + 15 = 45, private = 70 - 45 = 25
            rule("leverage", "private", "ratio", ">=", 0.5, per="public"),
        ),
    )  # fmt: skip


MINE = ((10, 10, 0, 0.2), (10, 20, 40, 0.7), (10, 20, 100, 1), (10, 20, 100, 1), (10, 20, 100, 1))
SEPARATION = ((10, 0, 0, 1 / 5), (20, 0, 0, 1 / 3), (30, 0, 0, 3 / 7), (30, 0, 30, 3 / 4), (30, 0, 0, 1 / 3))


def capacity_rows() -> Iterator[Changes]:
    for stage, rows, demands in (("mine", MINE, [100] * 5), ("separation", SEPARATION, [50, 60, 70, 80, 90])):
        for year, (existing, underway, financed, coverage), demand in zip(
            range(2026, 2031), rows, demands, strict=True
        ):
            yield {
                "stage": stage, "material": None, "year": year, "existing_t": existing, "underway_t": underway,
                "financed_t": financed, "demand_t": demand, "coverage": coverage,
                "gap_t": max(0, demand - existing - underway - financed),
            }  # fmt: skip


def rule_rows() -> list[Changes]:
    rows = [
        ("least E", None, ">=", 50, 0), ("capital", 70, "<=", 70, 0), ("mean E", 5000 / 70, ">=", 70, 0),
        ("US share", 40 / 70, "<=", 0.6, 0), ("clean", 3.5, "<=", 3, 50), ("mines 2027", 70, ">=", 70, 0),
        ("early", 1, ">=", 1, 0), ("old share", 15 / 85, "<=", 0.2, 0), ("Vietnam", None, ">=", 1, 0),
        ("leverage", 25 / 45, ">=", 0.5, 0),
    ]  # fmt: skip
    keys = ("rule", "value", "sense", "limit", "shortfall")
    return [{**dict(zip(keys, row, strict=True)), "holds": row[4] == 0} for row in rows]


def plain_plan() -> Plan:
    value = (3.9 + 2 * (0.2 + 1 / 3 + 3 / 7 + 0.75 + 1 / 3)) / 15
    baseline = (0.2 + 4 * 0.3 + 2 * (0.2 + 1 / 3 + 3 / 7 + 3 / 8 + 1 / 3)) / 15
    money = ("need_m", "public_m", "contingent_m", "private_m")
    reasons = {
        "C": "barred", "D": "off the country list", "E": "fails rule", "F": "excluded by another",
        "G": "excluded by another", "H": "needs another", "I": "needs another", "J": "adds nothing",
    }  # fmt: skip
    return Plan.model_validate(
        {
            "status": "feasible",
            "tie_break": "partial",
            "objective": {
                "name": "coverage", "value": value, "bound": value * 1.01, "gap": 0.01, "penalty": 0.5,
                "baseline": baseline,
            },
            "projects": [
                {"id": "A", "fid_year": 2026, **dict(zip(money, (25, 25, 0, 10), strict=True))},
                {"id": "B", "fid_year": 2027, **dict(zip(money, (15, 15, 0, 15), strict=True))},
            ],
            "capacity": list(capacity_rows()),
            "budgets": [],
            "rules": rule_rows(),
            "not_financed": [{"id": name, "reason": reason, "detail": ""} for name, reason in reasons.items()],
        }
    )  # fmt: skip


# -- a world with programmes ----------------------------------------------------------------------------------------
#
# 2026 to 2029, discount 10 %. X: 60 M, private 0.2, secured 8, need 40; LOAN 30 (its most: min(0.5*60, 40)), GRANT 10.
# Y: 40 M, need 20; LOAN 15, GUAR 5. Z: 20 M, private 0.7, need 6; OFF 6.
# LOAN costs 0.1, limited on face, shared as fund "one" with LOAN2, carried over: 2026 30-30, 2027 20-15 leaves 5.
# GUAR costs 0.05: 0.25. OFF: 1,000 a tonne on half of two years of deliveries, 200*0.5*(0.5/1.1 + 1/1.1^2) t after
# build 1: (50/1.1 + 100/1.21)*1000*0.5/1e6 = 0.06404958..., spread over its most, min(0.5*20, 8) = 8; 6/8 of it.
# All: 3 + 10 + 1.5 + 0.25 + 0.75*0.0640... Objective capacity in 2029: X 100, Y 50 (weight 3), Z 100 -> 350.

OFFTAKE = (50 / 1.1 + 100 / 1.21) * 1000 * 0.5 / 1e6


def money_case() -> Case:
    return Case(
        name="money",
        settings=Settings(
            first_year=2026, last_year=2029, last_fid_year=2027, discount_rate=0.1, money_discount_rate=0.1, objective="capacity",
            objective_year=2029, stage_weights={"separation": 3.0}, total_budget_m=15,
        ),
        projects=(
            project("X", "mine", "AU", capacity_tpa=100, capex_m=60, private_share=0.2, secured_m=8, build_years=1),
            project("Y", "separation", "US", capacity_tpa=50, capex_m=40, private_share=0.5, build_years=2),
            project("Z", "mine", "CA", capacity_tpa=200, allied_share=0.5, capex_m=20, private_share=0.7, build_years=1,
                    ramp=(50, 100), status="committed"),
            project("V", "magnet", "VN"),
        ),
        programmes=(
            programme("GRANT", "grant", donor="JP", stages=("mine",), envelopes={2026: 10, 2027: 10}, total_m=18),
            programme("GUAR", "guarantee", donor="JP", cost_rate=0.05, total_face_m=25, countries=("US", "CA")),
            programme("LOAN", "loan", donor="US", cost_rate=0.1, fund="one", limit_on="face", max_share=0.5,
                      min_ticket_m=10, max_ticket_m=40, carry_over=True, countries=("AU", "US"),
                      envelopes={2026: 30, 2027: 20}),
            programme("LOAN2", "loan", donor="US", cost_rate=0.2, fund="one", limit_on="face", carry_over=True,
                      stages=("mine", "separation")),
            programme("OFF", "offtake", donor="JP", price_gap_per_t=1000, offtake_share=0.5, offtake_years=2,
                      max_share=0.5, max_ticket_m=8, total_face_m=10, countries=("CA",)),
        ),
        rules=(
            rule("Japan", "award", "sum", "<=", 21, awards=(("donor", ("jp",)),)),
            rule("Japan's share", "public_cost", "share", ">=", 0.5, awards=(("donor", ("jp",)),)),
            rule("leverage", "private", "ratio", ">=", 0.5, per="public"),
            rule("joint", "joint", "sum", ">=", 100),
            rule("joint two", "joint", "sum", ">=", 2, weight="count"),
            rule("contingent", "contingent", "sum", "<=", 11),
            rule("public loans", "public", "sum", "<=", 45, awards=(("instrument", ("loan",)),)),
            rule("early public", "public", "sum", "<=", 48, year=2026),
        ),
    )  # fmt: skip


def money_plan() -> Plan:
    def award(name: str, year: int, face: float, cost: float) -> Changes:
        return {"programme": name, "year": year, "face_m": face, "cost_m": cost}

    off = 0.75 * OFFTAKE
    budgets = {
        "GRANT": ((10, 10, 0), (10, 0, 0), (0, 0, 0), (0, 0, 0)),
        "GUAR": ((None, 0, 0), (None, 0.25, 0), (None, 0, 0), (None, 0, 0)),
        "LOAN": ((30, 30, 0), (20, 15, 5), (0, 0, 5), (0, 0, 5)),
        "LOAN2": ((30, 0, 0), (20, 0, 5), (0, 0, 5), (0, 0, 5)),
        "OFF": ((None, 0, 0), (None, off, 0), (None, 0, 0), (None, 0, 0)),
    }
    cost = 14.75 + off
    # public: X 8+40, Y 15, Z 0; private: X 12, Y 25, Z 20; two donors at least 0.1 of capital in X and Y
    rules = [
        ("Japan", 21, "<=", 21), ("Japan's share", (10.25 + off) / cost, ">=", 0.5), ("leverage", 57 / 63, ">=", 0.5),
        ("joint", 100, ">=", 100), ("joint two", 2, ">=", 2), ("contingent", 11, "<=", 11),
        ("public loans", 45, "<=", 45), ("early public", 48, "<=", 48),
    ]  # fmt: skip
    financed = {("mine", 2027): 100, ("mine", 2028): 150, ("mine", 2029): 200, ("separation", 2029): 50}
    return Plan.model_validate(
        {
            "status": "optimal",
            "tie_break": "proved",
            "objective": {"name": "capacity", "value": 350, "bound": 350, "gap": 0, "penalty": 0, "baseline": 0},
            "projects": [
                {"id": "X", "fid_year": 2026, "need_m": 40, "public_m": 48, "contingent_m": 0, "private_m": 12,
                 "awards": [award("LOAN", 2026, 30, 3), award("GRANT", 2026, 10, 10)]},
                {"id": "Y", "fid_year": 2027, "need_m": 20, "public_m": 15, "contingent_m": 5, "private_m": 25,
                 "awards": [award("LOAN", 2027, 15, 1.5), award("GUAR", 2027, 5, 0.25)]},
                {"id": "Z", "fid_year": 2027, "need_m": 6, "public_m": 0, "contingent_m": 6, "private_m": 20,
                 "awards": [award("OFF", 2027, 6, off)]},
            ],
            "capacity": [
                {"stage": stage, "material": None, "year": year, "existing_t": 0, "underway_t": 0,
                 "financed_t": financed.get((stage, year), 0), "demand_t": 0, "coverage": 1, "gap_t": 0}
                for stage in ("mine", "separation", "magnet")
                for year in range(2026, 2030)
            ],
            "budgets": [
                {"programme": name, "year": 2026 + n, "envelope_m": row[0], "spent_m": row[1], "carried_m": row[2]}
                for name, rows in budgets.items()
                for n, row in enumerate(rows)
            ],
            "rules": [
                {"rule": name, "value": value, "sense": sense, "limit": limit, "holds": True, "shortfall": 0}
                for name, value, sense, limit in rules
            ],
            "not_financed": [{"id": "V", "reason": "no eligible programme", "detail": ""}],
        }
    )  # fmt: skip


# -- a world on the outlay basis, with materials and the bottleneck -------------------------------------------------
#
# 2030 to 2031. P: 100 M, spends 20 at the decision and 80 a year later; Q: 30 M, build 2, so 15 and 15. Both decided
# in 2030 and 2031, by GRANT: 2030 20, 2031 80 + 15 (the other 15 fall after the last year). Envelopes 25 and 90,
# carried: 5 from 2030. Total 130 is charged in full.
# Demand for ndpr: separation 100; P has 400 t at share 0.2 = 80 t from 2030 (build 0); existing: 10 t of ndpr, and
# 50 t at share 0.1. Coverage of separation (80+10+5)/100 = 0.95; magnets 0 of 10 in 2030; Q has 9 t but builds.
# Bottleneck: 0 (magnets).


def outlay_case() -> Case:
    return Case(
        name="outlay",
        settings=Settings(
            first_year=2030, last_year=2031, last_fid_year=2031, budget_basis="outlay", objective="bottleneck",
            discount_rate=0.25,
        ),
        projects=(
            project("P", "separation", capacity_tpa=400, shares={"ndpr": 0.2}, capex_m=100, build_years=0),
            project("Q", "magnet", capacity_tpa=9, capex_m=30, build_years=2),
        ),
        programmes=(
            programme("GRANT", "grant", envelopes={2030: 25, 2031: 90}, carry_over=True, total_m=130, total_face_m=131),
        ),
        outlays=(Outlay(row=0, id="P", years={0: 20.0, 1: 80.0}),),
        demand=(
            Demand(row=0, stage="magnet", years={2030: 10, 2031: 0}),
            Demand(row=0, stage="separation", material="ndpr", years={2030: 100}),
        ),
        existing=(
            Existing(row=0, country="US", stage="separation", material="ndpr", capacity_tpa=10),
            Existing(row=0, country="US", stage="separation", shares={"ndpr": 0.1}, capacity_tpa=50),
        ),
    )  # fmt: skip


def outlay_plan() -> Plan:
    money = {"contingent_m": 0, "private_m": 0}
    return Plan.model_validate(
        {
            "status": "optimal",
            "tie_break": "proved",
            "objective": {"name": "bottleneck", "value": 0, "bound": 0, "gap": 0, "penalty": 0, "baseline": 0},
            "projects": [
                {"id": "P", "fid_year": 2030, "need_m": 100, "public_m": 100, **money,
                 "awards": [{"programme": "GRANT", "year": 2030, "face_m": 100, "cost_m": 100}]},
                {"id": "Q", "fid_year": 2031, "need_m": 30, "public_m": 30, **money,
                 "awards": [{"programme": "GRANT", "year": 2031, "face_m": 30, "cost_m": 30}]},
            ],
            "capacity": [
                {"stage": "magnet", "material": None, "year": year, "existing_t": 0, "underway_t": 0, "financed_t": 0,
                 "demand_t": demand, "coverage": 0 if demand else 1, "gap_t": demand}
                for year, demand in ((2030, 10), (2031, 0))
            ] + [
                {"stage": "separation", "material": "ndpr", "year": year, "existing_t": 15, "underway_t": 0,
                 "financed_t": 80, "demand_t": 100, "coverage": 0.95, "gap_t": 5}
                for year in (2030, 2031)
            ],
            "budgets": [
                {"programme": "GRANT", "year": 2030, "envelope_m": 25, "spent_m": 20, "carried_m": 5},
                {"programme": "GRANT", "year": 2031, "envelope_m": 90, "spent_m": 95, "carried_m": 0},
            ],
            "rules": [],
            "not_financed": [],
        }
    )  # fmt: skip


def priced_case() -> Case:
    """P earns 40 M in each of two years on a capital cost of 100 M: 20 M are missing, twice its need."""
    return Case(
        name="priced",
        settings=Settings(
            first_year=2026, last_year=2029, last_fid_year=2026, objective="capacity", objective_year=2028, hurdle_rate=0.0
        ),
        projects=(
            project(
                "P", capacity_tpa=1e6, capex_m=100, private_share=0.9, build_years=1, life_years=2, opex_per_t=50.0,
            ),
        ),
        programmes=(programme("GR", "grant", total_m=50),),
        prices=(Price(row=0, material="mine", years={2026: 90.0}),),
    )  # fmt: skip


def priced_plan() -> Plan:
    """Its numbers are worked out by hand in test_viability."""
    return solve(priced_case(), gap=0).model_copy(update={"audit": None, "manifest": {}})


WORLDS = {
    "plain": (plain_case, plain_plan), "money": (money_case, money_plan), "outlay": (outlay_case, outlay_plan),
    "priced": (priced_case, priced_plan),
}  # fmt: skip


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


# -- curves and balances against plain formulas -----------------------------------------------------------------------

YEARS = st.integers(2020, 2045)


@given(st.dictionaries(YEARS, st.integers(0, 1000), min_size=1), YEARS)
def test_curve_is_linear_between_given_years_and_flat_outside(points: dict[int, int], year: int) -> None:
    curve = {y: float(v) for y, v in points.items()}
    found = along(curve, year)
    if year <= min(points):
        assert found == points[min(points)]
    elif year >= max(points):
        assert found == points[max(points)]
    else:
        a, b = max(y for y in points if y <= year), min(y for y in points if y > year)
        weight = Fraction(year - a, b - a)
        assert float(found) == pytest.approx(float((1 - weight) * points[a] + weight * points[b]), rel=1e-15)


def test_curve_of_nothing_is_nothing() -> None:
    assert along({}, 2030) == 0


@given(
    st.lists(st.integers(0, 100), min_size=1, max_size=4), st.integers(0, 5), st.integers(1, 9), st.integers(2020, 2035)
)
def test_ramp_is_delivered_step_by_step_after_the_build(ramp: list[int], build: int, life: int, fid: int) -> None:
    steps = (ramp + [ramp[-1]] * life)[:life]
    expected = dict(enumerate((step / 100 for step in steps), start=fid + build))
    plant = project("A", build_years=build, life_years=life, ramp=tuple(map(float, ramp)))
    for year in range(2015, 2060):
        assert float(delivered(plant, fid, year)) == expected.get(year, 0.0)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=5, max_size=5), st.booleans())
def test_balance_of_each_year_with_and_without_carry_over(flows: list[tuple[int, int]], carry: bool) -> None:
    case = Case(name="c", settings=Settings(first_year=2026, last_year=2030, last_fid_year=2030), projects=())
    years = range(2026, 2031)
    member = programme("P", "grant", carry_over=carry, envelopes={y: e for y, (e, _) in zip(years, flows, strict=True)})
    spending = {"P": {y: Decimal(s) for y, (_, s) in zip(years, flows, strict=True)}}
    found = balances(Ledger(case, plain_plan()), FundUse("P", (member,), spending))
    kept = 0.0
    for year, (envelope, spent) in zip(years, flows, strict=True):
        assert float(found[year]) == kept + envelope - spent
        kept = max(0.0, kept + envelope - spent) if carry else 0.0
