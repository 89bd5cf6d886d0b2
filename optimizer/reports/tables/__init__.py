"""Tables that page and workbook of a plan share: each column is written once, with its heading in both."""
