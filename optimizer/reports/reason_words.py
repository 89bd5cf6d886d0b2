"""Reasons for leaving a project out, in the words of reports. `plan.json` keeps the reasons of `models.plan`.

A book without programmes has only its total budget to be too small, so that one reason has words of its own there.
"""

from models.case import Case
from optimizer.reports.language import N_

TOO_SMALL = "programmes closed in its years or too small"
REASONS = {
    "outbid": N_("{n} outbid"),
    "rule leaves no room": N_("{n} for which a rule leaves no room"),
    "limit leaves no room": N_("{n} for which a limit leaves no room"),
    TOO_SMALL: N_("{n} for which the programmes are closed or too small"),
    "does not pay at these prices": N_("{n} not paying at these prices"),
    "adds nothing": N_("{n} adding nothing"),
    "not worked out": N_("{n} not worked out"),
    "nothing is financed that it could follow": N_("{n} with nothing financed that they could follow"),
    "needs another": N_("{n} needing another"),
    "excluded by another": N_("{n} excluded by another"),
    "no eligible programme": N_("{n} without an eligible programme"),
    "does not fit the horizon": N_("{n} not fitting the horizon"),
    "fails rule": N_("{n} failing a rule"),
    "off the country list": N_("{n} off the country list"),
    "barred": N_("{n} barred"),
}
"""Reason for leaving projects out -> how many it leaves out, in words; those that say most about the plan come first."""
ABOVE_TOTAL = N_("needs more than the total budget")
ABOVE_TOTALS = N_("{n} needing more than the total budget")


def rank(reason: str) -> int:
    """Place of a reason in the order of reports, from 0."""
    return list(REASONS).index(reason)


def of_one(case: Case, reason: str) -> str:
    """The reason of one project, to be translated."""
    return ABOVE_TOTAL if reason == TOO_SMALL and not case.programmes else reason


def of_several(case: Case, reason: str) -> str:
    """The number of projects that a reason leaves out, to be translated and filled with `n`."""
    return ABOVE_TOTALS if reason == TOO_SMALL and not case.programmes else REASONS[reason]
