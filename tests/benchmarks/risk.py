"""Plans under a measure of risk, beside the plan as planned, the plain extensive form in bare HiGHS, and mpi-sppy, in one run.

    python tests/benchmarks/risk.py                      every row, to 0.1 %, 60 seconds of the processor each
    python tests/benchmarks/risk.py --only draws --seconds 30
    python tests/benchmarks/risk.py --only chain review --beside none

Prints a table in Markdown. Every cell is measured in a process of its own, on one thread: seconds of the processor of the
whole search with awards and audit, the search for the plan as planned that it begins with included; the gap left; the ratio to the
plan as planned of the same book; and the gaps that the other two leave in as many seconds. Rows of several workers count the seconds
of all of them, and end by the clock of the wall. Not measured: reading, reports and the memory of a run, and whether another
formulation of the extensive form would leave the other two a smaller gap. The extensive form has an award for every project and
programme, and the rows of what is delivered once for each scenario or draw; it is left out where it has more than
`MOST_OUTCOMES` of them, for failures, whose scenarios are not known beforehand, and with a review, whose later decisions it
does not tell apart. mpi-sppy needs the extra `sppy`. Scenarios that cut a budget are left out where there is no review.
"""

import argparse
import contextlib
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from apart import apart
from generate import book
from processor import Spent, stretch, tell_time_by_processor

INPUTS = Path(__file__).parents[2] / "inputs"
MOST_OUTCOMES = 100
"""Outcomes up to which the extensive form is built."""
WALL = 30
"""Times its seconds of the processor after which a search ends whatever the machine does."""
HEAD = ("plan", "seconds", "gap", "times as planned", "extensive form, gap", "mpi-sppy, gap")


@dataclass(frozen=True)
class Experiment:
    """A book and what is asked of it."""

    name: str
    book: str
    settings: dict[str, Any] = field(default_factory=dict)
    workers: int = 1
    """Processes that search the best plan of each scenario, which regret needs."""
    cluster: bool = False
    """Whether they are workers of a Dask cluster on this machine."""


def _draws(book_: str, n: int, risk: str = "expected") -> Experiment:
    return Experiment(f"{book_}, draws {n}, {risk}", book_, {"risk": risk, "draws": n})


def _regret(book_: str) -> tuple[Experiment, ...]:
    name, regret = f"{book_}, scenarios, regret", {"risk": "regret"}
    two = Experiment(f"{name}, two workers", book_, regret, workers=2)
    alone = Experiment(name, book_, regret), two
    return (*alone, replace(two, name=f"{name}, Dask cluster of two", cluster=True)) if book_ == "chain" else alone


def _failures(n: int) -> Experiment:
    return Experiment(f"sample, failures {n}", "sample", {"risk": "failures", "failures": n})


ROWS = (
    Experiment("sample, as planned", "sample"),
    *(Experiment(f"sample, scenarios, {risk}", "sample", {"risk": risk}) for risk in ("expected", "cvar", "worst")),
    *_regret("sample"),
    *(
        Experiment(f"sample, review in 2028, {risk}", "sample", {"risk": risk, "review_year": 2028})
        for risk in ("expected", "cvar", "worst")
    ),
    *(_draws("sample", n) for n in (100, 500, 10_000)), _draws("sample", 10_000, "cvar"),
    _failures(1), _failures(2),
    Experiment("300-tight, as planned", "300-tight"), _draws("300-tight", 1_000),
    Experiment("1000-tight, as planned", "1000-tight"), _draws("1000-tight", 1_000),
    Experiment("chain, as planned", "chain"),
    Experiment("chain, scenarios, expected", "chain", {"risk": "expected"}), _draws("chain", 100), _draws("chain", 100, "cvar"),
    *_regret("chain"), Experiment("chain, review in 2028, expected", "chain", {"risk": "expected", "review_year": 2028}),
)  # fmt: skip
"""In this order: the plan as planned of a book comes before its other rows."""


def case_of(row: Experiment) -> Any:
    """The case of a row."""
    from models.schema import Risk
    from optimizer.workbook.read import read

    if row.book in ("sample", "chain"):
        case = read(INPUTS / f"allied-{'candidates' if row.book == 'sample' else 'chain'}.xlsx")
        if "review_year" not in row.settings:
            case = case.with_(scenarios=tuple(r for r in case.scenarios if r.parameter != "budget"))
    else:
        size, money = row.book.split("-")
        risks = (Risk(row=2, p_fail=0.15, delay=((0, 45.0), (1, 35.0), (2, 20.0))),)
        case = book(int(size), money).with_(risks=risks)
    return case.with_(settings=case.settings.model_copy(update=row.settings))


def tool(row: Experiment, gap: float, seconds: float) -> dict[str, float]:
    """Seconds of the processor, and the gap, of one plan, audited."""
    from optimizer.analysis.risk import solve

    case, stretched = case_of(row), stretch()
    if row.workers == 1:  # this process only waits for several workers, and its clock would stand still
        tell_time_by_processor(stretched)
    began = _used()
    asked = {"gap": gap, "time_limit": seconds * stretched, "stop": Spent(1.2 * seconds)}
    with workers(row) as elsewhere:
        plan = solve(case, elsewhere=elsewhere, **asked)
    return {"seconds": _used() - began, "gap": plan.objective.gap}


@contextlib.contextmanager
def workers(row: Experiment) -> Iterator[Any]:
    """The worker processes of a row, which end with the block."""
    from optimizer.analysis.risk.elsewhere import Elsewhere

    if not row.cluster:
        yield Elsewhere(row.workers)
        return
    from distributed import LocalCluster

    with LocalCluster(row.workers, threads_per_worker=1, dashboard_address=None) as cluster:
        yield Elsewhere(row.workers, scheduler=cluster.scheduler_address)


