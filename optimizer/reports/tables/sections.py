"""The sections of the report that are one table, in the order of the page and of the workbook."""

from optimizer.reports.tables.rules import RULES
from optimizer.reports.tables.table_section import TableSection

TABLE_SECTIONS: tuple[TableSection, ...] = (RULES,)
"""Their place on the page is between projects and countries, in the workbook between the sheets Gap and Not financed."""
