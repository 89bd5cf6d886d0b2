"""The best plan of each scenario: it is that of a book in which the scenario is written out, and proofs hold."""

import threading

import pytest
from support.cases import book, plant
from support.chains import gallium_case
from support.tables import Book, case

from models.case import Case
from models.evaluation import Decided
from models.scenarios import Named, Realization
from models.schema import Scenario, Where
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.replan import IMPOSSIBLE, LATE, Replan
from optimizer.solver.options import Options
from optimizer.solver.solve import solve_as_planned


def row(parameter: str, value: float, **more: object) -> Scenario:
    return Scenario.model_validate({"row": 0, "scenario": "s", "parameter": parameter, "value": value, **more})


def only(column: str, value: str) -> dict[str, object]:
    return {"where": f"{column}={value}", "picks": Where(projects=((column, (value,)),))}


def small(**settings: object) -> Case:
    """Five projects of two stages, money for about three of them."""
    projects = [
        plant("a", 40, 60.0, country="US"), plant("b", 30, 40.0, country="AU"), plant("c", 25, 25.0, country="US"),
        plant("d", 50, 70.0, stage="magnet", country="US"), plant("e", 30, 30.0, stage="magnet", country="AU"),
    ]  # fmt: skip
    world: Book = book(projects, 140.0, **{"objective": "coverage", **settings})
    world["demand"] = [{"stage": "mine", 2026: 100}, {"stage": "magnet", 2026: 80}]
    return case(world)


def replanned(of: Case, *rows: Scenario) -> tuple[Replan, Decided, float]:
    decisions = Decided.of(of, solve_as_planned(of, Options(gap=0.0)))
    value = Evaluator(decisions).realize(Realization("s", rows)).value
    replan = Replan(decisions, Options(gap=0.0, time_limit=60.0))
    replan.add(Named("s", 0.0, rows), value, 1)
    replan.prove()
    return replan, decisions, value


def test_a_scenario_equal_to_the_book_has_the_plan_as_its_best() -> None:
    of = small()
    replan, decisions, value = replanned(of, row("demand", 1.0))
    best = replan.best["s"]
    assert best.chosen == decisions.chosen
    assert best.low == pytest.approx(value, abs=1e-9)
    assert best.high == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("objective", ["coverage", "bottleneck"])
def test_the_best_plan_is_that_of_the_book_in_which_the_scenario_is_written_out(objective: str) -> None:
    of = small(objective=objective)
    replan, _, value = replanned(
        of, row("demand", 0.5, **only("stage", "mine")), row("capacity", 0.4, **only("country", "us"))
    )
    demand = tuple(
        demand_row.model_copy(
            update={"years": {y: x * (0.5 if demand_row.stage == "mine" else 1) for y, x in demand_row.years.items()}}
        )
        for demand_row in of.demand
    )
    projects = tuple(
        p.model_copy(update={"capacity_tpa": p.capacity_tpa * (0.4 if p.country == "US" else 1)}) for p in of.projects
    )
    written = solve_as_planned(of.with_(demand=demand, projects=projects), Options(gap=0.0))
    assert replan.best["s"].low == pytest.approx(written.objective.value, abs=1e-6)
    assert replan.best["s"].high == pytest.approx(written.objective.value, abs=1e-6)
    assert value < written.objective.value - 1e-3


def test_after_a_review_no_best_plan_is_stated_where_later_decisions_are_sized_by_state() -> None:
    of = small(risk="expected", review_year=2027)
    replan = Replan(Decided(of, {}, {}), Options(gap=0.0, time_limit=60.0))
    replan.add(Named("cut", 0.0, (row("budget", 0.5),)), 0.0, 1)
    assert "solve with --set value_of_information=yes" in replan.without["cut"]
    replan.add(Named("slump", 0.0, (row("demand", 0.5),)), 0.0, 1)
    assert {*replan.best} == {"slump"}


