"""The language of reports: catalogues that are complete, numbers of the locale, English where nothing is translated."""

import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import altair as alt
import pytest
from support.cases import book, grant, plant, rule
from support.commandline import mine2magnet
from support.messages import entries, key_of, marked, may_be_translated, placeholders, strings
from support.tables import case as tabled

from models.case import Case
from models.faults import InvalidInput
from models.gaps import gaps
from models.plan import Plan
from models.reasons.sentences import goes_ahead
from models.text import Text, joined_or
from optimizer.analysis.infeasibility import repairs
from optimizer.analysis.infeasibility.override_repairs import override_repairs
from optimizer.analysis.risk import solve
from optimizer.plan_folder.manifest import document_language, with_language
from optimizer.reports.answers import repair_text
from optimizer.reports.brief.content import brief
from optimizer.reports.brief.tables import card_table, fact_table
from optimizer.reports.brief.word import word_bytes
from optimizer.reports.formatting import count, country_name, digits, money, number, percent, points, whole
from optimizer.reports.html.charts import Figure
from optimizer.reports.html.render import flow
from optimizer.reports.language import spaced, spoken, tr, tr_n, translated
from optimizer.reports.plan_page.money import matrix_table
from optimizer.reports.plan_page.proof import confidence_table
from optimizer.reports.report_table import Grid
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

LANGUAGES = ("ja", "de")


def test_every_marked_message_has_a_japanese_translation() -> None:
    translated = {key_of(message) for _, message in entries("ja")}
    missing = sorted((place, str(key)) for key, place in marked().items() if key not in translated)
    assert missing == [], "optimizer/reports/locale/ja lacks: " + "\n".join(map(str, missing))


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_every_entry_is_marked_once_translated_and_sure(tongue: str) -> None:
    every = entries(tongue)
    assert [(name, message.id) for name, message in every if not may_be_translated(key_of(message))] == []
    assert [(name, m.id) for name, m in every if m.fuzzy or not all(map(str.strip, strings(m)))] == []
    repeated = Counter(key_of(message) for _, message in every)
    assert [key for key, times in repeated.items() if times > 1] == []


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_a_translation_has_the_placeholders_of_the_english(tongue: str) -> None:
    wrong = []
    for name, message in entries(tongue):
        english = [placeholders(form) for form in key_of(message)[1:] if form]
        wrong += [(name, text) for text in strings(message) if placeholders(text) not in english]
    assert wrong == []


def test_numbers_are_those_of_the_locale() -> None:
    told = (number(1234.6), number(0.25), money(4980.4), digits(62500.0), whole(12345), percent(0.714))
    assert told == ("1,235", "0.25", "4,980 M", "62,500", "12,345", "71")
    with spoken("de"):
        assert (number(1234.6), number(0.25), whole(12345)) == ("1.235", "0,25", "12.345")
        assert country_name("US") == "Vereinigte Staaten"
    with spoken("ja"):
        assert (number(1234.6), money(4980.4, "USD")) == ("1,235", "4,980百万USD")
        assert (country_name("US"), country_name("VN"), points(0.305)) == ("米国", "ベトナム", "30.5ポイント")


def test_numbers_of_things_have_their_thousands_apart_and_years_have_not() -> None:
    assert tr("{n} of {all} in {year}", n=1356, all=5000, year=2030) == "1,356 of 5,000 in 2030"
    with spoken("de"):
        assert tr("{n} of {all} in {year}", n=1356, all=5000, year=2030) == "1.356 of 5.000 in 2030"


def test_what_has_no_translation_is_english_and_the_language_ends_with_its_block() -> None:
    with spoken("ja"):
        assert tr("no such message of {name}", name="a{b}") == "no such message of a{b}"
        assert tr_n("{n} thing", "{n} things", 1200) == "1,200 things"
        assert tr("Draft") == "案"
    assert (tr("Draft"), count(1, "project"), count(2, "project")) == ("Draft", "1 project", "2 projects")


