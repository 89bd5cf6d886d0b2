"""Books of any size: candidate projects, programmes and demand drawn from a seed, with money tight, ample or in full."""

import random

from models.case import Case
from models.schema import Demand, Existing, Programme, Project, Rule, Settings

COUNTRIES = ("AU", "CA", "JP", "US", "VN")
STAGES = ("mine", "separation", "magnet")
FIRST, LAST, LAST_FID = 2026, 2040, 2034
CAPEX_PER_TONNE = {"mine": 0.022, "separation": 0.045, "magnet": 0.1}
MONEY = {"tight": 0.12, "ample": 0.35, "full": 1.0}
"""Public money over all years as a part of what all candidates need."""


def book(n: int, money: str = "tight", seed: int = 1, programmes: int = 8) -> Case:
    """A case of `n` candidates and `programmes` programmes over 15 years, decisions in the first nine."""
    rng = random.Random(seed)
    projects = tuple(_project(rng, k) for k in range(n))
    need = sum(p.capex_m * (1 - p.private_share) for p in projects)
    return Case(
        name=f"generated-{n}-{money}-{seed}",
        settings=Settings(
            first_year=FIRST, last_year=LAST, last_fid_year=LAST_FID, objective_year=LAST, price_year=FIRST,
            discount_rate=0.04,
        ),
        projects=projects,
        programmes=tuple(_programme(rng, k, MONEY[money] * need / programmes) for k in range(programmes)),
        demand=tuple(_demand(projects, s) for s in STAGES),
        existing=tuple(
            Existing(row=0, country="AU", stage=s, capacity_tpa=0.05 * sum(p.capacity_tpa for p in projects if p.stage == s))
            for s in STAGES
        ),
        rules=(
            Rule(row=0, rule="Average ESG", measure="esg", aggregate="average", sense=">=", value=58),
            Rule(
                row=0, rule="No country above half", measure="capex", aggregate="share", where="country=US",
                picks={"projects": (("country", ("us",)),)}, sense="<=", value=0.5,
            ),
        ),
    )  # fmt: skip


def _project(rng: random.Random, k: int) -> Project:
    stage = rng.choice(STAGES)
    capacity = round(rng.lognormvariate(8.3, 0.7))
    return Project(
        row=k + 2,
        id=f"p{k:05d}",
        country=rng.choice(COUNTRIES),
        stage=stage,
        capacity_tpa=capacity,
        capex_m=round(capacity * CAPEX_PER_TONNE[stage] * rng.uniform(0.6, 1.6), 1),
        private_share=rng.choice((0.3, 0.4, 0.5, 0.6)),
        earliest_fid=rng.choice((None, 2027, 2028)),
        build_years=rng.choice((1, 2, 3, 4)),
        ramp=rng.choice(((100.0,), (50.0, 100.0), (40.0, 70.0, 100.0))),
        esg_e=rng.randint(40, 90),
        esg_s=rng.randint(40, 90),
        esg_g=rng.randint(40, 90),
    )


def _programme(rng: random.Random, k: int, total: float) -> Programme:
    kind = ("loan", "grant", "equity", "loan")[k % 4]
    years = range(FIRST, LAST_FID + 1)
    weights = [rng.uniform(0.5, 1.5) for _ in years]
    return Programme(
        row=k + 2,
        id=f"prog{k}",
        instrument=kind,
        cost_rate={"loan": 0.1, "grant": 1.0, "equity": 0.5}[kind],
        limit_on="face",
        max_share=rng.choice((0.25, 0.4, 0.5)),
        countries=tuple(sorted(rng.sample(COUNTRIES, rng.choice((1, 2, 3))))),
        stages=() if k % 3 else tuple(sorted(rng.sample(STAGES, 2))),
        carry_over=bool(k % 2),
        envelopes={t: round(total * w / sum(weights), 1) for t, w in zip(years, weights, strict=True)},
    )


def _demand(projects: tuple[Project, ...], stage: str) -> Demand:
    everything = sum(p.capacity_tpa for p in projects if p.stage == stage)
    return Demand(row=0, stage=stage, years={FIRST: round(0.3 * everything), LAST: round(0.6 * everything)})
