"""Plans under a measure of risk on the sample, beside the plan as planned, in one run.

    python tests/benchmarks/risk.py                      every row, to 0.1 %, 60 seconds each
    python tests/benchmarks/risk.py --only draws --seconds 30

Prints a table in Markdown. Each row is measured in a process of its own, on one thread: seconds of the processor of the whole
search, the search for the plan as planned that it begins with included, the gap left, and the ratio to the plan as planned
alone. The sample's scenario that cuts a budget is left out, as it takes a review.
"""

import argparse
import time
from pathlib import Path
from typing import Any

from apart import apart
from processor import Spent, stretch

SAMPLE = Path(__file__).parents[2] / "inputs" / "allied-candidates.xlsx"
ROWS: dict[str, dict[str, Any]] = {
    "as planned": {},
    "scenarios, expected": {"risk": "expected"},
    "scenarios, cvar": {"risk": "cvar"},
    "scenarios, worst": {"risk": "worst"},
    "scenarios, regret": {"risk": "regret"},
    "draws 100, expected": {"risk": "expected", "draws": 100},
    "draws 500, expected": {"risk": "expected", "draws": 500},
    "draws 10000, expected": {"risk": "expected", "draws": 10_000},
    "draws 10000, cvar": {"risk": "cvar", "draws": 10_000},
    "failures 1": {"risk": "failures", "failures": 1},
    "failures 2": {"risk": "failures", "failures": 2},
}
"""Name of a row -> settings."""


def measured(settings: dict[str, Any], gap: float, seconds: float) -> dict[str, float]:
    """Seconds of the processor, and the gap, of one plan of the sample."""
    from optimizer.analysis.risk import solve
    from optimizer.workbook.read import read

    case = read(SAMPLE)
    case = case.with_(
        scenarios=tuple(r for r in case.scenarios if r.parameter != "budget"),
        settings=case.settings.model_copy(update=settings),
    )
    began = time.process_time()
    plan = solve(case, gap=gap, time_limit=seconds * stretch(), stop=Spent(seconds))
    return {"seconds": time.process_time() - began, "gap": plan.objective.gap}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="Rows whose name holds this, beside the plan as planned.")
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    print("| plan | seconds | gap | times as planned |", "| --- | --- | --- | --- |", sep="\n")
    alone = 0.0
    for name, settings in ROWS.items():
        if name == "as planned" or asked.only in name:
            found = apart(measured, settings, asked.gap, asked.seconds)
            alone = alone or found["seconds"]
            ratio = found["seconds"] / alone
            print(f"| {name} | {found['seconds']:.1f} s | {100 * found['gap']:.3f} % | {ratio:.1f} |", flush=True)


if __name__ == "__main__":
    main()
