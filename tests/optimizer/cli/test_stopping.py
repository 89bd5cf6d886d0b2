"""Signals and broken output: a result in hand is kept, and the exit status is that of the work."""

import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.books import write
from support.commandline import BOOK, COMMAND, environment, mine2magnet

from optimizer.cli.console import Screen
from optimizer.cli.outlets import Outlet
from optimizer.cli.stopping import NAMES, stoppable

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals and pipes")


@pytest.fixture
def screen() -> Screen:
    return Screen(as_json=False, quiet=False)


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_signal_to_end_is_a_wish_to_stop(screen: Screen, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    screen.err.file = sys.stderr
    number = getattr(signal, name)
    outer = signal.signal(number, signal.default_int_handler)  # the suite itself may run with the signal ignored
    try:
        with stoppable(screen) as stop:
            os.kill(os.getpid(), number)
            assert stop.wait(5)
            stop.complete()
            assert not stop.hurry
            os.kill(os.getpid(), number)
            assert stop.hurry
        assert f"stopped by {NAMES[name]}: this is the best plan" in capsys.readouterr().err
        assert signal.getsignal(number) == signal.default_int_handler
    finally:
        signal.signal(number, outer)


@posix
def test_without_a_result_the_second_signal_ends_the_command(screen: Screen) -> None:
    with stoppable(screen) as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


@posix
def test_a_signal_after_the_work_is_done_changes_nothing(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    screen.err.file = sys.stderr
    with stoppable(screen) as stop:
        stop.complete()
        os.kill(os.getpid(), signal.SIGTERM)
    assert "stopped" not in capsys.readouterr().err


class _Failing(io.RawIOBase):
    def __init__(self, error: int) -> None:
        super().__init__()
        self.error = error

    def writable(self) -> bool:
        return True

    def write(self, _data: object, /) -> int:
        raise OSError(self.error, os.strerror(self.error))


@pytest.mark.parametrize(("error", "is_lost"), [(errno.EPIPE, False), (errno.EIO, False), (errno.ENOSPC, True)])
def test_output_that_fails_ends_nothing(error: int, is_lost: bool) -> None:
    outlet = Outlet(_Failing(error))
    with io.TextIOWrapper(io.BufferedWriter(outlet), "utf-8") as stream:
        for _ in range(3):
            print("x" * 10_000, file=stream, flush=True)
    assert (outlet.lost is not None) == is_lost


def _status_with_closed(stream: str, *arguments: str, cwd: Path) -> int:
    """The exit status of a command whose stdout or stderr nobody reads."""
    end, other = os.pipe()
    os.close(end)
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: other}
    try:
        command = [*COMMAND, *arguments]
        return subprocess.run(command, cwd=cwd, env=environment(), check=False, **streams).returncode  # type: ignore[call-overload,no-any-return]
    finally:
        os.close(other)


@posix
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_broken_pipe_hides_no_fault(tmp_path: Path, stream: str) -> None:
    rows = [list(row) for row in BOOK["projects"]]
    rows[2][5] = "12OO"
    write(tmp_path / "bad.xlsx", {**BOOK, "projects": rows})
    assert _status_with_closed(stream, "check", "bad.xlsx", "--json", cwd=tmp_path) == 3


@posix
def test_a_broken_pipe_of_stderr_does_not_end_the_solve(tmp_path: Path) -> None:
    write(tmp_path / "small.xlsx", BOOK)
    assert _status_with_closed("stderr", "solve", "small.xlsx", cwd=tmp_path) == 0
    assert (tmp_path / "outputs" / "small-01" / "manifest.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_stdout_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "small.xlsx", BOOK)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "optimizer", "check", "small.xlsx", "--json"]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, "stdout could not be written" in done.stderr) == (1, True)


@posix
def test_a_pipe_is_no_workbook(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "book.xlsx")
    assert "pipe or a device" in mine2magnet("check", "book.xlsx", cwd=tmp_path, check=2).stderr
