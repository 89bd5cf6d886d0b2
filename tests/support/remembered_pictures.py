"""Draws each picture of a run of the tests once, and all pictures of a test process in one child.

The pictures come from the program that draws them for users. It starts slowly, and most pages of the tests show charts
that another page has shown. A batch that it does not draw whole goes to a child of its own, as it would for users.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from optimizer.reports.pictures import draw


def remember(folder: Path) -> None:
    """Makes `draw` of this process keep its pictures in a folder, and take from there what it finds."""
    folder.mkdir(parents=True, exist_ok=True)
    own_child, lasting = draw._one_child, _LastingChild()

    def one_child(requests: Sequence[draw.Request]) -> tuple[list[bytes | None], bool]:
        lines = [draw._line(request) for request in requests]
        kept = [folder / hashlib.sha256(line).hexdigest() for line in lines]
        new = [(path, line) for path, line in zip(kept, lines, strict=True) if not path.exists()]
        for path, line in new:
            picture = lasting.draw(line)
            if picture is None:
                return own_child(requests)
            _keep(path, picture)
        return [path.read_bytes() for path in kept], True

    draw._one_child = one_child


class _LastingChild:
    """One child process for all pictures that this process wants."""

    def __init__(self) -> None:
        self._owner = 0
        self._child: subprocess.Popen[bytes] | None = None

    def draw(self, line: bytes) -> bytes | None:
        """The picture of one request; None where it is not drawn, or ends the child."""
        if draw.drawing_environment(line) != draw.drawing_environment(b""):
            return None  # it needs the fonts of the system
        child = self._running()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(line)
            child.stdin.flush()
            size = int(child.stdout.readline() or b"-1")
            return child.stdout.read(size) if size >= 0 else None
        except OSError:
            return None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._owner != os.getpid() or self._child.poll() is not None:
            command = [sys.executable, "-P", str(draw._PROGRAM)]
            pipe = subprocess.PIPE
            self._child = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=draw.drawing_environment(b"")
            )
            self._owner = os.getpid()
        return self._child


def _keep(path: Path, picture: bytes) -> None:
    """Puts a picture in its place whole, since other processes look for it there."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(picture)
    Path(name).replace(path)
