"""Runs the command as a planner does, in this process or in one of its own; and a workbook small enough to read."""

import contextlib
import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from unittest import mock

from support.books import Sheets
from support.remembered_pictures import remember

from optimizer.cli.main import VERBS, main, run

ROOT = Path(__file__).resolve().parents[2]

BOOK: Sheets = {
    "projects": [
        ["id", "name", "country", "stage", "capacity_tpa", "capex_m", "private_share", "confidence"],
        ["ridge", "Ridge [north] mine", "US", "mine", 400, 100, 0.5, "high"],
        ["creek", "Creek mine", "AU", "mine", 300, 120, 0.5, "medium"],
        ["mill", "Mill über alles", "JP", "separation", 500, 200, 0.5, "low"],
        ["kiln", None, "CA", "magnet", 100, 60, 0.5, None],
    ],
    "demand": [["stage", "2030"], ["mine", 1000], ["separation", 1000], ["magnet", 500]],
    "existing": [["country", "stage", "capacity_tpa"], ["AU", "mine", 100], ["CN", "mine", 5000]],
    "settings": [["key", "value"], ["total_budget_m", 180], ["first_year", 2026], ["last_year", 2032]],
}
"""Money for three of four: `creek` stays out, the dearest tonnes."""

COMMAND = (sys.executable, str(ROOT / "tests" / "support" / "launch.py"))
"""Starts the command in a process of its own, for signals and pipes; its pictures are those that the tests have drawn."""

HANGS = 900
"""Seconds after which a command is taken to hang. No command of the tests comes near it, however busy the machine."""

WIDTH = "100"
"""Columns of the terminal that a command writes to."""

PICTURES = "MINE2MAGNET_TESTS_PICTURES"
"""Names the folder of the pictures that the tests have drawn."""

PRELOADED = [
    "altair",
    "pytest",
    "scipy.sparse",
    "optimizer.analysis.alternatives",
    "optimizer.analysis.explain",
    "optimizer.analysis.frontier",
    "optimizer.analysis.stress",
    "optimizer.cli.main",
    "optimizer.cli.run",
    "optimizer.reports.plan_page",
    "optimizer.reports.plan_workbook",
    "optimizer.solver.solve",
    "optimizer.verification.verify",
    "optimizer.workbook.read",
    *(f"optimizer.cli.commands.{verb.name}" for verb in VERBS),
]
"""What a process of its own would import first; a server imports it once, and each command is a fork of the server."""


def mine2magnet(
    *arguments: str | Path,
    cwd: Path,
    env: dict[str, str] | None = None,
    check: int | None = None,
    apart: bool = False,
    fresh: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Runs `mine2magnet ARGUMENTS` in a folder; with `check` the exit status must be that one.

    It runs in this process, which spares the start of another. `apart`, or an environment of its own: a forked process
    that has imported the tool. `fresh`: a process that imports everything itself, where a test is about what it imports.
    """
    words = [*map(str, arguments)]
    if fresh:
        done = _started(words, cwd, environment(env))
    elif apart or env:
        done = _forked(words, cwd, environment(env))
    else:
        done = _here(words, cwd)
    assert "Traceback" not in done.stderr, done.stderr
    assert check is None or done.returncode == check, (done.returncode, done.stdout, done.stderr)
    return done


def _here(arguments: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
    with (
        mock.patch.dict(os.environ, COLUMNS=WIDTH), contextlib.chdir(cwd),
        contextlib.redirect_stdout(out), contextlib.redirect_stderr(err),
    ):  # fmt: skip
        status = run(arguments)
    message, told = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(arguments, status, message, told)


def _started(arguments: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "optimizer", *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=HANGS, check=False)


def _forked(arguments: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as outlets:
        out, err = Path(outlets, "stdout"), Path(outlets, "stderr")
        command = _server().Process(target=_run, args=(arguments, cwd, env, out, err))
        command.start()
        command.join(HANGS)
        if command.exitcode is None:
            command.kill()
            raise subprocess.TimeoutExpired(["mine2magnet", *arguments], HANGS)
        return subprocess.CompletedProcess(
            arguments, command.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        )


@cache
def _server() -> ForkServerContext:
    """A server without threads that has imported the tool and run nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    os.environ["PYTHONPATH"], before = str(ROOT), os.environ.get("PYTHONPATH")
    forkserver.ensure_running()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
    return context


def _run(arguments: list[str], cwd: Path, env: dict[str, str], out: Path, err: Path) -> None:
    """The forked process: a terminal's folder, environment and outlets, then the entry point of the command."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    with out.open("wb") as stdout, err.open("wb") as stderr:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding=env["PYTHONIOENCODING"], closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, env["PYTHONIOENCODING"], "backslashreplace", closefd=False)
    sys.argv = ["mine2magnet", *arguments]
    if folder := env.get(PICTURES):
        remember(Path(folder))
    main()


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a planner's terminal, with this checkout first."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": WIDTH, **(more or {})}
