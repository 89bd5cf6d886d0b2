"""The capacity-gap report for people and for programs: its sentences, its tables, and every format.

"Gap" means missing tonnes a year. Programs get every demand row in every year, exact; people get the milestones, who
makes it today, what a plan adds, and what would close the rest.
"""

from optimizer.reports.gaps.formats import FORMATS
from optimizer.reports.gaps.sentences import sentences
from optimizer.reports.gaps.tables import tables

__all__ = ["FORMATS", "sentences", "tables"]
