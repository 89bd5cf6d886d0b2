"""What a plan made under a measure of risk brings in its scenarios: sentences, tables, sections of page and workbook."""
