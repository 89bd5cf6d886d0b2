"""Ids, windows, statuses, and the projects that are left out."""

from collections import Counter
from collections.abc import Iterator

from models.audit.exact import ONE, Finding, exact, must
from models.audit.ledger import Ledger
from models.audit.reasons import Reasons, bars


def names(ledger: Ledger) -> Iterator[Finding]:
    """Every project of the plan is one of the case, and is named once."""
    for name, times in Counter(row.id for row in ledger.plan.projects).items():
        yield must(name in ledger.projects, f"{name} is financed but is no project of the case")
        yield must(times == 1, f"{name} is financed {times} times")


def windows(ledger: Ledger) -> Iterator[Finding]:
    """earliest_fid <= FID <= latest_fid, within first_year..last_fid_year, before it goes ahead without support."""
    for name, row in ledger.financed.items():
        window = ledger.window(ledger.projects[name])
        earliest, latest = window.start, window.stop - 1
        off = max(earliest - row.fid_year, row.fid_year - latest, 0)
        sentence = f"{name} is decided in {row.fid_year}, {off} years outside its window {earliest} to {latest}"
        yield Finding(exact(off), ONE, sentence)


def statuses(ledger: Ledger) -> Iterator[Finding]:
    """Committed projects are in, barred ones out, underway ones no decision."""
    for project in ledger.case.projects:
        financed = project.id in ledger.financed
        if project.status == "committed":
            yield must(financed, f"{project.id} is committed and not financed")
        if project.status == "underway":
            yield must(not financed, f"{project.id} is underway: it is no decision of a plan")
        elif financed:
            reasons = bars(ledger, project)
            yield must(not reasons, f"{project.id} is financed though it is out: {', '.join(reasons.values())}")


def left_out(ledger: Ledger) -> Iterator[Finding]:
    """`not_financed` lists each project that is neither financed nor underway once, with a reason that is true."""
    listed = Counter(row.id for row in ledger.plan.not_financed)
    for project in ledger.case.projects:
        out = project.id not in ledger.financed and project.status != "underway"
        times = listed.pop(project.id, 0)
        yield must(times == int(out), f"{project.id} is listed {times} times as not financed")
    for name in listed:
        yield must(False, f"{name} is listed as not financed but is no project of the case")
    reasons = Reasons(ledger)
    for row in ledger.plan.not_financed:
        if row.id in ledger.projects and row.id not in ledger.financed:
            yield must(reasons.is_true(row), f"{row.id} is left out as '{row.reason}', which is not so")