def _used() -> float:
    """Seconds of the processor of this process and of its workers that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


# -- the extensive form ----------------------------------------------------------------------------------------------


def outcomes(case: Any) -> tuple[Any, ...]:
    """The scenarios or draws of a case as outcomes of the program; empty where there are too many."""
    from models.risk import Outcome, risk_of
    from models.risks import units
    from models.scenarios import Realization, scenarios
    from models.sets import Sets
    from optimizer.analysis.stress.sampling import sample

    named, n = scenarios(case.scenarios), case.settings.draws
    if n == 0:
        return risk_of(case).outcomes
    if n > MOST_OUTCOMES:
        return ()
    likely, of_risks = [s for s in named if s.probability > 0], units(Sets(case))
    drawn = sample(of_risks, likely, n, overruns=False)
    result = []
    for k in range(n):
        scenario = likely[drawn.scenario[k]]
        late = {i: int(drawn.delay[k, u]) for u, unit in enumerate(of_risks) for i in unit.projects}
        failed = frozenset(i for u, unit in enumerate(of_risks) if drawn.failed[k, u] for i in unit.projects)
        name = f"draw {k + 1}"
        result.append(Outcome(name, 1 / n, Realization(name, scenario.rows, delays=late, failed=failed)))
    return (*result, *risk_of(case).stresses)


def measure(case: Any) -> Any:
    """The measure of a case over its outcomes; None where the extensive form is left out."""
    from models.risk import RiskMeasure

    s = case.settings
    over = outcomes(case) if s.risk in ("expected", "cvar", "worst") and s.review_year is None else ()
    return RiskMeasure(s.risk, over, s.alpha, s.aversion) if over else None


def extensive(row: Experiment, gap: float, seconds: float) -> float | None:
    """The gap that bare HiGHS leaves in the plain extensive form; None where it has no plan or the form is left out."""
    from models.formulation import risk_program
    from models.sets import Sets
    from optimizer.solver.highs import Engine
    from optimizer.solver.results import Limits
    from optimizer.solver.standard_form import compile_program

    case = case_of(row)
    if (asked := measure(case)) is None:
        return None
    matrix = compile_program(risk_program(Sets(case), asked))
    solution = Engine(matrix).minimize(matrix.objectives[0], Limits(gap, WALL * seconds), stop=Spent(seconds))
    return None if solution.x is None else (solution.objective - solution.bound) / max(abs(solution.objective), 1e-9)


def sppy(row: Experiment, gap: float, seconds: float) -> float | None:
    """The gap that HiGHS leaves in the extensive form as mpi-sppy writes it, of the expected value."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # mpi-sppy greets on the table
    import pyomo.environ as pyo
    from mpisppy.opt.ef import ExtensiveForm
    from mpisppy.utils.sputils import attach_root_node

    from models.formulation import risk_program
    from models.risk import RiskMeasure
    from models.sets import Sets

    case = case_of(row)
    asked = measure(case) if case.settings.risk == "expected" else None
    if asked is None:
        return None
    sets, likely = Sets(case), {w.name: w for w in asked.likely}

    def scenario(name: str) -> Any:
        program = risk_program(sets, RiskMeasure("expected", (likely[name],)))
        model = program.model
        model.score = pyo.Objective(expr=-program.goals[0].expression / likely[name].probability)
        attach_root_node(model, 0.0, [model.start, model.award])
        model._mpisppy_probability = likely[name].probability
        return model

    form = ExtensiveForm({"solver": "appsi_highs"}, list(likely), scenario, suppress_warnings=True)
    solver = pyo.SolverFactory("appsi_highs")
    solver.options.update({"time_limit": seconds * stretch(), "mip_rel_gap": gap, "threads": 1})
    solution = solver.solve(form.ef, load_solutions=False).problem
    low, high = float(solution.lower_bound), float(solution.upper_bound)
    return (high - low) / abs(high) if abs(high) < 1e20 and high else None


# -- the table -------------------------------------------------------------------------------------------------------


def beside(function: Callable[..., float | None], row: Experiment, gap: float, seconds: float) -> str:
    """A gap as a cell; empty where there is none, or where the measurement ends without an answer."""
    try:
        result = apart(function, row, gap, seconds)
    except Exception as failed:  # one cell that fails must not lose the table
        print(f"{function.__name__}, {row.name}: {failed!r}", file=sys.stderr)
        return ""
    return "" if result is None else f"{100 * result:.3f} %"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only",
        nargs="*",
        default=[""],
        help="Rows whose name holds one of these, beside the plans as planned of their books.",
    )
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--beside", nargs="*", default=["extensive", "sppy"], choices=["extensive", "sppy", "none"])
    asked = parser.parse_args()
    print("| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD))
    wanted = [r for r in ROWS if any(part in r.name for part in asked.only)]
    alone: dict[str, float] = {}
    for row in ROWS:
        if row not in wanted and (row.settings or row.book not in {r.book for r in wanted}):
            continue
        try:
            result = apart(tool, row, asked.gap, asked.seconds)
        except Exception as failed:  # one row that fails must not lose the table
            print(f"{row.name}: {failed!r}", file=sys.stderr)
            print(f"| {row.name} | no plan |  |  |  |  |", flush=True)
            continue
        alone.setdefault(row.book, result["seconds"])
        others = [
            beside(function, row, asked.gap, asked.seconds) if row.settings and name in asked.beside else ""
            for name, function in (("extensive", extensive), ("sppy", sppy))
        ]
        ratio = f"{result['seconds'] / alone[row.book]:.1f}"
        cells = [row.name, f"{result['seconds']:.1f} s", f"{100 * result['gap']:.3f} %", ratio, *others]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
