"""The guide: whole, true, found by the words that planners use, and one page that needs nobody."""

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import get_args

import click
import pytest
from support.commandline import ROOT

import optimizer
from models.columns import Kind, columns
from models.errors import EXIT_STATUS
from models.families import FAMILIES
from models.faults import Diagnostic
from models.objective_names import OBJECTIVES
from models.plan import Reason
from models.schema import AGGREGATES, INSTRUMENTS, SHEETS, Settings
from optimizer.analysis.risk import solve
from optimizer.cli.main import VERBS, group, run
from optimizer.cli.refusals import manual_topic
from optimizer.cli.verb_help import verbs
from optimizer.errors import Refusal
from optimizer.reports.guide.cures import CURES
from optimizer.reports.guide.find import find, mentioning, near
from optimizer.reports.guide.formulas import plain
from optimizer.reports.guide.markdown import html, text
from optimizer.reports.guide.page import page_bytes
from optimizer.reports.guide.rule_topics import EXAMPLES, MEASURES, example_case
from optimizer.reports.guide.topic import CHAPTERS, Topic
from optimizer.reports.guide.topics import PAGES, all_topics
from optimizer.reports.guide.workbook_topics import KINDS


@pytest.fixture(scope="module")
def topics() -> tuple[Topic, ...]:
    return all_topics(verbs(group), optimizer.API)


@pytest.fixture(scope="module")
def page(topics: tuple[Topic, ...]) -> str:
    return page_bytes(topics).decode()


# -- whole -----------------------------------------------------------------------------------------------------------


def test_everything_that_there_is_has_a_topic(topics: tuple[Topic, ...]) -> None:
    names = Counter(t.name for t in topics)
    assert [name for name, n in names.items() if n > 1] == []
    wanted = {*(v.name for v in VERBS), *SHEETS, "settings", *PAGES}
    wanted |= {f"{sheet}.{c.field}" for sheet, cls in {**SHEETS, "settings": Settings}.items() for c in columns(cls)}
    wanted |= {f"rule-{aggregate}" for aggregate in AGGREGATES}
    wanted |= {str(reason).replace(" ", "-") for reason in get_args(Reason)}
    wanted |= {f"constraint-{family}".replace("_", "-") for family in FAMILIES}
    wanted |= {f"objective-{objective}" for objective in OBJECTIVES}
    wanted |= {f"python-{name.lower()}" for name in optimizer.API}
    assert sorted(wanted - set(names)) == []
    assert {t.chapter for t in topics} == set(CHAPTERS)
    assert set(get_args(Kind)) == set(KINDS)
    for name in (*INSTRUMENTS, *(f"exit-status-{n}" for n in (0, *EXIT_STATUS.values()))):
        assert find(topics, name), name


def test_every_instrument_has_its_row(topics: tuple[Topic, ...]) -> None:
    (page,) = find(topics, "instruments")
    rows = set(re.findall(r"^\| `([\w ]+)` \|", page.body, re.MULTILINE))
    assert sorted(set(INSTRUMENTS) - rows) == []


def test_every_link_leads_to_a_topic_and_every_page_is_listed(topics: tuple[Topic, ...]) -> None:
    names = {t.name for t in topics}
    dead = [(t.name, link) for t in topics for link in re.findall(r"\]\(#([^)]*)\)", t.body) if link not in names]
    assert dead == []
    pages = ROOT / "optimizer" / "reports" / "guide" / "pages"
    assert {p.stem for p in pages.glob("*.md")} == set(PAGES)


def test_commands_and_options_of_the_pages_exist(topics: tuple[Topic, ...]) -> None:
    known = {}
    for verb in VERBS:
        command = group.get_command(click.Context(group), verb.name)
        assert command is not None
        known[verb.name] = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    shown = [line for t in topics if t.name in PAGES for line in re.findall(r"`mine2magnet ([^`]+)`", t.body)]
    assert len(shown) > 20
    for line in shown:
        verb, *rest = line.split()
        assert verb in known, line
        assert {word for word in rest if word.startswith("--")} <= known[verb], line


def test_messages_are_those_of_the_sources(topics: tuple[Topic, ...]) -> None:
    told = "\n".join(t.body for t in topics if t.chapter == "Messages").replace("\\*", "*")
    for words in (
        "the window is empty: latest_fid",
        "there is no budget of any kind",
        "is not a plan folder",
        "years to build",
    ):
        assert words in told, words
    assert len(re.findall(r"^\| (?:fault|warning|refusal) \|", told, re.MULTILINE)) > 250


# -- true ------------------------------------------------------------------------------------------------------------


def test_the_examples_of_the_rules_are_what_the_auditor_finds() -> None:
    plan = solve(example_case())
    assert {p.id for p in plan.projects} == {"ridge", "mill"}
    attained = {row.rule: row for row in plan.rules}
    for example in EXAMPLES.values():
        row = attained[example.row.rule]
        assert row.holds
        assert row.value == (None if example.value is None else pytest.approx(example.value))
    assert set(MEASURES) >= {rule.measure for e in EXAMPLES.values() for rule in (e.row,)} - {"esg_g"}


