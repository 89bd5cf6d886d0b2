"""Audit: the proof, the checks of the auditor, and the run that made the plan."""

from collections.abc import Iterator
from typing import NamedTuple

from optimizer.fingerprint import fingerprint
from optimizer.reports.audit_words import check_words
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import proved_within
from optimizer.reports.language import tr, tr_c
from optimizer.reports.plan_summary import input_digest
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import Kind, TableColumn
from optimizer.reports.tables.shared import yes_no
from optimizer.reports.worksheet import Cell


class AuditLine(NamedTuple):
    """One fact of the proof."""

    part: str
    item: str
    value: Cell
    meaning: str = ""
    kind: Kind = "text"


COLUMNS: tuple[TableColumn[AuditLine], ...] = (
    TableColumn("part", lambda x: x.part, width=10),
    TableColumn("item", lambda x: x.item, width=24),
    TableColumn("value", lambda x: x.value, lambda x: x.kind, 34),
    TableColumn("meaning", lambda x: x.meaning, "wrapped", 90),
)


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    lines = [*_proof(writer), *_checks(writer), *_input(writer), *_run(writer)]
    writer.write(sheet_table("Audit", COLUMNS, lines), keep=2)


def _proof(writer: PlanWorkbook) -> Iterator[AuditLine]:
    o = writer.plan.objective
    yield AuditLine(
        tr("proof"),
        tr("status"),
        tr(writer.plan.status),
        tr("optimal: proved within the asked gap; feasible: keeps every rule."),
    )
    ties = tr("proved: of the plans as good as this none costs less, nor as much with less face value or earlier.")
    yield AuditLine(tr("proof"), tr("tie-break"), word(writer.plan.tie_break), ties)
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


def _checks(writer: PlanWorkbook) -> Iterator[AuditLine]:
    audit = writer.plan.audit
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
    for check in audit.checks:
        name, text, passed = check_words(check)
        yield AuditLine(tr("check"), name, tr("passed") if passed else tr("FAILED"), text)


def _input(writer: PlanWorkbook) -> Iterator[AuditLine]:
    what, digest = input_digest(writer.case, writer.plan)
    yield AuditLine(tr("input"), tr("file"), what)
    yield AuditLine(
        tr("input"), tr("SHA-256"), digest, tr("Digest of the input: the same digest, the same input."), "wrapped"
    )
    print_of = tr("Digest of case, plan and options; `mine2magnet verify` prints it for the folder at hand.")
    yield AuditLine(tr("plan"), tr("fingerprint"), fingerprint(writer.case, writer.plan), print_of)


def _run(writer: PlanWorkbook) -> Iterator[AuditLine]:
    """Versions, solver options and overrides, where the plan carries the record of its run."""
    record = writer.plan.manifest
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
