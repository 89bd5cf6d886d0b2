"""Near ties by the thousand against enumeration in exact decimals: value and bound never below the strict optimum.

By hand, from the root of the repository; a small slice of it runs with the tests:

    .venv/bin/python tests/campaign/near_ties.py --first 0 --count 10000
    .venv/bin/python tests/campaign/near_ties.py --kind wide --count 1000
    .venv/bin/python tests/campaign/near_ties.py --kind years --count 1000

Prints every wrong answer with its seed, then one line of counts; the exit status is 1 if any answer was wrong.
"""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from support.near_ties import ValueRange, best, faults, near_tie, wide
from support.near_ties_years import best_over_years, converted, near_tie_over_years
from support.tables import case

from models.case import Case
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible

KINDS: dict[str, Callable[[int], tuple[Case, Callable[[Case], ValueRange]]]] = {
    "ties": lambda seed: (case(near_tie(seed)), best),
    "wide": lambda seed: (case(wide(seed)), best),
    "years": lambda seed: (converted(near_tie_over_years(seed)), best_over_years),
}
"""A book of each kind by its seed, and how to find its best plan by enumeration."""


def answer(world: Case, enumerate_all: Callable[[Case], ValueRange]) -> tuple[list[str], str]:
    """What is wrong with the answer to one book, and what kind of answer it is."""
    span = enumerate_all(world)
    try:
        plan = solve(world, gap=0)
    except Infeasible:
        return faults(span, None, None), "infeasible"
    except Exception as error:
        return [f"{type(error).__name__}: {error}"], "error"
    kind = "tolerant" if span.tolerant is not None and plan.objective.value > (span.strict or -1.0) else "strict"
    if span.tolerant is not None and plan.objective.value < span.tolerant * (1 - 1e-6):
        kind = "less than the tolerance allows"
    wrong = faults(span, plan.objective.value, plan.objective.bound)
    if plan.status != "optimal":
        wrong.append(f"status {plan.status}")
    return wrong, kind


@click.command()
@click.option("--first", default=0, show_default=True, help="Seed of the first book.")
@click.option("--count", default=1000, show_default=True, help="Number of books.")
@click.option(
    "--kind",
    type=click.Choice(tuple(KINDS)),
    default="ties",
    show_default=True,
    help="Near ties of one year; numbers that span many orders of magnitude; near ties over several years.",
)
def main(first: int, count: int, kind: str) -> None:
    """Solves random near-tie books and compares each answer with enumeration."""
    answers: Counter[str] = Counter()
    wrong = 0
    for seed in range(first, first + count):
        result, outcome = answer(*KINDS[kind](seed))
        answers[outcome] += 1
        wrong += bool(result)
        for fault in result:
            click.echo(f"seed {seed}: {fault}")
    click.echo(
        f"{count} books, {wrong} wrong; " + ", ".join(f"{n} {outcome}" for outcome, n in sorted(answers.items()))
    )
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
