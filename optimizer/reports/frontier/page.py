"""frontier.html: the frontier as one page, with a slider that shows the plan which a budget buys."""

from typing import Any

from models.case import Case
from models.milestones import headline_year
from optimizer.analysis.frontier.certified import Frontier, Point, as_json
from optimizer.fingerprint import frontier_fingerprint
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import country_name, demand_name
from optimizer.reports.frontier.charts import frontier_figure
from optimizer.reports.frontier.sentences import TITLE, axis_words, headline, proof, sentences, thinned
from optimizer.reports.frontier.tables import tables
from optimizer.reports.html.charts import draw_for_page
from optimizer.reports.html.render import render
from optimizer.reports.masthead import masthead
from optimizer.reports.report_table import capital
from optimizer.reports.tables.shared import money_unit

MOST = 400
"""Plans that the slider knows; frontier.json has all."""


def page_text(case: Case, f: Frontier) -> str:
    """The whole page. The same case and frontier give the same text."""
    ((figure,),) = draw_for_page([frontier_figure(case, f)])
    return render(
        "frontier.html",
        scripts=("page.js", "frontier.js"),
        head=masthead(case, what=TITLE),
        case=case,
        unit=money_unit(case),
        axis=axis_words(f),
        year=headline_year(case.settings),
        headline=headline(case, f),
        proof=capital(proof(f)),
        fingerprint=frontier_fingerprint(case, as_json(f), [p.plan for p in f.points]),
        sentences=sentences(case, f),
        figure=figure,
        grids=tables(case, f),
        data=_data(case, f),
    )  # fmt: skip


def page_bytes(case: Case, f: Frontier) -> bytes:
    """The content of frontier.html."""
    return page_text(case, f).encode("utf-8", "replace")


def _data(case: Case, f: Frontier) -> dict[str, Any]:
    """Data of the slider."""
    return {
        "unit": f.unit,
        "own_m": f.base_m,
        "names": {p.id: [p.name or p.id, country_name(p.country), word(p.stage)] for p in case.projects},
        "points": [_point(case, p) for p in thinned(f.points, MOST)],
        "boxes": [{"from_m": b.from_m, "to_m": b.to_m, "low": b.low, "high": b.high} for b in f.boxes],
    }


def _point(case: Case, point: Point) -> dict[str, Any]:
    rows = [r for r in point.plan.capacity if r.year == headline_year(case.settings)]
    return {
        "budget_m": point.budget_m,
        "value": point.value,
        "projects": [[p.id, p.fid_year, p.public_m] for p in point.plan.projects],
        "coverage": [
            [demand_name(r.stage, r.material), r.coverage if r.demand_t else None, r.gap_t, r.financed_t] for r in rows
        ],
    }
