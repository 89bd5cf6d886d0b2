"""The `where` of a rule."""

import re

import pytest

from models.checks.where_values import other_spellings
from models.measures import matches
from models.schema import Project, Where
from models.where import known_columns, parse

KNOWN = known_columns({"ghg_t": "number", "owner_kind": "text", "share_NdPr": "number"})


def project(**changes: object) -> Project:
    values = {"row": 4, "id": "Ridge", "country": "AU", "stage": "mine", "capacity_tpa": 1, "capex_m": 900, **changes}
    return Project.model_validate(values)


@pytest.mark.parametrize(
    ("text", "projects"),
    [
        ("", ()),
        (" ; ", ()),
        ("stage=mine", (("stage", ("mine",)),)),
        ("Country = Vietnam | AU ;STAGE=Mine", (("country", ("vn", "au")), ("stage", ("mine",)))),
        ("country=VN|vietnam", (("country", ("vn",)),)),
        ('sponsor="Smith; Jones|Co = 3"', (("sponsor", ("smith; jones|co = 3",)),)),
        ("sponsor='A;B'|C", (("sponsor", ("a;b", "c")),)),
        ("sponsor=O'Brien", (("sponsor", ("o'brien",)),)),
        ('"owner kind"=listed', (("owner_kind", ("listed",)),)),
        ("ghg_t=12.50|1e3", (("ghg_t", ("12.5", "1000")),)),
        ("share_ndpr=0.20", (("share_NdPr", ("0.2",)),)),
        ("earliest_fid=2027.0", (("earliest_fid", ("2027",)),)),
        ("capex=900", (("capex", ("900",)),)),
    ],
)
def test_clauses_on_projects(text: str, projects: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    assert parse(text, KNOWN) == Where(projects=projects)


def test_clauses_on_programmes() -> None:
    where = parse("programme.donor=Japan; Programme.ID = Line; stage=mine; programme.carry_over=TRUE", KNOWN)
    assert where.programmes == (("donor", ("jp",)), ("id", ("line",)), ("carry_over", ("yes",)))
    assert where.projects == (("stage", ("mine",)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("contry=AU", '"contry" is not a column; did you mean country?'),
        ("programme.doner=JP", "did you mean programme.donor?"),
        ("requires=a", '"requires" is not a column'),
        ("xyz=1", "use a column of projects, or programme.donor and the like"),
        ("country=Atlantis", '"Atlantis" is not a country'),
        ("ghg_t=much", 'ghg_t holds numbers, and "much" is not one'),
        ("country", "is not of the form column=value"),
        ("country=AU, stage=mine", "is not of the form column=value"),
        ("capex>=900", "is not of the form column=value"),
        ("country!=AU", "is not of the form column=value"),
        ("country=AU and stage=mine", "is not of the form column=value"),
        ("stage=", "stage has no value"),
        ("stage=mine|", "stage has no value"),
        ('sponsor="Smith', "is not closed"),
        ("=AU", "is not a column"),
    ],
)
def test_what_cannot_be_meant(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        parse(text, KNOWN)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("country=Australia; capex=900", True),
        ("country=VN|US", False),
        ("id=RIDGE", True),
        ("capex=900.5", False),
        ("owner_kind=Listed", True),
        ("ghg_t=12.5", True),
        ("share_NdPr=0.2", True),
        ("sponsor=''", False),
    ],
)
def test_what_is_parsed_picks_what_it_says(text: str, picked: bool) -> None:
    row = project(texts={"owner_kind": "listed"}, measures={"ghg_t": 12.5}, shares={"NdPr": 0.2})
    if text.endswith("''"):
        with pytest.raises(ValueError, match="has no value"):
            parse(text, KNOWN)
    else:
        assert matches(parse(text, KNOWN), row) == picked


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("country=Austrlia", "did you mean AU (Australia)?"),
        ("country=VN,AU", "separate values by |"),
        ("country=VN or AU", "by |"),
    ],
)
def test_countries_of_a_clause_that_are_none(text: str, cure: str) -> None:
    with pytest.raises(ValueError, match=re.escape(cure)):
        parse(text, known_columns())


@pytest.mark.parametrize(
    ("value", "held", "meant"), [("ridge", "Ridge Mine", "ridge mine"), ("stat", "state", "state"), ("at", "au", None)]
)
def test_words_that_a_column_says_otherwise(value: str, held: str, meant: str | None) -> None:
    p = Project(row=0, id="a", country="US", stage="mine", capacity_tpa=1, capex_m=1, texts={"owner": held})
    result = list(other_spellings(Where(projects=(("owner", (value,)),)), [p]))
    assert result == ([("owner", value, meant)] if meant else [])
