"""From workbook to audited plan, measured beside the bare matrix in HiGHS and beside the plain form, in one run.

    python tests/benchmarks/solve.py                     the sample and generated books of 100, 300 and 1,000 projects
    python tests/benchmarks/solve.py 5000 20000          other sizes
    python tests/benchmarks/solve.py 300 --seconds 15 --gap 0

Times are seconds of one run; machines are noisy, so read the ratios. `value` goes from the workbook to an audited plan of
proved value, `plan` to the same with its tie-break. `bare` is the time HiGHS takes alone on the very matrix that the tool
solves, already in memory, to the same gap; `ratio` is value over bare. `plain` is the gap HiGHS alone keeps on the plain
form (awards of every project) in the same time.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import highspy
from generate import book

from models.examples import world
from models.program import build
from models.sets import Sets
from optimizer.highs import Engine, Limits
from optimizer.matrix import Matrix, compile_program
from optimizer.search import Nothing, Options, open_search
from optimizer.solve import audited, solve
from optimizer.template import write_case
from optimizer.workbook import read

SAMPLE = Path(__file__).parents[2] / "inputs" / "allied-candidates.xlsx"


@dataclass(frozen=True)
class Line:
    """One book: size of the class form, seconds of each part, gaps reached in per cent."""

    name: str
    rows: int
    columns: int
    read: float
    load: float
    value: float
    plan: float
    bare: float
    gap: str
    bare_gap: str
    plain_gap: str

    def __str__(self) -> str:
        ratio = self.value / self.bare
        return (
            f"{self.name:24} {self.rows:>7,} x {self.columns:<7,} {self.read:6.1f} {self.load:6.1f} {self.value:7.1f} {self.plan:7.1f} "
            f"{self.bare:7.1f} {ratio:6.2f} {self.gap:>9} {self.bare_gap:>9} {self.plain_gap:>9}"
        )


HEAD = (
    f"{'book':24} {'rows x columns':17} {'read':>6} {'load':>6} {'value':>7} {'plan':>7} {'bare':>7} {'ratio':>6} "
    f"{'gap %':>9} {'bare %':>9} {'plain %':>9}"
)


def measure(path: Path, gap: float, seconds: float) -> Line:
    """One workbook: read, built and loaded, solved to an audited plan; then HiGHS alone on both forms."""
    options = Options(gap, seconds)
    clock = [time.perf_counter()]
    sets = Sets(read(path))
    clock.append(time.perf_counter())
    search = open_search(sets, options)
    clock.append(time.perf_counter())
    found = search.run(tie_break=False)
    plan = audited(sets, found, options)
    clock.append(time.perf_counter())
    solve(sets.case, gap=gap, time_limit=seconds)
    clock.append(time.perf_counter())
    bare_gap = _alone(search.matrix, gap, seconds)
    clock.append(time.perf_counter())
    plain_gap = _alone(compile_program(build(sets)), gap, seconds)
    reading, loading, searching, whole, bare = (after - before for before, after in pairwise(clock))
    return Line(
        path.stem, *search.matrix.shape, reading, loading, reading + loading + searching, reading + whole, bare,
        f"{100 * plan.objective.gap:.3f}", bare_gap, plain_gap,
    )  # fmt: skip


def _alone(matrix: Matrix, gap: float, seconds: float) -> str:
    """The gap that HiGHS keeps on a matrix by itself, with the tool's tolerances and no other option."""
    outcome = Engine(matrix).minimise(matrix.objectives[0], Limits(gap, seconds))
    if outcome.x is None:
        return "no plan"
    return f"{100 * (outcome.least - outcome.bound) / max(abs(outcome.least), 1e-9):.3f}"


def books(folder: Path, sizes: list[int]) -> Iterator[Path]:
    """The sample, then a tight and an ample book of each size."""
    yield SAMPLE
    for n in sizes:
        for money in ("tight", "ample"):
            case = book(n, money)
            write_case(case, folder / f"{case.name}.xlsx")
            yield folder / f"{case.name}.xlsx"


def main() -> None:
    """Prints one line a book."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 300, 1000])
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    print(f"HiGHS {highspy.Highs().version()}, gap {given.gap:g}, at most {given.seconds:g} s a search, one thread")
    print(HEAD)
    solve(world())  # the libraries are loaded before the first clock starts
    with tempfile.TemporaryDirectory() as folder:
        for path in books(Path(folder), given.sizes):
            try:
                print(measure(path, given.gap, given.seconds), flush=True)
            except Nothing as nothing:
                print(f"{path.stem:24} {nothing}")


if __name__ == "__main__":
    main()
