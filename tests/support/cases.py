"""Tiny worlds solved by hand, the sums in the comments; and for each constraint family one that needs it.

The worlds of families that read decisions alone are in `support/families`.
"""

from support.family_files import FOUND
from support.worlds import World, book, grant, plant, recipe, rule

FAMILY_WORLDS = (
    # One decision, although two years are open: 100 t. Twice decided it would count 200 t.
    World("decided once", book([plant("a", 100, 10, latest_fid=2027)]), 100, {"a": 2026}, "selection"),
    *(family.WORLD for family in FOUND),
    # The programme has 50 M, the plant needs 100 M.
    World("too dear", book([plant("a", 100, 100)], None, programmes=[grant(total_m=50)]), 0, {}, "financing"),
    # Tickets start at 50 M: a can take at most its 40 M, so b (60 of 70 M) is what is left. Without: a, 100 t.
    World(
        "small tickets",
        book(
            [plant("a", 100, 40, private_share=0.25), plant("b", 50, 100, private_share=0.4)],
            None,
            programmes=[grant(total_m=70, min_ticket_m=50)],
        ),
        50,
        {"b": 2026},
        "tickets",
    ),
    # At 10 per t, which is what it costs to make one, a earns nothing: the market leaves all its 100 M missing, and the 50 M
    # that would meet its need do not close that. b states no cost. Without: both, 110 t for 20 M.
    World(
        "does not pay",
        book(
            [plant("a", 100, 100, private_share=0.9, opex_per_t=10), plant("b", 10, 10)],
            None,
            programmes=[grant(total_m=50)],
            prices=[{"material": "mine", 2026: 10}],
            hurdle_rate=0.1,
        ),
        10,
        {"b": 2026},
        "viability",
    ),
    # Two programmes of 60 M each, of which one may support a: its 100 M are out of reach, b's 50 M are not. Without: a.
    World(
        "one hand",
        book(
            [plant("a", 100, 100, max_programmes=1), plant("b", 50, 50)],
            None,
            programmes=[grant("x", total_m=60), grant("y", total_m=60)],
        ),
        50,
        {"b": 2026},
        "max_programmes",
    ),
    # 50 M pays for a. Without the budget both.
    World("one budget", book([plant("a", 10, 50), plant("b", 100, 60)], 50), 10, {"a": 2026}, "budgets"),
    # 100 M of capex must be carried by two donors; the Japanese 20 M may only go to a. 100 + 20 M pay for one plant.
    World(
        "two treasuries",
        book(
            [plant("a", 10, 100), plant("b", 100, 100, country="CA")],
            None,
            programmes=[grant("us", total_m=100), grant("jp", donor="JP", total_m=20, countries="US")],
            rules=[rule("joint", "sum", ">=", 100)],
        ),
        10,
        {"a": 2026},
        "joint",
    ),
    # At most one: the larger.
    World(
        "one only",
        book([plant("a", 10, 5), plant("b", 20, 5)], rules=[rule("count", "sum", "<=", 1)]),
        20,
        {"b": 2026},
        "rules",
    ),
    # 40 of 100 t in each of three years.
    World(
        "covered",
        book([plant("a", 40, 10)], objective="coverage", demand=[{"stage": "mine", 2026: 100}]),
        0.4,
        {"a": 2026},
        "capacity",
    ),
    # 150 t of the mines' 100 t and 40 of the magnets' 100 t: (1 + 0.4) / 2. Surplus never makes up for a gap.
    World(
        "never above one",
        book(
            [plant("a", 150, 10), plant("b", 40, 10, stage="magnet")],
            objective="coverage",
            demand=[{"stage": "mine", 2026: 100}, {"stage": "magnet", 2026: 100}],
        ),
        0.7,
        {"a": 2026, "b": 2026},
        "coverage",
    ),
    # 40 t of the 100 t of magnets in each of three years: the press is the limit, the mine feeds it twice over.
    World(
        "fed",
        book(
            [plant("a", 100, 10), plant("b", 40, 10, stage="magnet")],
            objective="delivered",
            demand=[{"stage": "magnet", "material": "magnets", 2026: 100}],
            processes=[*recipe("dig", "mine", ore=1), *recipe("press", "magnet", ore=-1.25, magnets=1)],
        ),
        0.4,
        {"a": 2026, "b": 2026},
        "chain",
    ),
)

