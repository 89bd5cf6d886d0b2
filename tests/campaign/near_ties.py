"""Near ties by the thousand against enumeration in exact decimals: value and bound never below the strict optimum.

By hand, from the root of the repository; a small slice of it runs with the tests:

    .venv/bin/python tests/campaign/near_ties.py --first 0 --count 10000
    .venv/bin/python tests/campaign/near_ties.py --wide --count 1000

Prints every wrong answer with its seed, then one line of counts; the exit status is 1 if any answer was wrong.
"""

import sys
from collections import Counter
from pathlib import Path

import click

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from support.near_ties import best, faults, near_tie, wide
from support.tables import Book, case

from optimizer.solver.solve import Infeasible, solve


def answer(book: Book) -> tuple[list[str], str]:
    """What is wrong with the answer to one book, and what kind of answer it is."""
    world = case(book)
    span = best(world)
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
@click.option("--wide", "is_wide", is_flag=True, help="Books whose numbers span many orders of magnitude instead.")
def main(first: int, count: int, *, is_wide: bool) -> None:
    """Solves random near-tie books and compares each answer with enumeration."""
    kinds: Counter[str] = Counter()
    wrong = 0
    for seed in range(first, first + count):
        found, kind = answer((wide if is_wide else near_tie)(seed))
        kinds[kind] += 1
        wrong += bool(found)
        for fault in found:
            click.echo(f"seed {seed}: {fault}")
    click.echo(f"{count} books, {wrong} wrong; " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
