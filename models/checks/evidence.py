"""Numbers that are old: one warning for all of them."""

from models.checks.findings import Findings, listed
from models.evidence import ages, today
from models.sets import Sets


def check(findings: Findings, _sets: Sets) -> None:
    """A warning at the oldest row, with how many others are as old, sheet by sheet."""
    settings = findings.case.settings
    stale = [age for age in ages(findings.case) if age.stale]
    if not stale:
        return
    oldest = min((age.stale[0] for age in stale), key=lambda row: str(row.as_of))
    counts = listed(f"{len(age.stale)} of {age.dated} dated rows of {age.sheet}" for age in stale)
    findings.warn(
        oldest,
        "as_of",
        f"{counts} are older than {settings.stale_after_months} months on {today(settings)}"
        f" ({findings.setting('today')}, {findings.setting('stale_after_months')}); the oldest is of {oldest.as_of}:"
        " look the numbers up again, or give the day of the check",
    )
