"""Builds the sample workbooks from the facts: `python inputs/make_samples.py [FOLDER]`.

Without a folder the two books of the project are written in their places; with one both go there. The same facts
give the same bytes.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from inputs.samples import allied, first_look  # noqa: E402  after the path is set


def main(folder: Path | None = None) -> None:
    """Writes both books and says where."""
    candidates = (folder or ROOT / "inputs") / "allied-candidates.xlsx"
    example = (folder or ROOT / "optimizer" / "demo") / "first-look.xlsx"
    for build, path in ((allied.build, candidates), (first_look.build, example)):
        build(path)
        print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
