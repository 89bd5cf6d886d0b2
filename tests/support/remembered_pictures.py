"""Draws each picture of a run of the tests once, and all pictures of a test process in two children.

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
    own_child, lasting = draw._one_child, _LastingChildren()

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


class _LastingChildren:
    """One child process for all pictures that this process wants, and one for those with letters of other scripts, which
    reads the fonts of the system."""

    def __init__(self) -> None:
        self._owner = 0
        self._children: dict[str | None, subprocess.Popen[bytes]] = {}

    def draw(self, line: bytes) -> bytes | None:
        """The picture of one request; None where it is not drawn, or ends the child."""
        child = self._running(draw.drawing_environment(line))
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(line)
            child.stdin.flush()
            size = int(child.stdout.readline() or b"-1")
            return child.stdout.read(size) if size >= 0 else None
        except OSError:
            return None

    def _running(self, env: dict[str, str]) -> "subprocess.Popen[bytes]":
        if self._owner != os.getpid():  # this process is a fork: the children belong to another
            self._owner, self._children = os.getpid(), {}
        fonts = env.get("FONTCONFIG_FILE")
        if fonts not in self._children or self._children[fonts].poll() is not None:
            command = [sys.executable, "-P", str(draw._PROGRAM)]
            pipe = subprocess.PIPE
            self._children[fonts] = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=env
            )
        return self._children[fonts]


def _keep(path: Path, picture: bytes) -> None:
    """Puts a picture in its place whole, since other processes look for it there."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(picture)
    Path(name).replace(path)
