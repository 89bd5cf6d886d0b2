"""Constraint families, one file each: the formula, the terms of the workbook that it reads, and the rows that it adds."""
