"""Builds the sample workbooks from the facts: `python inputs/make_samples.py [FOLDER]`.

Without FOLDER each workbook is written to its place in the project, with FOLDER all are written there. The same facts give the
same bytes.
"""

import argparse
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
    """Write every workbook and print its path. `folder` is made where it is missing."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    for build, place, name in BOOKS:
        path = (folder or ROOT / place) / name
        build(path)
        print(path)


def folder_of(arguments: list[str]) -> Path | None:
    """The folder that the command line names; ends with exit status 2 where it is a file."""
    parser = argparse.ArgumentParser(description="Build the sample workbooks from the facts.")
    parser.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", help="Folder for all of them.")
    folder: Path | None = parser.parse_args(arguments).folder
    if folder is not None and folder.exists() and not folder.is_dir():
        parser.error(f"{folder} is a file: name a folder")
    return folder


if __name__ == "__main__":
    main(folder_of(sys.argv[1:]))
