"""Yes and no: one answer in every file, in columns, in counted measures and in `where`."""

from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from models.faults import InvalidInput
from models.measures import data_measure, matches
from optimizer.workbook.read import read

FORMS = ("book.xlsx", "book.ods", "book")
WRITINGS: list[tuple[Any, Any]] = [
    (True, False), ("TRUE", "FALSE"), ("yes", "no"), ("Ja", "Nein"), ("はい", "いいえ"), (1, 0), ("Y", "N"), ("○", "×"),
]  # fmt: skip


def flagged(yes: Any, no: Any, *rule: Any) -> dict[str, list[list[Any]]]:
    """The small book with a column `on land` (ridge and forge: yes, delta: no) and one rule on it."""
    sheets = books.small()
    for row, value in zip(sheets["projects"][2:], ["on land", yes, no, yes], strict=True):
        row.append(value)
    sheets["rules"] = [["rule", "measure", "aggregate", "where", "sense", "value"], ["land", *rule]]
    return sheets


def case_of(path: Path, sheets: books.Sheets) -> Case:
    return read(books.write(path, sheets))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("writing", WRITINGS)
def test_where_picks_the_same_projects(tmp_path: Path, form: str, writing: tuple[Any, Any]) -> None:
    asked = ("TRUE", "yes", "1", "ja", "はい")
    sheets = flagged(*writing, "count", "sum", None, "<=", 3)
    sheets["rules"] += [[word, "count", "sum", f"on land={word}", "<=", 2] for word in asked]
    case = case_of(tmp_path / form, sheets)
    picked = {rule.rule: {p.id for p in case.projects if matches(rule.picks, p)} for rule in case.rules}
    assert picked == {"land": {"ridge", "delta", "forge"}} | {word: {"ridge", "forge"} for word in asked}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("writing", WRITINGS)
def test_a_rule_counts_yes_as_one(tmp_path: Path, form: str, writing: tuple[Any, Any]) -> None:
    case = case_of(tmp_path / form, flagged(*writing, "on land", "sum", None, "<=", 2))
    assert {p.id: data_measure(case, p, "on_land") for p in case.projects} == {"ridge": 1, "delta": 0, "forge": 1}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("writing", WRITINGS[:3])
def test_columns_of_ours(tmp_path: Path, form: str, writing: tuple[Any, Any]) -> None:
    sheets = books.spoiled("programmes", "J2", writing[0])
    sheets["programmes"][2][9] = writing[1]
    case = case_of(tmp_path / form, sheets)
    assert {p.id: p.carry_over for p in case.programmes} == {"window": True, "line": False}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ("owner kind=Listd", ""),
        ("owner kind=listedd", "listed"),
        ("sponsor=Ridge-Mining", "ridge mining"),
        ("sponsor=Ridge Minning", "ridge mining"),
        ("on land=ja", "yes"),
    ],
)
def test_a_value_in_another_spelling_is_a_fault(tmp_path: Path, form: str, where: str, meant: str) -> None:
    sheets = flagged("yes", "partly", "count", "sum", where, "<=", 2)
    for row, value in zip(sheets["projects"][2:], ["sponsor", "Ridge Mining", "Delta", None], strict=True):
        row.append(value)
    with pytest.raises(InvalidInput) as error:
        case_of(tmp_path / form, sheets)
    assert [f.cell for f in error.value.faults] == ["rules!D2"]
    assert f"did you mean {meant or 'listed'}?" in error.value.faults[0].message


def test_a_rule_that_picks_nobody_says_so_in_capitals(tmp_path: Path) -> None:
    case = case_of(tmp_path / "book.xlsx", flagged(1, 0, "count", "sum", "owner kind=family", "<=", 2))
    here = [n.message for n in case.notices if n.cell == "rules!D2"]
    assert len(here) == 1
    assert here[0].startswith("THIS RULE RESTRICTS NOTHING")


def test_a_value_beside_one_that_is_held_is_a_warning(tmp_path: Path) -> None:
    case = case_of(tmp_path / "book.xlsx", flagged(1, 0, "count", "sum", "owner kind=state|listedd", "<=", 2))
    assert [n.message for n in case.notices if n.cell == "rules!D2"] == [
        "no project has owner_kind=listedd, and some have owner_kind=listed; did you mean listed?"
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("asked", ["yes", "TRUE"])
def test_yes_and_no_among_other_words(tmp_path: Path, form: str, asked: str) -> None:
    """Typed cells and the formula TRUE(), which LibreOffice writes for them, are yes beside a text too."""
    sheets = flagged(True, "partly", "count", "sum", f"on land={asked}", "<=", 2)
    if form != "book":
        sheets["projects"][5][-1] = books.Formula("=TRUE()", value=1.0 if form.endswith("ods") else True)
    case = case_of(tmp_path / form, sheets)
    assert {p.id for p in case.projects if matches(case.rules[0].picks, p)} == {"ridge", "forge"}
