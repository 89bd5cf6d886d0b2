"""What prices and limits on programmes cost the search: seconds of the processor with them, over those without.

    python tests/benchmarks/prices.py            the sample
    python tests/benchmarks/prices.py 300 1000   and generated books with ample money

Each book is solved as it is, with at most three programmes a project, with prices, and with both. The sample has its own
prices; generated books get prices at which about half of the projects need support to pay, loans at 3 %, equity that asks
5 %. Private money asks 10 %. Every search runs to a gap of 0.1 % or to its limit, in a process of its own, the tie-break
included. Machines differ: read the ratios.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from apart import apart
from generate import book
from processor import Spent, stretch

from models.case import Case
from models.schema import Price, Programme, Project, Settings

SAMPLE = Path(__file__).parents[2] / "inputs" / "allied-candidates.xlsx"
GAP = 1e-3
YEARS_OF_CASH = 9.0
"""About what a million a year over a life is worth at 10 %, in millions."""
MOST_PROGRAMMES = 3


def priced(case: Case) -> Case:
    """The case with a hurdle rate; where it has no prices, with prices by stage, costs, and terms for its programmes."""
    charge = {p.id: p.capex_m * 1e6 / (max(p.capacity_tpa, 1.0) * YEARS_OF_CASH) for p in case.projects}
    stages = {p.stage for p in case.projects}
    level = {s: 2 * median(charge[p.id] for p in case.projects if p.stage == s) for s in sorted(stages)}

    def earning(p: Project) -> Project:
        return p.model_copy(update={"opex_per_t": round(level[p.stage] / 2, 2)})

    def with_terms(g: Programme) -> Programme:
        terms: dict[str, Any] = {"loan": {"rate": 0.03, "tenor_years": 18}, "equity": {"rate": 0.05}}
        terms["guarantee"] = terms["loan"]
        return g.model_copy(update=terms.get(g.instrument, {}))

    if case.prices:
        return case.with_(settings=hurdled(case))
    return case.with_(
        projects=tuple(map(earning, case.projects)),
        programmes=tuple(map(with_terms, case.programmes)),
        prices=tuple(Price(row=0, material=s, years={2026: round(v, 2)}) for s, v in level.items()),
        settings=hurdled(case),
    )


def hurdled(case: Case) -> Settings:
    """The settings, with what private money and lenders ask."""
    return case.settings.model_copy(update={"hurdle_rate": 0.1, "debt_rate": 0.07})


def few(case: Case) -> Case:
    """The case with at most three programmes in a project."""
    return case.with_(settings=case.settings.model_copy(update={"max_programmes": MOST_PROGRAMMES}))


KINDS: dict[str, Callable[[Case], Case]] = {
    "as it is": lambda case: case,
    "three programmes": few,
    "prices": priced,
    "both": lambda case: few(priced(case)),
}


def solved(size: int, kind: str, seconds: float) -> dict[str, Any]:
    """Processor seconds of a plan, its gap, and whether the tie-break is proved; size 0 is the sample. Without a plan in
    time the gap is infinite."""
    from optimizer.analysis.risk import solve
    from optimizer.errors import NoPlanFound
    from optimizer.workbook.read import read

    case = KINDS[kind](book(size, "ample") if size else read(SAMPLE))
    began = time.process_time()
    try:
        plan = solve(case, gap=GAP, time_limit=seconds * stretch(), stop=Spent(seconds))
    except NoPlanFound:
        spent = time.process_time() - began
        return {"seconds": spent, "gap": float("inf"), "ties": "none", "value": float("nan"), "awards": 0}
    return {
        "seconds": time.process_time() - began, "gap": plan.objective.gap, "ties": plan.tie_break,
        "value": plan.objective.value, "awards": sum(len(p.awards) for p in plan.projects),
    }  # fmt: skip


def main() -> None:
    """Prints one row a book and kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[])
    parser.add_argument("--seconds", type=float, default=15.0, help="of every search")
    given = parser.parse_args()
    print("| book | kind | seconds | over as it is | gap | tie-break | value | awards |\n|" + " --- |" * 8)
    for size in (0, *given.sizes):
        base = None
        for kind in KINDS:
            row = apart(solved, size, kind, given.seconds)
            base = base or row["seconds"]
            cells = (
                size or "sample", kind, f"{row['seconds']:.1f}", f"{row['seconds'] / base:.2f}", f"{100 * row['gap']:.3f} %",
                row["ties"], f"{row['value']:.5g}", row["awards"],
            )  # fmt: skip
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
