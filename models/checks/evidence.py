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
    be = "is" if sum(len(age.stale) for age in stale) == 1 else "are"
    findings.warn(
        oldest,
        "as_of",
        f"{counts} {be} older than {settings.stale_after_months} months on {today(settings)}; the oldest is of"
        f" {oldest.as_of}: look the numbers up again and enter the new day in as_of. What counts as old is set by"
        f" {_setting(findings, 'stale_after_months')} and {_setting(findings, 'today')}",
    )


def _setting(findings: Findings, key: str) -> str:
    """The name of a setting, with its cell where the workbook states it."""
    return f"{key} ({findings.setting(key)})" if key in findings.case.setting_rows else key
