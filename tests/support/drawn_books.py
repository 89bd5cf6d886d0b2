"""Draws of a book written as named scenarios of another book, from the meaning of the sheets: the oracles of named scenarios then
value them."""

from collections import Counter
from typing import Any

import numpy as np

from models.case import Case
from models.schema import Scenario, Where
from models.sets import Sets


def as_scenarios(case: Case, seed: int) -> Case:
    """The book whose scenarios are the draws of a book, with the stresses beside them. Every project takes the first row of `risks`,
    with draws of its own."""
    n, risk = case.settings.draws, case.risks[0]
    sets = Sets(case)
    own = sorted(p.id for p in (*sets.candidates, *sets.underway))
    uniforms = np.random.Generator(np.random.PCG64(seed)).random((n, 1 + 3 * len(own)))
    chances = _chances(case)
    drawn = Counter(_draw(risk, own, [p for _, p in chances], list(u)) for u in uniforms)
    rows = [r for r in case.scenarios if not dict(chances).get(r.scenario)]
    for k, ((place, outcome), count) in enumerate(sorted(drawn.items())):
        base = [r for r in case.scenarios if r.scenario == chances[place][0]]
        result = [*base, *(_row(*one) for one in outcome)] or [_row("demand", None, 1.0)]
        rows += [
            r.model_copy(
                update={"scenario": f"d{k}", "row": 1000 + 50 * k + m, "probability": None if m else count / n}
            )
            for m, r in enumerate(result)
        ]
    settings = case.settings.model_copy(update={"draws": 0})
    return case.with_(scenarios=tuple(rows), risks=(), settings=settings)


def _chances(case: Case) -> list[tuple[str, float]]:
    """Scenarios with probability, what is left of it last."""
    result: dict[str, float] = {}
    for r in case.scenarios:
        result[r.scenario] = max(result.get(r.scenario, 0.0), r.probability or 0.0)
    left = 1 - sum(result.values())
    return [*((w, p) for w, p in result.items() if p), *([("as planned", left)] if left > 1e-9 else [])]


def _draw(
    risk: Any, own: list[str], chances: list[float], u: list[float]
) -> tuple[int, tuple[tuple[str, str, float], ...]]:
    """Place of the scenario, and what happens to projects: parameter, project, value."""
    place = next((k for k in range(len(chances)) if sum(chances[: k + 1]) > u[0]), len(chances) - 1)
    result: list[tuple[str, str, float]] = []
    for k, name in enumerate(own):
        fails, late, _ = u[1 + 3 * k : 4 + 3 * k]
        if fails < risk.p_fail:
            result += [("fails", name, 1.0), ("capex", name, 0.0)]  # it is called for nothing
            continue
        reached = 0.0
        for years, share in risk.delay:
            reached += share / 100
            if reached > late:
                result += [("delay_years", name, float(years))] if years else []
                break
        result += [("capex", name, risk.overrun)] if risk.overrun != 1 else []
    return place, tuple(result)


def _row(parameter: str, name: str | None, value: float) -> Scenario:
    where: dict[str, Any] = {} if name is None else {"where": f"id={name}", "picks": Where(projects=(("id", (name,)),))}
    return Scenario(row=0, scenario="", parameter=parameter, value=value, **where)
