"""The repairs of an infeasible workbook, as text and as JSON data."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from models.case import Case
from models.faults import Diagnostic
from optimizer.analysis.infeasibility import descriptions
from optimizer.analysis.infeasibility.report import Repair, RepairReport
from optimizer.errors import Refusal
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.command_line import quoted, typed
from optimizer.reports.formatting import fold
from optimizer.reports.language import N_, tr, translated
from optimizer.reports.masthead import titled
from optimizer.reports.report_table import Grid, capital, columns
from optimizer.workbook.overrides import Overrides

FIRST = 3
"""Repairs that `solve` names."""
_NOTHING = Overrides()
ONLY_AS_PLANNED = (
    "no plan keeps the rules in every scenario and state that they are asked of, though there are plans that keep them as "
    "planned: write plan in `holds` of a rule or lower its limit, or ask with --risk none"
)
"""The reason why a workbook that only scenarios make infeasible is refused."""
LONGER = 600
"""Seconds that are proposed if the search for repairs was not complete."""
FEW = N_("No small set of changes makes the workbook feasible: see what cannot all hold.")
MORE = N_("There may be further repairs: the search ended before all were tried.")
NO_PLAN = N_("No plan satisfies this workbook.")
CLASH = {
    True: N_("These cannot all hold; without any one of them the others can"),
    False: N_("These cannot all hold (time ended before it was clear which of them matter)"),
}
"""Name of the conflicting restrictions, by whether the set is irreducible."""
NOTHING = "no selection of projects satisfies every rule and budget"


def feasible(case: Case | None) -> str:
    """The sentence about a workbook that needs no repair; under a measure of risk this is known only for the case as planned."""
    if case is None or case.settings.risk == "none":
        return tr("A plan satisfies this workbook: there is nothing to repair.")
    return tr(
        "A plan satisfies this workbook as planned: there is nothing to repair. Repairs of what scenarios forbid are not worked "
        "out: where `solve` finds no plan, write plan in `holds` of a rule or lower its limit, or ask with --risk none."
    )


def show(report: RepairReport, *, width: int = 100, case: Case | None = None) -> list[RenderableType]:
    """The whole report, top to bottom, for a screen. `case`: the case that it is about."""
    if report.feasible:
        return [Text(fold(feasible(case), width), "bold")]
    parts: list[RenderableType] = [Text(NO_PLAN, "bold")]
    parts += _list("Plain sums show it already:", [f"{r.message} ({r.cell})" for r in report.reasons], width)
    single_repairs, several = _split(report)
    parts += _list(f"{any_one(report)}:", single_repairs, width, number=1)
    parts += _list("These help only together:", several, width, number=len(single_repairs) + 1)
    if not report.repairs and report.complete:
        parts += ["", FEW]
    parts += _list(f"{CLASH[report.irreducible]}:", list(standing(report)), width)
    if not report.complete:
        parts += ["", Text(fold(MORE, width))]
    return parts


def any_one(report: RepairReport) -> str:
    """The claim about the repairs."""
    proved = all(c.least for r in report.repairs for c in r.changes)
    if proved:
        return tr("Any one of these changes makes a plan possible; a smaller change does not")
    return tr("Any one of these changes makes a plan possible; a smaller change does not, unless it says so")


def _split(report: RepairReport) -> tuple[list[str], list[str]]:
    single_repairs = [sentence_of(r) for r in report.repairs if len(r.changes) == 1]
    return single_repairs, [sentence_of(r) for r in report.repairs if len(r.changes) > 1]


def sentence_of(repair: Repair) -> str:
    """A repair with its cells."""
    return " and ".join(f"{c.sentence} ({', '.join(c.cells)})" for c in repair.changes)


def _list(title: str, lines: list[str], width: int, *, number: int | None = None) -> list[RenderableType]:
    if not lines:
        return []
    marks = [f"{number + n:>3}. " if number is not None else "  - " for n in range(len(lines))]
    indent = " " * len(marks[0])
    items = [Text(fold(mark + line, width, indent)) for mark, line in zip(marks, lines, strict=True)]
    return ["", Text(title, "bold"), *items]


def standing(report: RepairReport) -> Iterator[str]:
    """The conflicting restrictions, one per line; the years of one programme's envelopes share a line."""
    for (kind, subject), group in groupby(report.conflict, key=lambda c: (c.restriction.kind, c.restriction.subject)):
        same = list(group)
        if kind == "envelope" and len(same) > 1:
            years = [c.restriction.year for c in same]
            cells = f"{same[0].cells[0]} to {same[-1].cells[0].rpartition('!')[2]}"
            yield f"the envelopes of {subject} in {years[0]} to {years[-1]} ({cells})"
        else:
            yield from (f"{c.sentence} ({', '.join(c.cells)})" for c in same)


# -- on request, as a file ---------------------------------------------------------------------------------------------


def title(case: Case) -> str:
    """The title of the report."""
    return titled(case, N_("How to make the workbook feasible"))


def lead(report: RepairReport, case: Case | None = None) -> list[str]:
    """The subject of the report, and the reasons that follow from sums."""
    if report.feasible:
        return [feasible(case)]
    lines = [tr(NO_PLAN)]
    lines += [tr("{fact} ({cell}).", fact=capital(translated(r.message)), cell=r.cell) for r in report.reasons]
    if not report.complete:
        lines.append(tr(MORE))
    return lines


def tables(report: RepairReport) -> list[Grid]:
    """The repairs and the conflicting restrictions; empty if nothing is to be repaired."""
    if report.feasible:
        return []
    done = tuple(
        (n, len(r.changes), translated(r.sentence), "; ".join(cell for c in r.changes for cell in c.cells))
        for n, r in enumerate(report.repairs, 1)
    )
    heads = columns(("no.", "whole"), ("changes needed", "whole"), "what would do", "cells")
    clash = tuple((translated(c.sentence), "; ".join(c.cells)) for c in report.conflict)
    return [
        Grid("Repairs", any_one(report), heads, done, empty=FEW),
        Grid("Conflict", CLASH[report.irreducible], columns("what stands", "cells"), clash),
    ]


def answer(case: Case, report: RepairReport) -> AnswerReport:
    """The report for files."""
    return AnswerReport("Repairs", case, title(case), lead(report, case), tables(report), data(report))


def data(report: RepairReport) -> dict[str, Any]:
    """The repairs for programs."""
    content = report.model_dump(mode="json")
    for entry, repair in zip(content["repairs"], report.repairs, strict=True):
        entry["sentence"] = repair.sentence
    return {"schema": "mine2magnet.repairs/1", **content}


def refusal(report: RepairReport, workbook: Path, changes: Overrides = _NOTHING) -> Refusal:
    """The refusal of an infeasible workbook: the reasons that follow from sums, and the first repairs."""
    if report.feasible:
        return Refusal("infeasible", ONLY_AS_PLANNED, [])
    details = list(report.reasons[:FIRST])
    for repair in report.repairs[:FIRST]:
        change = repair.changes[0]
        message = f"this would do: {repair.sentence}"
        details.append(
            Diagnostic(cell=change.cells[0], column=descriptions.column_of(change.restriction), message=message)
        )
    command = f"mine2magnet explain {quoted(workbook)}{typed(changes)}"
    hint = f"`{command}` shows all that would help"
    if not report.complete:
        hint = f"time ended before all that could help was tried: `{command} --time-limit {LONGER}` looks longer"
    return Refusal("infeasible", f"{NOTHING}; {hint}", details)
