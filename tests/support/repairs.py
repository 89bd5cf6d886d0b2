"""Repairs held against every selection there is: as printed they are enough, with one digit less they are not."""

from support.oracle import best

from models.case import Case
from optimizer.analysis.infeasibility import Repair, Repaired, RepairReport, repaired


def less(change: Repaired) -> Repaired | None:
    """The change with one printed digit less; None where nothing is left of it."""
    if change.new is None or change.old is None or change.digit is None:
        return None
    back = change.digit if change.new < change.old else -change.digit
    new = round(change.new + back, 10)
    gone = (new - change.old) * (change.new - change.old) <= 0
    return None if gone else change.model_copy(update={"new": new})


def one_digit_less(repair: Repair) -> list[tuple[Repaired, ...]]:
    """The repair with each of its changes in turn less by a digit, or left out."""
    return [
        tuple(c for c in (less(result) if result == change else result for result in repair.changes) if c is not None)
        for change in repair.changes
    ]


def holds_against_brute_force(case: Case, report: RepairReport) -> None:
    for repair in report.repairs:
        assert best(repaired(case, repair.changes)).feasible, repair.sentence
        for smaller in one_digit_less(repair):
            assert not best(repaired(case, smaller)).feasible, (repair.sentence, smaller)
