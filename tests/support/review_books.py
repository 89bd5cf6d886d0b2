"""Random small books with a review, and the best plan of each by trying every decision before it and every later one."""

import itertools
import random
from collections.abc import Iterator

from support import oracle_stress, risk_books, stress_books

from models.case import Case
from models.schema import Outlay, Programme, Project, Rule, Scenario

FIRST, REVIEW, LAST_FID = stress_books.FIRST, stress_books.FIRST + 1, stress_books.FIRST + 2
Chosen = dict[str, int]


def book(seed: int, risk: str, *, contingency: bool = False, **settings: object) -> Case:
    """At most three projects, one programme with yearly money, three scenarios of two or three states."""
    r = random.Random(seed + 77)
    base = risk_books.book(seed, risk, contingency=contingency, **settings)
    free = [p for p in base.projects if p.status == "candidate"][:3]
    projects = (*(_candidate(p) for p in free), *(p for p in base.projects if p.status == "underway"))
    need = sum(_need(p) for p in free)
    programme = Programme(
        row=1, id="g", instrument="grant", donor="US", carry_over=r.random() < 0.6,
        envelopes={y: round(need * r.uniform(0.1, 0.5), 1) for y in range(FIRST, stress_books.LAST + 1)},
    )  # fmt: skip
    changes = {"review_year": REVIEW, "last_fid_year": LAST_FID, "budget_basis": r.choice(("commitment", "outlay"))}
    outlays = tuple(Outlay(row=n, id=p.id, years={0: 40.0, 1: 60.0}) for n, p in enumerate(free))
    many = Rule(row=9, rule="many", measure="count", aggregate="sum", sense="<=", value=2.0)
    return base.with_(
        projects=tuple(sorted(projects, key=lambda p: p.id)), programmes=(programme,), outlays=outlays,
        rules=(*base.rules, many) if r.random() < 0.4 else base.rules, scenarios=tuple(_scenarios(r)),
        settings=base.settings.model_copy(update={"total_budget_m": round(need * 0.8, 1), **changes, **settings}),
    )  # fmt: skip


def _candidate(project: Project) -> Project:
    return project.model_copy(update={"latest_fid": LAST_FID})


def _scenarios(r: random.Random) -> Iterator[Scenario]:
    demand, supply = r.choice((0.6, 1.4)), r.choice((0.0, 0.5))
    cut = r.choice((0.0, 0.4, 0.7))
    known: tuple[list[tuple[str, float, int | None]], ...] = (
        [("demand", demand, None), ("budget", cut, REVIEW + r.randint(0, 1))],
        [("demand", demand, None), ("budget", cut, REVIEW)] if r.random() < 0.5 else [("existing", supply, None)],
        [],
    )
    own: tuple[tuple[str, float], ...] = (("delay_years", 1.0), ("capacity", 0.5), ("capex", 1.4))
    for n, rows in enumerate(known):
        probability = r.choice((0.2, 0.3, None if n else 0.3))
        for k, (parameter, value, since) in enumerate((*rows, (*r.choice(own), None))):
            yield Scenario(
                row=10 * n + k, scenario=f"s{n}", probability=None if k else probability, parameter=parameter, value=value,
                from_year=since,
            )  # fmt: skip


def _need(p: Project) -> float:
    return oracle_stress.need(p.capex_m, p.private_share, p.secured_m)


def selections(case: Case) -> Iterator[Chosen]:
    """Every selection, whatever it costs."""
    free = [p for p in case.projects if p.status == "candidate"]
    windows = [
        (None, *(y for y in range(FIRST, LAST_FID + 1) if p.unaided_fid is None or y < p.unaided_fid)) for p in free
    ]
    for years in itertools.product(*windows):
        yield {p.id: y for p, y in zip(free, years, strict=True) if y is not None}


def is_paid(case: Case, chosen: Chosen, rows: list[Scenario]) -> bool:
    """Whether the programme pays the needs: what was committed before the review is not cut."""
    needs = {i: _need(oracle_stress.one(case, i)) for i in chosen}
    if sum(needs.values()) > (case.settings.total_budget_m or 0.0) + 1e-9:
        return False
    if any(r.rule == "many" for r in case.rules) and len(chosen) > 2:
        return False
    programme, left = case.programmes[0], 0.0
    for year in oracle_stress.years(case):
        old, new = (
            sum(_spent(case, i, needs[i], fid, year) for i, fid in chosen.items() if (fid < REVIEW) == early)
            for early in (True, False)
        )
        free = programme.envelopes[year] - old
        factor = oracle_stress.product(rows, "budget", programme, year)
        left = (left if programme.carry_over else 0.0) + (free * factor if free > 0 else free) - new
        if left < -1e-9:
            return False
    return True


def _spent(case: Case, project: str, need: float, fid: int, year: int) -> float:
    if case.settings.budget_basis == "commitment":
        return need if year == fid else 0.0
    return need * {0: 0.4, 1: 0.6}.get(year - fid, 0.0)


def states(case: Case) -> dict[tuple[tuple[object, ...], ...], list[str]]:
    """What is known at the review -> scenarios; nothing for the book as planned."""
    result: dict[tuple[tuple[object, ...], ...], list[str]] = {(): []}
    for name in risk_books.probabilities(case):
        rows = [r for r in case.scenarios if r.scenario == name and r.parameter in ("demand", "existing", "budget")]
        result.setdefault(tuple((r.parameter, r.value, r.from_year) for r in rows), []).append(name)
    return result


def best(case: Case) -> float:
    """The largest measure over every policy."""
    every, of_state = list(selections(case)), states(case)
    rows = {w: [r for r in case.scenarios if r.scenario == w] for w in risk_books.probabilities(case)}
    most = {w: max(_alone(case, every, w, rows[w])) for w in rows} if case.settings.risk == "regret" else {}
    top = float("-inf")
    for first in _firsts(every):
        mine = [c for c in every if _early(c) == first]
        choices = []
        for names in of_state.values():
            sample = rows[names[0]] if names else []
            paid = [c for c in mine if is_paid(case, c, sample)]
            seen = {tuple(sorted(_values(case, c, names, rows).items())) for c in paid}
            choices.append(seen)
        for combination in itertools.product(*choices):
            result = {w: v for of_one in combination for w, v in of_one}
            top = max(top, risk_books.measure(case, result, most))
    return top


def _alone(case: Case, every: list[Chosen], scenario: str, rows: list[Scenario]) -> Iterator[float]:
    for chosen in every:
        extends = any(is_paid(case, c, []) for c in every if _early(c) == _early(chosen))
        if extends and is_paid(case, chosen, rows):
            yield _value(case, chosen, rows)


def _firsts(every: list[Chosen]) -> list[Chosen]:
    result: list[Chosen] = []
    for c in every:
        if _early(c) not in result:
            result.append(_early(c))
    return result


def _early(chosen: Chosen) -> Chosen:
    return {i: y for i, y in chosen.items() if y < REVIEW}


def _values(case: Case, chosen: Chosen, names: list[str], rows: dict[str, list[Scenario]]) -> dict[str, float]:
    return {w: _value(case, chosen, rows[w]) for w in names}


def _value(case: Case, chosen: Chosen, rows: list[Scenario]) -> float:
    """What is decided after the review was paid from what a cut had left."""
    return oracle_stress.answer(case, chosen, {}, [r for r in rows if r.parameter != "budget"]).value
