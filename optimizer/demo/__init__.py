"""The small workbook of `demo`, shipped with the package and made by `inputs/make_samples.py`."""
