"""Audit: what is proved, what the second reader recomputed, and the run that the plan came from."""

from collections.abc import Iterator
from typing import NamedTuple

from optimizer.fingerprint import fingerprint
from optimizer.reports.formatting import proved_within
from optimizer.reports.plan_summary import input_digest
from optimizer.reports.plan_workbook.sheet_writer import BookWriter, Cell, Column, yes_no


class Line(NamedTuple):
    """One fact of the proof."""

    part: str
    item: str
    value: Cell
    meaning: str = ""
    look: str = "text"


COLUMNS: tuple[Column[Line], ...] = (
    Column("Part", lambda x: x.part, width=10),
    Column("Item", lambda x: x.item, width=24),
    Column("Value", lambda x: x.value, lambda x: x.look, 34),
    Column("Meaning", lambda x: x.meaning, "wrapped", 90),
)


def write(writer: BookWriter) -> None:
    """The sheet."""
    writer.table("Audit", COLUMNS, [*_proof(writer), *_checks(writer), *_input(writer), *_run(writer)], keep=2)


def _proof(writer: BookWriter) -> Iterator[Line]:
    o = writer.plan.objective
    yield Line(
        "proof", "status", writer.plan.status, "optimal: proved within the asked gap; feasible: keeps every rule."
    )
    ties = "proved: of the plans as good as this none costs less, nor as much with less face value or earlier."
    yield Line("proof", "tie-break", writer.plan.tie_break, ties)
    yield Line("proof", "objective", o.name, "Objective that was maximized.")
    yield Line("proof", "value", o.value, "Recomputed from the financed projects; without the penalty.", "exact")
    yield Line(
        "proof", "bound", o.bound, "No plan can have a larger value less penalty than bound less penalty.", "exact"
    )
    yield Line("proof", "gap", o.gap, f"{proved_within(o.gap)}: (bound - value) / value.", "proof")
    yield Line("proof", "penalty", o.penalty, "Points lost to rules that may be missed.", "exact")
    yield Line("proof", "baseline", o.baseline, "The value with existing and underway capacity alone.", "exact")


def _checks(writer: BookWriter) -> Iterator[Line]:
    audit = writer.plan.audit
    if audit is None:
        yield Line("audit", "passed", "no", "Not audited.")
        return
    yield Line(
        "audit", "passed", yes_no(audit.passed), "Recomputed from the workbook by a second reader in exact decimals."
    )
    yield Line(
        "audit", "largest violation", audit.largest_violation, "As a part of its check's tolerance base.", "tiny"
    )
    for check in audit.checks:
        failed = check.startswith("FAILED")
        name, _, text = check.removeprefix("FAILED ").partition(": ")
        yield Line("check", name, "FAILED" if failed else "passed", text)


def _input(writer: BookWriter) -> Iterator[Line]:
    what, digest = input_digest(writer.case, writer.plan)
    yield Line("input", "file", what)
    yield Line("input", "SHA-256", digest, "Digest of the input: the same digest, the same input.", "wrapped")
    print_of = "Digest of case, plan and options; `mine2magnet verify` prints it for the folder at hand."
    yield Line("plan", "fingerprint", fingerprint(writer.case, writer.plan), print_of)


def _run(writer: BookWriter) -> Iterator[Line]:
    """Versions, solver options and overrides, where the plan carries the record of its run."""
    record = writer.plan.manifest
    for name, version in record.get("versions", {}).items():
        yield Line("version", name, str(version))
    for name in ("gap", "time_limit", "threads", "seed"):
        option = record.get("options", {}).get(name)
        if option is not None:
            yield Line("solver", name, option["value"], f"from {option['from']}", "number")
    changes = record.get("overrides", {})
    for name, (text, where) in changes.get("settings", {}).items():
        yield Line("override", name, str(text), f"from {where}")
    for kind in ("include", "exclude"):
        yield from (Line("override", kind, str(project)) for project in changes.get(kind, ()))
