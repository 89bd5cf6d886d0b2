"""Risks that apply to no project, or that change nothing."""

from models.checks.findings import Findings
from models.measures import matches
from models.numbers import as_typed as number
from models.sets import Sets
from models.text import Text


def check(findings: Findings, sets: Sets) -> None:
    """Note what is wrong with the rows of `risks`."""
    open_to = list(sets.candidates + sets.underway)
    for row in findings.case.risks:
        if row.overrun <= 0:
            findings.fault(row, "overrun", f"{number(row.overrun)} is not a cost factor: write 1.2 for 20 % more")
        picked = [p for p in open_to if matches(row.picks, p)]
        if not picked:
            taken = any(matches(row.picks, p) for p in sets.candidates + sets.underway)
            message = Text('"{where}" picks no project: the row changes nothing', where=row.where)
            if taken:
                message = Text("earlier rows take all the projects it picks: the row changes nothing")
            findings.warn(row, "where", message)
        open_to = [p for p in open_to if p not in picked]
    if findings.case.risks and not findings.case.settings.draws:
        findings.sheet_warn(
            "risks",
            Text(
                "`solve` draws from these risks only where draws is above 0 (the setting, or --draws); `stress` draws for any plan"
            ),
        )
