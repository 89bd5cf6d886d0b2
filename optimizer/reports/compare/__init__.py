"""A comparison of plans as text and as a workbook."""
