"""Random small books to plan under risk, and the best plan of each by trying every selection."""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence

from support import oracle_stress, stress_books

from models.case import Case
from models.schema import Project, Scenario

FIRST, YEARS = stress_books.FIRST, 2
"""Decisions fall in so many years."""


def book(seed: int, risk: str, *, contingency: bool = False, **settings: object) -> Case:
    """At most four projects, a total budget, three scenarios with probability or without."""
    r = random.Random(seed)
    base = stress_books.book(seed).case
    projects = tuple(_candidate(p, r) if p.status == "candidate" else p for p in base.projects[:4])
    need = sum(oracle_stress.need(p.capex_m, p.private_share, p.secured_m) for p in projects)
    changes = {
        "risk": risk, "total_budget_m": round(need * r.uniform(0.3, 0.8), 1), "alpha": r.choice((0.0, 0.5, 0.7, 0.9)),
        "aversion": r.choice((0.3, 0.5, 1.0)), "contingency_m": float(r.randint(0, 25)) if contingency else None, **settings,
    }  # fmt: skip
    rules = tuple(x for x in base.rules if not x.hard)
    return base.with_(
        projects=projects, programmes=(), rules=rules, scenarios=tuple(_scenarios(seed)),
        settings=base.settings.model_copy(update=changes),
    )  # fmt: skip


def _candidate(project: Project, r: random.Random) -> Project:
    """A project decided in the first years; some go ahead without support later."""
    later = FIRST + r.randint(YEARS, YEARS + 2) if r.random() < 0.4 else None
    return project.model_copy(update={"latest_fid": FIRST + YEARS - 1, "unaided_fid": later})


def _scenarios(seed: int) -> Iterator[Scenario]:
    r = random.Random(seed + 1000)
    for n in range(3):
        rows = [x for x in stress_books.scenario(seed * 3 + n, 3) if x.parameter != "budget"]
        probability = r.choice((None, 0.1, 0.2, 0.3))
        for k, row in enumerate(rows):
            yield row.model_copy(update={"scenario": f"s{n}", "row": k, "probability": None if k else probability})


def probabilities(case: Case) -> dict[str, float]:
    """Scenario -> probability; what is left is that of `as planned`."""
    result: dict[str, float] = {}
    for row in case.scenarios:
        result[row.scenario] = max(result.get(row.scenario, 0.0), row.probability or 0.0)
    left = 1 - sum(result.values())
    return result | ({"as planned": left} if left > 1e-9 else {})


def values(case: Case, chosen: dict[str, int]) -> dict[str, float]:
    """Scenario -> value of a selection."""
    rows: dict[str, list[Scenario]] = {name: [] for name in probabilities(case)}
    for row in case.scenarios:
        rows[row.scenario].append(row)
    return {name: oracle_stress.answer(case, chosen, {}, of_one).value for name, of_one in rows.items()}


def selections(case: Case) -> Iterator[dict[str, int]]:
    """Every selection that the total budget pays for."""
    free = [p for p in case.projects if p.status == "candidate"]
    need = {p.id: oracle_stress.need(p.capex_m, p.private_share, p.secured_m) for p in free}
    for years in itertools.product((None, *range(FIRST, FIRST + YEARS)), repeat=len(free)):
        chosen = {p.id: y for p, y in zip(free, years, strict=True) if y is not None}
        if sum(need[i] for i in chosen) <= (case.settings.total_budget_m or 0.0) + 1e-9:
            yield chosen


def measure(case: Case, result: dict[str, float], best: dict[str, float]) -> float:
    """The measure of risk of values, from its definition."""
    p, s = probabilities(case), case.settings
    likely = sorted((result[w], p[w]) for w in result if p[w] > 0)
    mean = sum(v * q for v, q in likely)
    if s.risk == "expected":
        return mean
    if s.risk == "cvar":
        return (1 - s.aversion) * mean + s.aversion * max(_below(likely, eta, s.alpha) for eta, _ in likely)
    if s.risk == "regret":
        return min(result[w] - best[w] for w in result)
    return min(result.values())


def _below(likely: Sequence[tuple[float, float]], eta: float, alpha: float) -> float:
    """Rockafellar and Uryasev's function, whose largest value over the values themselves is the CVaR."""
    return eta - sum(q * max(0.0, eta - v) for v, q in likely) / (1 - alpha)


def best(case: Case) -> tuple[float, list[dict[str, int]]]:
    """The largest measure, and the selections that reach it."""
    tried = [(chosen, values(case, chosen)) for chosen in selections(case)]
    most = {w: max(result[w] for _, result in tried) for w in probabilities(case)}
    scored = [(measure(case, result, most), chosen) for chosen, result in tried]
    top = max(value for value, _ in scored)
    return top, [chosen for value, chosen in scored if value >= top - 1e-9]


def worst_failure(case: Case, chosen: dict[str, int], n: int, unit: Callable[[str], str]) -> float:
    """Value of a selection as planned where the worst n of its units deliver nothing."""
    units = sorted({unit(i) for i in chosen})
    sets = list(itertools.combinations(units, min(n, len(units))))
    return min(
        oracle_stress.state(case, chosen, {}, [], tuple(i for i in chosen if unit(i) in failed), 0.0).value
        for failed in sets
    )
