"""Where output may go: never onto an input, never through a link, never where it cannot be written; told before any work."""

import json
import os
import sys
import threading
from pathlib import Path

import pytest

from optimizer.errors import Refusal
from optimizer.locks import Busy, exclusive
from optimizer.plan_folder.destination import Destination, claimed, destination, figure_folder, output_path, probe
from optimizer.plan_folder.store import inputs_of, with_manifest, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook, a folder of csv, and a plan made from the workbook."""
    monkeypatch.chdir(tmp_path)
    Path("book.xlsx").write_bytes(b"book")
    Path("sheets").mkdir()
    Path("sheets/projects.csv").write_bytes(b"id")
    plan = {"plan.json": b"{}", "case.json": b"{}", "report.html": b"page", "sheets/projects.csv": b"id"}
    write(with_manifest(plan, {"workbook": {"path": "book.xlsx"}}), Destination(Path("plan"), "plan"))
    return tmp_path


@pytest.mark.parametrize(
    ("source", "out"),
    [
        ("book.xlsx", "book.xlsx"),
        ("book.xlsx", "sheets/../book.xlsx"),
        ("sheets", "sheets/projects.csv"),
        ("sheets", "sheets/gaps.csv"),
        ("plan", "plan/report.html"),
        ("plan", "plan/plan.xlsx"),
        ("plan", "plan/sheets/projects.csv"),
        ("plan", "book.xlsx"),
        ("book.xlsx", "plan/manifest.json"),
    ],
)
def test_an_input_is_never_an_output(here: Path, source: str, out: str) -> None:
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    with pytest.raises(Refusal) as refused:
        output_path(Path(out), inputs_of(source), force=True)
    assert refused.value.kind == "usage"
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_a_hard_link_to_the_input_is_the_input() -> None:
    os.link("book.xlsx", "other.xlsx")
    with pytest.raises(Refusal, match="input itself"):
        output_path(Path("other.xlsx"), [Path("book.xlsx")], force=True)


def test_a_folder_is_named_after_the_workbook_without_what_steers_a_terminal() -> None:
    assert destination(None, False, Path("book.xlsx")).stem == "book"
    assert destination(None, False, Path("a\x1b[31m\nb.xlsx")).stem == "a-[31m-b"


def test_what_is_free_may_be_written() -> None:
    for out in ("new.xlsx", "deep/er/new.xlsx", "plan/gaps.md"):
        assert output_path(Path(out), inputs_of("book.xlsx"), force=False) == Path(out)
    assert not Path("deep").exists(), "looking leaves nothing behind"
    Path("old.xlsx").write_bytes(b"old")
    with pytest.raises(Refusal, match="--force"):
        output_path(Path("old.xlsx"), [], force=False)
    assert output_path(Path("old.xlsx"), [], force=True) == Path("old.xlsx")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_links_pipes_and_devices_are_no_outputs() -> None:
    Path("link.xlsx").symlink_to("nowhere.xlsx")
    os.mkfifo("pipe.xlsx")
    for out in ("link.xlsx", "pipe.xlsx", os.devnull):
        with pytest.raises(Refusal, match=r"link, a pipe or a device"):
            output_path(Path(out), [], force=True)


def test_pictures_go_into_no_input_and_onto_no_pictures() -> None:
    for folder in ("sheets", "plan", "book.xlsx"):
        with pytest.raises(Refusal, match="--figures"):
            figure_folder(Path(folder), [Path("sheets")], force=True)
    Path("mine").mkdir()
    Path("mine/logo.png").write_bytes(b"mine")
    with pytest.raises(Refusal, match="--force"):
        figure_folder(Path("mine"), [], force=False)
    assert figure_folder(Path("mine"), [], force=True) == Path("mine")
    assert figure_folder(Path("new"), [], force=False) == Path("new")
    assert not Path("new").exists()


def test_pictures_go_into_no_folder_whose_files_a_manifest_records() -> None:
    for folder, out in (("plan/pictures", None), ("plan/a/b", None), ("new/pictures", "new"), ("new", "new")):
        with pytest.raises(Refusal, match=r"plan folder .*--figures"):
            figure_folder(Path(folder), [], force=True, out=Path(out) if out else None)
    assert figure_folder(Path("pictures"), [], force=False, out=Path("new")) == Path("pictures")
    Path("manifest.json").write_text("{}")
    assert figure_folder(Path("pictures"), [], force=False) == Path("pictures"), "another program's manifest"


@pytest.mark.parametrize("out", ["proc/1/x", "sys/x"])
@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes no folders")
def test_a_place_that_takes_no_folder_is_refused_before_the_work(out: str) -> None:
    with pytest.raises(OSError, match=r".") as refused:
        destination(Path("/", out), False, Path("book.xlsx"))
    assert str(refused.value.filename).startswith("/")


def test_a_name_that_is_too_long_is_refused_before_the_work() -> None:
    with pytest.raises(OSError, match="too long"):
        probe(Path("x" * 300).absolute())


def test_a_folder_with_the_workbook_in_it_is_refused() -> None:
    for out in (Path(), Path("plan")):
        book = Path("book.xlsx") if out == Path() else Path("plan/sheets")
        with pytest.raises(Refusal, match="holds the workbook"):
            destination(out, True, book)


def test_a_link_to_an_empty_folder_is_that_folder(here: Path) -> None:
    Path("real").mkdir()
    Path("link").symlink_to(here / "real", target_is_directory=True)
    to = destination(Path("link"), False, Path("book.xlsx"))
    with claimed(to, force=False):
        write(with_manifest({"plan.json": b"{}"}, {}), to)
    assert json.loads(Path("real/manifest.json").read_bytes())["files"].keys() == {"plan.json"}
    assert Path("link").is_symlink()


def test_the_current_folder_can_be_the_destination(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("empty").mkdir()
    monkeypatch.chdir("empty")
    to = destination(Path(), False, here / "book.xlsx")
    with claimed(to, force=False):
        write(with_manifest({"plan.json": b"{}"}, {}), to)
    assert sorted(p.name for p in Path.cwd().iterdir()) == ["manifest.json", "plan.json"]


def test_one_writer_at_a_time() -> None:
    to = Destination(Path("mine"), "mine")
    with claimed(to), pytest.raises(Refusal, match="another run is writing"), claimed(to):
        pass
    with claimed(to):
        pass
    assert sorted(p.name for p in Path().iterdir()) == ["book.xlsx", "plan", "sheets"]


def test_a_folder_that_was_filled_meanwhile_is_refused() -> None:
    to = destination(Path("mine"), False, Path("book.xlsx"))
    write(with_manifest({"plan.json": b"{}"}, {}), to)
    with pytest.raises(Refusal, match="another run filled it"), claimed(to, force=False):
        pass


def test_a_lock_is_held_by_one_and_leaves_no_file() -> None:
    held: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with exclusive(Path("lock"), 30.0):
            held.append(number)
            most.append(len(held))
            held.remove(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 12
    assert not Path("lock").exists()
    with exclusive(Path("lock")), pytest.raises(Busy), exclusive(Path("lock")):
        pass
