"""A plan under stress as text, tables, charts, a workbook and a page."""
