"""`report.html`: the plan as one page that people forward, its first printed sheet the brief."""

from collections.abc import Sequence
from pathlib import Path

from models.case import Case
from models.gaps import gaps
from models.plan import Plan
from optimizer.fingerprint import fingerprint
from optimizer.reports import viability
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.brief.content import brief
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.tables import chain_tables
from optimizer.reports.charts import chain_figures, curve_figures, gap_figures, plan_figures
from optimizer.reports.gaps.tables import country_table, milestone_table, open_table, today_table
from optimizer.reports.html.charts import DrawnFigure, Figure, draw_for_page
from optimizer.reports.html.render import render
from optimizer.reports.language import N_, tr
from optimizer.reports.masthead import masthead
from optimizer.reports.plan_page.money import matrix_table
from optimizer.reports.plan_page.proof import confidence_table, notice_table, setting_table
from optimizer.reports.plan_summary import input_digest
from optimizer.reports.risk.report import answers as risk_answers
from optimizer.reports.scrutiny import scrutiny
from optimizer.reports.tables.audit import audit_table
from optimizer.reports.tables.budgets import budget_table
from optimizer.reports.tables.materials import material_table
from optimizer.reports.tables.programmes import programme_table
from optimizer.reports.tables.projects import PICKS, project_table
from optimizer.reports.tables.sections import TABLE_SECTIONS
from optimizer.reports.tables.sources import source_table
from optimizer.reports.tables.viability import award_table, viability_table
from optimizer.version import __version__

SECTIONS = (
    ("brief", N_("Brief")),
    ("gap", N_("Missing tonnes")),
    ("flows", N_("Flows")),
    ("timeline", N_("Timeline")),
    ("money", N_("Money")),
    ("viability", N_("Viability")),
    ("matrix", N_("Funding matrix")),
    ("projects", N_("Every project")),
    *((section.anchor, section.name) for section in TABLE_SECTIONS),
    ("countries", N_("Countries")),
    ("audit", N_("Audit")),
    ("data", N_("Data and sources")),
)
"""Anchor of a section -> its name in the list of contents. `flows` only of a plan with a chain,
`viability` where projects state what they earn or awards what they are worth."""

MOST_WITH_DATA = 1_500
"""Number of projects up to which the page contains plan.json for programs; otherwise it is only in the folder."""

ANSWERS = {
    "Risk": N_("Under risk"), "Why": N_("Why this plan"), "Other": N_("Other portfolios"),
    "Stress": N_("When things go wrong"),
}  # fmt: skip
"""Mark of an answer -> its name in the list of contents."""


Charts = Sequence[Sequence[DrawnFigure]]
"""The charts of the page with their pictures, in the groups of `page_figures`."""


def page_figures(case: Case, plan: Plan) -> list[list[Figure]]:
    """The charts of the page, to be drawn: missing tonnes, the plan, the chain, viability."""
    market = viability.rows_of(case, plan)
    return [
        gap_figures(gaps(case, plan).rows),
        plan_figures(case, plan),
        chain_figures(case, plan),
        curve_figures(market, case.settings.stages),
    ]


def page_text(case: Case, plan: Plan, answers: Sequence[AnswerReport] = (), charts: Charts | None = None) -> str:
    """The whole page; `answers` (an explanation, alternatives) are sections behind its own. The same gives the same.

    `charts`: those of `page_figures`, where they are drawn already.
    """
    report, answers = gaps(case, plan), (*risk_answers(case, plan), *answers)
    market, worth = viability.rows_of(case, plan), award_table(case, plan)
    of_gap, of_plan, of_chain, of_market = charts or draw_for_page(*page_figures(case, plan))
    shown = {"flows": has_chain(plan), "viability": bool(market or worth.rows)}
    return render(
        "plan.html",
        head=masthead(case, plan),
        case=case,
        plan=plan,
        brief=brief(case, plan, report, answers),
        gap_figures=of_gap,
        plan_figures=of_plan,
        chain_figures=of_chain,
        curve_figures=of_market,
        scrutiny=scrutiny(case, plan),
        viability_lines=viability.sentences(market),
        tables={
            "milestones": milestone_table(report),
            "open": open_table(case, report),
            "today": today_table(report),
            "countries": country_table(report),
            "programmes": programme_table(case, plan),
            "budgets": budget_table(case, plan),
            "matrix": matrix_table(case, plan),
            "projects": project_table(case, plan),
            "audit": audit_table(plan),
            "confidence": confidence_table(case, plan),
            "sources": source_table(case, plan),
            "notices": notice_table(case),
            "settings": setting_table(case),
            "viability": viability_table(case, plan, market),
            "worth": worth,
            "materials": material_table(case, plan),
            **chain_tables(case, plan),
        },
        table_sections=[(section.on_page(case, plan), section.behaviour) for section in TABLE_SECTIONS],
        picks=tuple(map(tr, PICKS)),
        sections=[
            *((anchor, words) for anchor, words in SECTIONS if shown.get(anchor, True)),
            *((answer.mark.lower(), ANSWERS[answer.mark]) for answer in answers),
        ],
        answers=answers,
        made=made_from(case, plan),
        data=plan.model_dump(mode="json", by_alias=True) if len(case.projects) <= MOST_WITH_DATA else None,
    )


def made_from(case: Case, plan: Plan) -> str:
    """The input and the tool that a plan comes from, and its fingerprint."""
    name, digest = input_digest(case, plan)
    return tr(
        "Made by mine2magnet {version} from {name} (SHA-256 {digest}). Fingerprint of the plan: {fingerprint}.",
        version=__version__,
        name=name,
        digest=digest,
        fingerprint=fingerprint(case, plan),
    )


def page_bytes(case: Case, plan: Plan, answers: Sequence[AnswerReport] = (), charts: Charts | None = None) -> bytes:
    """The content of report.html. `charts`: those of `page_figures`, where they are drawn already."""
    return page_text(case, plan, answers, charts).encode("utf-8", "replace")


def write_page(case: Case, plan: Plan, path: Path) -> None:
    """Writes report.html to `path`. Raises OSError where it cannot be written."""
    Path(path).write_bytes(page_bytes(case, plan))
