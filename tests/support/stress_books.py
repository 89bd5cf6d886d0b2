"""Random small books with a plan that need not be good, and rows of scenarios that act on it."""

import random
from typing import Any

from models.case import Case
from models.evaluation import Decided
from models.schema import Demand, Existing, Price, Programme, Project, Risk, Rule, Scenario, Settings, Where

STAGES, COUNTRIES, SPONSORS = ("mine", "magnet"), ("us", "vn", "au"), ("ada", "bea", "")
FIRST, LAST = 2026, 2033


def clause(column: str, *values: str) -> dict[str, Any]:
    """A `where` of one clause."""
    return {"where": f"{column}={'|'.join(values)}", "picks": Where(projects=((column, values),))}


def book(seed: int, *, contingency: bool = False) -> Decided:
    """A case of at most six projects with decisions."""
    r = random.Random(seed)
    projects = tuple(project(r, f"p{n}") for n in range(r.randint(2, 6)))
    programmes = tuple(
        Programme(row=n, id=f"g{n}", instrument="grant", donor=r.choice(("US", "JP")), carry_over=r.random() < 0.4,
                  envelopes={y: float(r.randint(5, 60)) for y in range(FIRST, LAST + 1)})
        for n in range(2)
    )  # fmt: skip
    settings = Settings(
        first_year=FIRST, last_year=LAST, last_fid_year=LAST, price_year=FIRST, objective_year=LAST, stages=STAGES,
        objective=r.choice(("coverage", "coverage", "bottleneck")), discount_rate=r.choice((0.0, 0.05)),
        stage_weights={"mine": r.choice((1.0, 2.0))}, contingency_m=float(r.randint(0, 40)) if contingency else None,
        countries=("US", "VN", "AU"),
    )  # fmt: skip
    case = Case(
        name="random", settings=settings, projects=projects, programmes=programmes,
        demand=tuple(demand(r, n, s) for n, s in enumerate(STAGES)),
        existing=(Existing(row=1, country="AU", stage="mine", name="weld", capacity_tpa=float(r.randint(0, 80))),),
        rules=tuple(rule(r, n) for n in range(r.randint(0, 3))),
    )  # fmt: skip
    return decided(r, case)


def demand(r: random.Random, n: int, stage: str) -> Demand:
    return Demand(row=n, stage=stage, years={FIRST: float(r.randint(50, 200)), LAST: float(r.randint(50, 300))})


def project(r: random.Random, name: str) -> Project:
    status = "underway" if r.random() < 0.2 else "candidate"
    return Project(
        row=int(name[1:]) + 1, id=name, country=r.choice(COUNTRIES).upper(), sponsor=r.choice(SPONSORS),
        stage=r.choice(STAGES), capacity_tpa=float(r.randint(10, 120)), capex_m=float(r.randint(10, 90)),
        private_share=r.choice((0.0, 0.3, 0.6)), secured_m=r.choice((0.0, 5.0)), build_years=r.randint(0, 2),
        life_years=r.choice((2, 4, 25)), ramp=r.choice(((100.0,), (40.0, 100.0))), status=status,
        earliest_fid=r.randint(FIRST - 3, FIRST + 1) if status == "underway" else None,
    )  # fmt: skip


def rule(r: random.Random, n: int) -> Rule:
    hard = r.random() < 0.5
    return Rule(
        row=n, rule=f"r{n}", measure="capacity", aggregate="sum", sense=r.choice((">=", ">=", "<=")),
        value=float(r.randint(10, 150)), year=r.choice((None, 2030)), hard=hard, penalty=None if hard else 0.001,
        **clause("stage", r.choice(STAGES)),
    )  # fmt: skip


def going_ahead(seed: int, *, contingency: bool = False, objective: str | None = None) -> Decided:
    """A random book some of whose projects go ahead without support, financed or not."""
    decisions, r = book(seed, contingency=contingency), random.Random(seed + 5000)
    projects = []
    for p in decisions.case.projects:
        year = r.randint(decisions.chosen.get(p.id, FIRST) + 1, LAST)
        changes = {"unaided_fid": year} if p.status == "candidate" and r.random() < 0.7 else {}
        projects.append(p.model_copy(update=changes))
    settings = decisions.case.settings
    if objective:
        settings = settings.model_copy(update={"objective": objective, "objective_year": 2031})
    rules = tuple(
        q.model_copy(update={"measure": r.choice(("capacity", "capacity_total"))}) for q in decisions.case.rules
    )
    case = decisions.case.with_(projects=tuple(projects), settings=settings, rules=rules)
    return Decided(case, decisions.chosen, decisions.awards)