def test_the_python_example_runs(
    topics: tuple[Topic, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "optimizer" / "demo" / "first-look.xlsx", tmp_path)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", find(topics, "python")[0].body, re.DOTALL)
    exec(compile(example, "python.md", "exec"), {})
    assert capsys.readouterr().out.startswith("optimal 0.4383\n")


def test_every_formula_becomes_mathml_and_plain_text(topics: tuple[Topic, ...]) -> None:
    with_formulas = [t for t in topics if "$" in t.body and t.has_formulas]
    assert len(with_formulas) > 15
    for topic in with_formulas:
        assert "<math" in html(topic)
        assert "\\" not in re.sub(r"`[^`]*`", "", text(topic)), topic.name
    assert (
        plain(r"\sum_{i \in n} output_i\, start_{i,u-build_i} \le 1")
        == "sum[i in n] output[i] start[i,u-build[i]] <= 1"
    )


# -- found -----------------------------------------------------------------------------------------------------------

QUESTIONS = {
    "share": "A cap of 55 % would be the value 0.55",
    "outbid": "other projects use the money better",
    "budgets": "a window that closes in 2030 has no number after it",
    "exit status 4": "no plan can satisfy the rules and the money",
    "fiscal years": "Japan's FY2026 runs from April 2026",
    "yen": "`per_base` 150 means 150 yen",
    "for_each": "The rule holds for every value of this column by itself",
    "unspent": "Money that is left, and why",
    "projects!capex_m": "Overnight capital cost",
    "proved within": "no plan can be better by more than that",
    "price floor": "a floor for a tonne",
    "--include": "Project that must be financed",
    "carry_over": "Whether unused envelope moves to the next year",
    "nameplate": "what plants are built for",
    "cvar": "the mean of the worst",
}
"""What a planner types -> what must be in the answer."""


@pytest.mark.parametrize(("asked", "answer"), QUESTIONS.items())
def test_a_planner_finds_the_answer(topics: tuple[Topic, ...], asked: str, answer: str) -> None:
    assert any(answer in t.body for t in find(topics, asked)), [t.name for t in find(topics, asked)]


def test_what_is_not_known_is_met_with_what_was_meant(
    topics: tuple[Topic, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert near(topics, "capexm") == "capex_m"
    assert "overrides" in [t.name for t in mentioning(topics, "committed barred")]
    assert run(["guide", "out-bid-d"]) == 2
    assert "did you mean outbid?" in capsys.readouterr().err
    assert run(["guide", "hurdle", "private", "money"]) == 2
    assert "viability" in capsys.readouterr().err


def test_a_topic_and_the_list_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["guide", "rule-share"]) == 0
    shown = capsys.readouterr().out
    assert "Rule aggregate share" in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert run(["guide"]) == 0
    listed = capsys.readouterr().out
    assert len(listed.splitlines()) <= 40
    assert "first-hour" in listed


# -- the page --------------------------------------------------------------------------------------------------------


def test_the_page_is_whole_and_fetches_nothing(page: str, topics: tuple[Topic, ...]) -> None:
    assert set(re.findall(r'id="([^"]+)"', page)) >= {t.name for t in topics}
    links = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert {link[1:] for link in links if link.startswith("#")} <= set(re.findall(r'id="([^"]+)"', page))
    assert page.count("data:image/png;base64,") == 2
    assert "default-src &#39;none&#39;" in page
    assert page == page_bytes(topics).decode()


def test_the_pointer_of_every_message_is_a_topic_and_an_anchor(page: str, topics: tuple[Topic, ...]) -> None:
    fields = sorted({c.field for cls in (*SHEETS.values(), Settings) for c in columns(cls)})
    faults = [Refusal("invalid", "", [Diagnostic(cell="projects!F7", column=field, message="")]) for field in fields]
    others = [Refusal(kind, "") for kind in ("infeasible", "stopped", "audit")]
    elsewhere = Refusal("invalid", "", [Diagnostic(cell="projects", message="")])
    pointers = {manual_topic(refusal) for refusal in (*faults, *others, elsewhere)}
    assert len(pointers) == len(fields) + 4
    assert [name for name in sorted(pointers) if not find(topics, name)] == []
    ids = Counter(re.findall(r'id="([^"]+)"', page))
    assert sorted(pointers.difference(ids)) == []
    assert [name for name, n in ids.items() if n > 1] == []


def test_every_family_of_messages_has_its_cure_and_columns_lead_to_it(topics: tuple[Topic, ...]) -> None:
    told = {t.name.removeprefix("messages-") for t in topics if t.chapter == "Messages"}
    assert sorted(told ^ set(CURES)) == [], "optimizer/reports/guide/cures.py"
    (ramp,) = find(topics, "projects.ramp")
    assert "[messages-checks-scales](#messages-checks-scales)" in ramp.body
    assert "A ramp is in per cent by year" in find(topics, "messages-checks-scales")[0].body


def test_the_page_is_written_once_and_not_over_a_file(tmp_path: Path) -> None:
    place = tmp_path / "guide.html"
    assert run(["guide", "--html", str(place), "--quiet"]) == 0
    assert place.stat().st_size < 1_000_000
    assert run(["guide", "--html", str(place)]) == 2
    assert run(["guide", "--html", str(tmp_path / "guide.pdf")]) == 2


def test_a_question_finds_the_topics_that_hold_most_of_its_words(topics: tuple[Topic, ...]) -> None:
    result = [topic.name for topic in mentioning(topics, "How do I cap a country at 40 % of the money?")]
    assert {"questions", "rule-share"} <= set(result)
    assert mentioning(topics, "zzzz") == []
