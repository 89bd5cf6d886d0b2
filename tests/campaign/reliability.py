"""The reliability campaign: real processes killed, starved, raced and fed with hostile folders; prints a table.

    python tests/campaign/reliability.py [NAME ...]

Each trial ends in one of the two states that are promised: the old result whole, or the new one. It takes minutes, and
needs Linux or macOS. The kills inside a write are at each rename, flush, link, removal and new folder in turn.
"""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.books import write as write_book
from support.commandline import BOOK, environment

from optimizer.errors import Refusal
from optimizer.plan_folder.digests import sha256
from optimizer.plan_folder.store import find, open_folder

COMMAND = [sys.executable, "-m", "optimizer"]
MOST, LEAST = 100, 30
"""Steps on the disk that are tried at most, and before a write that succeeds counts as one that has no more steps."""
FAULTY = """
import os
from support.kills import fail_at
step, error = map(int, os.environ["FAULT"].split())
fail_at(step, error or None)
"""
"""Put before a program: it ends, or fails, at a step on the disk."""
WRITER = """
import json, sys
from pathlib import Path
from optimizer.plan_folder.destination import Destination, claimed
from optimizer.plan_folder.digests import sha256
from optimizer.plan_folder.store import write
mark, out = sys.argv[1:]
files = {name: f"{name} {mark}".encode() * 1000 for name in ("plan.json", "case.json", f"plans/{mark}.json")}
digests = {name: sha256(data) for name, data in files.items()}
files["manifest.json"] = json.dumps({"files": digests}).encode()
to = Destination(Path(out), "mine")
with claimed(to):
    write(files, to)
"""
"""Writes a small plan folder by the code of every verb."""


@dataclass
class TableLine:
    """A line of the table."""

    name: str
    promise: str
    trials: int = 0
    broken: list[str] = field(default_factory=list)

    def hold(self, good: bool, what: str) -> None:
        self.trials += 1
        if not good:
            self.broken.append(what)


