"""The largest face value of one award, given the project, the programme and the money of its fund."""

from math import inf

from models.instruments import cost_rate
from models.schema import Programme, Project
from models.sets import Fund, Sets
from models.terms import award_cap, most_support

WIDER = 2e-6
"""Part of max(1, limit) that is added to the money of a fund, because limits may be missed by 1e-6."""


def most_award(sets: Sets, fund: Fund, programme: Programme, project: Project, year: int) -> float:
    """Upper bound on the face value, millions, that a programme can award to a project decided in a year."""
    rate = cost_rate(programme, project, year, sets.sizing(year))
    charged = 1.0 if fund.on_face else rate
    total = sets.case.settings.total_budget_m
    limits = [award_cap(project, programme), most_support(project)]
    limits += [
        _over(money, per_face)
        for money, per_face in (
            (_by_year(sets, fund, project, year), charged),
            (fund.total, charged),
            (fund.total_face, 1.0),
            (total, rate),
        )
        if money is not None
    ]
    return max(0.0, min(limits))


def _over(money: float, per_face: float) -> float:
    return (money + WIDER * max(1.0, money)) / per_face if per_face > 0 else inf


def _by_year(sets: Sets, fund: Fund, project: Project, year: int) -> float | None:
    """The largest total charge of one award decided in a year that the envelopes of its fund allow; None without envelopes."""
    if fund.envelopes is None:
        return None
    outlay = sets.case.settings.budget_basis == "outlay"
    most, spent, money = inf, 0.0, 0.0
    profile = sets.profile[project.id] if outlay else (1.0,)
    for y in sets.years:
        part = profile[y - year] if 0 <= y - year < len(profile) else 0.0
        spent = spent + part if fund.carry_over else part
        money = money + fund.envelopes[y] if fund.carry_over else fund.envelopes[y]
        if spent > 0:
            most = min(most, money / spent)
    return most
