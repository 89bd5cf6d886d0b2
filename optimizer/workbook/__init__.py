"""From a workbook to a frozen case, and back: sheets, cells, numbers, units and diagnostics."""
