"""Plan folders: numbered without a race, whole or not at all, replaced only where told, found again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.commandline import environment

from optimizer.errors import Refusal
from optimizer.plan_folder import store
from optimizer.plan_folder.destination import Destination, destination
from optimizer.plan_folder.digests import sha256
from optimizer.plan_folder.store import find, with_manifest, write

NUMBERED = Destination(None, "book")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.xlsx").write_bytes(b"book")
    return tmp_path


def files(mark: str = "1", book: str = "book.xlsx") -> dict[str, bytes]:
    """A folder's files as `contents` gives them."""
    result = {"plan.json": mark.encode(), "case.json": mark.encode(), book: b"book " + mark.encode()}
    digests = {name: sha256(data) for name, data in result.items()}
    return {**result, "manifest.json": json.dumps({"files": digests}).encode()}


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_numbers_go_on_and_are_never_taken_twice(here: Path) -> None:
    assert write(files(), NUMBERED) == Path("outputs/book-01")
    (here / "outputs" / "book-07").mkdir()
    (here / "outputs" / "bookshop-09").mkdir()
    assert write(files(), NUMBERED).name == "book-08"
    assert names(here / "outputs" / "book-08") == ["book.xlsx", "case.json", "manifest.json", "plan.json"]


def test_many_runs_at_once_get_a_folder_each(here: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        result = list(pool.map(lambda n: write(files(str(n)), NUMBERED), range(24)))
    assert len(set(result)) == 24
    assert sorted((folder / "plan.json").read_bytes() for folder in result) == sorted(
        str(n).encode() for n in range(24)
    )
    assert len(names(here / "outputs")) == 24


def test_a_failure_half_way_leaves_nothing(here: Path) -> None:
    with pytest.raises(RuntimeError):
        write(_Breaking(files()), NUMBERED)
    assert names(here / "outputs") == []
    with pytest.raises(RuntimeError):
        write(_Breaking(files()), Destination(Path("mine"), "book"))
    assert not (here / "mine").exists()


class _Breaking(Mapping[str, bytes]):
    """Files of which the last one cannot be had."""

    def __init__(self, result: dict[str, bytes]) -> None:
        self.made = result

    def __getitem__(self, name: str) -> bytes:
        if name == "manifest.json":
            raise RuntimeError("the disk is gone")
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)


FULL = """
import resource
from optimizer.plan_folder.destination import Destination
from optimizer.plan_folder.store import write
from optimizer.errors import file_trouble
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write({"plan.json": b"fits", "report.html": b"too much" * 1000}, Destination(None, "book"))
except OSError as problem:
    print(file_trouble(problem))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a process's files")
def test_what_does_not_fit_the_disk_is_named_and_nothing_stays(here: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL], cwd=here, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("the disk is full, report.html could not be written"), done.stderr
    assert names(here / "outputs") == []


KILLED = """
import os, signal
from optimizer.plan_folder.destination import Destination
from optimizer.plan_folder.store import write
class Files(dict):
    def items(self):
        yield "plan.json", b"half"
        os.kill(os.getpid(), signal.SIGKILL)
write(Files({"plan.json": b"half"}), Destination(None, "book"))
"""


def test_a_run_that_is_killed_leaves_no_plan(here: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=here, env=environment(), check=False)
    assert done.returncode == -signal.SIGKILL
    assert [name for name in names(here / "outputs") if not name.startswith(".")] == []
    with pytest.raises(Refusal, match="no plan below outputs"):
        find("last")


def test_out_takes_a_new_folder_or_an_empty_one(here: Path) -> None:
    (here / "empty").mkdir()
    for out in (Path("empty"), Path("new/deep")):
        assert write(files(), destination(out, False, Path("book.xlsx"))) == out
        assert "manifest.json" in names(out)


def test_a_full_folder_needs_force_and_keeps_what_is_not_ours() -> None:
    out = Path("mine")
    write(files("1", "old.xlsx"), destination(out, False, Path("book.xlsx")))
    (out / "notes.txt").write_text("keep me")
    with pytest.raises(Refusal, match="--force") as refused:
        destination(out, False, Path("book.xlsx"))
    assert refused.value.kind == "usage"
    write(files("2"), destination(out, True, Path("book.xlsx")))
    assert names(out) == ["book.xlsx", "case.json", "manifest.json", "notes.txt", "plan.json"]
    assert (out / "plan.json").read_bytes() == b"2"


def test_force_leaves_a_copy_that_somebody_edited() -> None:
    out = Path("mine")
    write(files("1", "old.xlsx"), destination(out, False, Path("book.xlsx")))
    (out / "old.xlsx").write_bytes(b"edited")
    write(files("2"), destination(out, True, Path("book.xlsx")))
    assert (out / "old.xlsx").read_bytes() == b"edited"


def test_force_does_not_follow_a_manifest_out_of_the_folder(here: Path) -> None:
    out = Path("mine")
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps({"files": {"../book.xlsx": sha256(b"book")}}))
    write(files("2"), destination(out, True, Path("book.xlsx")))
    assert (here / "book.xlsx").read_bytes() == b"book"


def test_a_file_is_no_folder() -> None:
    with pytest.raises(Refusal, match="is a file"):
        destination(Path("book.xlsx"), True, Path("book.xlsx"))


def test_stems() -> None:
    Path("books").mkdir()
    assert destination(None, False, Path("book.xlsx")).stem == "book"
    assert destination(None, False, Path("books")).stem == "books"


def test_find_takes_a_folder_its_plan_or_last(here: Path) -> None:
    first, second = write(files("1"), NUMBERED), write(files("2"), NUMBERED)
    assert find(str(first)) == first
    assert find(str(first / "plan.json")) == first
    os.utime(second / "plan.json", (0, 0))
    assert find("last") == second
    for wrong in ("nowhere", str(here), "book.xlsx"):
        with pytest.raises(Refusal) as refused:
            find(wrong)
        assert refused.value.kind == "usage"


def test_last_goes_by_the_manifest_and_not_by_the_times_of_files() -> None:
    """Of two workbooks the plan that was made last, in whatever order the folders were copied or touched."""
    times = {"a": "2026-01-02T00:00:00.000+00:00", "b": "2026-01-01T00:00:00.000+00:00"}
    for stem, created in times.items():
        content = with_manifest({"plan.json": b"{}"}, {"created": created})
        os.utime(write(content, Destination(None, stem)) / "plan.json", (9, 9) if stem == "b" else (1, 1))
    unfinished = Path("outputs/c-09")
    unfinished.mkdir()
    (unfinished / "plan.json").write_bytes(b"{}")
    assert find("last") == Path("outputs/a-01")


def test_a_damaged_plan_is_refused() -> None:
    folder = write(files("{"), NUMBERED)
    with pytest.raises(Refusal, match="damaged"):
        store.load_plan(folder)
    with pytest.raises(Refusal, match="damaged"):
        store.load_case(folder)
