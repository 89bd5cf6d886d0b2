"""The command line: help, the plan, the shapes for programs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.books import write
from support.commandline import BOOK, ROOT, environment, mine2magnet

from models.schema import OBJECTIVES
from optimizer.cli.main import VERBS, group
from optimizer.solver.options import GAP, QUESTION_TIME_LIMIT, TIME_LIMIT, WHOLE_TIME_LIMIT

HEAVY = ("pandas", "pyomo", "highspy", "pydantic", "numpy", "rich", "openpyxl", "xlsxwriter")


@pytest.fixture(scope="module")
def story(small_run: tuple[Path, str]) -> str:
    """What `solve` printed."""
    return small_run[1]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "small.xlsx", BOOK)


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


def test_without_a_verb_it_explains_itself(tmp_path: Path) -> None:
    assert "Start with `mine2magnet demo`" in mine2magnet(cwd=tmp_path, check=0).stdout


def test_version(tmp_path: Path) -> None:
    assert mine2magnet("--version", cwd=tmp_path, check=0).stdout == "mine2magnet 0.1.0\n"


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


def test_options_override_the_workbook_and_the_manifest_says_so(book: Path) -> None:
    arguments = ("--budget", "50%", "--set", "milestones=2030; 2032", "--exclude", "mill", "--gap", "0%", "--seed", "3")
    plan = json.loads(mine2magnet("solve", book.name, "--json", *arguments, cwd=book.parent, check=0).stdout)
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


def test_a_budget_is_echoed_as_it_was_understood(book: Path) -> None:
    done = mine2magnet(
        "check", book.name, "--budget", "3bn", "--set", "milestones=2030; 2032", cwd=book.parent, check=0
    )
    assert done.stderr.startswith("total budget 3,000 M USD (--budget)\nmilestones 2030; 2032 (--set milestones)\n")
    done = mine2magnet("check", book.name, "--budget", "3,000", cwd=book.parent, check=0)
    assert done.stderr.startswith("total budget 3,000 M USD (--budget)\n")
    assert (
        "total budget 90 M USD" in mine2magnet("check", book.name, "--budget", "50%", cwd=book.parent, check=0).stdout
    )


def test_a_folder_of_csv_is_a_workbook(tmp_path: Path) -> None:
    write(tmp_path / "small", BOOK)
    done = mine2magnet("solve", "small", cwd=tmp_path, check=0)
    assert "3 of 4 financed: 180 M USD public" in done.stdout
    assert (tmp_path / "outputs" / "small-01" / "small" / "projects.csv").is_file()
    assert "verified" in mine2magnet("verify", "last", cwd=tmp_path, check=0).stdout


def test_demo_never_overwrites_and_leads_on(tmp_path: Path) -> None:
    (tmp_path / "first-look.xlsx").write_bytes(b"mine")
    done = mine2magnet("demo", cwd=tmp_path, check=0, apart=True)
    assert (tmp_path / "first-look.xlsx").read_bytes() == b"mine"
    assert (tmp_path / "first-look-2.xlsx").is_file()
    for words in ("1. first-look-2.xlsx", "2. mine2magnet check", "3. mine2magnet solve", "audited; optimal", "Next:"):
        assert words in done.stdout


def test_template_is_accepted_by_check(tmp_path: Path) -> None:
    assert "my.xlsx is ready" in mine2magnet("template", "my.xlsx", cwd=tmp_path, check=0).stdout
    assert "no faults" in mine2magnet("check", "my.xlsx", cwd=tmp_path, check=0).stdout
    assert "exists" in mine2magnet("template", "my.xlsx", cwd=tmp_path, check=2).stderr


def test_template_writes_the_workbook_of_a_plan_back(solved: Path, tmp_path: Path) -> None:
    here = solved
    book = str(tmp_path / "again.xlsx")
    mine2magnet("template", book, "--from", "last", cwd=here, check=0)
    again = json.loads(mine2magnet("solve", book, "--out", "plan", "--json", cwd=tmp_path, check=0).stdout)
    first = json.loads((here / "outputs" / "small-01" / "plan.json").read_text(encoding="utf-8"))
    assert again["objective"] == first["objective"]
    assert again["projects"] == first["projects"]
    assert "no plan" in mine2magnet("template", "x.xlsx", "--from", "nowhere", cwd=tmp_path, check=2).stderr


def test_verify_and_rerun(solved: Path) -> None:
    here = solved
    assert "verified" in mine2magnet("verify", "outputs/small-01", cwd=here, check=0).stdout
    assert json.loads(mine2magnet("verify", "last", "--json", cwd=here, check=0).stdout)["passed"] is True
    again = mine2magnet("rerun", "outputs/small-01/plan.json", cwd=here, check=0)
    assert again.stdout == "The same plan again, to the last digit.\n"


def test_overrides_are_echoed_by_name(book: Path) -> None:
    done = mine2magnet(
        "check", book.name, "--include", "CREEK", "--exclude", "mill", "--budget", "50%", cwd=book.parent, check=0
    )
    assert "Creek mine must be financed (--include CREEK)\n" in done.stderr
    assert "Mill über alles must not be financed (--exclude mill)\n" in done.stderr
    assert "total budget 90 M USD (--budget)\n" in done.stderr


def test_check_says_what_is_modelled(book: Path) -> None:
    done = mine2magnet("check", book.name, cwd=book.parent, check=0)
    assert "4 projects: 4 to decide on (2 mines, 1 separation, 1 magnet)" in done.stdout
    shape = json.loads(mine2magnet("check", book.name, "--json", cwd=book.parent, check=0).stdout)
    assert shape["ok"] is True
    assert shape["faults"] == []
