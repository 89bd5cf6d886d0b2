"""The README keeps its word: its commands, verbs, options, links, statuses and Python are those of the tool."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support.commandline import ROOT, environment

from models.errors import EXIT_STATUS
from optimizer.cli.main import VERBS, group

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_first_screen_has_two_command_lines() -> None:
    main, tests = (block.strip() for block in blocks("sh"))
    assert README.index(tests) < len("\n".join(README.splitlines()[:30]))
    for line in (main, tests):
        assert "\n" not in line
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install -q -e ")
    assert main.endswith(".venv/bin/mine2magnet solve inputs/allied-candidates.xlsx")
    assert tests.endswith('".[test]" && .venv/bin/python -m pytest -n auto')
    assert (ROOT / "inputs" / "allied-candidates.xlsx").is_file()


def test_windows_does_the_same() -> None:
    (lines,) = blocks("powershell")
    assert r".venv\Scripts\mine2magnet solve inputs\allied-candidates.xlsx" in lines
    assert r".venv\Scripts\python -m pytest" in lines


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    result = [re.search(pattern, README) for pattern in re.findall(r"grep -m1 -- '([^']*)' README.md", script)]
    assert [match is not None for match in result] == [True, True]


def test_every_verb_is_explained_and_none_is_invented() -> None:
    known = {verb.name for verb in VERBS}
    named = set(re.findall(r"\bmine2magnet ([a-z]+)\b", README))
    assert named <= known
    assert {verb for verb in known if f"`mine2magnet {verb}" in README} == known


def test_every_option_exists() -> None:
    context = click.Context(group)
    known = {"--help", "--version"}
    for verb in VERBS:
        command = group.get_command(context, verb.name)
        assert command is not None
        known |= {name for parameter in command.params for name in parameter.opts}
    assert set(re.findall(r"`[^`]*?(--[a-z][a-z-]+)", README)) <= known


def test_every_link_leads_somewhere() -> None:
    targets = [t for t in re.findall(r"\]\(([^)]+)\)", README) if not t.startswith("http")]
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []


def test_exit_statuses_and_kinds_are_those_of_the_tool() -> None:
    assert [int(n) for n in re.findall(r"^\| (\d) \|", README, re.MULTILINE)] == [0, *sorted(EXIT_STATUS.values())]


@pytest.mark.parametrize("name", ["LICENSE", "CHANGELOG.md", "outputs/README.md"])
def test_what_belongs_beside_it_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500


def test_the_python_example_runs(tmp_path: Path) -> None:
    (example,) = blocks("python")
    demo = ROOT / "optimizer" / "demo" / "first-look.xlsx"
    assert "inputs/allied-candidates.xlsx" in example
    program = example.replace("inputs/allied-candidates.xlsx", demo.as_posix())
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("optimal ")
    assert "fid_year" in done.stdout
