"""Every kind of value in the JSON files of a folder changed, with its digests and fingerprint replaced: `verify` must refuse.

By hand, from the root of the repository:

    .venv/bin/python tests/campaign/forged_folders.py outputs/first-look-01 plan.json manifest.json case.json

Of the places that differ only in their number in a list one is changed. The documents are not rendered again, so that only the
numbers themselves can tell. Prints every change that passes, then one line of counts; the exit status is 1 if any did.
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from support.forgery import change_json, load, state_fingerprint

from optimizer.verification.verify import BadPlan, verify

Place = tuple[str | int, ...]
LAST = "the last entry"


def places(content: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value that is no list or object, and the end of every list."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from places(value, (*path, key))
    elif isinstance(content, list):
        if content:
            yield (*path, LAST), None
        for n, value in enumerate(content):
            yield from places(value, (*path, n))
    else:
        yield path, content


def kinds(content: Any, draw: random.Random) -> Iterator[tuple[Place, Any]]:
    """One place of each kind."""
    alike: dict[tuple[Place, bool], list[tuple[Place, Any]]] = {}
    for path, value in places(content):
        key = tuple("each" if isinstance(part, int) else part for part in path)
        alike.setdefault((key, value is None), []).append((path, value))
    yield from (draw.choice(group) for group in alike.values())


def forged(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.01 + 0.013
    return 1.5 if value is None else f"{value}x"


def change(content: Any, path: Place, value: Any) -> None:
    """Puts a forged value in the place of a value, or takes the last entry of a list away."""
    *way, last = path if path[-1] != LAST else path[:-1]
    for part in way:
        content = content[part]
    if path[-1] == LAST:
        content[last].pop()
    else:
        content[last] = forged(value)


def passes(folder: Path, name: str, path: Place, value: Any) -> bool:
    """Whether `verify` passes a copy of the folder with one place forged."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "plan"
        shutil.copytree(folder, copy)
        change_json(copy, name, lambda content: change(content, path, value))
        with suppress(ValidationError, OSError):
            if name != "manifest.json":
                state_fingerprint(copy)
        try:
            return verify(copy, documents=False).passed
        except BadPlan:
            return False


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.argument("names", nargs=-1, required=True)
@click.option("--seed", default=1, show_default=True, help="Seed of the places that are drawn.")
def main(folder: Path, names: tuple[str, ...], seed: int) -> None:
    """Forges the files NAMES of FOLDER, one place at a time, and verifies each."""
    missed = 0
    for name in names:
        drawn = list(kinds(load(folder / name), random.Random(seed)))
        for path, value in drawn:
            if passes(folder, name, path, value):
                missed += 1
                click.echo(f"{name}: {'/'.join(map(str, path))} changed from {value!r} passes")
        click.echo(f"{name}: {len(drawn)} places forged")
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
