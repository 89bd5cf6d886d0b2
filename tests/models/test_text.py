"""Sentences with their templates: in files, in other processes, and refused where a file contradicts itself."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from support.repeatable import EXAMPLES

from models.faults import Diagnostic
from models.frozen import WITH_TEMPLATES
from models.numbers import Digits
from models.plan import NotFinanced
from models.text import Text, Value, as_json, from_json, joined_and

VALUES = st.one_of(
    st.text(max_size=20), st.integers(1900, 2200), st.floats(-1e9, 1e9), st.builds(lambda name: Text("{name} %", name=name), st.text())
)  # fmt: skip


def _is_same(one: Text, other: Text) -> bool:
    kinds = [(name, type(value), value) for name, value in one.values.items()]
    return one == other and one.template == other.template and kinds == [
        (name, type(value), value) for name, value in other.values.items()
    ]  # fmt: skip


@given(first=VALUES, second=VALUES)
@settings(max_examples=EXAMPLES)
def test_a_text_stays_whole_in_a_file_and_in_another_process(first: Value, second: Value) -> None:
    text = Text("{first}, then {second}", first=first, second=second)
    assert _is_same(from_json(as_json(text)), text)
    assert _is_same(pickle.loads(pickle.dumps(text)), text)


def test_a_value_may_hold_braces_and_a_text_without_values_too() -> None:
    assert Text("{name} stops", name="a{b}") == "a{b} stops"
    assert Text("{a} as it is") == "{a} as it is"


def test_a_name_may_stand_twice() -> None:
    text = Text("is {base} a million {base}?", base="USD")
    assert _is_same(from_json(as_json(text)), text)


def test_a_float_has_three_digits_and_a_year_none_set_apart() -> None:
    text = Text("{need} M in {year}", need=1234.56, year=2030)
    assert text == "1,235 M in 2030"
    assert isinstance(text.values["need"], Digits)


def test_names_are_joined_as_they_are_read() -> None:
    assert [joined_and("abc"[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_a_diagnostic_keeps_the_template_and_writes_the_english() -> None:
    message = Diagnostic(cell="projects!F2", message=Text("{name} has no capacity", name="A")).message
    assert isinstance(message, Text)
    assert Diagnostic(cell="projects!F2", message=message).model_dump(mode="json")["message"] == "A has no capacity"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"detail": "excluded by B"}, "its message says"),
        ({"message": {"template": "excluded by {name}", "values": {"name": "B"}}}, "its message says"),
        ({"message": {"template": "excluded by {name}", "values": {}}}, "its message says"),
        ({"message": {"template": "excluded by {0}", "values": {"name": "A"}}}, "do not fit"),
        ({"message": {"template": "excluded by {name.real}", "values": {"name": "A"}}}, "do not fit"),
        ({"message": {"template": "excluded by {name:>2000000000}", "values": {"name": "A"}}}, "do not fit"),
        ({"message": {"template": "excluded by {name!r}", "values": {"name": "A"}}}, "do not fit"),
        ({"message": as_json(Text("{name} and {name}", name=Text("a {b}", b="b")))}, "do not fit"),
        ({"message": 5}, "do not fit"),
    ],
)
def test_a_plan_whose_detail_and_message_differ_is_refused(change: dict[str, object], message: str) -> None:
    row = NotFinanced(id="p", reason="excluded by another", detail=Text("excluded by {name}", name="A"))
    written = row.model_dump(mode="json")
    assert isinstance(NotFinanced.model_validate(written).detail, Text)
    with pytest.raises(ValidationError, match=message):
        NotFinanced.model_validate({**written, **change})


def test_a_detail_without_values_is_its_own_template() -> None:
    row = NotFinanced(id="p", reason="adds nothing", detail=Text("it has no output outside China"))
    written = row.model_dump(mode="json")
    assert written["message"] == {}
    assert _is_same(NotFinanced.model_validate(written).detail, Text("it has no output outside China"))  # type: ignore[arg-type]
    assert "message" not in NotFinanced(id="p", reason="barred", detail="a note").model_dump(mode="json")


def test_a_diagnostic_has_its_template_in_a_file_that_asks_for_it() -> None:
    result = Diagnostic(cell="projects!F2", message=Text("{name} has no capacity", name="A"))
    assert set(result.model_dump(mode="json")) == {"cell", "column", "message"}
    written = result.model_dump(mode="json", context=WITH_TEMPLATES)
    assert _is_same(Diagnostic.model_validate(written).message, result.message)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="its template says"):
        Diagnostic.model_validate({**written, "message": "A has capacity"})
