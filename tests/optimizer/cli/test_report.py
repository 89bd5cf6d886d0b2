"""`report` and `--add`: what is made from a plan can be made again, and nothing stands on a changed plan."""

import json
import shutil
from pathlib import Path

import pytest
from support.books import write
from support.commandline import BOOK

from optimizer.cli import save
from optimizer.cli.append_answer import verified
from optimizer.cli.main import run
from optimizer.errors import Mine2MagnetError
from optimizer.plan_folder.store import open_folder
from optimizer.reports import plan_page


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small workbook and its plan, which tests copy."""
    place = tmp_path_factory.mktemp("planned")
    book = write(place / "small.xlsx", BOOK)
    assert run(["solve", str(book), "--out", str(place / "plan"), "--quiet"]) == 0
    return place


@pytest.fixture
def plan(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(planned, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Path("plan")


def test_a_plan_whose_page_fails_is_safe_and_its_page_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Panic(BaseException):
        """As the chart library raises it."""

    def fail(*_: object) -> bytes:
        raise Panic("the chart library is broken")

    monkeypatch.chdir(tmp_path)
    write(tmp_path / "small.xlsx", BOOK)
    with monkeypatch.context() as broken:
        broken.setattr(plan_page, "page_bytes", fail)
        assert run(["solve", "small.xlsx", "--out", "plan"]) == 0
    assert "mine2magnet report plan" in capsys.readouterr().err
    assert set(open_folder(Path("plan")).files) == {"plan.json", "case.json", "small.xlsx", "plan.xlsx"}
    assert run(["report", "plan", "--quiet"]) == 0
    assert "report.html" in open_folder(Path("plan")).files


def test_a_changed_workbook_is_kept_beside_the_new_one(plan: Path) -> None:
    whole = (plan / "plan.xlsx").read_bytes()
    (plan / "plan.xlsx").write_bytes(b"my notes")
    assert run(["gaps", "plan"]) == 3
    assert run(["report", "plan"]) == 0
    assert (plan / "plan-changed-1.xlsx").read_bytes() == b"my notes"
    assert (plan / "plan.xlsx").read_bytes() == whole
    assert run(["gaps", "plan"]) == 0


def test_nothing_is_added_to_a_changed_plan(plan: Path) -> None:
    """Not even where the digests of the manifest were changed too."""
    text = (plan / "plan.json").read_text("utf-8").replace('"fid_year": 2026', '"fid_year": 2027', 1)
    (plan / "plan.json").write_text(text, "utf-8")
    with pytest.raises(Mine2MagnetError, match="was changed"):
        verified(plan)
    record = json.loads((plan / "manifest.json").read_bytes())
    from optimizer.plan_folder.digests import sha256

    record["files"]["plan.json"] = sha256(text.encode())
    (plan / "manifest.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(Mine2MagnetError, match="not verified"):
        verified(plan)


def test_each_brief_of_an_earlier_plan_is_named_with_the_command_that_makes_it(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("docx", "pptx"):
        (plan / f"brief.{form}").write_bytes(b"old")
    assert run(["solve", "small.xlsx", "--out", "plan", "--force"]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "earlier plan" in line]
    assert [line.partition(" was ")[0] for line in told] == ["note: brief.docx", "note: brief.pptx"]
    assert [line.partition("again: ")[2] for line in told] == [
        f"mine2magnet brief plan --format {form} --force" for form in ("docx", "pptx")
    ]


def test_nothing_is_lost_when_the_second_step_cannot_be_written(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "report.html")

    monkeypatch.setattr(save, "replace", full)
    assert run(["solve", "small.xlsx", "--out", "other"]) == 0
    assert "disk is full" in capsys.readouterr().err
    assert set(open_folder(Path("other")).files) == {"plan.json", "case.json", "small.xlsx"}
