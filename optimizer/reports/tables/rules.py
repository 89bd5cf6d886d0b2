"""Policy rules: the limit of each, the value that the plan attains, and the slack."""

from collections import Counter

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan, RuleRow
from models.rule_holds import where_asked
from models.schema import Rule
from models.sets import Sets
from optimizer.reports.language import N_, localized, tr
from optimizer.reports.plan_summary import binds, slack
from optimizer.reports.report_table import Kind, TableColumn
from optimizer.reports.rule_sentences import MONEY, barred, requirement, scenarios_asked
from optimizer.reports.tables.shared import money_unit, yes_no
from optimizer.reports.tables.table_section import TableSection

RuleLine = tuple[RuleRow, Rule]


def rule_lines(case: Case, plan: Plan) -> list[RuleLine]:
    """The rules with the values that the plan attains, in the order of the workbook."""
    rules = {rule.rule: rule for rule in case.rules}
    return [(row, rules[row.rule]) for row in plan.rules]


def rule_columns(case: Case, plan: Plan) -> list[TableColumn[RuleLine]]:
    """The limit of the rule and the value that the plan attains; the sheet also has every cell of the rule."""
    sheet, unit, bars = ("sheet",), objective_unit(case.settings), _candidates_barred(case, plan)
    return [
        TableColumn("rule", lambda x: x[0].rule, "wrapped", 24),
        TableColumn("asks", lambda x: requirement(case, x[1]), "wrapped", 36, "The rule in words."),
        TableColumn("measure", lambda x: x[1].measure, width=15, on=sheet),
        TableColumn("aggregate", lambda x: x[1].aggregate, width=10, on=sheet),
        TableColumn("per", lambda x: x[1].per or "", width=9, note="The measure in the denominator of a ratio.", on=sheet),
        TableColumn("where", lambda x: x[1].where, "wrapped", 22, "Which projects it counts; all where empty.", on=sheet),
        TableColumn("year", lambda x: x[1].year, "year", 7, on=sheet),
        TableColumn("unit", lambda x: _unit(case, x[1]), width=15, note="Unit of limit, achieved and slack.", on=sheet),
        TableColumn("sense", lambda x: x[0].sense, width=7, on=sheet),
        TableColumn("limit", lambda x: x[0].limit, _kind, 11),
        TableColumn("attained", lambda x: x[0].value, _kind, 11, "Empty: a rule on each project, or nothing is picked.",
                    heading="Achieved"),
        TableColumn("slack", lambda x: slack(x[0]), _kind, 11, "Room to the limit; below 0 where it is missed."),
        TableColumn("state", lambda x: _state(case, plan, x[1], x[0]), on=("page",)),
        TableColumn("binding", lambda x: yes_no(binds(x[0])), width=8, note="yes: the plan stands at the limit.", on=sheet),
        TableColumn("holds", lambda x: yes_no(x[0].holds), width=7, on=sheet),
        TableColumn("hard", lambda x: yes_no(x[1].hard), width=7, note="no: may be missed at the penalty.", on=sheet),
        TableColumn("shortfall", lambda x: x[0].shortfall, "decimal", 11, "By how much the rule's linear row is missed.", on=sheet),
        TableColumn("penalty", lambda x: _penalty(x[1], unit), "decimal", 11, "Lost per unit of shortfall.",
                    unit=tr("{unit} per unit", unit=tr(unit)), on=sheet),
        TableColumn("candidates barred", lambda x: bars[x[1].rule] if x[1].aggregate == "each" else None, "whole", 11,
                    "By an `each` rule.", on=sheet),
        TableColumn("note", lambda x: x[1].note, "wrapped", 28),
    ]  # fmt: skip


def _state(case: Case, plan: Plan, rule: Rule, row: RuleRow) -> str:
    if rule.aggregate == "each":
        return barred(plan, rule)
    if row.holds:
        return tr("holds, binding") if binds(row) else tr("holds")
    short = tr("not held, short by {amount}", amount=localized(f"{row.shortfall:g}"))
    if where := where_asked(case, rule):
        return tr("as planned {short}; asked {where}", short=short, where=scenarios_asked(where))
    if rule.hard:
        return short
    unit = objective_unit(case.settings)
    price = (rule.penalty or 0) * (100 if unit == "points" else 1)
    return tr("{short}; costs {price} {unit} a unit", short=short, price=localized(f"{price:g}"), unit=tr(unit))


def _penalty(rule: Rule, unit: str) -> float | None:
    """Penalty per unit of shortfall; for a plan score in points out of 100."""
    return rule.penalty if rule.penalty is None or unit != "points" else 100 * rule.penalty


def _kind(line: RuleLine) -> Kind:
    rule = line[1]
    if rule.aggregate == "share":
        return "part"
    return "money" if rule.aggregate == "sum" and rule.measure in MONEY else "decimal"


def _unit(case: Case, rule: Rule) -> str:
    if rule.aggregate == "share":
        return tr("share of the total")
    above = _unit_of(case, rule.measure)
    if rule.aggregate != "ratio":
        return above
    return tr("{above} per {below}", above=above, below=_unit_of(case, rule.per or "count"))


def _unit_of(case: Case, measure: str) -> str:
    if measure in MONEY:
        return money_unit(case)
    known = {"count": tr("projects"), "esg": tr("score, 0 to 100")}
    return tr("t/yr") if measure.startswith("capacity") else known.get(measure, measure)


def _candidates_barred(case: Case, plan: Plan) -> Counter[str]:
    """Rule -> candidates that this rule, and no earlier one, bars."""
    projects, sets = {p.id: p for p in case.projects}, Sets(case)
    out = [projects[row.id] for row in plan.not_financed if row.reason == "fails rule"]
    return Counter(rule.rule for p in out if (rule := sets.failed_each_rule(p)))


RULES = TableSection(
    "rules", N_("Rules"), rule_columns, rule_lines,
    note=N_("Slack is the room left, in the unit of the limit; a rule without any binds the plan."),
    empty=N_("The workbook has no rules."),
)  # fmt: skip
