"""Repairs of `--include` and `--exclude`, which have no cell to change."""

from collections.abc import Mapping

from models.case import Case
from models.faults import Diagnostic
from models.text import Text
from optimizer.analysis.infeasibility.report import Conflict, Repaired, RepairReport, Restriction
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.project_names import NamedProject, find_project

Origins = Mapping[str, str]
"""Project (or its status cell) -> the option that overrides it."""


def override_repairs(report: RepairReport, case: Case, changes: Overrides) -> RepairReport:
    """The report, with the option in place of the status cell for every override."""
    names = [NamedProject(p.id, p.name, p.row) for p in case.projects]
    title = case.layouts["projects"].title if "projects" in case.layouts else "projects"
    options = {find_project(text, names, title): "--include" for text in changes.include}
    options |= {find_project(text, names, title): "--exclude" for text in changes.exclude}
    cells = {case.cell("projects", p.row, "status"): options[p.id] for p in case.projects if p.id in options}
    repairs = (r.model_copy(update={"changes": tuple(_change(c, options) for c in r.changes)}) for r in report.repairs)
    return report.model_copy(
        update={
            "reasons": tuple(_reason(r, cells) for r in report.reasons),
            "repairs": tuple(repairs),
            "conflict": tuple(_conflict(c, options) for c in report.conflict),
        }
    )


def _of(r: Restriction, options: Origins) -> str | None:
    return options.get(r.subject) if r.kind in ("committed", "barred") else None


def _reason(reason: Diagnostic, cells: Origins) -> Diagnostic:
    return reason.model_copy(update={"cell": cells.get(reason.cell, reason.cell)})


def _change(change: Repaired, options: Origins) -> Repaired:
    option, name = _of(change.restriction, options), change.restriction.subject
    if option is None:
        return change
    freed = Text("free {name} (now committed by {option})", name=name, option=option)
    lifted = Text("lift the barring of {name} (now barred by {option})", name=name, option=option)
    sentence = freed if change.restriction.kind == "committed" else lifted
    return change.model_copy(update={"cells": (option,), "sentence": sentence})


def _conflict(conflict: Conflict, options: Origins) -> Conflict:
    option, name = _of(conflict.restriction, options), conflict.restriction.subject
    if option is None:
        return conflict
    committed = Text("{name} is committed by {option}: it must be financed", name=name, option=option)
    barred = Text("{name} is barred by {option}", name=name, option=option)
    sentence = committed if conflict.restriction.kind == "committed" else barred
    return conflict.model_copy(update={"cells": (option,), "sentence": sentence})
