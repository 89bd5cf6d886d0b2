"""The results of a plan in its scenarios, as a section of its page and as sheets of its workbook."""

from models.case import Case
from models.milestones import milestone_years
from models.objective_units import objective_unit
from models.plan import Plan
from models.risk_plan import RiskPlan
from models.stress import ScenarioResult
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.formatting import demand_name, project_names
from optimizer.reports.language import tr
from optimizer.reports.masthead import titled
from optimizer.reports.report_table import Grid, Verbatim, columns
from optimizer.reports.risk.review import tables
from optimizer.reports.risk.sentences import amount, sentences

MARK = "Risk"
"""Mark of the section."""


def answers(case: Case, plan: Plan) -> list[AnswerReport]:
    """The section on risk; empty for a plan without a measure of risk."""
    if plan.risk is None:
        return []
    every = (*tables(case, plan.risk), scenario_table(case, plan.risk), coverage_table(case, plan.risk))
    grids = [g for g in every if g.rows]
    return [
        AnswerReport(
            MARK, case, titled(case, "Under risk"), sentences(case, plan), grids, plan.risk.model_dump(mode="json")
        )
    ]


def scenario_table(case: Case, risk: RiskPlan) -> Grid:
    """The results of each scenario, the worst first."""
    unit = objective_unit(case.settings)
    best = any(r.best_high is not None for r in risk.scenarios)
    heads = columns(
        "scenario", ("probability", "part"), ("value", "exact", unit), ("against as planned", "exact", unit),
        *((("best of any plan, at most", "exact", unit), ("regret, at most", "exact", unit)) if best else ()),
        ("called", "amount", "M"), "stopped", "rules broken",
    )  # fmt: skip
    rows = tuple(_row(case, risk, r, best=best) for r in sorted(risk.scenarios, key=lambda r: (r.value, r.scenario)))
    note = tr("Without a probability a scenario is a stress and enters no mean.")
    return Grid("Scenarios", "The plan in each scenario", heads, rows, note)


def _row(case: Case, risk: RiskPlan, r: ScenarioResult, *, best: bool) -> tuple[object, ...]:
    names = project_names(case)
    regret = (
        None if r.best_high is None else amount(case, r.best_high),
        None if r.regret_high is None else amount(case, r.regret_high),
    )
    return (
        scenario_name(r.scenario), r.probability or None, amount(case, r.value), amount(case, r.value - risk.as_planned),
        *(regret if best else ()), r.called_m or None, ", ".join(names[i] for i in r.stopped), ", ".join(r.broken),
    )  # fmt: skip


def coverage_table(case: Case, risk: RiskPlan) -> Grid:
    """Coverage of each demand row in the last milestone of the horizon, scenario by scenario."""
    year = milestone_years(case.settings)[-1]
    keys = list(dict.fromkeys((c.stage, c.material) for r in risk.scenarios for c in r.coverage))
    heads = columns("scenario", *((Verbatim(f"{demand_name(*k)} {year}"), "share") for k in keys))
    rows = []
    for r in risk.scenarios:
        at = {(c.stage, c.material): c.coverage for c in r.coverage if c.year == year}
        rows.append((scenario_name(r.scenario), *(at.get(k) for k in keys)))
    return Grid("Coverage", tr("Coverage in {year} in each scenario", year=year), heads, tuple(rows))
