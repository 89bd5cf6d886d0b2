"""Ctrl-C during a solve: the best plan so far, audited and written; with the progress line that told of it."""

import json
import os
import pty
import random
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest
from support.books import Sheets, write
from support.commandline import COMMAND, HANGS, environment
from support.staircase import broad
from support.tables import case

from models.sets import Sets
from optimizer import NoPlanFound, solve
from optimizer.cli.console import Screen
from optimizer.cli.stopping import stoppable
from optimizer.solver.interrupts import ends_when_set
from optimizer.solver.lexicographic import Options, find
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.workbook.read import read


def hard_book(projects: int = 120) -> Sheets:
    """A book whose proof to a gap of nothing takes long: many like projects under tight yearly envelopes."""
    draw = random.Random(7)
    years = [str(year) for year in range(2026, 2034)]
    stages = ("mine", "separation", "magnet")
    rows = [
        [
            f"p{n:03}",
            draw.choice(("US", "AU", "JP", "CA")),
            stages[n % 3],
            draw.randint(50, 400),
            draw.randint(40, 400),
            0.3,
        ]
        for n in range(projects)
    ]
    return {
        "projects": [["id", "country", "stage", "capacity_tpa", "capex_m", "private_share"], *rows],
        "programmes": [
            ["id", "instrument", "max_share", "countries", *years],
            ["grant", "grant", 0.5, None, *[draw.randint(60, 160) for _ in years]],
            ["equity", "equity", 0.4, "US; AU", *[draw.randint(60, 160) for _ in years]],
            ["stake", "equity", 0.5, "JP; CA", *[draw.randint(60, 160) for _ in years]],
        ],
        "demand": [["stage", "2026", "2040"], *([stage, 4000, 9000] for stage in stages)],
    }


def interrupted(book: Path) -> tuple[int, str, str]:
    """Solves at a terminal of its own and presses Ctrl-C at the first plan: status, stdout, what the terminal saw."""
    terminal, theirs = pty.openpty()
    arguments = [*COMMAND, "solve", book.name, "--gap", "0", "--time-limit", "100"]
    with subprocess.Popen(
        arguments,
        cwd=book.parent,
        env=environment({"COLUMNS": "120"}),
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        seen = watch(process, terminal)
        assert process.stdout is not None
        out = process.stdout.read()
        os.close(terminal)
        return process.wait(HANGS), out, seen


def watch(process: "subprocess.Popen[str]", terminal: int) -> str:
    """Reads the terminal until the process ends; presses Ctrl-C at the first report of a plan."""
    seen, pressed, end = "", False, time.monotonic() + HANGS
    while process.poll() is None and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 4096).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                break
        if not pressed and "best " in seen:
            process.send_signal(signal.SIGINT)
            pressed = True
    return seen


def test_ctrl_c_keeps_the_best_plan_so_far(tmp_path: Path) -> None:
    status, out, seen = interrupted(write(tmp_path / "hard.xlsx", hard_book()))
    assert status == 0, seen
    assert "Ctrl-C keeps the best so far" in seen
    assert "stopped by Ctrl-C" in seen
    assert "audited; feasible, proved within " in out
    plan = json.loads((tmp_path / "outputs" / "hard-01" / "plan.json").read_text("utf-8"))
    assert (plan["status"], plan["audit"]["passed"]) == ("feasible", True)
    assert plan["objective"]["bound"] > plan["objective"]["value"]


def test_stopped_before_the_first_plan_asks_for_no_more_time() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(NoPlanFound, match=r"plan was found$"):
        solve(case(broad(40)), stop=stop)


def test_ctrl_c_ends_the_build_of_a_program_where_it_stands(tmp_path: Path) -> None:
    """The signal comes while the program is compiled, which looks at no event."""
    sets, here = Sets(read(write(tmp_path / "hard.xlsx", hard_book(160)))), threading.get_ident()

    def press() -> None:
        while "compile_program" not in {f.name for f in traceback.extract_stack(sys._current_frames()[here])}:
            time.sleep(1e-4)
        os.kill(os.getpid(), signal.SIGINT)

    with stoppable(Screen(as_json=False, quiet=True)) as stop:
        watcher = threading.Thread(target=press)
        watcher.start()
        with pytest.raises(NoSolutionFound) as ended:
            find(sets, Options(), stop=stop)
        watcher.join()
    frames = [f.name for f in traceback.extract_tb(ended.value.__traceback__)]
    assert frames[-2:] == ["ask", "interrupt"]
    assert "compile_program" in frames


def test_no_program_is_built_for_a_search_that_is_stopped(tmp_path: Path) -> None:
    sets, stop = Sets(read(write(tmp_path / "hard.xlsx", hard_book(160)))), threading.Event()
    with pytest.raises(NoSolutionFound), ends_when_set(stop):
        stop.set()
    with pytest.raises(NoSolutionFound) as ended:
        find(sets, Options(), stop=stop)
    assert "open_search" not in [f.name for f in traceback.extract_tb(ended.value.__traceback__)]
