"""The gains and the money of a brief as tables, for documents."""

from optimizer.reports.brief.content import Brief
from optimizer.reports.report_table import Grid, columns


def card_table(brief: Brief) -> Grid:
    """A line a stage: what is met without and with the plan, and what is missing."""
    rows = tuple((card.title, card.change, card.says, card.gap) for card in brief.cards)
    heads = columns("stage", ("without and with the plan", "change"), "of what", "missing")
    return Grid("gains", "What the plan gains", heads, rows, empty="Nothing is demanded and nothing is there.")


def fact_table(brief: Brief) -> Grid:
    """A line a number of the plan."""
    rows = tuple((fact.label, fact.value, fact.detail) for fact in brief.facts)
    return Grid("facts", "Projects and money", columns("what", ("how much", "change"), "made up of"), rows)
