"""A rule of the workbook in words, for every report."""

from models.numbers import every_digit
from models.schema import Rule


def asks(rule: Rule) -> str:
    """The requirement of a rule, in words.

    >>> asks(Rule(row=0, rule="r", measure="esg", aggregate="average", sense=">=", value=65, where="country=VN"))
    'average of esg weighted by capex, where country=VN >= 65'
    >>> asks(Rule(row=0, rule="r", measure="capacity", aggregate="sum", sense=">=", value=1200, year=2030))
    'sum of capacity in 2030 >= 1,200'
    """
    phrases = {"each": f"each {rule.measure}", "ratio": f"{rule.measure} per {rule.per}"}
    counted = phrases.get(rule.aggregate, f"{rule.aggregate} of {rule.measure}")
    weighted = f" weighted by {rule.weight or 'capex'}" if rule.aggregate == "average" else ""
    where = f", where {rule.where}" if rule.where else ""
    when = "in" if rule.measure.startswith("capacity") else "by"
    year = f" {when} {rule.year}" if rule.year is not None else ""
    return f"{counted}{weighted}{where}{year} {rule.sense} {every_digit(rule.value)}"
