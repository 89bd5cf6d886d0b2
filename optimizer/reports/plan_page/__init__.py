"""`report.html`: the plan as one page that people forward, its first printed sheet the brief."""

from pathlib import Path

import optimizer
from models.case import Case
from models.countries import english
from models.gaps import gaps
from models.plan import Plan
from optimizer.reports.figures import gap_figures, plan_figures
from optimizer.reports.gaps.tables import country_table, milestone_table, open_table, today_table
from optimizer.reports.page.kit import render
from optimizer.reports.plan_page.brief import brief
from optimizer.reports.plan_page.money import budget_table, matrix_table, programme_table
from optimizer.reports.plan_page.projects import PICKS, project_table
from optimizer.reports.plan_page.proof import audit_table, confidence_table, notice_table, setting_table, source_table
from optimizer.reports.plan_page.rules import rule_table
from optimizer.reports.summary import input_digest

SECTIONS = (
    ("brief", "Brief"),
    ("gap", "Missing tonnes"),
    ("timeline", "Timeline"),
    ("money", "Money"),
    ("matrix", "Funding matrix"),
    ("projects", "Every project"),
    ("rules", "Rules"),
    ("countries", "Countries"),
    ("audit", "Audit"),
    ("data", "Data and sources"),
)
"""Anchor of a section -> its name in the list of contents."""


def page_text(case: Case, plan: Plan) -> str:
    """The whole page. The same case and plan give the same text."""
    report = gaps(case, plan)
    return render(
        "plan.html",
        title=f"Financing plan: {case.name}",
        case=case,
        plan=plan,
        brief=brief(case, plan, report),
        gap_figures=gap_figures(report.rows),
        plan_figures=plan_figures(case, plan),
        tables={
            "milestones": milestone_table(report),
            "open": open_table(case, report),
            "today": today_table(report),
            "countries": country_table(report),
            "programmes": programme_table(case, plan),
            "budgets": budget_table(case, plan),
            "matrix": matrix_table(case, plan),
            "projects": project_table(case, plan),
            "rules": rule_table(case, plan),
            "audit": audit_table(plan),
            "confidence": confidence_table(case, plan),
            "sources": source_table(case, plan),
            "notices": notice_table(case),
            "settings": setting_table(case),
        },
        excluded=", ".join(map(english, case.settings.excluded_countries)) or "none",
        picks=PICKS,
        sections=SECTIONS,
        made=made_from(case, plan),
        data=plan.model_dump(mode="json", by_alias=True),
    )


def made_from(case: Case, plan: Plan) -> str:
    """The input and the tool that a plan comes from."""
    name, digest = input_digest(case, plan)
    return f"Made by mine2magnet {optimizer.__version__} from {name} (SHA-256 {digest})."


def page_bytes(case: Case, plan: Plan) -> bytes:
    """The content of report.html."""
    return page_text(case, plan).encode("utf-8", "replace")


def write_page(case: Case, plan: Plan, path: Path) -> None:
    """Writes report.html to `path`. Raises OSError where it cannot be written."""
    Path(path).write_bytes(page_bytes(case, plan))
