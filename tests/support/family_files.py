"""The files of `support/families`: one a constraint family that reads decisions alone.

Each has `WORLD`, a workbook solved by hand whose answer changes without the family, and `allows(chosen)`, the selections
that the family allows, written from the meaning of the workbook. The tests of families and the brute force
(`support.oracle`) find both here.
"""

from importlib import import_module
from pathlib import Path

FOUND = tuple(
    import_module(f"support.families.{path.stem}") for path in sorted((Path(__file__).parent / "families").glob("*.py"))
)
