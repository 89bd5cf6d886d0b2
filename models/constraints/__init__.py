"""Constraint families, one file each: formula, terms of the workbook, rows of the program."""
