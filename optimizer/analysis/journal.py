"""The journal of many solves: it records every answer, so that a killed run repeats no finished solve.

JSON lines, each flushed to the disk before the next question: a header that identifies the run, then question and answer. An
incomplete last line is dropped.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from optimizer.analysis.executor import Answer
from optimizer.errors import Refusal
from optimizer.files import is_regular

NAME = "journal.jsonl"
"""File of the journal in the folder of its exploration."""
SCHEMA = "mine2magnet.journal/1"


class Journal:
    """Answers by the key of their question; in memory only if there is no file."""

    def __init__(
        self,
        path: Path | None = None,
        header: Mapping[str, Any] | None = None,
        *,
        resume: bool = False,
        cure: str = "leave --resume out",
    ) -> None:
        self.answers: dict[str, Answer] = {}
        self.reused = 0
        self._stream: IO[bytes] | None = None
        if path is None:
            return
        first = json.loads(json.dumps({"schema": SCHEMA, **(header or {})}))
        if os.path.lexists(path) and not is_regular(path):
            raise Refusal("usage", f"{path} is a link or no regular file: remove it, or name another place")
        if resume:
            _refuse_other_file(path, cure)
        kept = _read(path, cure) if resume and path.exists() else []
        if kept and kept[0] != first:
            raise Refusal("usage", f"{path} is of another run ({_differs(kept[0], first)}): {cure}")
        self.answers = {line["key"]: line["answer"] for line in kept[1:]}
        self._stream = path.open("r+b" if kept else "wb")
        if kept:
            self._stream.truncate(_whole(path))
            self._stream.seek(0, os.SEEK_END)
        else:
            self._write(first)

    def get(self, key: str) -> Answer | None:
        """The recorded answer to a question; None if there is none."""
        answer = self.answers.get(key)
        self.reused += answer is not None
        return answer

    def add(self, key: str, question: Mapping[str, Any], answer: Answer) -> None:
        """Record an answer; it is on the disk when this returns."""
        self.answers[key] = answer
        shown = {name: value for name, value in question.items() if name != "start"}
        self._write({"key": key, "question": shown, "answer": answer})

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._stream is None:
            return
        self._stream.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())


def _refuse_other_file(path: Path, cure: str) -> None:
    """Raises Refusal where a file is there that is no journal: it would be overwritten."""
    if not path.is_file() or path.stat().st_size == 0:
        return
    with path.open("rb") as stream:
        first = stream.readline()
    if SCHEMA.encode() not in first:
        raise Refusal("usage", f"{path} is there and is no journal: {cure}")


def _whole(path: Path) -> int:
    """Bytes up to the end of the last line that can be read."""
    good = 0
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            json.loads(line)
        except (ValueError, RecursionError):
            break
        if not line.endswith(b"\n"):
            break
        good += len(line)
    return good


def _read(path: Path, cure: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_bytes()[: _whole(path)].splitlines()]
    for number, line in enumerate(lines, 1):
        sound = isinstance(line, dict) and (
            number == 1 or ({"key", "answer"} <= line.keys() and isinstance(line["answer"], dict))
        )
        if not sound:
            raise Refusal("invalid", f"line {number} of {path} is damaged: {cure}")
    return lines


def _differs(kept: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    return ", ".join(sorted(k for k in {*kept, *first} if kept.get(k) != first.get(k)))
