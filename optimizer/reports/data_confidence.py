"""Confidence in the data of a plan, as the workbook states it, and its age."""

from math import fsum

from models.case import Case
from models.evidence import is_stale
from models.plan import Plan
from optimizer.reports.formatting import count, listed, percent, shorten
from optimizer.reports.language import N_, spaced, tr, tr_n

_CONFIDENCE = {N_("high"): 0, N_("medium"): 1, N_("low"): 2, N_("not stated"): 9}


def confidence(case: Case, plan: Plan) -> dict[str, float]:
    """Confidence of the data -> financed capital cost with it, the highest first."""
    financed = {p.id for p in plan.projects}
    capex: dict[str, list[float]] = {}
    for project in case.projects:
        if project.id in financed:
            word = " ".join(project.confidence.split()).casefold() or "not stated"
            capex.setdefault(word, []).append(project.capex_m)
    return {word: fsum(capex[word]) for word in sorted(capex, key=lambda w: (_CONFIDENCE.get(w, 5), w))}


def sureness(case: Case, plan: Plan, *, brief: bool = False) -> str:
    """Financed capital cost by how sure its data is; unless `brief` also what that means, and how old the data is."""
    capex = confidence(case, plan)
    total = fsum(capex.values())
    if not total:
        return tr("Confidence in the data: nothing is financed.")
    words = listed(
        tr("{name} {number} %", name=confidence_word(word), number=percent(value / total))
        for word, value in capex.items()
    )
    if brief:
        return tr("Confidence in the data, by financed capital cost: {words}.", words=words)
    stated = tr(
        "Confidence in the data, as the workbook states it, by financed capital cost: {words} (not a probability; it "
        "decides nothing).",
        words=words,
    )
    return spaced(stated, _old(case, plan))


def confidence_word(word: str) -> str:
    """Confidence of the data in the current language; the workbook's own word if the catalogues have none."""
    return tr(word) if word in _CONFIDENCE else shorten(word, 30)


def _old(case: Case, plan: Plan) -> str:
    """The number of financed projects with old numbers."""
    financed = {p.id for p in plan.projects}
    dated = [p for p in case.projects if p.id in financed and p.as_of is not None]
    old = sum(is_stale(case, p) for p in dated)
    months = case.settings.stale_after_months
    if not old:
        return ""
    return tr_n(
        "{n} of {rows} is older than {months}.", "{n} of {rows} are older than {months}.", old,
        rows=count(len(dated), "dated row"), months=count(months, "month"),
    )  # fmt: skip
