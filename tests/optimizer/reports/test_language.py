"""The language of reports: catalogues that are complete, numbers of the locale, English where nothing is translated."""

import re
from collections import Counter

import pytest
from support.commandline import ROOT
from support.messages import entries, key_of, marked, may_be_translated, placeholders, strings

from models.case import Case
from models.plan import Plan
from optimizer.reports.formatting import count, country_name, digits, money, number, percent, points, whole
from optimizer.reports.language import spoken, tr, tr_n
from optimizer.reports.reason_details import DETAILS, reason_detail

LANGUAGES = ("ja", "de")
MODELS = ROOT / "models"


def test_every_marked_message_has_a_japanese_translation() -> None:
    translated = {key_of(message) for _, message in entries("ja")}
    missing = sorted((place, str(key)) for key, place in marked().items() if key not in translated)
    assert missing == [], "\n".join(map(str, missing))


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
        english = placeholders(key_of(message)[2] or key_of(message)[1])
        wrong += [(name, text) for text in strings(message) if placeholders(text) != english]
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


def test_what_has_no_translation_is_english_and_the_language_ends_with_its_block() -> None:
    with spoken("ja"):
        assert tr("no such message of {name}", name="a{b}") == "no such message of a{b}"
        assert tr_n("{n} thing", "{n} things", 1200) == "1,200 things"
        assert tr("Draft") == "案"
    assert (tr("Draft"), count(1, "project"), count(2, "project")) == ("Draft", "1 project", "2 projects")


def test_the_details_of_reasons_are_those_that_the_models_write(chain_plan: tuple[Case, Plan]) -> None:
    source = "".join(path.read_text("utf-8") for path in [*(MODELS / "reasons").glob("*.py"), MODELS / "sets.py"])
    words = set(re.findall(r"[\w-]+", source))
    for template in DETAILS:
        assert set(re.findall(r"[\w-]+", re.sub(r"\{\w+\}", " ", template))) <= words, template
    details = {row.detail for row in chain_plan[1].not_financed}
    with spoken("ja"):
        assert details
        assert [detail for detail in details if reason_detail(detail) == detail] == []


def test_a_detail_is_translated_with_its_numbers_and_names() -> None:
    said = "decided in 2029 it would add 0.61 points, but others use the money: 12.5 M of the 1,234 M that it needs could still be paid"
    assert reason_detail(said) == said
    with spoken("ja"):
        assert reason_detail(f"{said}; it goes ahead without support in 2031") == (
            "2029年に決定すれば0.61ポイントを追加するが、資金は他案件に充てられ、必要額1,234百万のうち残るのは12.5百万。"
            "2031年に支援なしで進む"
        )
        assert reason_detail("needs A or B, which is not financed") == "前提となるA又はBが対象外"
        assert reason_detail("a note of the planner") == "a note of the planner"
