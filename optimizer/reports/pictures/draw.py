"""Draws pictures in a child process with limits on memory and time; a picture that cannot be drawn is None."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

SECONDS = 60.0
"""Time for the start of a child, and as much again for every ten pictures."""
ATTEMPTS = 3
"""Children that are started for one batch: a picture that ends its child is left out, and the next child goes on."""
_PROGRAM = Path(__file__).with_name("drawing_process.py")
_BUNDLED_FONTS = Path(__file__).with_name("bundled_fonts.conf")
_OTHER_LETTERS = re.compile(rb"\\u(?!00|01[0-7]|201[0-9a-f]|202[26]|20ac)")
"""In JSON, a letter beyond those of European languages in Latin script, some dashes and quotation marks, and the euro sign."""


@dataclass(frozen=True)
class Request:
    """One picture: a Vega-Lite specification, and whether it is wanted as svg or as png."""

    specification: dict[str, Any]
    form: Literal["svg", "png"] = "svg"


def draw(requests: Sequence[Request]) -> list[bytes | None]:
    """The pictures in the order of the requests, all drawn by one child process.

    None for a picture that the drawing library refuses, that ends its process, or that takes too long or too much
    memory. Nothing is raised: a report without pictures is still a report.
    """
    pictures: list[bytes | None] = []
    for _ in range(ATTEMPTS):
        if len(pictures) == len(requests):
            break
        done, ended_in_time = _one_child(requests[len(pictures) :])
        pictures += done
        if len(pictures) < len(requests):
            pictures.append(None)  # the picture at which the child ended
            if not ended_in_time:
                break
    return pictures + [None] * (len(requests) - len(pictures))


def _one_child(requests: Sequence[Request]) -> tuple[list[bytes | None], bool]:
    """The drawings of one child process, and whether it ended by itself."""
    lines = b"".join(_line(request) for request in requests)
    try:
        child = subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=drawing_environment(lines),
            start_new_session=True,  # Ctrl-C at the terminal goes to the parent alone
        )
    except OSError:  # no memory or no file handle for a process
        return [], False
    with child:
        try:
            output, _ = child.communicate(lines, timeout=SECONDS * (1 + len(requests) / 10))
            in_time = True
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
            in_time = False
        except BaseException:
            child.kill()
            raise
    return list(_pictures(output))[: len(requests)], in_time


def drawing_environment(lines: bytes) -> dict[str, str]:
    """The environment of a child that draws these lines of JSON.

    Where the bundled font has every letter, the child reads no other: the same picture in half the processor time, and the
    same png on every machine. Other letters need the fonts of the system.
    """
    fonts = {} if _OTHER_LETTERS.search(lines) else {"FONTCONFIG_FILE": str(_BUNDLED_FONTS)}
    return {**os.environ, **fonts}


def _line(request: Request) -> bytes:
    return json.dumps({"specification": request.specification, "form": request.form}).encode() + b"\n"


def _pictures(output: bytes) -> Iterator[bytes | None]:
    """The whole pictures of a child's output; a last one that was cut is left out."""
    at = 0
    while (end := output.find(b"\n", at)) >= 0:
        size, start = int(output[at:end]), end + 1
        if start + max(0, size) > len(output):
            return
        yield None if size < 0 else output[start : start + size]
        at = start + max(0, size)
