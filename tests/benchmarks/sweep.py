"""Twenty budgets on 300 projects: one exploration against twenty cold solves at the same proved gap.

    python tests/benchmarks/sweep.py [--gap 0.01] [--cold 20] [--projects 300] [--seconds 60] [--money ample|tight]

Ample money is from half to all of the public money that every candidate together needs, tight money from a tenth to half
of it. With tight money neither proves every budget: the band that is proved is printed.

Both run on one core in one process, one after the other. Processor time is compared, so that other work on the machine
counts for neither; wall-clock time is printed too. A cold solve that does not reach the gap ends at `--seconds`, and is
counted with what it took. With fewer cold solves than budgets the rest are taken to cost their mean, and that is said.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from generate import MONEY, book

from models.case import Case
from models.sets import Sets
from optimizer.analysis.frontier.budget_axis import Axis
from optimizer.analysis.frontier.tasks import Model
from optimizer.solver.lexicographic import Options, Solution, open_search
from optimizer.solver.no_solution import NoSolution

BUDGETS = 20
PARTS = {"ample": (0.5, 1.0), "tight": (0.1, 0.5)}
"""Public money as a part of what every candidate together needs: lowest and highest budget."""


def timed(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, processor seconds, wall-clock seconds."""
    wall, cpu = time.monotonic(), time.process_time()
    result = function()
    return result, time.process_time() - cpu, time.monotonic() - wall


def explored(case: Case, budgets: list[float], gap: float, seconds: float) -> dict[str, Any]:
    """One exploration of all budgets, every plan audited, to the gap at the least of them: absolute, so less above."""
    model = Model(case, "all")
    curve = model.answer({"kind": "curve", "budgets": budgets[:1]}, seconds)
    tolerance = gap * curve["values"][0]["bound"] / (1 + gap)
    return model.answer({"kind": "value", "budgets": budgets, "tolerance": tolerance, "start": None}, seconds)


def cold(case: Case, options: Options) -> Solution | None:
    """One solve of its own, for the best value alone: without tie-break, audit and the rest of a plan."""
    try:
        return open_search(Sets(case), options).run(tie_break=False)
    except NoSolution:
        return None


def main() -> None:
    """Prints one line a budget and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--cold", type=int, default=BUDGETS)
    parser.add_argument("--projects", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--money", choices=sorted(PARTS), default="ample")
    given = parser.parse_args()
    case = book(given.projects, given.money)
    need = (Axis.of(case, "all").base_m or 0.0) / MONEY[given.money]
    first, last = PARTS[given.money]
    budgets = [need * (first + (last - first) * n / (BUDGETS - 1)) for n in range(BUDGETS)]
    answer, cpu, wall = timed(lambda: explored(case, budgets, given.gap, BUDGETS * given.seconds))
    best, places = 0.0, sorted((p["place"], p["value"]) for p in answer["plans"])
    gaps = []
    for value in answer["values"]:
        best = max([v for place, v in places if place <= value["budget"]], default=0.0)
        gaps.append((value["bound"] - best) / max(best, 1e-9))
        sys.stdout.write(f"explore {value['budget']:12,.0f} M  {best:.4f}  proved within {100 * gaps[-1]:.2f} %\n")
    sys.stdout.write(f"explore: {cpu:.1f} s of processor, {wall:.1f} s; largest gap {100 * max(gaps):.2f} %\n")
    sys.stdout.flush()
    spent = []
    for n in [round(k * (BUDGETS - 1) / max(1, given.cold - 1)) for k in range(given.cold)]:
        options = Options(gap=given.gap, time_limit=given.seconds)
        result, one_cpu, one_wall = timed(
            lambda n=n, options=options: cold(Axis.of(case, "all").at(budgets[n]), options)
        )
        spent.append(one_cpu)
        message = (
            "nothing found"
            if result is None
            else f"bound {result.bound:.4f}, {'' if result.proved else 'not '}within the gap"
        )
        sys.stdout.write(f"cold    {budgets[n]:12,.0f} M  {message}, {one_cpu:.1f} s of processor, {one_wall:.1f} s\n")
        sys.stdout.flush()
    whole = sum(spent) / len(spent) * BUDGETS
    message = "" if given.cold == BUDGETS else f" (from {given.cold})"
    sys.stdout.write(
        f"twenty cold searches{message}: {whole:.1f} s; exploration: {cpu:.1f} s; ratio {whole / cpu:.1f}\n"
    )


if __name__ == "__main__":
    main()
