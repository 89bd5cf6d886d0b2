"""From workbook to audited plan, beside the plain form, the bare matrix in HiGHS and linopy, in one run.

    python tests/benchmarks/solve.py                       the sample; books of 100, 300 and 1,000 projects, tight and ample
    python tests/benchmarks/solve.py 300 1000 5000 20000
    python tests/benchmarks/solve.py 300 --seconds 15 --gap 0

Prints a table in Markdown. Every cell is measured in a process of its own, on one thread. Seconds and limits are of the
processor, so that other work on the machine counts for none; imports are not counted. Machines differ: read the ratios.

- tool: seconds from the workbook to an audited plan within the gap (or with the gap left at the limit, which counts
  reading and building too); and the gap proved.
- Pyomo: part of these seconds spent in building models and making matrices of them.
- bare: HiGHS alone, with the tool's tolerances and no other option, on the matrix that the tool solves, already in memory.
- plain: HiGHS alone on the plain form (awards of every project), already in memory.
- linopy: the plain form built and handed to HiGHS, over the same for the tool (its own form, with Pyomo). The optimum of
  the relaxation must be the same to 1e-6, or it is said.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from apart import apart, peak
from generate import MONEY, book
from processor import Spent, stretch

SAMPLE = Path(__file__).parents[2] / "inputs" / "allied-candidates.xlsx"
SAME = 1e-6
LARGE = 5000
"""Projects from which a search may take longer."""
WALL = 30
"""Times its seconds of the processor after which a search ends whatever the machine does."""
HEAD = (
    "book", "rows x columns", "tool", "gap", "Pyomo", "memory", "bare", "gap", "tool / bare", "plain", "gap",
    "linopy / tool",
)  # fmt: skip

Result = dict[str, Any]


def tool(path: Path, gap: float, seconds: float) -> Result:
    """The tool from the workbook to an audited plan, without the tie-break, which no other column has."""
    from models.classes import funding_classes
    from models.formulation import build
    from models.sets import Sets
    from optimizer.solver.highs import Engine
    from optimizer.solver.lexicographic import Options, Search
    from optimizer.solver.solve import audited
    from optimizer.solver.standard_form import compile_program
    from optimizer.workbook.read import read

    _warm()
    options, stop, began = Options(gap, seconds * stretch()), Spent(seconds), time.process_time()
    sets = Sets(read(path))
    classes, before = funding_classes(sets), time.process_time()
    program = build(sets, classes=classes)
    matrix = compile_program(program)
    pyomo, loading = time.process_time() - before, time.process_time()
    engine = Engine(matrix)
    loading = pyomo + time.process_time() - loading
    result = Search(program, matrix, engine, options, stop=stop).run(tie_break=False)
    plan = audited(sets, result, options)
    whole, most = time.process_time() - began, peak()
    before = time.process_time()
    compile_program(build(sets, fixed=result.chosen))  # the awards' own small model, built once more to be timed
    pyomo += time.process_time() - before
    relaxed = Engine(matrix, relaxed=True).relax(matrix.objectives[0], WALL * seconds)
    return {
        "shape": "{:,} x {:,}".format(*matrix.shape), "seconds": whole, "gap": plan.objective.gap, "pyomo": pyomo / whole,
        "loading": loading, "peak": most, "relaxed": -relaxed.objective if relaxed else None,
    }  # fmt: skip


def alone(path: Path, gap: float, seconds: float, classes: bool) -> Result:
    """HiGHS by itself on the class form or on the plain form."""
    from models.classes import funding_classes
    from models.formulation import build
    from models.sets import Sets
    from optimizer.solver.highs import Engine
    from optimizer.solver.results import Limits
    from optimizer.solver.standard_form import compile_program
    from optimizer.workbook.read import read

    sets = Sets(read(path))
    matrix = compile_program(build(sets, classes=funding_classes(sets) if classes else None))
    began = time.process_time()
    outcome = Engine(matrix).minimize(matrix.objectives[0], Limits(gap, WALL * seconds), stop=Spent(seconds))
    reached = None if outcome.x is None else (outcome.objective - outcome.bound) / max(abs(outcome.objective), 1e-9)
    return {"seconds": time.process_time() - began, "gap": reached}


def linopy(path: Path, seconds: float) -> Result:
    """The plain form in linopy: seconds to build it and hand it to HiGHS, and the optimum of its relaxation."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # linopy's HiGHS greets on the table
    import linopy_model
    from linopy.io import to_highspy

    from models.sets import Sets
    from optimizer.workbook.read import read

    to_highspy(linopy_model.model(Sets(book(20, programmes=3))))  # what is imported late is imported now
    sets = Sets(read(path))
    began = time.process_time()
    highs = to_highspy(linopy_model.model(sets))
    loading = time.process_time() - began
    for name, value in {
        "output_flag": False,
        "solve_relaxation": True,
        "solver": "ipx",
        "time_limit": WALL * seconds,
    }.items():
        highs.setOptionValue(name, value)
    highs.run()
    return {"loading": loading, "relaxed": highs.getInfo().objective_function_value}


