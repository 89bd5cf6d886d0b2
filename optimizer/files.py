"""One file, written whole or not at all."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optimizer.safe_text import json_text


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name in the folder of `path` to write to; it takes the name `path` in one step when the block ends well.

    Where the block fails nothing is left behind and what stood at `path` stays. Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=".mine2magnet-", suffix=path.suffix, dir=path.absolute().parent)
    os.close(handle)
    made = Path(name)
    try:
        yield made
        _settle(made, path)
    finally:
        made.unlink(missing_ok=True)


def _settle(made: Path, path: Path) -> None:
    with made.open("rb+") as stream:
        os.fsync(stream.fileno())
    mask = os.umask(0)
    os.umask(mask)
    made.chmod(0o666 & ~mask)  # a temporary file is private, a workbook is not
    made.replace(path)


def json_bytes(value: Any) -> bytes:
    """JSON as all our files and `--json` have it: UTF-8, two spaces, a newline at the end."""
    return (json_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)) + "\n").encode()
