"""Builds the sample workbooks from the facts: `python inputs/make_samples.py [FOLDER]`.

Without FOLDER each workbook is written to its place in the project, with FOLDER all are written there. The same facts give the
same bytes.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from inputs.samples import allied, chain, first_look, gallium  # noqa: E402  after the path is set

BOOKS = (
    (allied.build, "inputs", "allied-candidates.xlsx"),
    (chain.build, "inputs", "allied-chain.xlsx"),
    (gallium.build, "inputs", "gallium.xlsx"),
    (first_look.build, "optimizer/demo", "first-look.xlsx"),
)
"""Function that builds each workbook, its folder and its name."""


def main(folder: Path | None = None) -> None:
    """Write every workbook and print its path."""
    for build, place, name in BOOKS:
        path = (folder or ROOT / place) / name
        build(path)
        print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