def _warm() -> None:
    """Loads the libraries before the clock starts."""
    from models.examples import world
    from optimizer.analysis.risk import solve

    solve(world())


def measured(function: Callable[..., Result], *given: Any) -> Result | None:
    """A measurement apart; None where it ends without an answer: one cell that fails must not lose the table."""
    try:
        return apart(function, *given)
    except Exception as failed:
        print(f"{function.__name__} {given[0].stem}: {failed!r}", file=sys.stderr)
        return None


def line(path: Path, gap: float, seconds: float, *, beside: bool) -> list[str]:
    """One book: a cell for every heading; `beside`: with the plain form and linopy."""
    ours = measured(tool, path, gap, seconds)
    if ours is None:
        return [path.stem]
    bare = measured(alone, path, gap, seconds, True)
    plain = measured(alone, path, gap, seconds, False) if beside else None
    other = measured(linopy, path, seconds) if beside else None
    return [
        path.stem.removeprefix("generated-").removesuffix("-1"), ours["shape"], _seconds(ours), _gap(ours),
        f"{100 * ours['pyomo']:.0f} %", f"{ours['peak']:.0f} MB", _seconds(bare), _gap(bare),
        f"{ours['seconds'] / bare['seconds']:.2f}" if bare else "", _seconds(plain), _gap(plain), _layers(ours, other),
    ]  # fmt: skip


def _seconds(result: Result | None) -> str:
    return f"{result['seconds']:.1f} s" if result else ""


def _gap(result: Result | None) -> str:
    if result is None:
        return ""
    return "no plan" if result["gap"] is None else f"{100 * result['gap']:.3f} %"


def _layers(ours: Result, other: Result | None) -> str:
    if other is None:
        return ""
    off = abs(other["relaxed"] - (ours["relaxed"] or 0.0))
    return f"{other['loading'] / ours['loading']:.1f}" if off <= SAME else f"another optimum, by {off:.1e}"


def books(folder: Path, sizes: list[int], money: list[str], seeds: list[int]) -> Iterator[tuple[Path, int]]:
    """The sample, then the books of each size, with the number of their projects (0: the sample)."""
    from optimizer.workbook.template import write_case

    yield SAMPLE, 0
    for n in sizes:
        for kind, seed in product(money, seeds):
            case = book(n, kind, seed)
            write_case(case, folder / f"{case.name}.xlsx")
            yield folder / f"{case.name}.xlsx", n


def main() -> None:
    """Prints one row a book."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 300, 1000])
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--seconds", type=float, help="of every search; 15, and 60 from 5,000 projects on")
    parser.add_argument("--money", nargs="+", choices=tuple(MONEY), default=("tight", "ample"))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1], help="of the generated books")
    parser.add_argument("--largest-plain", type=int, default=1000, help="largest book for plain and linopy")
    given = parser.parse_args()
    print(f"Gap asked {100 * given.gap:g} %.\n")
    print("| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD))
    with tempfile.TemporaryDirectory() as folder:
        for path, size in books(Path(folder), given.sizes, given.money, given.seeds):
            seconds = given.seconds or (15.0 if size < LARGE else 60.0)
            cells = line(path, given.gap, seconds, beside=0 < size <= given.largest_plain)
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
