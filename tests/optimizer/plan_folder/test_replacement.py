"""A folder is old or new, whenever its writer is killed or the disk fails; what is not ours stays."""

import errno
import json
import os
import sys
from functools import partial
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("kills a forked process, which Windows has not", allow_module_level=True)

from support.kills import KILLED, WHOLE, killed_at, steps_of, tree

from optimizer.errors import Refusal
from optimizer.plan_folder import replacement
from optimizer.plan_folder.destination import Destination
from optimizer.plan_folder.digests import sha256
from optimizer.plan_folder.replacement import COMMIT, replace
from optimizer.plan_folder.store import find, open_folder, write

OLD, NEW = "1", "2"


def files(mark: str) -> dict[str, bytes]:
    """A plan folder whose files all bear a mark; each generation has a file and a page that the other lacks."""
    result = {
        name: f"{name} {mark}".encode() for name in ("plan.json", "case.json", f"plans/{mark}.json", f"{mark}.xlsx")
    }
    digests = {name: sha256(data) for name, data in result.items()}
    return {**result, "manifest.json": json.dumps({"mark": mark, "files": digests}).encode()}


@pytest.fixture(params=["exchanged", "committed", "empty"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is to be replaced: by an exchange of names, by a commit inside it, or from nothing."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "mine"
    _fresh(place, request.param)
    return place


def _fresh(place: Path, kind: str) -> None:
    import shutil

    shutil.rmtree(place, ignore_errors=True)
    for leftover in place.parent.glob(".mine2magnet*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    if kind == "empty":
        place.mkdir()
        return
    write(files(OLD), Destination(place, "mine"))
    (place / "notes.txt").write_bytes(b"keep")
    if kind == "committed":  # a folder of somebody else's inside keeps the names from being exchanged
        (place / "letters").mkdir()
        (place / "letters" / "a.txt").write_bytes(b"keep")


def _foreign(kind: str) -> dict[str, bytes]:
    kept = {} if kind == "empty" else {"notes.txt": b"keep"}
    return {**kept, **({"letters/a.txt": b"keep"} if kind == "committed" else {})}


def test_whenever_the_writer_is_killed_a_reader_finds_old_or_new(folder: Path, request: pytest.FixtureRequest) -> None:
    """Also before recovery, as another program sees the folder: with a manifest, all files fit it."""
    kind = request.node.callspec.params["folder"]
    old = {} if kind == "empty" else files(OLD)
    steps = steps_of(partial(replace, folder, files(NEW)))
    seen = set()
    for step in range(1, steps + 1):
        _fresh(folder, kind)
        assert killed_at(step, partial(replace, folder, files(NEW))) == KILLED
        fits_its_manifest(tree(folder), step)
        replacement.recover(folder)
        result = tree(folder)
        assert result in ({**_foreign(kind), **old}, {**_foreign(kind), **files(NEW)}), f"killed at step {step}"
        seen.add("plans/2.json" in result)
        replace(folder, files(NEW))
        assert tree(folder) == {**_foreign(kind), **files(NEW)}
        assert not list(folder.parent.glob(".mine2magnet*")), f"left behind at step {step}"
        assert not list(folder.glob(".mine2magnet*")), f"left behind at step {step}"
    assert steps > 15
    assert seen == {False, True}


def fits_its_manifest(result: dict[str, bytes], step: int) -> None:
    if "manifest.json" in result:
        recorded = json.loads(result["manifest.json"])["files"]
        assert {name: sha256(result[name]) for name in recorded if name in result} == recorded, f"step {step}"


@pytest.mark.parametrize("error", [errno.ENOSPC])
def test_whatever_step_fails_the_folder_is_old_or_new(folder: Path, request: pytest.FixtureRequest, error: int) -> None:
    kind = request.node.callspec.params["folder"]
    old = {} if kind == "empty" else files(OLD)
    for step in range(1, steps_of(partial(replace, folder, files(NEW))) + 1):
        _fresh(folder, kind)
        status = killed_at(step, partial(replace, folder, files(NEW)), error=error)
        replacement.recover(folder)
        result = tree(folder)
        assert result in ({**_foreign(kind), **old}, {**_foreign(kind), **files(NEW)}), f"failed at step {step}"
        if status == WHOLE:
            assert "plans/2.json" in result, f"success was claimed at step {step}"


def test_a_new_folder_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for step in range(1, 100):
        status = killed_at(step, partial(write, files(NEW), Destination(None, "book")))
        plans = list(Path("outputs").glob("[!.]*")) if Path("outputs").exists() else []
        assert all(tree(plan) == files(NEW) for plan in plans)
        if status == WHOLE:
            break
    assert step > 10
    assert not list(Path("outputs").glob(".mine2magnet*"))


def test_a_link_inside_lets_nothing_out_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(files(OLD), Destination(Path("mine"), "mine"))
    Path("elsewhere").mkdir()
    for name in ("plans", "report.html"):
        path = Path("mine") / name
        path.rename(f"mine/old-{name}") if path.exists() else None
        path.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(Refusal, match="link"):
            replace(Path("mine"), files(NEW))
        path.unlink()
    assert not list(Path("elsewhere").iterdir())


@pytest.mark.parametrize("name", ["new", "gone.json", ""])
def test_a_commit_of_a_stranger_moves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(files(OLD), Destination(Path("mine"), "mine"))
    Path("secret").mkdir()
    Path("secret/key").write_bytes(b"secret")
    commit = Path("mine") / COMMIT
    if name:
        commit.mkdir()
        (commit / ("gone.json" if name == "new" else "new")).mkdir() if name != "new" else (
            commit / "gone.json"
        ).write_bytes(b"{}")
        (commit / name).symlink_to(tmp_path / "secret")
    else:
        commit.symlink_to(tmp_path / "secret")
    with pytest.raises(Refusal, match="not made by mine2magnet"):
        find("mine")
    assert Path("secret/key").read_bytes() == b"secret"


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_link, "is a link"),
        (_pipe, "not a regular file"),
        (Path.unlink, "is missing"),
        (lambda path: path.write_bytes(b"edited"), "was changed after the plan was made"),
    ],
)
@pytest.mark.parametrize("name", ["plan.json", "case.json", "plans/1.json"])
def test_a_folder_that_does_not_fit_its_manifest_is_refused(tmp_path: Path, name: str, spoil, words: str) -> None:  # type: ignore[no-untyped-def]
    write(files(OLD), Destination(tmp_path / "mine", "mine"))
    spoil(tmp_path / "mine" / name)
    with pytest.raises(Refusal, match=words) as refused:
        open_folder(tmp_path / "mine")
    assert refused.value.kind == "invalid"


@pytest.mark.parametrize("name", ["/dev/zero", "../secret", "a/../../secret", "plans/../../secret", "\0"])
def test_a_manifest_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    content = files(OLD)
    record = json.loads(content["manifest.json"])
    record["files"][name] = sha256(b"secret")
    write({**content, "manifest.json": json.dumps(record).encode()}, Destination(tmp_path / "mine", "mine"))
    (tmp_path / "secret").write_bytes(b"secret")
    with pytest.raises(Refusal, match="is missing"):
        open_folder(tmp_path / "mine")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"files": 3}', b'{"files": {"plan.json": 4}}', b"[" * 100_000])
def test_a_damaged_manifest_is_a_sentence(tmp_path: Path, text: bytes) -> None:
    write({**files(OLD), "manifest.json": text}, Destination(tmp_path / "mine", "mine"))
    with pytest.raises(Refusal, match=r"manifest\.json is damaged"):
        open_folder(tmp_path / "mine")