def test_core_and_exterior_are_confirmed_by_forcing_each_project() -> None:
    of = small()
    rows = (row("demand", 0.8),)
    replan, decisions, _ = replanned(of, *rows)
    best = replan.best["s"].low
    seen = set()
    for index in replan.core():
        barred = tuple(p.model_copy(update={"status": "barred" if index.id in best_ids(replan) else "committed"})
                       if p.id == index.id else p for p in of.projects)  # fmt: skip
        demand = tuple(
            demand_row.model_copy(update={"years": {y: 0.8 * x for y, x in demand_row.years.items()}})
            for demand_row in of.demand
        )
        other = solve_as_planned(of.with_(projects=barred, demand=demand), Options(gap=0.0)).objective.value
        expected = {True: "core", False: "exterior"}[index.id in best_ids(replan)]
        assert (index.class_ == expected) == (other < best - 1e-6), index
        assert index.financed == (index.id in decisions.chosen)
        assert not index.no_regret or index.class_ == "core"
        seen.add(index.class_)
    assert {"core", "exterior"} <= seen


def test_core_and_exterior_are_those_of_every_scenario() -> None:
    of = small()
    falls, slump = (row("demand", 0.8),), (row("capacity", 0.3, **only("country", "us")),)
    alone = [{c.id: c.class_ for c in replanned(of, *rows)[0].core()} for rows in (falls, slump)]
    both = Replan(Decided.of(of, solve_as_planned(of, Options(gap=0.0))), Options(gap=0.0, time_limit=60.0))
    for name, rows in (("falls", falls), ("slump", slump)):
        both.add(Named(name, 0.0, rows), 0.0, 1)
    both.prove()
    for index in both.core():
        classes = {by_id[index.id] for by_id in alone}
        assert index.class_ == (classes.pop() if len(classes) == 1 else "borderline"), index
    assert len({c.class_ for c in both.core()}) > 1


def best_ids(replan: Replan) -> set[str]:
    return set(replan.best["s"].chosen)


def test_a_contingency_that_meets_no_call_leaves_out_who_calls() -> None:
    of = small(contingency_m=0.0)
    of = of.with_(projects=tuple(p.model_copy(update={"private_share": 0.0}) for p in of.projects))
    replan, _, value = replanned(of, row("capex", 1.5, **only("country", "us")))
    best = replan.best["s"]
    assert not {"a", "c", "d"} & {i for i in best.chosen if best.low > value} or best.low >= value
    us = tuple(p.model_copy(update={"status": "barred"}) if p.country == "US" else p for p in of.projects)
    assert best.low == pytest.approx(
        solve_as_planned(of.with_(projects=us), Options(gap=0.0)).objective.value, abs=1e-6
    )
    assert best.high == pytest.approx(best.low, abs=1e-6)


def test_the_best_plan_of_a_chain_is_that_of_the_book_written_out() -> None:
    of = gallium_case()
    replan, _, value = replanned(of, row("demand", 1.5), row("capacity", 0.5))
    demand = tuple(
        demand_row.model_copy(update={"years": {y: 1.5 * x for y, x in demand_row.years.items()}})
        for demand_row in of.demand
    )
    projects = tuple(p.model_copy(update={"capacity_tpa": 0.5 * p.capacity_tpa}) for p in of.projects)
    best = solve_as_planned(of.with_(demand=demand, projects=projects), Options(gap=0.0)).objective.value
    assert replan.best["s"].low == pytest.approx(best, abs=1e-7)
    assert replan.best["s"].high == pytest.approx(best, abs=1e-6)
    assert value <= best + 1e-9


def test_a_search_that_is_stopped_proves_nothing_and_says_so() -> None:
    of, stop = small(), threading.Event()
    decisions = Decided.of(of, solve_as_planned(of, Options(gap=0.0)))
    replan = Replan(decisions, Options(), stop)
    replan.add(Named("a", 0.5, (row("demand", 1.0),)), Evaluator(decisions).planned.value, 2)
    stop.set()
    replan.add(Named("b", 0.5, (row("demand", 0.8),)), 0.0, 1)
    replan.prove()
    assert replan.without == {"b": LATE}
    assert {c.class_ for c in replan.core()} == {"borderline"}
    assert [c.scenarios for c in replan.core() if c.financed] == [("a",)] * len(decisions.chosen)


def test_what_no_plan_can_keep_is_reported() -> None:
    of = small()
    programme = {"id": "g", "instrument": "grant", "currency": "USD", 2026: 100.0, 2027: 100.0}
    of = case({**book([plant("a", 40, 60.0, status="committed")]), "programmes": [programme]})
    replan, _, _ = replanned(of, row("budget", 0.0))
    assert replan.without == {"s": IMPOSSIBLE}
    assert replan.core() == ()
