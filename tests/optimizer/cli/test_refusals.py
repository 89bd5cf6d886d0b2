"""What the command line refuses, and what goes wrong: every exit status with its sentence, no traceback."""

import errno
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.books import write
from support.commandline import BOOK, COMMAND, ROOT, environment, mine2magnet

from optimizer import errors
from optimizer.cli import refusals


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "small.xlsx", BOOK)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sovle"], "did you mean solve?"),
        (["solve"], "WORKBOOK"),
        (["solve", "smal.xlsx"], "did you mean small.xlsx?"),
        (["solve", "small.xlsx", "--gap", "nan"], "--gap"),
        (["solve", "small.xlsx", "--gap", "-1"], "at least 0"),
        (["solve", "small.xlsx", "--time-limit", "0"], "more than 0"),
        (["solve", "small.xlsx", "--threads", "0"], "--threads"),
        (["solve", "small.xlsx", "--budget", "lots"], "3bn"),
        (["solve", "small.xlsx", "--budget", "1,5"], '"1,5" is not a budget'),
        (["solve", "small.xlsx", "--set", "last_yaer=2030"], "did you mean last_year? See"),
        (["solve", "small.xlsx", "--set", "last_year"], "KEY=VALUE"),
        (["solve", "small.xlsx", "--budget", "1", "--set", "total_budget_m=2"], "given twice"),
        (["solve", "small.xlsx", "--objective", "profit"], "coverage"),
        (["solve", "small.xlsx", "--out", "small.xlsx"], "is a file"),
        (["solve", "small.xlsx", "--out", "small.xlsx/plan"], "is a file, so small.xlsx/plan cannot be made"),
        (["solve", "small.xlsx", "--out", "."], "--force"),
        (["template", "my.docx"], ".xlsx"),
        (["verify", "nowhere"], "no plan nowhere"),
        (["verify", "last"], "mine2magnet solve"),
    ],
)
def test_wrong_usage_is_2(book: Path, arguments: list[str], words: str) -> None:
    message = mine2magnet(*arguments, cwd=book.parent, check=2)
    assert message.stdout == ""
    assert words in message.stderr
    assert message.stderr.count("\n") == 1
    assert json.loads(mine2magnet(*arguments, "--json", cwd=book.parent, check=2).stdout)["error"]["kind"] == "usage"
    assert not (book.parent / "outputs").exists()


def test_the_workbook_of_a_plan_is_no_input(tmp_path: Path) -> None:
    write(tmp_path / "plan.xlsx", BOOK)
    assert mine2magnet("check", "plan.xlsx", cwd=tmp_path).returncode == 0
    (tmp_path / "plan.json").write_text("{}", "utf-8")
    refused = " ".join(mine2magnet("check", "plan.xlsx", cwd=tmp_path, check=2).stderr.split())
    assert "plan.xlsx shows a plan and is no input: name the workbook beside it, or the folder if" in refused


def test_invalid_input_is_3_with_its_cells_and_nothing_written(tmp_path: Path) -> None:
    rows = [list(row) for row in BOOK["projects"]]
    rows[2][5], rows[3][6] = "12OO", 40
    write(tmp_path / "bad.xlsx", {**BOOK, "projects": rows})
    for verb in ("solve", "check"):
        done = mine2magnet(verb, "bad.xlsx", cwd=tmp_path, check=3)
        assert done.stdout == ""
        assert "projects!F3" in done.stderr
        assert "projects!G4" in done.stderr
    shape = json.loads(mine2magnet("solve", "bad.xlsx", "--json", cwd=tmp_path, check=3).stdout)["error"]
    assert (shape["kind"], [diagnostic["cell"] for diagnostic in shape["details"]]) == (
        "invalid",
        ["projects!F3", "projects!G4"],
    )
    assert shape["details"][0].keys() == {"cell", "column", "message"}
    listed = json.loads(mine2magnet("check", "bad.xlsx", "--json", cwd=tmp_path, check=3).stdout)
    assert (listed["ok"], listed["faults"]) == (False, shape["details"])
    assert [p.name for p in tmp_path.iterdir()] == ["bad.xlsx"]


def test_check_out_is_a_coloured_copy(tmp_path: Path) -> None:
    rows = [list(row) for row in BOOK["projects"]]
    rows[2][5] = "12OO"
    write(tmp_path / "bad.xlsx", {**BOOK, "projects": rows})
    mine2magnet("check", "bad.xlsx", "--out", "faults.xlsx", cwd=tmp_path, check=3)
    assert (tmp_path / "faults.xlsx").is_file()
    assert "--force" in mine2magnet("check", "bad.xlsx", "--out", "faults.xlsx", cwd=tmp_path, check=2).stderr


def test_no_budget_of_any_kind_is_a_fault_of_solve_alone(tmp_path: Path) -> None:
    write(tmp_path / "poor.xlsx", {**BOOK, "settings": [["key", "value"], ["first_year", 2026]]})
    assert "total_budget_m" in mine2magnet("solve", "poor.xlsx", cwd=tmp_path, check=3).stderr
    assert "total_budget_m" in mine2magnet("check", "poor.xlsx", cwd=tmp_path, check=0).stderr
    mine2magnet("solve", "poor.xlsx", "--budget", "none", cwd=tmp_path, check=0)


