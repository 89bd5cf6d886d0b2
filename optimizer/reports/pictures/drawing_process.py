"""The child process that draws: JSON lines on stdin, framed pictures on stdout, in the order of the requests.

Run as a script by `optimizer.reports.pictures.draw`. A request is `{"specification": Vega-Lite, "form": "svg"|"png"}`. An
answer is a line with the number of its bytes and the bytes, `-1` for a specification that cannot be drawn.
"""

import json
import os
import signal
import sys
from typing import Any, BinaryIO

MEMORY = 2 << 30
"""Bytes of data that the process may hold (RLIMIT_DATA). The address space cannot be limited: V8 reserves 64 GB of it."""
SCALE = 2.5
"""Pixels of a png to a unit of the chart: 180 dots per inch on paper."""


def main() -> None:
    """Draws the pictures that stdin requests, one after the other, until it ends."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the library itself prints is no picture
    _limit()
    for line in sys.stdin.buffer:
        _answer(out, _drawn(json.loads(line)))


def _limit() -> None:
    """Limits memory where the system can, and leaves Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, size in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or size < hard:
            resource.setrlimit(kind, (size, hard))


def _drawn(request: dict[str, Any]) -> bytes | None:
    import vl_convert

    try:
        if request["form"] == "png":
            return bytes(vl_convert.vegalite_to_png(request["specification"], scale=SCALE))
        return str(vl_convert.vegalite_to_svg(request["specification"])).encode("utf-8", "replace")
    except ValueError:  # what the library raises for a specification that it cannot draw
        return None


def _answer(out: BinaryIO, picture: bytes | None) -> None:
    out.write(b"-1\n" if picture is None else b"%d\n%s" % (len(picture), picture))
    out.flush()


if __name__ == "__main__":
    main()
