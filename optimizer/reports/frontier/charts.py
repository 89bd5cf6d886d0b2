"""The frontier as a picture: what is proved at least and at most, the plans, and the steps."""

from typing import Any

import altair as alt

from models.case import Case
from optimizer.analysis.frontier.certified import Frontier
from optimizer.reports.formatting import count, money
from optimizer.reports.frontier.sentences import amount, axis_words, headline, proof, score, shown
from optimizer.reports.frontier.tables import plans
from optimizer.reports.html.charts import FINANCED, INK, Figure, Size, values
from optimizer.reports.language import tr
from optimizer.reports.tables.shared import money_unit


def frontier_figure(case: Case, f: Frontier) -> Figure:
    """Best value by money: the band that is proved, and the plans on its lower edge."""
    unit = money_unit(case)
    edge = {
        "x": alt.X("from:Q", title=tr("{label}, {unit}", label=axis_words(f), unit=unit)).scale(
            domain=[f.from_m, f.to_m], nice=False
        )
    }
    known = [
        {"from": b.from_m, "to": b.to_m, "low": amount(f, b.low), "high": amount(f, b.high)}
        for b in f.boxes
        if b.low is not None and b.high is not None
    ]
    points = [
        {
            "from": max(p.budget_m, f.from_m),
            "value": amount(f, p.value),
            "words": tr(
                "{budget}: {value}, {projects}",
                budget=money(p.budget_m),
                value=shown(f, p.value),
                projects=count(len(p.projects), "project"),
            ),
        }
        for p in f.points
    ]
    base = alt.Chart(values(known))
    band = base.mark_rect(color=FINANCED, opacity=0.25).encode(
        **edge, x2=alt.X2("to:Q"), y=alt.Y("low:Q", title=score(f)).scale(zero=False), y2=alt.Y2("high:Q")
    )
    line = base.mark_rule(color=FINANCED, strokeWidth=2).encode(
        **edge, x2=alt.X2("to:Q"), y=alt.Y("low:Q").scale(zero=False)
    )
    marks: Any = (
        alt.Chart(values(points))
        .mark_circle(color=INK, size=22, opacity=1)
        .encode(**edge, y=alt.Y("value:Q").scale(zero=False), description=alt.Description("words:N"))
    )

    def sized(size: Size) -> Any:
        return (band + line + marks).properties(height=220 if size.is_narrow else 300)

    table = plans(case, f)
    words = tr("{headline}; {proof}.", headline=headline(case, f), proof=proof(f))
    return Figure(
        "frontier", tr("What other budgets would buy"), words, sized, table, tr("band: proved; points: audited plans")
    )