def decided(r: random.Random, case: Case) -> Decided:
    """Some candidates with years and awards that fit the envelopes."""
    left = {(p.id, y): p.envelopes[y] for p in case.programmes for y in range(FIRST, LAST + 1)}
    chosen, awards = {}, {}
    for p in case.projects:
        if p.status == "candidate" and r.random() < 0.8:
            year, programme = r.randint(FIRST, FIRST + 3), r.choice(case.programmes).id
            chosen[p.id] = year
            face = min(left[programme, year], float(r.randint(0, 30)))
            left[programme, year] -= face
            if face:
                awards[p.id, programme, year] = face
    return Decided(case, chosen, awards)


def priced_book(seed: int, *, contingency: bool = False) -> Decided:
    """As `book`, with prices, projects that must be viable, and every kind of support."""
    r, decisions = random.Random(seed + 1000), book(seed, contingency=contingency)
    case = decisions.case
    stated = r.choice(({"volatility": 0.2, "reverts_years": 3}, {}))
    prices = tuple(
        Price(row=n, material=m, years={FIRST: r.choice((0.8e5, 1e5)), 2030: r.choice((0.6e5, 1.2e5))}, **stated)
        for n, m in enumerate(("ndpr", *STAGES))
    )
    terms: tuple[dict[str, Any], ...] = (
        {"instrument": "grant"},
        {"instrument": "equity", "rate": 0.03},
        {"instrument": "loan", "rate": 0.02, "tenor_years": 12},
        {"instrument": "offtake", "strike_per_t": r.choice((0.7e5, 1.1e5)), "offtake_years": 3, "offtake_share": 0.5},
    )
    programmes = tuple(p.model_copy(update=r.choice(terms)) for p in case.programmes)
    projects = tuple(p.model_copy(update=_earnings(r, p)) if r.random() < 0.8 else p for p in case.projects)
    settings = case.settings.model_copy(update={"hurdle_rate": 0.1})
    priced = case.model_copy(
        update={"prices": prices, "programmes": programmes, "projects": projects, "settings": settings}
    )
    return Decided(priced, decisions.chosen, decisions.awards)


def _earnings(r: random.Random, p: Project) -> dict[str, Any]:
    """Costs near the prices, so that a hundred tonnes earn millions."""
    shares = {"ndpr": 0.9} if r.random() < 0.4 else {}
    return {"opex_per_t": r.choice((0.3e5, 0.6e5, 0.75e5)), "shares": shares, "payable": r.choice((1.0, 0.9))}


def price_row(seed: int) -> Scenario:
    """A fall or a rise of prices."""
    r = random.Random(seed + 2000)
    where = clause("material", r.choice(("ndpr", *STAGES))) if r.random() < 0.4 else {}
    return Scenario(
        row=9, scenario="s", parameter="price", value=r.choice((0.3, 0.6, 0.8, 1.2)),
        from_year=r.choice((None, None, 2028, 2031)), to_year=r.choice((None, None, 2031)), **where,
    )  # fmt: skip


def scenario(seed: int, count: int = 4) -> tuple[Scenario, ...]:
    """Rows of one scenario."""
    r = random.Random(seed)
    return tuple(_row(r, n) for n in range(r.randint(1, count)))


def _row(r: random.Random, n: int) -> Scenario:
    parameter = r.choice(("delay_years", "capacity", "capex", "private_share", "fails", "demand", "existing", "budget"))
    value = {"delay_years": r.choice((1, 2)), "fails": 1}.get(parameter, r.choice((0.0, 0.5, 0.8, 1.3, 1.6)))
    if parameter == "demand":
        value = r.choice((0.6, 1.4))
    first = r.choice((None, 2027, 2029))
    last = None if parameter == "fails" else r.choice((None, 2029, 2031))
    where: dict[str, Any] = {}
    if r.random() < 0.6:
        where = {
            "demand": clause("stage", "mine"), "existing": clause("country", "au"), "budget": clause("donor", "us"),
        }.get(parameter, clause(*r.choice((("country", "us", "vn"), ("stage", "magnet"), ("status", "underway")))))  # fmt: skip
    return Scenario(row=n, scenario="s", parameter=parameter, value=value, from_year=first, to_year=last, **where)


def risks(seed: int) -> tuple[Risk, ...]:
    """A few rows of risks."""
    r = random.Random(seed)
    common = r.choice(("project", "sponsor", "country", "stage", "all"))
    first = Risk(row=1, p_fail=r.choice((0.0, 0.3)), delay=((0, 50.0), (1, 30.0), (2, 20.0)), overrun=1.2,
                 overrun_sigma=r.choice((0.0, 0.3)), common=common, **clause("stage", "mine"))  # fmt: skip
    return (first, Risk(row=2, p_fail=0.2, delay=((0, 80.0), (1, 20.0))))
