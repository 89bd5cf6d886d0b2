"""A tiny case, which shows the row of each formula as an example."""

import re
from functools import cache
from typing import Any

import pyomo.core as pyo

from models.case import Case
from models.formulation import build
from models.program import Program
from models.schema import CHAIN_OBJECTIVES, Coefficient, Demand, Existing, Price, Programme, Project, Rule, Settings
from models.sets import Sets


def world(objective: str = "coverage") -> Case:
    """A mine and a mill that needs it, one loan programme, one rule; 2026 to 2030, decisions in 2026 and 2027."""
    years = {"first_year": 2026, "last_year": 2030, "last_fid_year": 2027, "objective_year": 2030, "price_year": 2026}
    common = {"row": 0, "country": "US", "sponsor": "Acme", "build_years": 1, "private_share": 0.5}
    return Case(
        name="example",
        settings=Settings(**years, total_budget_m=20.0, objective=objective),
        projects=(
            Project(
                **common, id="mill", stage="separation", capacity_tpa=500, capex_m=200, requires=(("ridge",),),
                esg_e=65, esg_s=65, esg_g=65,
            ),
            Project(**common, id="ridge", stage="mine", capacity_tpa=400, capex_m=100, esg_e=55, esg_s=55, esg_g=55),
        ),
        programmes=(
            Programme(
                row=0, id="loans", instrument="loan", cost_rate=0.1, limit_on="face", max_share=0.6, min_ticket_m=50,
                donor="US", envelopes={2026: 100, 2027: 150},
            ),
            Programme(row=0, id="stakes", instrument="equity", max_share=0.3, donor="JP", stages=("separation",), total_m=90),
        ),
        demand=(
            Demand(row=0, stage="mine", years={2026: 1000}),
            Demand(row=0, stage="separation", years={2026: 1000}),
        ),
        existing=(Existing(row=0, country="AU", stage="mine", capacity_tpa=100),),
        rules=(
            Rule(row=0, rule="Average ESG", measure="esg", aggregate="average", sense=">=", value=60),
            Rule(row=0, rule="Joint", measure="joint", aggregate="sum", sense=">=", value=0),
        ),
    )  # fmt: skip


def chain(objective: str = "delivered") -> Case:
    """A mill and a magnet plant, ore from outside: a tonne of magnets takes 0.4 t of oxide, a tonne of ore gives 0.2 t."""
    case = world(objective)
    recipes = (("mill", "separation", "ore", -1), ("mill", "separation", "oxide", 0.2),
               ("press", "magnet", "oxide", -0.4), ("press", "magnet", "magnets", 1))  # fmt: skip
    return case.with_(
        projects=tuple(p for p in case.projects if p.id == "mill"),
        demand=(Demand(row=0, stage="magnet", material="magnets", years={2026: 100}),
                Demand(row=0, stage="separation", material="oxide", years={2026: 80})),
        existing=(Existing(row=0, country="AU", stage="mine", material="ore", capacity_tpa=250),
                  Existing(row=0, country="JP", stage="magnet", capacity_tpa=200)),
        processes=tuple(
            Coefficient(row=0, process=g, stage=s, material=m, tonnes_per_tonne=t) for g, s, m, t in recipes
        ),
        rules=(),
    )  # fmt: skip


def priced() -> Case:
    """The mill with a price: it earns 20 M a year for three years, so that 140 of its 200 M are missing."""
    case = world()
    return case.with_(
        settings=case.settings.model_copy(update={"hurdle_rate": 0.0}),
        projects=tuple(
            p.model_copy(update={"opex_per_t": 60_000.0, "life_years": 3, "requires": ()})
            for p in case.projects
            if p.id == "mill"
        ),
        prices=(Price(row=0, material="separation", years={2026: 100_000.0}),),
        programmes=(Programme(row=0, id="aid", instrument="grant", total_m=300, donor="US"),),
        rules=(),
    )


@cache
def _example(objective: str, settings: tuple[tuple[str, Any], ...]) -> Program:
    case = (
        priced()
        if objective == "viability"
        else chain(objective)
        if objective in CHAIN_OBJECTIVES
        else world(objective)
    )
    return build(Sets(case.with_(settings=case.settings.model_copy(update=dict(settings)))))


def show(family: str, contains: str = "", objective: str = "coverage", **settings: Any) -> None:
    """Prints the example's rows of a component that mention a word. `objective`: which example; `viability`: with prices.
    `settings`: those that differ from the example's."""
    component = getattr(_example(objective, tuple(sorted(settings.items()))).model, family)
    for row in component.values():
        text = f"{row.body}"
        sense, limit = ("==", row.upper) if row.equality else (("<=", row.upper) if row.has_ub() else (">=", row.lower))
        line = f"{text}  {sense}  {pyo.value(limit):g}"
        if re.search(contains, line, re.IGNORECASE):
            print(line)  # noqa: T201
