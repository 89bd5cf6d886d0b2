"""All checks together: nothing on a sound book, the order of the workbook, budgets and refusals."""

from support.checkbook import DEMAND, A, B, at, book, cells, grant, project, rule, setting, where

from models.checks import budget_fault, check


def test_a_sound_book_has_neither_fault_nor_warning() -> None:
    sound = book(
        {"objective": "coverage"},
        projects=[A, B, project("c", requires=(("a", "b"),), excludes=("b",))],
        programmes=[grant(fund="f"), grant("more", fund="f", total_m=None)],
        outlays=[{"id": "a", "years": {0: 40, 1: 60.4}}],
        demand=[DEMAND],
        existing=[{"country": "CN", "stage": "mine", "capacity_tpa": 0}],
        rules=[rule(), rule(rule="S", measure="award", **where(programmes=(("donor", "us"),)))],
        fx=[{"currency": "AUD", "per_base": 1.5}],
    )
    assert check(sound) == ([], [])


def test_diagnostics_come_in_the_order_of_the_workbook() -> None:
    faults, _ = check(
        book(
            {"objective": "bottleneck"},
            projects=[project("z", stage="x"), project("a", excludes=("nobody",))],
            programmes=[grant(total_m=None)],
        )
    )
    places = [
        at("projects", 2, "stage"),
        at("projects", 3, "excludes"),
        at("programmes", 2, "2026"),
        setting("objective"),
    ]
    assert cells(faults) == places


def test_a_faulty_rule_does_not_bury_its_own_fault() -> None:
    faults, warnings = check(
        book(projects=[A], programmes=[grant(min_ticket_m=1)], rules=[rule(measure="esgg", aggregate="each")])
    )
    assert cells(faults) == [at("rules", 2, "measure")]
    assert warnings == []


def test_many_unknown_references_and_long_chains_are_quick() -> None:
    chain = [project(f"p{n:05}", requires=((f"p{n + 1:05}",),)) for n in range(5000)]
    faults, _ = check(book(projects=[*chain, *(project(f"q{n}", excludes=(f"x{n}",)) for n in range(200))]))
    assert len(faults) == 201


def test_a_budget_of_some_kind_is_needed_to_solve() -> None:
    none = book(projects=[A])
    diagnostic = budget_fault(none)
    assert diagnostic is not None
    assert (diagnostic.cell, diagnostic.column) == (setting("total_budget_m"), "total_budget_m")
    assert "--budget" in diagnostic.message
    assert budget_fault(book({"total_budget_m": 10.0}, projects=[A])) is None
    assert budget_fault(book({"total_budget_m": None}, projects=[A])) is None  # `none` was written
    assert budget_fault(book(projects=[A], programmes=[grant()])) is None


def test_an_option_is_named_where_it_gave_the_setting() -> None:
    case = book({"objective": "bottleneck"}, projects=[A])
    faults, _ = check(case.with_(provenance={**case.provenance, "objective": "--objective"}))
    assert cells(faults) == ["--objective"]