def start(*arguments: object, cwd: Path, fault: str = "", **options: object) -> "subprocess.Popen[str]":
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    env = environment({"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "FAULT": fault})
    return subprocess.Popen(list(map(str, arguments)), cwd=cwd, env=env, **{**pipes, **options})  # type: ignore[call-overload,no-any-return]


def mark_of(folder: Path) -> str:
    """Which generation a folder holds, whole: its mark, or `nothing`. Raises Refusal for a mixture."""
    if not folder.exists() or not any(p for p in folder.iterdir() if not p.name.startswith(".")):
        return "nothing"
    content = open_folder(find(str(folder))).files
    marks = {data.split()[1][:1].decode() for data in content.values()}
    extra = {p.name for p in (folder / "plans").iterdir()} - {f"{mark}.json" for mark in marks}
    if len(marks) != 1 or extra:
        raise Refusal("invalid", f"mixed: {marks} {extra}")
    return marks.pop()


def trial(row: TableLine, place: Path, step: int, error: int | None, kind: str) -> bool:
    """One faulty write over an old folder; False once the fault comes too late to be met."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    first = start(sys.executable, "-c", WRITER, "1", "out", cwd=place)
    stderr = first.communicate()[1]
    assert first.returncode == 0, (first.returncode, stderr)
    if kind == "commit":
        (place / "out" / "letters").mkdir()
        (place / "out" / "letters" / "a.txt").write_text("keep")
    process = start(sys.executable, "-c", FAULTY + WRITER, "2", "out", cwd=place, fault=f"{step} {error or 0}")
    process.communicate()
    try:
        result = mark_of(place / "out")
        again = start(sys.executable, "-c", WRITER, "3", "out", cwd=place)
        stderr = again.communicate()[1]
        left = list(place.glob("**/.mine2magnet*"))
        good = result in ("1", "2") and (again.returncode, mark_of(place / "out"), left) == (0, "3", [])
        good = good and (process.returncode != 0 or result == "2")
        row.hold(good, f"{kind} {step}: {process.returncode} {result} {left} {stderr[-200:]}")
    except Refusal as problem:
        row.hold(False, f"{kind} {step}: {problem.message}")
    return process.returncode != 0


def faults(row: TableLine, here: Path, error: int | None) -> None:
    for kind in ("exchange", "commit"):
        for step in range(1, MOST):
            if not trial(row, here / "faulty", step, error, kind) and step > LEAST:
                break


def kills(here: Path) -> Iterator[TableLine]:
    row = TableLine(
        "killed at each rename, flush, link and removal of a write", "old or new, whole; the next run cleans up"
    )
    faults(row, here, None)
    yield row


def full(here: Path) -> Iterator[TableLine]:
    row = TableLine("each of these calls fails: disk full", "old or new, whole; exit 0 only with the new")
    faults(row, here, errno.ENOSPC)
    yield row


def random_kills(here: Path) -> Iterator[TableLine]:
    row = TableLine("`solve --force` killed at random moments", "the folder verifies, old or new")
    write_book(here / "small.xlsx", BOOK)
    solve = [*COMMAND, "solve", "small.xlsx", "--quiet", "--out", "plan", "--force"]
    began = time.monotonic()
    start(*solve, cwd=here).communicate()
    whole = time.monotonic() - began
    for number in range(20):
        process = start(*solve, "--budget", str(100 + number), cwd=here)
        time.sleep(whole * (0.5 + number / 25))
        process.kill()
        process.communicate()
        done = start(*COMMAND, "verify", "plan", "--quiet", cwd=here)
        stderr = done.communicate()[1]
        row.hold(done.returncode == 0, f"kill {number}: {stderr}")
    yield row


def races(here: Path) -> Iterator[TableLine]:
    row = TableLine("eight runs write one folder at once", "those that say 0 wrote it, one after another; no mixture")
    for number in range(5):
        place = here / f"race-{number}"
        place.mkdir()
        runs = [start(sys.executable, "-c", WRITER, str(n), "out", cwd=place) for n in range(1, 9)]
        good = {str(n): run for n, run in enumerate(runs, 1) if run.communicate() and run.returncode == 0}
        try:
            row.hold(mark_of(place / "out") in good, f"race {number}: {sorted(good)}")
        except Refusal as problem:
            row.hold(False, f"race {number}: {problem.message}")
    yield row
    numbers = TableLine("eight `solve` without --out at once", "a numbered folder each")
    place = here / "numbers"
    place.mkdir()
    write_book(place / "small.xlsx", BOOK)
    solves = [start(*COMMAND, "solve", "small.xlsx", "--quiet", cwd=place) for _ in range(8)]
    folders = {run.communicate()[0].strip() for run in solves}
    numbers.hold(len(folders) == 8 and all(run.returncode == 0 for run in solves), str(folders))
    yield numbers


def pipes(here: Path) -> Iterator[TableLine]:
    row = TableLine("stdout or stderr closed at once", "the work is done; the status is that of the work")
    write_book(here / "small.xlsx", BOOK)
    rows = [list(line) for line in BOOK["projects"]]
    rows[2][5] = "12OO"
    write_book(here / "bad.xlsx", {**BOOK, "projects": rows})
    for stream in ("stdout", "stderr"):
        for status, *arguments in (
            (3, "check", "bad.xlsx", "--json"),
            (3, "solve", "bad.xlsx"),
            (0, "solve", "small.xlsx"),
        ):
            end, other = os.pipe()
            os.close(end)
            process = start(*COMMAND, *arguments, cwd=here, **{stream: other})
            os.close(other)
            process.communicate()
            row.hold(process.returncode == status, f"{stream} {arguments}: {process.returncode}")
    yield row


def signals(here: Path) -> Iterator[TableLine]:
    row = TableLine(
        "Ctrl-C, SIGTERM or SIGHUP, once and twice, while a solve has a plan", "exit 0 with the audited plan"
    )
    sys.path.insert(0, str(ROOT / "tests" / "optimizer" / "solver"))
    from test_interrupt import hard_book

    write_book(here / "hard.xlsx", hard_book())
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        for times in (1, 2):
            out = f"{name}-{times}"
            process = start(*COMMAND, "solve", "hard.xlsx", "--gap", "0", "--out", out, cwd=here)
            time.sleep(20)
            for _ in range(times):
                process.send_signal(getattr(signal, name))
                time.sleep(0.5)
            stderr = process.communicate()[1]
            row.hold(process.returncode == 0 and (here / out / "plan.json").is_file(), f"{out}: {stderr[-300:]}")
    yield row


def memory(here: Path) -> Iterator[TableLine]:
    import resource

    row = TableLine("`solve` under a cap of the address space", "a plan, or a sentence; never half a folder")
    write_book(here / "small.xlsx", BOOK)
    for megabytes in (300, 500, 800, 1200, 2000, 4000):
        cap = megabytes * 2**20
        out = here / f"cap-{megabytes}"
        process = start(
            *COMMAND, "solve", "small.xlsx", "--quiet", "--out", out.name, cwd=here,
            preexec_fn=lambda cap=cap: resource.setrlimit(resource.RLIMIT_AS, (cap, cap)),
        )  # fmt: skip
        stderr = process.communicate()[1]
        whole = not out.exists() or bool(open_folder(out).files)
        row.hold(
            whole and (process.returncode == 0) == out.exists(), f"{megabytes} MB: {process.returncode} {stderr[-200:]}"
        )
    yield row


def hostile(here: Path) -> Iterator[TableLine]:
    row = TableLine(
        "hostile plan folders: links, devices, pipes, paths out, damaged JSON", "refused with a sentence, in a second"
    )
    write_book(here / "small.xlsx", BOOK)
    start(*COMMAND, "solve", "small.xlsx", "--quiet", "--out", "plan", cwd=here).communicate()
    for number, spoil in enumerate(_spoilers()):
        place = here / f"hostile-{number}"
        shutil.copytree(here / "plan", place)
        spoil(place)
        for verb in ("gaps", "verify", "report"):
            process = start(*COMMAND, verb, place.name, cwd=here)
            stderr = process.communicate(timeout=60)[1]
            good = process.returncode in (2, 3, 6) and "Traceback" not in stderr and "fault of the tool" not in stderr
            row.hold(good, f"{number} {verb}: {process.returncode} {stderr[-200:]}")
    yield row


def _spoilers() -> Iterator[Callable[[Path], object]]:
    def recorded(name: str) -> Callable[[Path], object]:
        def spoil(folder: Path) -> None:
            manifest = json.loads((folder / "manifest.json").read_bytes())
            manifest["files"][name] = sha256(b"")
            (folder / "manifest.json").write_text(json.dumps(manifest))

        return spoil

    def instead(name: str, make: Callable[[Path], object]) -> Callable[[Path], object]:
        def spoil(folder: Path) -> None:
            (folder / name).unlink()
            make(folder / name)

        return spoil

    yield from (recorded(name) for name in ("/dev/zero", "../small.xlsx", "/etc/hostname", "con", ""))
    for name in ("plan.json", "case.json", "manifest.json"):
        yield instead(name, lambda path: path.symlink_to("/dev/zero"))
        yield instead(name, os.mkfifo)
        yield instead(name, lambda path: path.write_text("[" * 200_000))
        yield instead(name, lambda path: path.write_bytes(b"\xff\xfe{"))
        yield instead(name, lambda _path: None)


CAMPAIGNS: dict[str, Callable[[Path], Iterator[TableLine]]] = {
    "kills": kills, "full": full, "random-kills": random_kills, "races": races, "pipes": pipes, "signals": signals,
    "memory": memory, "hostile": hostile,
}  # fmt: skip


def main(names: list[str]) -> int:
    """Runs the campaigns of these names, or all; prints the table and what broke; 1 where something did."""
    rows: list[TableLine] = []
    for name in names or CAMPAIGNS:
        with tempfile.TemporaryDirectory(prefix="campaign-") as here:
            rows += CAMPAIGNS[name](Path(here))
    print("| what happens | what is promised | tried | broken |\n| --- | --- | --- | --- |")
    for row in rows:
        print(f"| {row.name} | {row.promise} | {row.trials} | {len(row.broken)} |")
    for row in rows:
        for problem in row.broken:
            print(f"{row.name}: {problem}", file=sys.stderr)
    return int(any(row.broken for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
