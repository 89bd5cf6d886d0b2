"""The command line, as a process: help, the plan, the shapes for programs, every exit status, no traceback."""

import errno
import json
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.books import write
from support.commandline import BOOK, ROOT, environment, mine2magnet
from support.staircase import broad
from support.tables import case

from models.schema import OBJECTIVES
from optimizer import NoPlanFound, errors, solve
from optimizer.cli import refusals
from optimizer.cli.main import VERBS, group, run
from optimizer.solver.options import GAP, QUESTION_TIME_LIMIT, TIME_LIMIT, WHOLE_TIME_LIMIT

HEAVY = ("pandas", "pyomo", "highspy", "pydantic", "numpy", "rich", "openpyxl", "xlsxwriter")


@pytest.fixture(scope="module")
def story(small_run: tuple[Path, str]) -> str:
    """What `solve` printed."""
    return small_run[1]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "small.xlsx", BOOK)


class InProcess:
    """Runs the command in this process and a folder: its status is checked, its output returned."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, *arguments: str, cwd: Path, check: int) -> "InProcess":
        self.monkeypatch.chdir(cwd)
        status = run(arguments)
        self.stdout, self.stderr = self.capsys.readouterr()
        assert status == check, (self.stdout, self.stderr)
        return self


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> InProcess:
    return InProcess(monkeypatch, capsys)


# -- help ------------------------------------------------------------------------------------------------------------


def test_help_lists_the_verbs_in_two_groups() -> None:
    text = CliRunner().invoke(group, ["--help"]).output
    assert [text.index(f"  {verb.name} ") for verb in VERBS] == sorted(text.index(f"  {verb.name} ") for verb in VERBS)
    assert (
        text.index("Planning:") < text.index("  solve ") < text.index("Working with a plan:") < text.index("  verify ")
    )


def help_of(verb: str) -> str:
    """The help of a command, its lines joined."""
    return " ".join(CliRunner().invoke(group, [verb, "--help"]).output.split())


def test_help_prints_the_defaults_from_their_owner() -> None:
    assert f"[default: {GAP}]" in help_of("solve")
    assert f"[default: {TIME_LIMIT}]" in help_of("solve")
    searched = (
        f"Time limit of the whole search. It then stops with what it has found. [default: ({WHOLE_TIME_LIMIT:g})]"
    )
    assert searched in help_of("alternatives")
    whole = f"[default: ({QUESTION_TIME_LIMIT:g}; without PROJECT {WHOLE_TIME_LIMIT:g})]"
    assert f"without PROJECT, of all questions together. {whole}" in help_of("explain")
    for verb in ("explain", "alternatives"):
        assert str(TIME_LIMIT) not in help_of(verb)
    sentence = "Time limit of the whole exploration. It then stops with what is proved, and --resume continues it."
    assert f"{sentence} [default: {TIME_LIMIT}]" in help_of("explore")


@pytest.mark.parametrize("verb", ["check", "solve", "explain", "explore"])
def test_help_names_every_objective(verb: str) -> None:
    (sentence,) = re.findall(r"Objective to maximize: ([^.]+)\.", help_of(verb))
    assert set(re.findall(r"\w+", sentence)) >= set(OBJECTIVES)


MOST_MODULES = 250
"""Modules that a help text may import: with pandas, Pyomo or the schema they are thousands, and help takes seconds."""


def test_help_imports_little_and_nothing_heavy(tmp_path: Path) -> None:
    program = "import sys; from optimizer.cli.main import run; run(['--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    imported = done.stdout.splitlines()[-1].split()
    assert set(HEAVY) & set(imported) == set()
    assert len(imported) < MOST_MODULES


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_every_verb_has_its_file_and_explains_itself(verb: str) -> None:
    assert (ROOT / "optimizer" / "cli" / "commands" / f"{verb}.py").is_file()
    done = CliRunner().invoke(group, [verb, "--help"])
    assert done.exit_code == 0
    assert f"Usage: mine2magnet {verb}" in done.output.replace("root", "mine2magnet")


def test_without_a_verb_it_explains_itself(tmp_path: Path, cli: InProcess) -> None:
    assert "Start with `mine2magnet demo`" in cli(cwd=tmp_path, check=0).stdout


def test_version(tmp_path: Path, cli: InProcess) -> None:
    assert cli("--version", cwd=tmp_path, check=0).stdout == "mine2magnet 0.1.0\n"


# -- the plan --------------------------------------------------------------------------------------------------------


def test_the_story_of_a_plan(story: str) -> None:
    assert story.startswith("2032, share of demand outside China met: mines 10 -> 50 %, separation 0 -> 50 %, magnets")
    assert "3 of 4 financed: 180 M USD public (budget cost 180 of 180), 180 M private" in story
    assert "Ridge [north] mine" in story
    assert "Weakest stage: magnets, 20 % of the 2032 demand, gap 400 t/yr." in story
    assert "Left out: 1 (1 outbid), first of them:\n- Creek mine, mine, AU: outbid" in story
    assert "high 28 %, low 56 %, not stated 17 %" in " ".join(story.split())
    assert "audited; optimal, proved within 0 % of the best possible; plan score" in story
    assert "The plan is in outputs/small-01. Next:\n  mine2magnet " in story
    assert "\x1b" not in story
    assert max(map(len, story.splitlines())) <= 100


def test_a_terminal_without_unicode_gets_plain_ascii(solved: Path, story: str) -> None:
    done = mine2magnet("solve", "small.xlsx", cwd=solved, env={"PYTHONIOENCODING": "ascii"}, check=0)
    assert done.stdout.isascii()
    assert "------########" in done.stdout
    assert not story.isascii()


def test_the_folder_is_complete_and_its_manifests_agree(solved: Path) -> None:
    folder = solved / "outputs" / "small-01"
    assert {"plan.json", "case.json", "manifest.json", "small.xlsx"} <= {p.name for p in folder.iterdir()}
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    files = manifest.pop("files")
    assert manifest.pop("fingerprint")
    assert json.loads((folder / "plan.json").read_text("utf-8"))["manifest"] == manifest
    assert files.keys() == {p.name for p in folder.iterdir()} - {"manifest.json"}
    assert (folder / "small.xlsx").read_bytes() == (solved / "small.xlsx").read_bytes()


def test_json_is_plan_json_alone_on_stdout(book: Path) -> None:
    done = mine2magnet("solve", book.name, "--json", cwd=book.parent, check=0, apart=True)
    assert done.stdout.encode() == (book.parent / "outputs" / "small-01" / "plan.json").read_bytes()
    assert json.loads(done.stdout)["schema"] == "mine2magnet.plan/1"


def test_quiet_prints_the_folder_alone(book: Path) -> None:
    done = mine2magnet("solve", book.name, "--quiet", "--out", "here", cwd=book.parent, check=0, apart=True)
    assert (done.stdout, done.stderr) == ("here\n", "")


def test_options_override_the_workbook_and_the_manifest_says_so(book: Path, cli: InProcess) -> None:
    arguments = ("--budget", "50%", "--set", "milestones=2030; 2032", "--exclude", "mill", "--gap", "0", "--seed", "3")
    plan = json.loads(cli("solve", book.name, "--json", *arguments, cwd=book.parent, check=0).stdout)
    options = plan["manifest"]["options"]
    assert options["total_budget_m"] == {"value": 90.0, "from": "--budget"}
    assert options["milestones"] == {"value": [2030, 2032], "from": "--set milestones"}
    assert options["gap"] == {"value": 0.0, "from": "--gap"}
    assert options["threads"] == {"value": 1, "from": "default"}
    assert options["first_year"]["from"].startswith("settings!B")
    assert plan["manifest"]["overrides"] == {
        "settings": {"milestones": ["2030; 2032", "--set milestones"], "total_budget_m": ["50%", "--budget"]},
        "include": [],
        "exclude": ["mill"],
    }
    assert "mill" not in [p["id"] for p in plan["projects"]]


def test_a_budget_is_echoed_as_it_was_understood(book: Path, cli: InProcess) -> None:
    done = cli("check", book.name, "--budget", "3bn", "--set", "milestones=2030; 2032", cwd=book.parent, check=0)
    assert done.stderr.startswith("total budget 3,000 M USD (--budget)\nmilestones 2030; 2032 (--set milestones)\n")
    done = cli("check", book.name, "--budget", "3,000", cwd=book.parent, check=0)
    assert done.stderr.startswith("total budget 3,000 M USD (--budget)\n")
    assert "total budget 90 M USD" in cli("check", book.name, "--budget", "50%", cwd=book.parent, check=0).stdout


def test_a_folder_of_csv_is_a_workbook(tmp_path: Path, cli: InProcess) -> None:
    write(tmp_path / "small", BOOK)
    done = cli("solve", "small", cwd=tmp_path, check=0)
    assert "3 of 4 financed: 180 M USD public" in done.stdout
    assert (tmp_path / "outputs" / "small-01" / "small" / "projects.csv").is_file()
    assert "verified" in cli("verify", "last", cwd=tmp_path, check=0).stdout


def test_demo_never_overwrites_and_leads_on(tmp_path: Path) -> None:
    (tmp_path / "first-look.xlsx").write_bytes(b"mine")
    done = mine2magnet("demo", cwd=tmp_path, check=0, apart=True)
    assert (tmp_path / "first-look.xlsx").read_bytes() == b"mine"
    assert (tmp_path / "first-look-2.xlsx").is_file()
    for words in ("1. first-look-2.xlsx", "2. mine2magnet check", "3. mine2magnet solve", "audited; optimal", "Next:"):
        assert words in done.stdout


def test_template_is_accepted_by_check(tmp_path: Path, cli: InProcess) -> None:
    assert "my.xlsx is ready" in cli("template", "my.xlsx", cwd=tmp_path, check=0).stdout
    assert "no faults" in cli("check", "my.xlsx", cwd=tmp_path, check=0).stdout
    assert "exists" in cli("template", "my.xlsx", cwd=tmp_path, check=2).stderr


def test_template_writes_the_workbook_of_a_plan_back(solved: Path, tmp_path: Path, cli: InProcess) -> None:
    here = solved
    book = str(tmp_path / "again.xlsx")
    cli("template", book, "--from", "last", cwd=here, check=0)
    again = json.loads(cli("solve", book, "--out", "plan", "--json", cwd=tmp_path, check=0).stdout)
    first = json.loads((here / "outputs" / "small-01" / "plan.json").read_text(encoding="utf-8"))
    assert again["objective"] == first["objective"]
    assert again["projects"] == first["projects"]
    assert "no plan" in cli("template", "x.xlsx", "--from", "nowhere", cwd=tmp_path, check=2).stderr


def test_verify_and_rerun(solved: Path, cli: InProcess) -> None:
    here = solved
    assert "verified" in cli("verify", "outputs/small-01", cwd=here, check=0).stdout
    assert json.loads(cli("verify", "last", "--json", cwd=here, check=0).stdout)["passed"] is True
    again = cli("rerun", "outputs/small-01/plan.json", cwd=here, check=0)
    assert again.stdout == "The same plan again, to the last digit.\n"


def test_overrides_are_echoed_by_name(book: Path, cli: InProcess) -> None:
    done = cli(
        "check", book.name, "--include", "CREEK", "--exclude", "mill", "--budget", "50%", cwd=book.parent, check=0
    )
    assert "Creek mine must be financed (--include CREEK)\n" in done.stderr
    assert "Mill über alles must not be financed (--exclude mill)\n" in done.stderr
    assert "total budget 90 M USD (--budget)\n" in done.stderr


def test_check_says_what_is_modelled(book: Path, cli: InProcess) -> None:
    done = cli("check", book.name, cwd=book.parent, check=0)
    assert "4 projects: 4 to decide on (2 mines, 1 separation, 1 magnet)" in done.stdout
    shape = json.loads(cli("check", book.name, "--json", cwd=book.parent, check=0).stdout)
    assert shape["ok"] is True
    assert shape["faults"] == []


# -- refusals --------------------------------------------------------------------------------------------------------


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
def test_wrong_usage_is_2(book: Path, arguments: list[str], words: str, cli: InProcess) -> None:
    said = cli(*arguments, cwd=book.parent, check=2)
    assert said.stdout == ""
    assert words in said.stderr
    assert said.stderr.count("\n") == 1
    assert json.loads(cli(*arguments, "--json", cwd=book.parent, check=2).stdout)["error"]["kind"] == "usage"
    assert not (book.parent / "outputs").exists()


def test_invalid_input_is_3_with_its_cells_and_nothing_written(tmp_path: Path, cli: InProcess) -> None:
    rows = [list(row) for row in BOOK["projects"]]
    rows[2][5], rows[3][6] = "12OO", 40
    write(tmp_path / "bad.xlsx", {**BOOK, "projects": rows})
    for verb in ("solve", "check"):
        done = cli(verb, "bad.xlsx", cwd=tmp_path, check=3)
        assert done.stdout == ""
        assert "projects!F3" in done.stderr
        assert "projects!G4" in done.stderr
    shape = json.loads(cli("solve", "bad.xlsx", "--json", cwd=tmp_path, check=3).stdout)["error"]
    assert (shape["kind"], [d["cell"] for d in shape["details"]]) == ("invalid", ["projects!F3", "projects!G4"])
    assert shape["details"][0].keys() == {"cell", "column", "message"}
    listed = json.loads(cli("check", "bad.xlsx", "--json", cwd=tmp_path, check=3).stdout)
    assert (listed["ok"], listed["faults"]) == (False, shape["details"])
    assert [p.name for p in tmp_path.iterdir()] == ["bad.xlsx"]


def test_check_out_is_a_coloured_copy(tmp_path: Path, cli: InProcess) -> None:
    rows = [list(row) for row in BOOK["projects"]]
    rows[2][5] = "12OO"
    write(tmp_path / "bad.xlsx", {**BOOK, "projects": rows})
    cli("check", "bad.xlsx", "--out", "faults.xlsx", cwd=tmp_path, check=3)
    assert (tmp_path / "faults.xlsx").is_file()
    assert "--force" in cli("check", "bad.xlsx", "--out", "faults.xlsx", cwd=tmp_path, check=2).stderr


def test_no_budget_of_any_kind_is_a_fault_of_solve_alone(tmp_path: Path, cli: InProcess) -> None:
    write(tmp_path / "poor.xlsx", {**BOOK, "settings": [["key", "value"], ["first_year", 2026]]})
    assert "total_budget_m" in cli("solve", "poor.xlsx", cwd=tmp_path, check=3).stderr
    assert "total_budget_m" in cli("check", "poor.xlsx", cwd=tmp_path, check=0).stderr
    cli("solve", "poor.xlsx", "--budget", "none", cwd=tmp_path, check=0)


def test_no_plan_can_satisfy_is_4_and_writes_only_where_told(book: Path, cli: InProcess) -> None:
    arguments = ("solve", book.name, "--include", "mill", "--budget", "10")
    assert "error: no " in cli(*arguments, cwd=book.parent, check=4).stderr
    assert [p.name for p in book.parent.iterdir()] == [book.name]
    shape = json.loads(cli(*arguments, "--json", "--out", "why", cwd=book.parent, check=4).stdout)
    assert shape["error"]["kind"] == "infeasible"
    assert [p.name for p in (book.parent / "why").iterdir()] == ["infeasible.json"]
    written = json.loads((book.parent / "why" / "infeasible.json").read_text("utf-8"))
    assert written["error"] == shape["error"]
    assert written["proof"]["means"] in ("one limit", "two searches")


def test_stopped_before_any_plan_is_5(book: Path, cli: InProcess) -> None:
    done = cli("solve", book.name, "--time-limit", "1e-9", cwd=book.parent, check=5)
    assert "--time-limit" in done.stderr
    assert [p.name for p in book.parent.iterdir()] == [book.name]


def test_the_next_commands_can_be_typed_as_they_are(book: Path, cli: InProcess) -> None:
    said = cli("solve", book.name, "--out", "my plan", cwd=book.parent, check=0).stdout
    command = next(line for line in said.splitlines() if line.startswith("  mine2magnet gaps"))
    assert command == "  mine2magnet gaps 'my plan'"
    cli(*shlex.split(command)[1:], cwd=book.parent, check=0)


def test_stopped_before_the_first_plan_asks_for_no_more_time() -> None:
    """Of a book that the solver does not settle before it asks for the first time whether to go on."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(NoPlanFound, match=r"plan was found$"):
        solve(case(broad(40)), stop=stop)


def test_a_tampered_plan_is_6(book: Path, cli: InProcess) -> None:
    cli("solve", book.name, "--out", "plan", cwd=book.parent, check=0)
    plan = book.parent / "plan" / "plan.json"
    plan.write_text(plan.read_text("utf-8").replace('"fid_year": 2026', '"fid_year": 2027', 1), "utf-8")
    assert "not verified" in cli("verify", "plan", cwd=book.parent, check=6).stderr
    shape = json.loads(cli("verify", "plan", "--json", cwd=book.parent, check=6).stdout)
    assert shape["error"]["kind"] == "audit"
    for verb in ("rerun", "gaps", "explain", "alternatives", "report"):
        refused = json.loads(cli(verb, "plan", "--json", cwd=book.parent, check=3).stdout)["error"]["message"]
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
    said = capsys.readouterr()
    assert said.out == ""
    first, *further = said.err.splitlines()
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
    arguments = [sys.executable, "-m", "optimizer", "solve", "small.xlsx"]
    with subprocess.Popen(
        arguments, cwd=book.parent, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == 0
    assert "Traceback" not in said
    assert "Exception" not in said
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
