"""Policy rules: what each asks, what the plan attains, and how much room is left."""

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan, RuleRow
from models.rule_holds import where_asked
from models.schema import Rule
from optimizer.reports.plan_summary import binds, slack
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.rule_sentences import asked, barred


def rule_table(case: Case, plan: Plan) -> Grid:
    """One line a rule, in the order of the workbook."""
    rules = {rule.rule: rule for rule in case.rules}
    rows = tuple(_row(case, plan, rules[row.rule], row) for row in plan.rules)
    heads = columns(
        "rule",
        "asks",
        ("limit", "exact"),
        ("attained", "exact"),
        ("slack", "exact"),
        "state",
        "note",
    )
    note = "Slack is the room left, in the unit of the limit; a rule without any binds the plan."
    return Grid("rules", "Rules", heads, rows, note, "The workbook has no rules.")


def _row(case: Case, plan: Plan, rule: Rule, row: RuleRow) -> tuple[object, ...]:
    return (rule.rule, asked(case, rule), row.limit, row.value, slack(row), _state(case, plan, rule, row), rule.note)


def _state(case: Case, plan: Plan, rule: Rule, row: RuleRow) -> str:
    if rule.aggregate == "each":
        return barred(plan, rule)
    if row.holds:
        return "holds, binding" if binds(row) else "holds"
    short = f"not held, short by {row.shortfall:g}"
    if where := where_asked(case, rule):
        return f"as planned {short}; asked {where}"
    if rule.hard:
        return short
    unit = objective_unit(case.settings)
    price = (rule.penalty or 0) * (100 if unit == "points" else 1)
    return f"{short}; costs {price:g} {unit} a unit"
