"""Makes what several workers of a test run need in one of them, as pytest-xdist documents it: with a lock and a file."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

SHARED = "MINE2MAGNET_TESTS_SHARED"
"""Names the folder that all workers of a run share."""

T = TypeVar("T")


def once(name: str, make: Callable[[], T]) -> T:
    """What `make` returns; the first worker that asks calls it, and the others read what it left."""
    if (shared := os.environ.get(SHARED)) is None:
        return make()
    kept = Path(shared) / f"{name}.pickle"
    with FileLock(kept.with_suffix(".lock")):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
        result: T = pickle.loads(kept.read_bytes())
        return result
