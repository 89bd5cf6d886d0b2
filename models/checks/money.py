"""Exchange rates, outlays and needs that contradict each other."""

from models.checks.findings import Findings, millions
from models.numbers import as_typed as number
from models.schema import Outlay, Project
from models.sets import Sets, private_share
from models.terms import need
from models.text import Text

SHARES_AGREE = 0.005
"""Difference up to which `requested_m` and `private_share` of one row agree."""
OUTLAY_TOLERANCE = 0.005
"""Part of the capital cost by which an `outlays` row may miss it."""


def check(findings: Findings, sets: Sets) -> None:
    """Faults of rates and outlays; a notice for every project that needs no public money."""
    _rates(findings)
    for p in findings.case.projects:
        _request(findings, p)
    for row in findings.case.outlays:
        if row.id in sets.by_id:
            _outlay(findings, row, sets.by_id[row.id])
    for p in sets.candidates:
        if need(p) <= 0:
            unaided = Text(
                "{name} needs no public money ({why}): it proceeds unaided and takes no budget",
                name=p.id,
                why=_no_need(p),
            )
            findings.warn(p, "capex_m", unaided)


def _rates(findings: Findings) -> None:
    base = findings.case.settings.base_currency
    for row in findings.case.fx:
        if row.per_base <= 0:
            findings.fault(
                row,
                "per_base",
                f"{number(row.per_base)} is not a rate: give the units of {row.currency} for one {base}, above 0",
            )
        elif row.currency == base and row.per_base != 1:
            findings.fault(
                row,
                "per_base",
                f"{row.currency} is the base currency ({findings.setting('base_currency')}), its rate is 1, not"
                f" {number(row.per_base)}",
            )


def _request(findings: Findings, p: Project) -> None:
    """A requested amount replaces the private share; both may be given only if they agree."""
    if p.requested_m is None or p.capex_m <= 0:
        return
    if p.requested_m > p.capex_m - p.secured_m:
        message = Text(
            "{name} asks for more than its capital cost leaves open: cut to {room} ({cell} less secured money)",
            name=p.id, room=millions(findings, p, p.capex_m - p.secured_m), cell=findings.cell(p, "capex_m"),
        )  # fmt: skip
        findings.warn(p, "requested_m", message)
    if "private_share" in p.model_fields_set and abs(p.private_share - private_share(p)) > SHARES_AGREE:
        findings.fault(
            p,
            "requested_m",
            f"{p.id} asks for an amount that leaves {number(round(private_share(p), 4))} of its capital cost to private"
            f" money, and its private_share says {number(p.private_share)} ({findings.cell(p, 'private_share')}):"
            " correct one of them, or empty it",
        )


def _outlay(findings: Findings, row: Outlay, project: Project) -> None:
    total = sum(row.years.values())
    if abs(total - project.capex_m) > OUTLAY_TOLERANCE * project.capex_m:
        base = findings.case.settings.base_currency
        column = f"year_{min(row.years)}" if row.years else "id"
        findings.fault(
            row,
            column,
            f"the row adds up to {number(total)}, the capital cost of {row.id} is {number(project.capex_m)} million"
            f" {base} ({findings.cell(project, 'capex_m')}); they may differ by 0.5 %: correct one of them",
        )


def _no_need(p: Project) -> Text:
    if not p.capex_m:
        return Text("its capital cost is 0")
    return Text(
        "of {capex} million, {private} private and {secured} secured",
        capex=number(p.capex_m), private=number(p.capex_m * private_share(p)), secured=number(p.secured_m),
    )  # fmt: skip
