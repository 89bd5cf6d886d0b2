"""The extensive form of a small book in mpi-sppy: the textbook model of each scenario, with decisions that they share."""

from typing import Any

import pyomo.environ as pyo
from support import risk_books

from models.calls import claim
from models.case import Case
from models.scenario_sets import scenario_sets
from models.scenarios import Named, Realization, scenarios
from models.sets import Sets
from models.terms import material_share, need, output


def best_expected(case: Case) -> float:
    """The largest expected score of a book without programmes and rules, as mpi-sppy finds it."""
    from mpisppy.opt.ef import ExtensiveForm

    likely = {s.name: s for s in scenarios(case.scenarios) if s.probability > 0}
    form = ExtensiveForm(
        {"solver": "appsi_highs"}, list(likely), lambda name: _model(case, likely[name]), suppress_warnings=True
    )
    form.solve_extensive_form(solver_options={"mip_rel_gap": 0.0})
    return -float(form.get_objective_value())


def _model(case: Case, scenario: Named) -> Any:
    """One scenario: start by project and year, keep where there are calls, coverage by demand row and year."""
    from mpisppy.utils.sputils import attach_root_node

    planned, realization = Sets(case), Realization(scenario.name, scenario.rows)
    sets, by_id, model = scenario_sets(planned, realization), planned.by_id, pyo.ConcreteModel()
    starts = [(i.id, t) for i in sets.candidates for t in sets.windows[i.id]]
    cells = [(n, y) for n, k in enumerate(sets.demands) for y in sets.years if sets.demand[k, y] > 0]
    model.start = pyo.Var(starts, domain=pyo.Binary)
    model.keep = pyo.Var(starts, domain=pyo.Binary)
    model.covered = pyo.Var(cells, bounds=(0, 1))
    model.once = pyo.Constraint(
        sorted({i for i, _ in starts}), rule=lambda m, p: sum(m.start[i, t] for i, t in starts if i == p) <= 1
    )
    needs = sum(need(by_id[i]) * model.start[i, t] for i, t in starts)
    model.money = pyo.Constraint(expr=needs + 0 * model.covered[cells[0]] <= case.settings.total_budget_m)
    model.goes_on = pyo.Constraint(starts, rule=lambda m, i, t: m.keep[i, t] <= m.start[i, t])
    if case.settings.contingency_m is not None:
        calls = sum(claim(case, by_id[i], t, (), realization).call() * model.keep[i, t] for i, t in starts)
        model.contingency = pyo.Constraint(expr=calls + 0 * needs <= case.settings.contingency_m)

    def cover(m: Any, n: int, y: int) -> Any:
        key = sets.demands[n]
        standing = sets.existing[key, y] + sets.underway_capacity[key, y] + sets.unaided_of(key, y)
        added = sum(
            output(p) * material_share(p, key.material)
            * (sets.delivery_share(p, t, y) * m.keep[p.id, t] - sets.unaided_share(p, y) * m.keep[p.id, t])
            for p in (by_id[i] for i in sorted({i for i, _ in starts})) if p.stage == key.stage
            for t in sets.windows[p.id]
        )  # fmt: skip
        return m.covered[n, y] * sets.demand[key, y] <= standing + added

    model.cover = pyo.Constraint(cells, rule=cover)
    weight = {(n, y): sets.weight[sets.demands[n]] * sets.discount[y] for n, y in cells}
    score = sum(weight[c] * model.covered[c] for c in cells) / sum(weight.values())
    model.objective = pyo.Objective(expr=-score)
    attach_root_node(model, 0.0, [model.start])
    model._mpisppy_probability = scenario.probability
    return model


def book(seed: int, *, contingency: bool) -> Case:
    """A random book of which all scenarios have probability, without rules."""
    case = risk_books.book(seed, "expected", contingency=contingency, objective="coverage")
    firsts = {row.scenario: row for row in reversed(case.scenarios)}
    rows = (r.model_copy(update={"probability": 0.25 if r is firsts[r.scenario] else None}) for r in case.scenarios)
    return case.with_(scenarios=tuple(rows), rules=())
