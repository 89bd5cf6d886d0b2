"""A rule of the workbook in words, for every report."""

from models.numbers import every_digit
from models.schema import Rule
from models.text import Text


def asks(rule: Rule) -> Text:
    """The requirement of a rule, in words.

    >>> asks(Rule(row=0, rule="r", measure="esg", aggregate="average", sense=">=", value=65, where="country=VN"))
    'average of esg weighted by capex, where country=VN >= 65'
    >>> asks(Rule(row=0, rule="r", measure="capacity", aggregate="sum", sense=">=", value=1200, year=2030))
    'sum of capacity in 2030 >= 1,200'
    """
    what = _counted(rule)
    if rule.where:
        what = Text("{what}, where {condition}", what=what, condition=rule.where)
    if rule.year is not None:
        in_year = Text("{what} in {year}", what=what, year=rule.year)
        by_year = Text("{what} by {year}", what=what, year=rule.year)
        what = in_year if rule.measure.startswith("capacity") else by_year
    return Text("{what} {sense} {value}", what=what, sense=rule.sense, value=every_digit(rule.value))


def _counted(rule: Rule) -> Text:
    """The quantity that a rule limits."""
    match rule.aggregate:
        case "each":
            return Text("each {measure}", measure=rule.measure)
        case "ratio":
            return Text("{measure} per {per}", measure=rule.measure, per=rule.per or "")
        case "average":
            weight = rule.weight or "capex"
            return Text("average of {measure} weighted by {weight}", measure=rule.measure, weight=weight)
        case "share":
            return Text("share of {measure}", measure=rule.measure)
    return Text("sum of {measure}", measure=rule.measure)
