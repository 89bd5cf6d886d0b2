"""Runs the command as a planner does, in a process of its own; and a workbook small enough to read."""

import os
import subprocess
import sys
from pathlib import Path

from support.books import Sheets

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

HANGS = 900
"""Seconds after which a command is taken to hang. No command of the tests comes near it, however busy the machine."""


def mine2magnet(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, check: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `mine2magnet ARGUMENTS` in a folder; with `check` the exit status must be that one."""
    done = subprocess.run(
        [sys.executable, "-m", "optimizer", *map(str, arguments)],
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert check is None or done.returncode == check, (done.returncode, done.stdout, done.stderr)
    return done


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a planner's terminal, with this checkout first."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", **(more or {})}
