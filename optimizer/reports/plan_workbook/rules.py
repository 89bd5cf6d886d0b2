"""Rules: every policy rule, its limit, what the plan attains, and how much room is left."""

from collections import Counter

from models.objective_units import objective_unit
from models.plan import RuleRow
from models.schema import Rule
from optimizer.reports.plan_summary import binds, slack
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table, yes_no
from optimizer.reports.report_table import Kind, TableColumn
from optimizer.reports.rule_sentences import MONEY, asked

Line = tuple[RuleRow, Rule]


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    rules = {rule.rule: rule for rule in writer.case.rules}
    lines = [(row, rules[row.rule]) for row in writer.plan.rules]
    writer.write(sheet_table("Rules", _columns(writer), lines, "The workbook has no rules."))


def _columns(writer: PlanWorkbook) -> list[TableColumn[Line]]:
    barred, unit = _barred(writer), objective_unit(writer.case.settings)
    return [
        TableColumn("Rule", lambda x: x[0].rule, "wrapped", 24),
        TableColumn("Asks", lambda x: asked(writer.case, x[1]), "wrapped", 36, "The rule in words."),
        TableColumn("Measure", lambda x: x[1].measure, width=15),
        TableColumn("Aggregate", lambda x: x[1].aggregate, width=10),
        TableColumn("Per", lambda x: x[1].per or "", width=9, note="The measure below the line of a ratio."),
        TableColumn("Where", lambda x: x[1].where, "wrapped", 22, "Which projects it counts; all where empty."),
        TableColumn("Year", lambda x: x[1].year, "year", 7),
        TableColumn("Unit", lambda x: _unit(writer, x[1]), width=15, note="Unit of limit, achieved and slack."),
        TableColumn("Sense", lambda x: x[0].sense, width=7),
        TableColumn("Limit", lambda x: x[0].limit, _kind, 11),
        TableColumn("Achieved", lambda x: x[0].value, _kind, 11, "Empty: a rule on each project, or nothing is picked."),
        TableColumn("Slack", lambda x: slack(x[0]), _kind, 11, "Room to the limit; below 0 where it is missed."),
        TableColumn("Binding", lambda x: yes_no(binds(x[0])), width=8, note="yes: the plan stands at the limit."),
        TableColumn("Holds", lambda x: yes_no(x[0].holds), width=7),
        TableColumn("Hard", lambda x: yes_no(x[1].hard), width=7, note="no: may be missed at the penalty."),
        TableColumn("Shortfall", lambda x: x[0].shortfall, "decimal", 11, "By how much the rule's linear row is missed."),
        TableColumn(f"Penalty ({unit} per unit)", lambda x: _penalty(x[1], unit), "decimal", 11, "Lost per unit of shortfall."),
        TableColumn("Candidates barred", lambda x: _barred_by(barred, x[1]), "whole", 11, "By an `each` rule."),
        TableColumn("Note", lambda x: x[1].note, "wrapped", 28),
    ]  # fmt: skip


def _penalty(rule: Rule, unit: str) -> float | None:
    """What is lost per unit of shortfall: of a plan score in points of a hundred."""
    return rule.penalty if rule.penalty is None or unit != "points" else 100 * rule.penalty


def _kind(line: Line) -> Kind:
    rule = line[1]
    if rule.aggregate == "share":
        return "part"
    return "money" if rule.aggregate == "sum" and rule.measure in MONEY else "decimal"


def _unit(writer: PlanWorkbook, rule: Rule) -> str:
    if rule.aggregate == "share":
        return "share of the total"
    above = _unit_of(writer, rule.measure)
    return f"{above} per {_unit_of(writer, rule.per or 'count')}" if rule.aggregate == "ratio" else above


def _unit_of(writer: PlanWorkbook, measure: str) -> str:
    if measure in MONEY:
        return writer.unit
    known = {"count": "projects", "esg": "score, 0 to 100"}
    return "t/yr" if measure.startswith("capacity") else known.get(measure, measure)


def _barred(writer: PlanWorkbook) -> Counter[str]:
    """Rule -> candidates that it is the first to bar."""
    out = [writer.projects[row.id] for row in writer.plan.not_financed if row.reason == "fails rule"]
    return Counter(rule.rule for p in out if (rule := writer.sets.failed_each_rule(p)))


def _barred_by(barred: Counter[str], rule: Rule) -> int | None:
    return barred[rule.rule] if rule.aggregate == "each" else None