def test_no_plan_can_satisfy_is_4_and_writes_only_where_told(book: Path) -> None:
    arguments = ("solve", book.name, "--include", "mill", "--budget", "10")
    assert "error: no " in mine2magnet(*arguments, cwd=book.parent, check=4).stderr
    assert [p.name for p in book.parent.iterdir()] == [book.name]
    shape = json.loads(mine2magnet(*arguments, "--json", "--out", "why", cwd=book.parent, check=4).stdout)
    assert shape["error"]["kind"] == "infeasible"
    assert [p.name for p in (book.parent / "why").iterdir()] == ["infeasible.json"]
    written = json.loads((book.parent / "why" / "infeasible.json").read_text("utf-8"))
    assert written["error"] == shape["error"]
    assert written["proof"]["means"] in ("one limit", "two searches")


def test_stopped_before_any_plan_is_5(book: Path) -> None:
    done = mine2magnet("solve", book.name, "--time-limit", "1e-9", cwd=book.parent, check=5)
    assert "--time-limit" in done.stderr
    assert [p.name for p in book.parent.iterdir()] == [book.name]


def test_the_next_commands_can_be_typed_as_they_are(book: Path) -> None:
    output = mine2magnet("solve", book.name, "--out", "my plan", cwd=book.parent, check=0).stdout
    command = next(line for line in output.splitlines() if line.startswith("  mine2magnet gaps"))
    assert command == "  mine2magnet gaps 'my plan'"
    mine2magnet(*shlex.split(command)[1:], cwd=book.parent, check=0)


def test_a_tampered_plan_is_6(book: Path) -> None:
    mine2magnet("solve", book.name, "--out", "plan", cwd=book.parent, check=0)
    plan = book.parent / "plan" / "plan.json"
    plan.write_text(plan.read_text("utf-8").replace('"fid_year": 2026', '"fid_year": 2027', 1), "utf-8")
    assert "not verified" in mine2magnet("verify", "plan", cwd=book.parent, check=6).stderr
    shape = json.loads(mine2magnet("verify", "plan", "--json", cwd=book.parent, check=6).stdout)
    assert shape["error"]["kind"] == "audit"
    for verb in ("rerun", "gaps", "explain", "alternatives", "report"):
        refused = json.loads(mine2magnet(verb, "plan", "--json", cwd=book.parent, check=3).stdout)["error"]["message"]
        assert "plan.json was changed after the plan was made" in refused


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (OSError(errno.ENOSPC, "No space left", "x/plan.json"), 1, "the disk is full, x/plan.json"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 1, "no permission for x"),
        (FileNotFoundError(errno.ENOENT, "No such file", "x"), 1, "x is not there"),
        (MemoryError(), 1, "memory"),
        (ZeroDivisionError("division by zero"), 1, "MINE2MAGNET_DEBUG=1"),
        (KeyboardInterrupt(), 5, "stopped before any plan was found"),
    ],
)
def test_every_problem_is_a_sentence_and_a_status(
    problem: BaseException, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusals.refuse(problem, as_json=False) == status
    message = capsys.readouterr()
    assert message.out == ""
    first, *further = message.err.splitlines()
    assert words in first
    assert all(line.startswith("manual: mine2magnet guide ") for line in further)


def test_a_locked_spreadsheet_names_excel() -> None:
    locked = PermissionError(errno.EACCES, "Permission denied", "plan.xlsx")
    locked.winerror = 32  # type: ignore[attr-defined]
    assert errors.file_trouble(locked) == "plan.xlsx is open in Excel: close it, or use --out"


def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_bytes(b"kept")
    told = mine2magnet("guide", "--html", "notes/guide.html", cwd=tmp_path, check=1).stderr
    assert "notes is a file where a folder is needed: name another place" in told


def test_debug_shows_where(book: Path) -> None:
    arguments = [sys.executable, "-m", "optimizer", "solve", "small.xlsx", "--gap", "nan"]
    env = environment({"MINE2MAGNET_DEBUG": "1"})
    done = subprocess.run(arguments, cwd=book.parent, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, True)


def test_nobody_reads_the_output(book: Path) -> None:
    arguments = [*COMMAND, "solve", "small.xlsx"]
    with subprocess.Popen(
        arguments, cwd=book.parent, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        message = process.stderr.read()
        assert process.wait(60) == 0
    assert "Traceback" not in message
    assert "Exception" not in message
    assert (book.parent / "outputs" / "small-01" / "manifest.json").is_file()


def test_a_strangers_models_on_the_path_does_no_harm(book: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "elsewhere" / "models"
    stranger.mkdir(parents=True)
    (stranger / "__init__.py").write_text("raise SystemExit('wrong models')")
    path = {"PYTHONPATH": f"{stranger.parent}:{ROOT}" if sys.platform != "win32" else f"{stranger.parent};{ROOT}"}
    done = mine2magnet("check", book.name, cwd=book.parent, env=path, check=0, fresh=True)
    assert str(stranger / "__init__.py") in done.stderr


def test_a_strangers_models_that_is_loaded_already_is_named(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text("")
    program = "import sys; sys.path.insert(0, sys.argv[1]); import models, optimizer"
    arguments = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(arguments, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"ImportError: {tmp_path / 'models.py'} is in the way")
