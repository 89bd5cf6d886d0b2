"""Ids, windows, statuses, and the projects that are left out."""

from collections import Counter
from collections.abc import Iterator

from models.audit.amounts import datum
from models.audit.exact import ONE, Finding, exact, must
from models.audit.financing import eligible
from models.audit.ledger import Ledger
from models.audit.picks import picks
from models.audit.projects import cap, need
from models.plan import NotFinanced
from models.schema import Project, Rule

BARS = ("barred", "off the country list", "fails rule")


def names(ledger: Ledger) -> Iterator[Finding]:
    """Every project of the plan is one of the case, and is named once."""
    for name, times in Counter(row.id for row in ledger.plan.projects).items():
        yield must(name in ledger.projects, f"{name} is financed but is no project of the case")
        yield must(times == 1, f"{name} is financed {times} times")


def windows(ledger: Ledger) -> Iterator[Finding]:
    """earliest_fid <= FID <= latest_fid, within first_year..last_fid_year."""
    settings = ledger.case.settings
    last = min(settings.last_fid_year, settings.last_year)
    for name, row in ledger.financed.items():
        project = ledger.projects[name]
        earliest = max(settings.first_year, project.earliest_fid or settings.first_year)
        latest = min(last, project.latest_fid or last)
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


def bars(ledger: Ledger, project: Project) -> dict[str, str]:
    """Why a project cannot be financed at all: reason -> in words."""
    reasons = {}
    if project.status == "barred":
        reasons["barred"] = "barred"
    if project.country not in ledger.case.settings.countries:
        reasons["off the country list"] = f"{project.country} is not in `countries`"
    failed = [rule.rule for rule in ledger.case.rules if fails(ledger, rule, project)]
    if failed:
        reasons["fails rule"] = f"fails {', '.join(failed)}"
    return reasons


def fails(ledger: Ledger, rule: Rule, project: Project) -> bool:
    """Whether a project does not meet an `each` rule; a missing value does not meet it."""
    if rule.aggregate != "each" or not picks(rule, project):
        return False
    value = datum(ledger, rule.measure, project)
    return value is None or (value < exact(rule.value) if rule.sense == ">=" else value > exact(rule.value))


def left_out(ledger: Ledger) -> Iterator[Finding]:
    """`not_financed` lists each project that is neither financed nor underway once, with a reason that is true."""
    listed = Counter(row.id for row in ledger.plan.not_financed)
    for project in ledger.case.projects:
        out = project.id not in ledger.financed and project.status != "underway"
        times = listed.pop(project.id, 0)
        yield must(times == int(out), f"{project.id} is listed {times} times as not financed")
    for name in listed:
        yield must(False, f"{name} is listed as not financed but is no project of the case")
    for row in ledger.plan.not_financed:
        if row.id in ledger.projects:
            yield must(is_true(ledger, row), f"{row.id} is left out as '{row.reason}', which is not so")


def is_true(ledger: Ledger, row: NotFinanced) -> bool:
    """Whether the stated reason fits the facts; a barred project is never said to be outbid."""
    project = ledger.projects[row.id]
    barred = bars(ledger, project)
    if barred or row.reason in BARS:
        return row.reason in barred
    if row.reason == "no eligible programme":
        able = any(eligible(one, project) and cap(one, project) > 0 for one in ledger.case.programmes)
        return bool(ledger.case.programmes) and not able and need(project) > 0
    if row.reason == "needs another":
        clauses = (*project.requires, *((other,) for other in project.together))
        return any(ledger.present.isdisjoint(clause) for clause in clauses)
    if row.reason == "excluded by another":
        return not ledger.present.isdisjoint(rivals(ledger, project))
    return True


def rivals(ledger: Ledger, project: Project) -> set[str]:
    """Projects that cannot be financed beside this one, whichever of the two says so."""
    group = ledger.groups.get(project.group, []) if project.group else []
    return {*project.excludes, *ledger.excluders.get(project.id, []), *group} - {project.id}
