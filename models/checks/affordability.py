"""Warn if the money of the case could pay for no project; the unit is then likely wrong."""

from models.checks.findings import Findings
from models.decision import Decision
from models.numbers import as_typed as number
from models.reasons.unspent import Unspent
from models.schema import Project
from models.sets import Sets
from models.terms import need
from models.text import Text

FEWEST = 2
"""Least number of projects for which the warning is given."""


def check(findings: Findings, sets: Sets) -> None:
    """Warn if all money together could not pay for any project in any year of its window."""
    if findings.faults:
        return  # what money there is may not be defined then
    needy = [p for p in sets.candidates if need(p) > 0 and sets.windows[p.id]]
    money = Unspent(Decision(sets, (), {}, {}))
    if len(needy) < FEWEST or any(not money.shortage((p,), t) for p in needy for t in sets.windows[p.id]):
        return
    least = min(needy, key=lambda p: (need(p), p.id))
    findings.warn(least, "capex_m", _too_poor(findings, money, least))


def _too_poor(findings: Findings, money: Unspent, least: Project) -> Text:
    required, total = need(least), findings.case.settings.total_budget_m
    if total is not None and required > total:
        return Text(
            "no project can be paid for: the smallest need, {need} M of {name}, is more than the whole budget of {total} M"
            " ({cell}): are both in millions?",
            need=number(round(required, 2)), name=least.id, total=number(total), cell=findings.setting("total_budget_m"),
        )  # fmt: skip
    years = money.sets.windows[least.id]
    most = max(required - money.shortage((least,), t) for t in years)
    return Text(
        "no project can be paid for: the smallest need, {need} M of {name}, is more than the {most} M that the programmes"
        " could pay of it in any year of its window: are capital cost and envelopes in millions, and are max_share and"
        " private_share meant so?",
        need=number(round(required, 2)), name=least.id, most=number(round(most, 2)),
    )  # fmt: skip
