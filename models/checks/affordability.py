"""Warn if the money of the case could pay for no project; the unit is then likely wrong."""

from models.checks.findings import Findings
from models.decision import Decision
from models.numbers import as_typed as number
from models.reasons.unspent import Unspent
from models.schema import Project
from models.sets import Sets
from models.terms import need

FEWEST = 2
"""Least number of projects for which the warning is given."""


def check(findings: Findings, sets: Sets) -> None:
    """A warning where all the money together could pay for no project in any year of its window."""
    if findings.faults:
        return  # what money there is may not be defined then
    needy = [p for p in sets.candidates if need(p) > 0 and sets.windows[p.id]]
    money = Unspent(Decision(sets, (), {}, {}))
    if len(needy) < FEWEST or any(not money.shortage((p,), t) for p in needy for t in sets.windows[p.id]):
        return
    least = min(needy, key=lambda p: (need(p), p.id))
    findings.warn(least, "capex_m", f"no project can be paid for: {_why(findings, money, least)}")


def _why(findings: Findings, money: Unspent, least: Project) -> str:
    wanted, total = need(least), findings.case.settings.total_budget_m
    smallest = f"the smallest need, {number(round(wanted, 2))} M of {least.id}, is"
    if total is not None and wanted > total:
        where = findings.setting("total_budget_m")
        return f"{smallest} more than the whole budget of {number(total)} M ({where}): are both in millions?"
    years = money.sets.windows[least.id]
    most = max(wanted - money.shortage((least,), t) for t in years)
    return (
        f"{smallest} more than the {number(round(most, 2))} M that the programmes could pay of it in any year of its "
        "window: are capital cost and envelopes in millions, and are max_share and private_share meant so?"
    )
