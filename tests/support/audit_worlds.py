"""Small books with their plans worked out by hand: what the auditor has to pass, and each change of them to find."""

from collections.abc import Iterator
from typing import Any

from models.case import Case
from models.plan import Plan
from models.schema import Demand, Existing, Outlay, Price, Programme, Project, Rule, Settings, Where
from optimizer.analysis.risk import solve

Changes = dict[str, Any]


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
