"""Numbers that are old: one warning for all of them."""

from models.checks.findings import Findings, listed
from models.evidence import ages, today
from models.sets import Sets
from models.text import Text, Value


def check(findings: Findings, _sets: Sets) -> None:
    """A warning at the oldest row, with how many others are as old, sheet by sheet."""
    settings = findings.case.settings
    stale = [age for age in ages(findings.case) if age.stale]
    if not stale:
        return
    oldest = min((age.stale[0] for age in stale), key=lambda row: str(row.as_of))
    counts = listed(
        Text("{n} of {dated} dated rows of {sheet}", n=len(age.stale), dated=age.dated, sheet=age.sheet)
        for age in stale
    )
    values: dict[str, Value] = {
        "rows": counts, "months": settings.stale_after_months, "today": str(today(settings)),
        "oldest": str(oldest.as_of), "setting": _setting(findings, "stale_after_months"),
        "today_setting": _setting(findings, "today"),
    }  # fmt: skip
    findings.warn(oldest, "as_of", _one_old(values) if sum(len(age.stale) for age in stale) == 1 else _many_old(values))


def _one_old(values: dict[str, Value]) -> Text:
    return Text(
        "{rows} is older than {months} months on {today}; the oldest is of {oldest}: check the numbers and enter"
        " the date of the check in as_of. The age limit is set by {setting} and {today_setting}",
        **values,
    )


def _many_old(values: dict[str, Value]) -> Text:
    return Text(
        "{rows} are older than {months} months on {today}; the oldest is of {oldest}: check the numbers and enter"
        " the date of the check in as_of. The age limit is set by {setting} and {today_setting}",
        **values,
    )


def _setting(findings: Findings, key: str) -> str:
    """The name of a setting, with its cell where the workbook states it."""
    return Text("{key} ({cell})", key=key, cell=findings.setting(key)) if key in findings.case.setting_rows else key
