"""Explorations as they are run: killed and resumed, on several workers, stopped, asked with wrong words."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import books
from support.commandline import BOOK, COMMAND, HANGS, ROOT, environment, mine2magnet
from support.staircase import broad
from support.tables import sheets

from models.case import Case
from optimizer.analysis.executor import Pool
from optimizer.analysis.frontier import Frontier, explore
from optimizer.analysis.frontier.box_search import Status
from optimizer.analysis.frontier.certified import as_json
from optimizer.analysis.frontier.tasks import FrontierTask, perform
from optimizer.analysis.journal import NAME, Journal
from optimizer.errors import NoPlanFound, Refusal


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return books.write_xlsx(tmp_path / "book.xlsx", BOOK)


def proved(folder: Path) -> dict[str, Any]:
    """frontier.json without the record of the run."""
    result = json.loads((folder / "frontier.json").read_bytes())
    del result["manifest"]
    return dict(result)


def test_the_command_leaves_every_file_and_prints_the_frontier(book: Path, tmp_path: Path) -> None:
    done = mine2magnet("explore", book, "--out", "f", "--json", "--figures", "pictures", cwd=tmp_path, check=0)
    printed = json.loads(done.stdout)
    assert printed["schema"] == "mine2magnet.frontier/1"
    assert printed["axis"] == "total"
    assert [p["budget_m"] for p in printed["points"]] == [0, 30, 50, 80, 110, 140, 180, 210, 240]
    assert printed["points"][-1]["projects"] == ["creek", "kiln", "mill", "ridge"]
    assert printed["status"] == "optimal"
    folder = tmp_path / "f"
    for name in ("frontier.html", "frontier.xlsx", "frontier.png", "frontier.svg", "case.json", "manifest.json", NAME):
        assert (folder / name).stat().st_size > 0, name
    plans = sorted((folder / "plans").iterdir())
    assert len(plans) == len(printed["points"])
    for path, point in zip(plans, printed["points"], strict=True):
        plan = json.loads(path.read_bytes())
        assert plan["audit"]["passed"]
        assert [p["id"] for p in plan["projects"]] == point["projects"]
    assert sorted(p.suffix for p in (tmp_path / "pictures").iterdir()) == [".png", ".svg"]


def test_the_screen_says_thresholds_plateaus_and_proof(book: Path, tmp_path: Path) -> None:
    output = mine2magnet("explore", book, "--from", "50%", "--to", "200", cwd=tmp_path, check=0).stdout
    assert "Threshold at 110 M" in output
    assert "more money gains less than" in output
    assert "proved from 90 M to 200 M" in output
    assert "outputs/book-frontier-01" in output


def test_a_range_may_end_at_the_cheapest_plan(book: Path, tmp_path: Path) -> None:
    """It is the end that a refusal of a lower one names."""
    mine2magnet("explore", book, "--set", "countries=US", "--include", "ridge", "--to", "50", cwd=tmp_path, check=0)


def test_trade_off_points_are_reported_to_be_points(book: Path, tmp_path: Path) -> None:
    done = mine2magnet("explore", book, "--against", "country", "--json", cwd=tmp_path, check=0)
    against = json.loads(done.stdout)["against"]
    assert "nothing is proved between" in against["note"]
    free = {c["budget_m"]: c["value"] for c in against["cells"] if c["rule_value"] == 1.0}
    held = {c["budget_m"]: c["value"] for c in against["cells"] if c["rule_value"] == 0.6}
    assert any(held[b] is None or held[b] < free[b] - 1e-9 for b in free)
    assert all(held[b] is None or held[b] <= free[b] + 0.01 for b in free)


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--over", "nowhere"], 2, "no such programme"),
        (["--against", "contry"], 2, "did you mean"),
        (["--resume"], 2, "to resume"),
        (["--from", "200", "--to", "100"], 2, "not below"),
        (["--tolerance", "0"], 2, "more than 0"),
        (["--set", "countries=VN"], 0, ""),
    ],
)
def test_wrong_words_are_refused(book: Path, tmp_path: Path, options: list[str], status: int, words: str) -> None:
    done = mine2magnet("explore", book, *options, cwd=tmp_path, check=status)
    assert words in done.stderr


def test_a_killed_exploration_resumes_without_repeating_a_solve(tmp_path: Path) -> None:
    book = books.write_xlsx(tmp_path / "book.xlsx", sheets(broad()))
    whole = ["explore", str(book), "--tolerance", "0.0005"]
    mine2magnet(*whole, "--out", "whole", cwd=tmp_path, check=0)
    lines = len((tmp_path / "whole" / NAME).read_bytes().splitlines())
    process = subprocess.Popen(
        [*COMMAND, *whole, "--out", "killed"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    journal = tmp_path / "killed" / NAME
    _wait(lambda: journal.exists() and len(journal.read_bytes().splitlines()) >= min(5, lines // 2))
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = journal.read_bytes()
    assert not (tmp_path / "killed" / "frontier.json").exists(), "killed too late to show anything"
    with journal.open("ab") as stream:
        stream.write(b'{"key": "torn')
    mine2magnet(*whole, "--out", "killed", "--resume", cwd=tmp_path, check=0)
    now = journal.read_bytes()
    assert now.startswith(kept[: kept.rfind(b"\n") + 1])
    keys = [json.loads(line)["key"] for line in now.splitlines()[1:]]
    assert len(keys) == len(set(keys)) == lines - 1
    assert proved(tmp_path / "killed") == proved(tmp_path / "whole")


def test_what_time_cut_short_is_asked_again(tmp_path: Path) -> None:
    case = _case()
    question = {"kind": "value", "budgets": [None], "tolerance": 0.001, "start": None}
    answer = perform(FrontierTask(case.model_dump_json().encode(), None, 1, 0, question, seconds=0.0))
    assert answer == {"values": [], "plans": [], "cut": True}
    with pytest.raises(NoPlanFound):
        explore(case, time_limit=1e-6, journal=tmp_path / NAME)
    f = explore(case, tolerance=0.002, journal=tmp_path / "other")
    assert f.status == "optimal"
    assert explore(case, journal=tmp_path / NAME, resume=True).points


def test_no_question_is_begun_when_no_time_is_left() -> None:
    case = _case()
    question = {"kind": "curve", "budgets": [100.0, 200.0]}
    task = FrontierTask(case.model_dump_json().encode(), None, 1, 0, question)
    waiting: list[int] = []

    def allot(count: int) -> float:
        waiting.append(count)
        return 10.0 if count > 1 else 0.0

    with Pool() as pool:
        answers = dict(pool.answers([task, task, task], allot))
    assert waiting == [3, 2, 1]
    assert sorted(answers) == [0, 1]
    (low, high) = (v["bound"] for v in answers[0]["values"])
    assert low < high


def test_another_question_does_not_resume(book: Path, tmp_path: Path) -> None:
    mine2magnet("explore", book, "--out", "f", cwd=tmp_path, check=0)
    done = mine2magnet("explore", book, "--out", "f", "--resume", "--tolerance", "0.1", cwd=tmp_path, check=2)
    assert "another run (tolerance)" in done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_keeps_what_is_proved(tmp_path: Path, workers: str) -> None:
    book = books.write_xlsx(tmp_path / "book.xlsx", sheets(broad()))
    process = subprocess.Popen(
        [
            *(*COMMAND, "explore", str(book)),
            *("--tolerance", "0.0001", "--workers", workers, "--out", "f"),
        ],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    journal = tmp_path / "f" / NAME
    _wait(lambda: journal.exists() and len(journal.read_bytes().splitlines()) >= 6)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=HANGS)
    assert process.returncode == 0, stderr
    assert "stopped by Ctrl-C" in stderr
    assert "resource_tracker" not in stderr, "workers were killed where they could have ended"
    result = proved(tmp_path / "f")
    assert result["points"]
    assert result["boxes"][0]["from_m"] < result["boxes"][-1]["to_m"]


def _wait(until: Any, seconds: float = HANGS) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


# -- several workers -------------------------------------------------------------------------------------------------


def one(case: Case, **options: Any) -> dict[str, Any]:
    return as_json(explore(case, tolerance=0.002, **options))


@pytest.fixture(scope="module")
def alone() -> dict[str, Any]:
    """The frontier that one process finds."""
    return one(_case())


def test_more_workers_give_the_same_frontier_and_a_killed_one_loses_nothing(alone: dict[str, Any]) -> None:
    case = _case()
    killed: list[int] = []

    def kill(status: Status) -> None:
        if not killed and status.solves >= 3:
            killed.extend(_children(os.getpid())[-1:])
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    assert one(case, workers=2, progress=kill) == alone
    assert killed


def test_two_dask_workers_give_the_same_frontier_and_a_killed_one_loses_nothing(alone: dict[str, Any]) -> None:
    case = _case()
    lost: list[int] = []
    with _cluster() as (address, workers):

        def end_one(status: Status) -> None:
            if not lost and status.solves >= 3:
                lost.append(workers[0].pid)
                workers[0].kill()

        assert one(case, scheduler=address, progress=end_one) == alone
    assert lost


def _case(plants: int = 7) -> Case:
    from support.tables import case

    return case(broad(plants))


def _children(pid: int) -> list[int]:
    """Worker processes of the pool, not the resource tracker."""
    result = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            line = (path / "cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            continue
        if parent == pid and b"spawn_main" in line:
            result.append(int(path.name))
    return sorted(result)


class _cluster:  # noqa: N801 - a context manager
    """A scheduler and two workers on loopback, each a process of its own."""

    def __enter__(self) -> tuple[str, list[Any]]:
        import socket

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        env = {**environment(), "PYTHONPATH": str(ROOT)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env}
        dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
        self.processes = [subprocess.Popen([*dask, "--no-dashboard"], **quiet)]  # type: ignore[call-overload]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--no-nanny", "--nthreads", "1"]
        workers = [subprocess.Popen([*worker, "--no-dashboard"], **quiet) for _ in range(2)]  # type: ignore[call-overload]
        self.processes += workers
        from distributed import Client

        with Client(self.address, timeout="60s", set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        return self.address, workers

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


def test_time_that_ends_first_is_reported() -> None:
    """A third of the time that the whole exploration takes: some plans are known, and boxes are still open."""
    began = time.monotonic()
    whole: Frontier = explore(_case(12), tolerance=1e-6, money_tolerance=1e-4)
    assert whole.status == "optimal"
    frontier: Frontier = explore(
        _case(12), tolerance=1e-6, money_tolerance=1e-4, time_limit=(time.monotonic() - began) / 3
    )
    assert frontier.status == "feasible"
    result = as_json(frontier)
    assert result["tallest_box"]["height"] is None or result["tallest_box"]["height"] > 1e-6


@pytest.fixture(autouse=True)
def _no_orphans() -> Iterator[None]:
    before = set(_children(os.getpid()))
    yield
    assert set(_children(os.getpid())) <= before


def test_a_file_that_is_no_journal_is_not_resumed_and_left_as_it_is(tmp_path: Path) -> None:
    notes = tmp_path / NAME
    notes.write_text("not a journal\n", "utf-8")
    with pytest.raises(Refusal, match="is no journal: leave --resume out"):
        Journal(notes, {"case": "a"}, resume=True)
    assert notes.read_text("utf-8") == "not a journal\n"
