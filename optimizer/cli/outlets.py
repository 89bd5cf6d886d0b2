"""stdout and stderr that survive a closed reader: the work goes on, and the exit status is that of the work.

`| head`, a closed terminal or a full disk behind `>` must not end a solve. A failed write is remembered, and the rest of the
output is dropped.
"""

import errno
import io
import os
import select
import sys
from pathlib import Path
from typing import Any, TextIO

_GONE = {errno.EPIPE, errno.ECONNRESET, errno.EIO, errno.EINVAL if os.name == "nt" else errno.EPIPE}
"""Errors of a stream without a reader: the reader ended, or the terminal was closed."""


class Outlet(io.RawIOBase):
    """A raw stream that passes output on until a write fails; `problem` is the reason."""

    def __init__(self, raw: Any) -> None:
        super().__init__()
        self._raw = raw
        self.problem: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        while self.problem is None:
            try:
                if (written := self._raw.write(data)) is not None:
                    return int(written)
                select.select([], [self.fileno()], [])  # a non-blocking stream with a slow reader
            except OSError as problem:
                self.problem = problem
        return len(data)

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def isatty(self) -> bool:
        return bool(self._raw.isatty())

    @property
    def lost(self) -> OSError | None:
        """Reason why output is missing that somebody waits for; None if nothing is missing or the reader left."""
        return None if self.problem is None or self.problem.errno in _GONE else self.problem


def guard(name: str) -> Outlet | None:
    """Put an outlet behind `sys.stdout` or `sys.stderr`, and return it; None if the stream has no file.

    A stream that was closed before the start writes to nowhere; a name that the terminal cannot show has its odd letters
    replaced.
    """
    stream: TextIO | None = getattr(sys, name)
    if stream is None:
        setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        return None
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        return None
    raw = getattr(buffer, "raw", buffer)  # without a buffer of its own under PYTHONUNBUFFERED
    outlet = Outlet(raw)
    by_line = stream.isatty() or name == "stderr" or raw is buffer
    text = io.TextIOWrapper(io.BufferedWriter(outlet), stream.encoding, "replace", line_buffering=by_line)
    setattr(sys, name, text)
    return outlet
