"""Reading a large workbook, beside openpyxl: seconds and memory.

    python tests/benchmarks/read.py [--projects 20000] [--columns 30]

Writes a generated book whose projects sheet has so many columns, the last of them measures of the planner's own. `tool` is
the whole of reading: scan, cells, units, checks of every cell, frozen rows. `openpyxl` only iterates over the values of
all cells in its read-only mode, and checks nothing. Each in a process of its own; seconds of the processor, without imports.
"""

import argparse
import tempfile
import time
from pathlib import Path

from apart import apart, peak
from generate import book

from models.case import Case
from models.schema import Project
from optimizer.workbook.read import read
from optimizer.workbook.template import headings, write_case

Result = tuple[float, float, float]
"""Seconds, peak megabytes, megabytes before."""


def tool(path: Path) -> Result:
    """The reader of the tool."""
    small = path.with_name("small.xlsx")
    write_case(book(5), small)
    read(small)  # what is imported late is imported now
    before, began = peak(), time.process_time()
    case = read(path)
    assert case.projects
    return time.process_time() - began, peak(), before


def openpyxl(path: Path) -> Result:
    """All values of all sheets."""
    import openpyxl as library

    before, began = peak(), time.process_time()
    opened = library.load_workbook(path, read_only=True, data_only=True)
    cells = sum(len(row) for sheet in opened.worksheets for row in sheet.iter_rows(values_only=True))
    assert cells
    return time.process_time() - began, peak(), before


def widened(case: Case, columns: int) -> Case:
    """The case with measures of the planner's own, so that a projects sheet of the schema's columns has so many in all."""
    further = columns - len(headings(Project, case.projects, {}))
    measures = [{f"measure_{n}": float((p.row * (n + 3)) % 997) / 8 for n in range(further)} for p in case.projects]
    return case.with_(
        projects=tuple(p.model_copy(update={"measures": m}) for p, m in zip(case.projects, measures, strict=True))
    )


def main() -> None:
    """Prints one row a reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=20000)
    parser.add_argument("--columns", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xlsx"
        write_case(widened(book(given.projects), given.columns), path)
        print("| reader | seconds | peak memory | before |\n| --- | --- | --- | --- |")
        for function in (tool, openpyxl):
            seconds, most, before = apart(function, path)
            print(f"| {function.__name__} | {seconds:.1f} | {most:.0f} MB | {before:.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
