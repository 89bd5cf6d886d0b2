"""Tables on how sure a plan is: the audit, confidence and sources of the data, and assumptions."""

from math import fsum

from models.case import Case
from models.plan import Plan
from optimizer.reports.closed_words import word
from optimizer.reports.data_confidence import confidence, confidence_word
from optimizer.reports.language import localized, tr, tr_c, translated
from optimizer.reports.report_table import Grid, Verbatim, columns
from optimizer.reports.tables.shared import money_unit


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


def notice_table(case: Case) -> Grid:
    """Notices of the reader: defaults, cuts, conversions."""
    rows = [(n.cell, n.column or "", translated(n.message)) for n in case.notices]
    rows += [
        (
            "fx",
            c.currency,
            tr(
                "prices of {price_year} times {factor}: {reason}",
                price_year=c.price_year,
                factor=localized(f"{c.factor:.6g}"),
                reason=translated(c.reason),
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