def test_the_details_of_reasons_are_translated_from_a_plan_file(chain_plan: tuple[Case, Plan]) -> None:
    case, plan = chain_plan
    again = Plan.model_validate_json(plan.model_dump_json(by_alias=True))
    details = [row.detail for row in again.not_financed]
    assert details == [row.detail for row in plan.not_financed]
    with spoken("ja"):
        assert details
        assert {detail: result for detail in details if (result := _english(translated(detail), case))} == {}


def test_a_detail_is_translated_with_its_numbers_and_names() -> None:
    outbid = Text(
        "decided in {year} it would add {gain} {unit}, but others use the money: {left} M of the {need} M that it needs"
        " could still be paid",
        year=2029, gain=0.61, unit=Text("points"), left=12.5, need=1234.0,
    )  # fmt: skip
    ahead = goes_ahead(outbid, 2031)
    assert ahead == (
        "decided in 2029 it would add 0.61 points, but others use the money: 12.5 M of the 1,234 M that it needs could "
        "still be paid; it goes ahead without support in 2031"
    )
    with spoken("ja"):
        assert translated(ahead) == (
            "2029年に決定すれば0.61ポイントを追加するが、資金は他案件に充てられ、必要額1,234百万のうち残るのは12.5百万。"
            "2031年に支援なしで進む"
        )
        assert (
            translated(Text("needs {names}, which is not financed", names=joined_or("AB")))
            == "前提となるA又はBが対象外"
        )
        assert translated(Text("{country} lost", country="VN")) == "ベトナムの喪失"
        assert translated("a note of the planner") == "a note of the planner"
    with spoken("de"):
        assert translated(Text("{number} %", number=0.5)) == "0,5 %"


def test_what_was_found_while_reading_is_translated(solved: Path) -> None:
    case = Case.model_validate_json((solved / "outputs" / "small-01" / "case.json").read_bytes())
    assert case == read(solved / "small.xlsx", Overrides())
    with spoken("ja"):
        assert case.notices
        assert {n.message: result for n in case.notices if (result := _english(translated(n.message), case))} == {}


def _english(text: str, case: Case) -> list[str]:
    """English words in a Japanese text that come from no cell of the workbook."""
    own = {word.lower() for word in re.findall(r"[A-Za-z]+", case.model_dump_json().replace("_", " "))}
    words = re.sub(r"`[^`]*`|mine2magnet explain|--[\w-]+|plan\.xlsx|report\.html|\bUSD|CVaR|ESG", " ", text)
    return sorted({w for w in re.findall(r"[A-Za-z]{3,}", words) if not {w.lower(), w.lower().removesuffix("s")} & own})


def test_the_repairs_of_an_infeasible_book_are_translated() -> None:
    rows = [
        plant("alpha", 30, 50, status="committed", esg_e=40),
        plant("beta", 30, 60, status="committed", esg_e=50, excludes="gamma"),
        plant("gamma", 30, 10, status="candidate", esg_e=90),
    ]
    case = tabled(book(rows, 100, rules=[rule("esg_e", "average", ">=", 60, where="country=US", rule="floor")]))
    report = override_repairs(repairs(case), case, Overrides(include=("alpha",)))
    assert (len(report.reasons), len(report.repairs)) == (1, 4)
    with spoken("ja"):
        told = repair_text.answer(case, report)
        lines = [told.title, *told.lines, *(str(v) for grid in told.grids for row in grid.rows for v in row[:-1])]
        lines += [grid.note + grid.title + "".join(c.label for c in grid.columns) for grid in told.grids]
    assert {line: result for line in lines if (result := _english(line, case))} == {}


def test_a_japanese_brief_has_no_english_but_that_of_the_workbook(chain_plan: tuple[Case, Plan]) -> None:
    case, plan = chain_plan
    with spoken("ja"):
        told = brief(case, plan, gaps(case, plan))
        grids = (told.largest, card_table(told), fact_table(told))
    lines = [told.head.title, told.headline, *told.sums, *told.chain, told.units]
    lines += [line for part in told.parts for line in (part.title, *part.lines)]
    lines += [
        text
        for grid in grids
        for text in (grid.title, *(c.label for c in grid.columns), *(str(v) for row in grid.rows for v in row if v))
    ]
    assert {line: result for line in lines if (result := _english(line, case))} == {}