DEMAND = [{"stage": "mine", 2026: 100}]

WORLDS = (
    *FAMILY_WORLDS,
    # Decided in 2026, built one year, ramp 40, 70 %, two years of life: 0, 40, 70, 0 of 100 t in 2026 to 2029.
    World(
        "ramp and life",
        book(
            [plant("a", 100, 10, build_years=1, ramp="40;70;100", life_years=2)],
            objective="coverage",
            last_year=2029,
            demand=DEMAND,
        ),
        1.1 / 4,
        {"a": 2026},
    ),
    # Two stages at half coverage each, the mine's row weighs 3 and the mill's 1: (3 * 0.5 + 0) / 4 with a, 0.5 / 4 with b.
    World(
        "weighted rows",
        book(
            [plant("a", 50, 10), plant("b", 50, 10, stage="separation")],
            10,
            objective="coverage",
            demand=[{"stage": "mine", 2026: 100, "weight": 3}, {"stage": "separation", 2026: 100, "weight": 1}],
        ),
        1.5 / 4,
        {"a": 2026},
    ),
    # Discount 25 %: weights 1, 0.8, 0.64. Built one year, 50 of 100 t: 0.5 * (0.8 + 0.64) / 2.44.
    World(
        "discounted",
        book([plant("a", 50, 10, build_years=1)], objective="coverage", discount_rate=0.25, demand=DEMAND),
        0.72 / 2.44,
        {"a": 2026},
    ),
    # Demand 100, 150, 200 t on the line from 2026 to 2028. Existing: 20 t outside China, half of it free: 10 t; China's
    # 500 t never count. a adds 40 t: 50 t. (50/100 + 50/150 + 50/200) / 3 = 13/36.
    World(
        "along the line",
        book(
            [plant("a", 80, 10, allied_share=0.5)],
            objective="coverage",
            demand=[{"stage": "mine", 2026: 100, 2028: 200}],
            existing=[
                {"country": "ROW", "stage": "mine", "allied_share": 0.5, "capacity_tpa": 20},
                {"country": "CN", "stage": "mine", "allied_share": 1, "capacity_tpa": 500},
            ],
        ),
        13 / 36,
        {"a": 2026},
    ),
    # a was decided in 2024 with 3 years of build: 30 t from 2027. Nothing is decided; (0 + 0.3 + 0.3) / 3.
    World(
        "underway",
        book(
            [plant("a", 30, 10, status="underway", earliest_fid=2024, latest_fid=None, build_years=3)],
            0,
            objective="coverage",
            demand=DEMAND,
        ),
        0.2,
        {},
    ),
    # Stage weights 1 and 3, the magnets' shared by two rows (product, 100 t; dysprosium, 10 t): weights 1, 1.5, 1.5.
    # a: mines 0.5. b: 20 t of magnets, 10 % dysprosium: 0.2 and 2/10. (0.5 + 1.5 * 0.2 + 1.5 * 0.2) / 4.
    World(
        "weights",
        book(
            [plant("a", 50, 10), plant("b", 20, 10, stage="magnet", share_dy=0.1)],
            objective="coverage",
            stage_weights="mine=1; magnet=3",
            demand=[*DEMAND, {"stage": "magnet", 2026: 100}, {"stage": "magnet", "material": "dy", 2026: 10}],
        ),
        1.1 / 4,
        {"a": 2026, "b": 2026},
    ),
    # Two of three fit in 20 M. With two mines the magnets stay at 0; with a mine and c the weaker stage is at 0.3.
    # Then, at z = 0.3, the larger mine: b.
    World(
        "weakest stage first",
        book(
            [plant("a", 40, 10), plant("b", 60, 10), plant("c", 30, 10, stage="magnet")],
            20,
            objective="bottleneck",
            demand=[*DEMAND, {"stage": "magnet", 2026: 100}],
        ),
        0.3,
        {"b": 2026, "c": 2026},
    ),
    # Both score 50 t but a costs 20 M, b 30 M (need 40 * 0.5 = 20 less 5 secured = 15): the least budget cost decides.
    World(
        "cheapest of equals",
        book(
            [plant("a", 50, 20), plant("b", 50, 40, private_share=0.5, secured_m=5)],
            rules=[rule("count", "sum", "<=", 1)],
        ),
        50,
        {"b": 2026},
    ),
    # The envelope of each year is 30 M; a needs 50 M. Saved up it can be decided in 2027, two of three years: 2/3.
    World(
        "saved up",
        book(
            [plant("a", 100, 50, latest_fid=2028)],
            None,
            objective="coverage",
            demand=DEMAND,
            programmes=[grant(carry_over="yes") | {2026: 30, 2027: 30, 2028: 30}],
        ),
        2 / 3,
        {"a": 2027},
    ),
    # The same without carrying over: never.
    World(
        "not saved up",
        book(
            [plant("a", 100, 50, latest_fid=2028)],
            None,
            objective="coverage",
            demand=DEMAND,
            programmes=[grant() | {2026: 30, 2027: 30, 2028: 30}],
        ),
        0,
        {},
    ),
    # 60 M spent evenly over two years of build: 30 M a year fits the envelopes of 2026 and 2027, so 2028 is served.
    World(
        "as it is spent",
        book(
            [plant("a", 100, 60, build_years=2)],
            None,
            objective="coverage",
            budget_basis="outlay",
            demand=DEMAND,
            programmes=[grant() | {2026: 30, 2027: 30}],
        ),
        1 / 3,
        {"a": 2026},
    ),
    # 80 % is spent two years later, in 2028, where the envelope is 40 M: 48 M do not fit, 0.8 * 50 = 40 M do.
    World(
        "late spending",
        book(
            [plant("a", 100, 60), plant("b", 70, 50)],
            None,
            budget_basis="outlay",
            programmes=[grant() | {2026: 12, 2028: 40}],
            outlays=[{"id": "a", "year_0": 12, "year_2": 48}, {"id": "b", "year_0": 10, "year_2": 40}],
        ),
        70,
        {"b": 2026},
    ),
    # What falls due after the horizon still counts in the total: 60 M of commitment against 50 M.
    World(
        "nothing free behind the horizon",
        book(
            [plant("a", 100, 60)],
            None,
            budget_basis="outlay",
            programmes=[grant(total_m=50)],
            outlays=[{"id": "a", "year_3": 60}],
        ),
        0,
        {},
    ),
    # A loan at 10 % subsidy: 100 M of face cost 10 M. Cost limit 25 M, face limit 200 M: two of three plants.
    World(
        "face and cost",
        book(
            [plant("a", 10, 100), plant("b", 20, 100), plant("c", 30, 100)],
            None,
            programmes=[{"id": "loans", "instrument": "loan", "cost_rate": 0.1, "total_m": 25, "total_face_m": 200}],
        ),
        50,
        {"b": 2026, "c": 2026},
    ),
    # Offtake: 2,000 a tonne over the market on half of 1,000 t in 2026 and 2027, no discount: 2 M, for up to 20 M of
    # face: 0.1 a unit. Need 20 M costs 2 M; the total budget of 2 M just pays for it.
    World(
        "offtake",
        book(
            [plant("a", 1000, 50, private_share=0.6)],
            2,
            programmes=[
                {"id": "buyer", "instrument": "offtake", "price_gap_per_t": 2000, "offtake_share": 0.5}
                | {"offtake_years": 2, "max_share": 0.4, "limit_on": "face", "total_face_m": 100}
            ],
        ),
        1000,
        {"a": 2026},
    ),
    # One fund of 80 M stands behind both programmes, each of which pays at most half of a plant: one plant.
    World(
        "one fund",
        book(
            [plant("a", 10, 80), plant("b", 5, 80)],
            None,
            programmes=[grant("x", fund="f", max_share=0.5, total_m=80), grant("y", fund="f", max_share=0.5)],
        ),
        10,
        {"a": 2026},
    ),
    # Mean ESG by capex must reach 50: a (20, 60 M) needs b (90, 60 M): (20 + 90) / 2 = 55. c (30) would spoil it:
    # (20 * 60 + 90 * 60 + 30 * 60) / 180 = 46.7. So a and b.
    World(
        "mean score",
        book(
            [
                plant("a", 100, 60, esg_e=20, esg_s=20, esg_g=20),
                plant("b", 10, 60, esg_e=90, esg_s=90, esg_g=90),
                plant("c", 50, 60, esg_e=30, esg_s=30, esg_g=30),
            ],
            rules=[rule("esg", "average", ">=", 50)],
        ),
        110,
        {"a": 2026, "b": 2026},
    ),
    # Australia may hold at most half of the capex: with a (100 M) and b (60 M, AU) it holds 37.5 %, with c too 61.5 %.
    World(
        "at most half",
        book(
            [plant("a", 10, 100), plant("b", 50, 60, country="AU"), plant("c", 40, 100, country="AU")],
            rules=[rule("capex", "share", "<=", 0.5, where="country=AU")],
        ),
        60,
        {"a": 2026, "b": 2026},
    ),
    # Two tonnes of gas a tonne at most: a (1,000 / 200 = 5) only beside b (0 / 300): 1,000 / 500 = 2.
    World(
        "emissions",
        book(
            [plant("a", 200, 10, ghg_t=1000), plant("b", 300, 90, ghg_t=0), plant("c", 100, 10, ghg_t=800)],
            rules=[rule("ghg_t", "ratio", "<=", 2, per="capacity")],
        ),
        500,
        {"a": 2026, "b": 2026},
    ),
    # A second plant gives 20 t, but passes the cap by 1 at 30 points: not worth it.
    World(
        "soft and dear",
        book([plant("a", 30, 5), plant("b", 20, 5)], rules=[rule("count", "sum", "<=", 1, hard="no", penalty=30)]),
        30,
        {"a": 2026},
    ),
    # At 5 points it is: 50 t less 5.
    World(
        "soft and cheap",
        book([plant("a", 30, 5), plant("b", 20, 5)], rules=[rule("count", "sum", "<=", 1, hard="no", penalty=5)]),
        50,
        {"a": 2026, "b": 2026},
    ),
    # a fails the score, c is off the list, d must be financed and takes 30 of 50 M: b no longer fits.
    World(
        "barred and committed",
        book(
            [
                plant("a", 100, 10, esg_e=10, esg_s=10, esg_g=10),
                plant("b", 50, 40, esg_e=60, esg_s=60, esg_g=60),
                plant("c", 100, 10, country="BR", esg_e=60, esg_s=60, esg_g=60),
                plant("d", 5, 30, status="committed", esg_e=60, esg_s=60, esg_g=60),
            ],
            50,
            rules=[rule("esg", "each", ">=", 50)],
        ),
        5,
        {"d": 2026},
    ),
    # b or c must come no later than a; b excludes a; c and d go together; c and e share a group. 3 * 10 M: a, c, d.
    World(
        "who goes with whom",
        book(
            [
                plant("a", 100, 10, requires="b|c"),
                plant("b", 90, 10, excludes="a"),
                plant("c", 1, 10, together="d", group="g"),
                plant("d", 1, 10),
                plant("e", 9, 10, group="g"),
            ],
            30,
        ),
        102,
        {"a": 2026, "c": 2026, "d": 2026},
    ),
    # 10 M are needed. The fund has 3 M, the guarantee's 2 M of cost carry 4 M of face: nothing can be financed, and that
    # is a plan. The presolve of HiGHS 1.15.1 calls this book infeasible.
    World(
        "nothing is a plan",
        book(
            [plant("a", 100, 20, private_share=0.5)],
            None,
            last_year=2031,
            budget_basis="outlay",
            programmes=[
                grant("x", instrument="equity", fund="f", carry_over="yes") | {2027: 3},
                grant("y", fund="f", carry_over="yes"),
                {"id": "z", "instrument": "guarantee", "cost_rate": 0.5, "total_m": 2, "min_ticket_m": 4},
            ],
            outlays=[{"id": "a", "year_1": 20}],
        ),
        0,
        {},
    ),
    # 100 t are asked of mines that can deliver 30 t.
    World("out of reach", book([plant("a", 30, 10)], rules=[rule("capacity", "sum", ">=", 100)]), None, {}),
    # A committed plant of 30 M and a budget of 20 M.
    World("committed and dear", book([plant("a", 30, 30, status="committed")], 20), None, {}),
)
