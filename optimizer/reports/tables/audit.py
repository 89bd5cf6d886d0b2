"""The audit in tables: the checks on the page; in the workbook also the proof, the input and the run."""

from collections.abc import Iterator
from typing import NamedTuple

from models.case import Case
from models.plan import Plan
from optimizer.fingerprint import fingerprint
from optimizer.reports.audit_words import check_words
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import proved_within
from optimizer.reports.language import localized, tr, tr_c
from optimizer.reports.plan_summary import input_digest
from optimizer.reports.report_table import Grid, Kind, TableColumn, grid_of
from optimizer.reports.tables.shared import yes_no
from optimizer.reports.worksheet import Cell


class AuditLine(NamedTuple):
    """One fact of the proof."""

    part: str
    item: str
    value: Cell
    meaning: str = ""
    kind: Kind = "text"
    failed: bool = False


COLUMNS: tuple[TableColumn[AuditLine], ...] = (
    TableColumn("part", lambda x: x.part, width=10, on=("sheet",)),
    TableColumn("item", lambda x: x.item, width=24, on=("sheet",)),
    TableColumn("value", lambda x: x.value, lambda x: x.kind, 34, on=("sheet",)),
    TableColumn("check", lambda x: f"{x.value} {x.item}" if x.failed else x.item, on=("page",)),
    TableColumn("meaning", lambda x: x.meaning, "wrapped", 90, on=("sheet",)),
    TableColumn("what was recomputed", lambda x: x.meaning, "wrapped", on=("page",)),
)


def audit_table(plan: Plan) -> Grid:
    """For the page: one line per check."""
    note = ""
    if plan.audit:
        passed = tr("Every check passed") if plan.audit.passed else tr("Not every check passed")
        note = tr(
            "{passed}; recomputed from the workbook by a second reader in exact decimals. Largest violation:"
            " {largest_violation} of its tolerance base.",
            passed=passed,
            largest_violation=localized(f"{plan.audit.largest_violation:.2g}"),
        )
    return grid_of(
        "page", "audit", COLUMNS, check_lines(plan), title="Audit", note=note, empty=tr("This plan was not audited.")
    )


def audit_sheet(case: Case, plan: Plan) -> Grid:
    """For the workbook: the proof, the checks, the input and the run."""
    return grid_of("sheet", "Audit", COLUMNS, [*_proof(plan), *_audit(plan), *_input(case, plan), *_run(plan)])


def check_lines(plan: Plan) -> Iterator[AuditLine]:
    """The checks of the auditor; a failed check shows its message in place of `passed`."""
    for check in plan.audit.checks if plan.audit else ():
        name, text, passed = check_words(check)
        yield AuditLine(tr("check"), name, tr("passed") if passed else tr("FAILED"), text, failed=not passed)


def _proof(plan: Plan) -> Iterator[AuditLine]:
    o = plan.objective
    yield AuditLine(
        tr("proof"),
        tr("status"),
        tr(plan.status),
        tr("optimal: proved within the asked gap; feasible: keeps every rule."),
    )
    ties = tr("proved: of the plans as good as this none costs less, nor as much with less face value or earlier.")
    yield AuditLine(tr("proof"), tr("tie-break"), word(plan.tie_break), ties)
    yield AuditLine(tr("proof"), tr("objective"), o.name, tr("Objective that was maximized."))
    yield AuditLine(
        tr("proof"),
        tr("value"),
        o.value,
        tr("As in plan.json, a plan score from 0 to 1; without the penalty."),
        "digits",
    )
    yield AuditLine(
        tr("proof"),
        tr("bound"),
        o.bound,
        tr("No plan can have a larger value less penalty than bound less penalty."),
        "digits",
    )
    yield AuditLine(
        tr("proof"),
        tr_c("the solver", "gap"),
        o.gap,
        tr("{proved}: (bound - value) / value.", proved=proved_within(o.gap)),
        "proof",
    )
    yield AuditLine(
        tr("proof"),
        tr("penalty"),
        o.penalty,
        tr("Lost to rules that may be missed, on the scale of the value."),
        "digits",
    )
    yield AuditLine(
        tr("proof"), tr("baseline"), o.baseline, tr("The value with existing and underway capacity alone."), "digits"
    )


def _audit(plan: Plan) -> Iterator[AuditLine]:
    audit = plan.audit
    if audit is None:
        yield AuditLine(tr("audit"), tr("passed"), tr("no"), tr("Not audited."))
        return
    yield AuditLine(
        tr("audit"),
        tr("passed"),
        yes_no(audit.passed),
        tr("Recomputed from the workbook by a second reader in exact decimals."),
    )
    yield AuditLine(
        tr("audit"),
        tr("largest violation"),
        audit.largest_violation,
        tr("As a part of its check's tolerance base."),
        "tiny",
    )
    yield from check_lines(plan)


def _input(case: Case, plan: Plan) -> Iterator[AuditLine]:
    file, digest = input_digest(case, plan)
    yield AuditLine(tr("input"), tr("file"), file)
    yield AuditLine(
        tr("input"), tr("SHA-256"), digest, tr("Digest of the input: the same digest, the same input."), "wrapped"
    )
    print_of = tr("Digest of case, plan and options; `mine2magnet verify` prints it for the folder at hand.")
    yield AuditLine(tr("plan"), tr("fingerprint"), fingerprint(case, plan), print_of)


def _run(plan: Plan) -> Iterator[AuditLine]:
    """Versions, solver options and overrides, if the plan contains the record of its run."""
    record = plan.manifest
    for name, version in record.get("versions", {}).items():
        yield AuditLine(tr("version"), name, str(version))
    for name in ("gap", "time_limit", "threads", "seed"):
        option = record.get("options", {}).get(name)
        if option is not None:
            yield AuditLine(tr("solver"), name, option["value"], tr("from {place}", place=option["from"]), "decimal")
    changes = record.get("overrides", {})
    for name, (text, where) in changes.get("settings", {}).items():
        yield AuditLine(tr("override"), name, str(text), tr("from {place}", place=where))
    for kind in ("include", "exclude"):
        yield from (AuditLine(tr("override"), kind, str(project)) for project in changes.get(kind, ()))