def test_report_writes_page_and_workbook_in_another_language_and_verify_knows_it(solved: Path) -> None:
    folder = solved / "outputs" / "small-01"
    before = {name: (folder / name).read_bytes() for name in ("report.html", "plan.xlsx", "manifest.json")}
    told = mine2magnet("report", "last", "--language", "de", cwd=solved, check=0)
    assert told.stdout.isascii()
    page = (folder / "report.html").read_text("utf-8")
    assert '<html lang="de">' in page
    assert "gedeckter Anteil der Nachfrage" in page
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["language"] == "de"
    mine2magnet("verify", "last", cwd=solved, check=0)
    mine2magnet("report", "last", "--language", "en", cwd=solved, check=0)
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_the_language_of_the_command_line_is_a_setting_of_the_case(solved: Path) -> None:
    case = read(solved / "small.xlsx", Overrides(settings={"language": ("de", "--language")}))
    assert case.settings.language == document_language({}, case) == "de"
    assert document_language({"language": "ja"}, case) == "ja"
    assert with_language({"language": "ja", "a": 1}, "de", case) == {"a": 1}
    with pytest.raises(InvalidInput, match="language"):
        read(solved / "small.xlsx", Overrides(settings={"language": ("fr", "--language")}))


def test_a_german_document_says_its_language_and_a_japanese_one_its_font(chain_plan: tuple[Case, Plan]) -> None:
    case, plan = chain_plan
    for tongue, mark in (("de", 'w:val="de-DE"'), ("ja", 'w:eastAsia="ja-JP"')):
        with spoken(tongue):
            data = word_bytes(brief(case, plan, gaps(case, plan)), [])
        with zipfile.ZipFile(io.BytesIO(data)) as document:
            styles = document.read("word/styles.xml").decode()
            assert mark in styles
            assert 'w:eastAsia="Noto Sans CJK JP"' in styles
            assert f"<dc:language>{tongue}</dc:language>" in document.read("docProps/core.xml").decode()


def test_headings_are_translated_but_not_those_that_a_planner_wrote() -> None:
    given = tabled(book([plant("a", 10_000, 50)], programmes=[grant(id="projects", total_m=50)]))
    plan = solve(given, gap=0)
    with spoken("ja"):
        matrix, sure = matrix_table(given, plan), confidence_table(given, plan)
    assert "projects" in [column.label for column in matrix.columns]
    assert matrix.note == "額面、百万USD。合計の大きい順。"
    assert sure.columns[-1].label == "割合", "a share, where the table of checks has a part"
    with spoken("ja"):
        assert (tr("part"), tr("Nothing to show.")) == ("区分", "該当なし。")


def test_japanese_sentences_follow_one_another_without_a_space() -> None:
    assert spaced("One.", "", "Two.") == "One. Two."
    with spoken("ja"):
        assert spaced("一。", "二。") == "一。二。"


def test_the_axis_of_a_chart_is_written_as_in_the_locale() -> None:
    axis = alt.Axis(format=",~f", values=[10_000])
    chart = alt.Chart(alt.Data(values=[{"t": 10_000}])).mark_bar().encode(x=alt.X("t:Q", axis=axis))
    figure = Figure("tonnes", "Tonnes", "One bar.", chart, Grid("Tonnes", "", (), ()))
    for tongue, written in (("en", ">10,000<"), ("de", ">10.000<"), ("ja", ">10,000<")):
        with spoken(tongue):
            assert written in figure.picture("svg").decode()


def test_a_unit_in_japanese_is_not_broken_over_two_lines() -> None:
    assert flow("不足量 26,532トン/年") == "不足量 26,532トン/\u2060年"
