"""Read a good book in hundreds of other writings: each reads to the same case, or says at the place what is in doubt.

    .venv/bin/python tests/campaign/perturbed_workbooks.py 300 --seed 0

Headers, units, numbers, years, layouts, titles, settings and locales are changed as planners and their programs do.
Prints the books that read to another case without a word; exit status 1 if there are any.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main() -> int:
    """Draw, read, report."""
    from support.perturbed_books import silent

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0, help="first seed; a book has one each")
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="perturbed-") as folder:
        for seed in range(options.seed, options.seed + options.count):
            place = Path(folder) / str(seed)
            place.mkdir()
            if message := silent(seed, place):
                wrong += 1
                print(f"seed {seed}: {message}")
    print(f"{options.count} books, {wrong} read to another case without a word")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
