"""`verify` on a folder of `explore`: an honest one passes, forged bounds, plans and documents do not."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import books, forgery
from support.commandline import BOOK
from support.forgery import change_json, replace_text, rewrite

from optimizer.cli.main import run
from optimizer.verification.verify import BadPlan, verify


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("explored")
    book = str(books.write(place / "book.xlsx", BOOK))
    assert run(["explore", book, "--out", str(place / "frontier"), "--quiet"]) == 0
    return place / "frontier"


@pytest.fixture
def folder(originals: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(originals, tmp_path / "frontier"))


def failures(folder: Path, *, documents: bool = False) -> str:
    try:
        return "\n".join(line for line in verify(folder, documents=documents).lines if line.startswith("FAILED"))
    except BadPlan as problem:
        return problem.message


def test_an_untouched_frontier_passes_with_its_fingerprint(originals: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = verify(originals)
    assert report.passed, report.lines
    assert any("the proofs are not repeated here" in text for text in report.unchecked)
    assert report.fingerprint == forgery.load(originals / "manifest.json")["fingerprint"]
    assert report.fingerprint in (originals / "frontier.html").read_text("utf-8")
    assert verify(originals / "plans" / "001.json", documents=False).passed
    assert run(["verify", str(originals), "--second-opinion"]) == 2, "which of its plans?"
    assert "plans" in capsys.readouterr().err


def test_a_plan_of_the_frontier_gets_a_second_opinion(originals: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(originals / "plans" / "002.json"), "--second-opinion"]) == 0
    assert "second opinion: the plan has value" in capsys.readouterr().out


def frontier(change: Callable[[Any], None]) -> Callable[[Path], None]:
    return lambda folder: change_json(folder, "frontier.json", change)


FORGERIES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "the bound of a point": ("bound", frontier(lambda f: f["points"][1].update(bound=f["points"][1]["bound"] + 1.0))),
    "a bound below the value": ("bound", frontier(lambda f: f["points"][1].update(bound=0.0))),
    "the value of a point": ("value", frontier(lambda f: f["points"][1].update(value=f["points"][1]["value"] * 1.1))),
    "the money of a point": ("plans/002.json", frontier(lambda f: f["points"][1].update(budget_m=1.0))),
    "the top of a box": ("box", frontier(lambda f: f["boxes"][-1].update(high=f["boxes"][-1]["high"] + 1.0))),
    "the bottom of a box": ("box", frontier(lambda f: f["boxes"][-1].update(low=f["boxes"][-1]["low"] + 1.0))),
    "a box left out": ("boxes", frontier(lambda f: f["boxes"].pop(1))),
    "how a box was closed": ("box", frontier(lambda f: f["boxes"][0].update(closed_by="open"))),
    "a step added": ("steps", frontier(lambda f: f["steps"].append({"budget_m": 1.0, "from": 0.0, "to": 0.1}))),
    "the tolerance": ("called optimal", frontier(lambda f: f.update(tolerance=f["tolerance"] / 1e6))),
    "a project of a point": ("projects", frontier(lambda f: f["points"][1]["projects"].append("creek"))),
    "the money of a plan": (
        "plans/002.json",
        lambda f: change_json(f, "plans/002.json", lambda p: p["projects"][0].update(public_m=1.0))),
    "the bound of a plan": (
        "plans/002.json", lambda f: change_json(f, "plans/002.json", lambda p: p["objective"].update(bound=9.0))),
    "plans exchanged": (
        "plans/001.json", lambda f: rewrite(f, {"plans/001.json": (f / "plans" / "002.json").read_bytes()})),
    "a plan too many": ("plans/099.json", lambda f: rewrite(f, {"plans/099.txt": b"", "plans/099.json.bak": b""})),
    "a plan too few": ("plans", lambda f: (f / "plans" / "001.json").unlink()),
    "a fingerprint": ("fingerprint", lambda f: change_json(f, "manifest.json", lambda m: m.update(fingerprint="0"))),
    "a file beside it": ("macro.xlsm", lambda f: rewrite(f, {"macro.xlsm": b"PK"}, new=True)),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORGERIES)
def test_forgery_is_found_and_named(folder: Path, kind: str) -> None:
    named, forge = FORGERIES[kind]
    forge(folder)
    assert named in failures(folder), failures(folder)


def test_changed_documents_are_named(folder: Path) -> None:
    replace_text(folder, "frontier.html", "</h1>", " (approved)</h1>")
    rewrite(folder, {"frontier.xlsx": b"PK", "frontier.svg": b"<svg/>"})
    failed = failures(folder, documents=True)
    for name in ("frontier.html is not the page", "frontier.xlsx is damaged", "frontier.svg is not the picture"):
        assert name in failed
