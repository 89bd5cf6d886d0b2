"""The plan on one screen of 100 columns: what it gains, what it costs, who pays, what it leaves out, how sure it is."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from models.case import Case
from models.headline import headline_rows
from models.milestones import milestones
from models.plan import Plan
from optimizer.fingerprint import fingerprint
from optimizer.reports import binding, viability
from optimizer.reports.additionality import additionality
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.sentences import delivered_headline, sentences
from optimizer.reports.chain.sentences import weakest as chain_weakest
from optimizer.reports.chain.tables import screen_table
from optimizer.reports.formatting import fold, number
from optimizer.reports.funding_matrix import funding_matrix, later_outlays
from optimizer.reports.plan_summary import (
    broken_rules,
    change,
    headline,
    left_out,
    money_line,
    proof,
    rows_of,
    short_name,
    sureness,
    weakest,
)
from optimizer.reports.report_table import terminal
from optimizer.reports.risk.sentences import sentences as risk_sentences
from optimizer.reports.timeline import MOST, legend, timeline


def story(case: Case, plan: Plan, *, ascii_only: bool, width: int) -> list[RenderableType]:
    """The parts of the screen, top to bottom."""

    def lines(texts: Iterable[str], style: str = "") -> list[RenderableType]:
        return [Text(fold(text, width, "  "), style) for text in texts]

    lead = delivered_headline(case, plan).removesuffix(".") if has_chain(plan) else headline(case, plan)
    parts = [*lines([lead], "bold"), *lines([money_line(case, plan)]), *lines(risk_sentences(case, plan))]
    if has_chain(plan):
        parts += ["", terminal(screen_table(case, plan))]
    elif len(milestones(case, plan)) > 1:
        parts += ["", milestone_table(case, plan)]
    if plan.projects:
        parts += ["", timeline(case, plan, ascii_only=ascii_only, width=width), _below_timeline(plan, ascii_only)]
    if (funding := funding_matrix(case, plan, width=width)) is not None:
        parts += ["", funding, *lines(later_outlays(case, plan))]
    chain = [*chain_weakest(case, plan), *sentences(case, plan)[1:]]
    weak = chain if has_chain(plan) else weakest(case, plan)
    said = [
        *weak,
        *viability.sentences(viability.rows_of(case, plan)),
        *broken_rules(plan),
        *binding.lines(case, plan),
        *additionality(case, plan),
        *left_out(case, plan),
        sureness(case, plan),
    ]
    return [
        *parts,
        "",
        *lines(said),
        *lines([proof(case, plan)], "bold"),
        Text(f"fingerprint {fingerprint(case, plan)}"),
    ]


def _below_timeline(plan: Plan, ascii_only: bool) -> Text:
    more = len(plan.projects) - MOST
    return legend(ascii_only).append(f"and {more} more, in plan.json" if more > 0 else "")


def milestone_table(case: Case, plan: Plan) -> Table:
    """Coverage without and with the plan at every milestone, and what is still missing at the last."""
    years = milestones(case, plan)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    table.add_column("without -> with plan", no_wrap=True, overflow="crop")
    for year in years:
        table.add_column(str(year), justify="right", no_wrap=True, overflow="crop")
    table.add_column(f"gap in {years[-1]}", justify="right", no_wrap=True, overflow="crop")
    at = {(row.stage, row.material, row.year): row for row in plan.capacity}
    said = headline_rows(rows_of(plan, years[-1]))
    for row in said:
        cells = [change(at[row.stage, row.material, year]) for year in years]
        table.add_row(short_name(row), *cells, f"{number(row.gap_t)} t/yr")
    return table
