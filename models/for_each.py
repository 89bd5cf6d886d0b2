"""Rules that hold for every value of a column: one row of the sheet becomes one rule per value.

The values are those of candidates that are not barred and that the rule's `where` picks; an empty cell is not a value.
A rule `Cap` for each country becomes `Cap, AU`, `Cap, US`, ...
"""

from collections.abc import Iterator

from models.case import Case
from models.measures import matches, normal_form
from models.schema import AWARD_MEASURES, Project, Rule, Where
from models.sets import Sets

DONOR = "donor"
_FIELDS = ("country", "sponsor", "stage", "process", "group", "status", "confidence", "name", "id")


def may_name(case: Case, rule: Rule, column: str) -> bool:
    """Whether a rule can hold for each value of a column."""
    if column == DONOR:
        return bool({rule.measure, rule.per} & {m for m in AWARD_MEASURES if m not in ("private", "unaided", "joint")})
    return column in columns(case)


def columns(case: Case) -> tuple[str, ...]:
    """Columns of `projects` that `for_each` can name: the text columns of the schema and those of the workbook."""
    return (*_FIELDS, *sorted({name for p in case.projects for name in p.texts}))


def expanded(case: Case) -> Case:
    """The case with one rule per value in place of each rule with `for_each`."""
    if not any(rule.for_each for rule in case.rules):
        return case
    sets = Sets(case.with_(rules=tuple(r for r in case.rules if not r.for_each)))
    rules = [one for rule in case.rules for one in (_each(sets, rule) if rule.for_each else (rule,))]
    return case.with_(rules=tuple(sorted(rules, key=lambda r: (r.rule, r.row))))


def _each(sets: Sets, rule: Rule) -> Iterator[Rule]:
    column = rule.for_each or ""
    if column == DONOR:
        values = {p.donor for p in sets.case.programmes if p.donor}
        clause = "programme.donor"
    else:
        values = {_value(p, column) for p in sets.candidates if matches(rule.picks, p)} - {""}
        clause = column
    for value in sorted(values):
        picks = _picking(rule.picks, column, value)
        text = f'{clause}="{value}"' if rule.where == "" else f'{rule.where}; {clause}="{value}"'
        update = {"rule": f"{rule.rule}, {value}", "picks": picks, "where": text, "for_each": None}
        yield rule.model_copy(update=update)


def _picking(picks: Where, column: str, value: str) -> Where:
    clause = (column, (normal_form(value),))
    if column == DONOR:
        return Where(projects=picks.projects, programmes=(*picks.programmes, clause))
    return Where(projects=(*picks.projects, clause), programmes=picks.programmes)


def _value(project: Project, column: str) -> str:
    return str(project.texts.get(column) or getattr(project, column, None) or "")
