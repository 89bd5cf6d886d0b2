"""The gains and the money of a brief as tables, for documents."""

from optimizer.reports.brief.content import Brief
from optimizer.reports.language import tr
from optimizer.reports.report_table import Grid, columns


def card_table(brief: Brief) -> Grid:
    """One line per stage: coverage without and with the plan, and the remaining gap."""
    rows = tuple((card.title, card.change, card.says, card.gap) for card in brief.cards)
    heads = columns(tr("stage"), (tr("without and with the plan"), "change"), tr("of what"), tr("missing"))
    return Grid("gains", tr("What the plan gains"), heads, rows, empty=tr("There is neither demand nor capacity."))


def fact_table(brief: Brief) -> Grid:
    """One line per number of the plan."""
    rows = tuple((fact.label, fact.value, fact.detail) for fact in brief.facts)
    heads = columns(tr("what"), (tr("how much"), "change"), tr("made up of"))
    return Grid("facts", tr("Projects and money"), heads, rows)
