"""An instrument, a constraint family and a measure that the project does not have, each written twice as ours are:
for the program and for the auditor. Tests install them to hold the contracts between files to their word."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models import classes, families, instruments, rule_measures
from models.audit import amounts, report, selection_limits
from models.audit import instruments as audited
from models.audit.exact import ZERO, Finding, at_most, exact, must
from models.audit.ledger import Given, Ledger
from models.case import Case
from models.decision import Decision, Linear
from models.family import Family
from models.instruments.instrument import Instrument
from models.program import Program
from models.rule_measures import Measure, picked_awards
from models.schema import Programme, Project, Rule, Where
from models.sets import Sets

FIRST = 2026
SPONSOR_LIMIT_M = 100.0
"""The most that one sponsor may be awarded."""
SPONSOR_DECISIONS = 1
"""Projects of one sponsor that may be decided in a year."""

# -- an instrument whose budget cost depends on the project and on the year of the decision ---------------------------


def credit_rate(_programme: Programme, project: Project, year: int, _case: Case) -> float:
    return 0.1 * project.build_years + 0.05 * (year - FIRST)


def credit_rate_exactly(_ledger: Ledger, _programme: Programme, project: Project, fid: int) -> Decimal:
    return exact(0.1) * project.build_years + exact(0.05) * (fid - FIRST)


UNDECLARED = Instrument(
    "tax credit", "tax credits", receives="less tax", pays="by build years", funded=True, rate=credit_rate
)
CREDIT = replace(UNDECLARED, rate_varies_by_project=lambda _: True)

# -- a family that limits what one sponsor is awarded -----------------------------------------------------------------


def limit_sponsors(program: Program) -> None:
    decision = program.decision
    sponsors = sorted({c.members[0].sponsor for c in decision.classes})

    def row(_: object, sponsor: str) -> object:
        given = sum(a for (c, _, _), a in decision.award.items() if decision.class_of[c].members[0].sponsor == sponsor)
        return True if isinstance(given, int) else given <= SPONSOR_LIMIT_M

    program.add("sponsor_limit", [(s,) for s in sponsors], row)


def sponsors_held(ledger: Ledger) -> Iterator[Finding]:
    awarded: dict[str, Decimal] = {}
    for given in (g for awards in ledger.awards.values() for g in awards):
        awarded[given.project.sponsor] = awarded.get(given.project.sponsor, ZERO) + given.face
    for sponsor, face in awarded.items():
        yield at_most(face, exact(SPONSOR_LIMIT_M), f"{sponsor} is awarded {face} M", [face])


SPONSORS = Family(
    "sponsors", limit_sponsors, class_key=lambda _sets, project: project.sponsor, limits=("sponsor_limit",)
)

# -- a family that limits how many projects of one sponsor are decided in a year, as a setting would -------------------


def crowd(decision: Decision) -> dict[tuple[str, int], list[Any]]:
    """Sponsor and year -> the decisions that can fall in it."""
    starts: dict[tuple[str, int], list[Any]] = {}
    for s in decision.starts:
        starts.setdefault((s.project.sponsor, s.year), []).append(s.x)
    return starts


def limit_decisions(program: Program) -> None:
    starts = crowd(program.decision)
    program.add(
        "sponsor_year", sorted(starts), lambda _, sponsor, year: sum(starts[sponsor, year]) <= SPONSOR_DECISIONS
    )


def refuse_decisions(decision: Decision, projects: Sequence[Project], year: int) -> str:
    taken = crowd(decision)
    for p in projects:
        there = sum(taken.get((p.sponsor, year), ())) + sum(other.sponsor == p.sponsor for other in projects)
        if there > SPONSOR_DECISIONS:
            return f"{p.sponsor} has {SPONSOR_DECISIONS} decision in {year} already"
    return ""


def decisions_held(ledger: Ledger) -> Iterator[Finding]:
    result = [(ledger.projects[i].sponsor, row.fid_year) for i, row in ledger.financed.items()]
    for sponsor, year in set(result):
        yield must(result.count((sponsor, year)) <= SPONSOR_DECISIONS, f"{sponsor} has too many decisions in {year}")


CROWDED = Family("sponsor_years", limit_decisions, refuses=refuse_decisions)

# -- a measure: face value weighted by the environmental score of its project -----------------------------------------


def green_money(decision: Decision, rule: Rule, where: Where) -> Linear:
    return sum((c.members[0].esg_e or 0.0) * a for c, _, _, a in picked_awards(decision, rule, where))


def green_money_exactly(
    _l: Ledger, _r: Rule, _entry: amounts.CountedProject, chosen: list[Given], _everyone: bool
) -> Decimal:
    return sum((exact(given.project.esg_e or 0.0) * given.face for given in chosen), ZERO)


GREEN = Measure("green_money", green_money, reads_awards=True, class_key=lambda _sets, project: project.esg_e)


def install(patch: pytest.MonkeyPatch) -> None:
    """Adds all three, on both sides."""
    patch.setitem(instruments.INSTRUMENTS, "tax credit", CREDIT)
    patch.setitem(audited.TERMS, "tax credit", audited.Terms(funded=True, rate=credit_rate_exactly))
    patch.setitem(families.FAMILIES, "sponsors", SPONSORS)
    check = report.AuditCheck("sponsors", "no sponsor is awarded more than its limit", sponsors_held)
    patch.setattr(report, "CHECKS", (*report.CHECKS, check))
    patch.setitem(rule_measures.MEASURES, "green_money", GREEN)
    patch.setitem(amounts.OF_AWARDS, "green_money", green_money_exactly)


def install_limit(patch: pytest.MonkeyPatch) -> None:
    """Adds the limit on the decisions of a sponsor, on both sides."""
    patch.setitem(families.FAMILIES, "sponsor_years", CROWDED)
    check = report.AuditCheck("sponsor years", "no sponsor has more decisions in a year than it may", decisions_held)
    patch.setattr(selection_limits, "SELECTION_LIMITS", (check,))
    patch.setattr(report, "CHECKS", (*report.CHECKS, check))


def class_sizes(sets: Sets) -> list[int]:
    """Members of each class of a case."""
    return [len(c.members) for c in classes.funding_classes(sets)]
