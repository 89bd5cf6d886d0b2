"""Reports on a plan under a measure of risk: sentences, tables, sections of page and workbook."""
