"""A frontier as text, tables, charts, a workbook and a page."""
