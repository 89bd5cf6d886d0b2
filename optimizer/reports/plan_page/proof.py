"""Tables on how sure a plan is: the audit, confidence and sources of the data, and assumptions."""

from math import fsum

from models.case import Case
from models.evidence import Dated, is_stale, today
from models.plan import Plan
from optimizer.reports.audit_words import check_words
from optimizer.reports.closed_words import word
from optimizer.reports.data_confidence import confidence, confidence_word
from optimizer.reports.formatting import country_name, listed
from optimizer.reports.language import localized, said, tr, tr_c
from optimizer.reports.report_table import Grid, Verbatim, columns
from optimizer.reports.tables.shared import money_unit


def audit_table(plan: Plan) -> Grid:
    """One line per check of the second reader."""
    checks = plan.audit.checks if plan.audit else ()
    lines = map(check_words, checks)
    rows = tuple((name if passed else f"{tr('FAILED')} {name}", states) for name, states, passed in lines)
    note = ""
    if plan.audit:
        passed = tr("Every check passed") if plan.audit.passed else tr("Not every check passed")
        note = tr(
            "{passed}; recomputed from the workbook by a second reader in exact decimals. Largest violation:"
            " {largest_violation} of its tolerance base.",
            passed=passed,
            largest_violation=localized(f"{plan.audit.largest_violation:.2g}"),
        )
    return Grid("audit", "Audit", columns("check", "what was recomputed"), rows, note, tr("This plan was not audited."))


def confidence_table(case: Case, plan: Plan) -> Grid:
    """Financed capital cost by how sure its numbers are."""
    capex = confidence(case, plan)
    total = fsum(capex.values())
    rows = tuple((confidence_word(name), amount, amount / total if total else None) for name, amount in capex.items())
    heads = columns(
        "confidence", ("capital cost", "number", money_unit(case)), (Verbatim(tr_c("a share", "part")), "part")
    )
    note = tr("Financed projects, in the words of the workbook: no probabilities, and nothing is decided by them.")
    return Grid("confidence", tr("How sure the data is"), heads, rows, note, tr("Nothing is financed."))


def source_table(case: Case, plan: Plan) -> Grid:
    """Where the numbers of financed projects, programmes, existing capacity and prices come from, and how old they are."""
    financed = {row.id for row in plan.projects}
    rows = [
        *(
            (tr("project"), p.name or p.id, word(p.confidence), _age(case, p), p.source, p.note)
            for p in case.projects
            if p.id in financed
        ),
        *((tr("programme"), p.name or p.id, "", _age(case, p), "", "") for p in case.programmes if p.as_of),
        *(
            (
                tr("existing"),
                listed(filter(None, (word(r.stage), r.material, country_name(r.country), r.name))),
                word(r.confidence),
                _age(case, r),
                r.source,
                r.note,
            )
            for r in case.existing
        ),
        *((tr("price"), r.material, "", _age(case, r), r.source, "") for r in case.prices),
    ]
    heads = columns("kind", "what", "confidence", "as of", "source", "note")
    note = tr(
        "As the workbook gives them. Old: more than {stale_after_months} months before {today}.",
        stale_after_months=case.settings.stale_after_months,
        today=today(case.settings),
    )
    return Grid("sources", "Sources", heads, tuple(rows), note, tr("The workbook names no sources."))


def _age(case: Case, row: Dated) -> str:
    if row.as_of is None:
        return ""
    return tr("{as_of}, old", as_of=row.as_of) if is_stale(case, row) else str(row.as_of)


def notice_table(case: Case) -> Grid:
    """Notices of the reader: defaults, cuts, conversions."""
    rows = [(n.cell, n.column or "", said(n.message)) for n in case.notices]
    rows += [
        (
            "fx",
            c.currency,
            tr(
                "prices of {price_year} times {factor}: {reason}",
                price_year=c.price_year,
                factor=localized(f"{c.factor:.6g}"),
                reason=said(c.reason),
            ),
        )
        for c in case.conversions
    ]
    heads = columns("cell", "column", "what was said")
    return Grid(
        "notices", tr("What was assumed while reading"), heads, tuple(rows), empty=tr("Nothing had to be assumed.")
    )


def setting_table(case: Case) -> Grid:
    """Every setting with its value and its origin."""
    values = case.settings.model_dump(mode="json")
    rows = tuple((key, _words(value), word(case.provenance.get(key, "default"))) for key, value in values.items())
    return Grid("settings", "Settings", columns("setting", "value", tr_c("a setting", "from")), rows)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k}={v}" for k, v in value.items()) or "none"
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
