"""Sentences of the models that reports can say in other languages.

A `Text` is its English as a string, so that files for programs and the terminal use it as it is. It also keeps the
template and the values that it was made of; `optimizer.reports.language.said` looks the template up in the catalogues
and puts the values in place as the locale writes them.
"""

from collections.abc import Iterable
from functools import reduce
from string import Formatter
from typing import Any, Self

from models.numbers import Digits, three_digits

Value = str | int | float
"""What stands at a placeholder: another Text, which is translated; a number of `models.numbers`, which is set as the
locale writes it; anything else as it is, such as the name of a project or a year. A float is shown with three digits.
The value of `{country}` is a country's code or English name, which reports write out in their language; those of
`{stage}` and `{instrument}` are words of the closed lists."""


class Text(str):
    """A sentence in English, with its template and values.

    >>> line = Text("the need of {need} M is paid in {year}", need=1234.56, year=2030)
    >>> line, line.template, line.values
    ('the need of 1,235 M is paid in 2030', 'the need of {need} M is paid in {year}', {'need': '1,235', 'year': 2030})
    """

    template: str
    values: dict[str, str | int]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        """Put the values into the template; without values it is taken as it is."""
        kept = {name: three_digits(value) if isinstance(value, float) else value for name, value in values.items()}
        text = super().__new__(cls, template.format(**kept) if kept else template)
        text.template, text.values = template, kept
        return text

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str | int]]:
        return (self.template,), self.values


def joined(words: Iterable[str]) -> str:
    """Names one behind the other.

    >>> joined("abc"), joined("a")
    ('a, b, c', 'a')
    """
    return reduce(lambda first, second: Text("{first}, {second}", first=first, second=second), words)


def joined_and(words: Iterable[str]) -> str:
    """Names of which all are meant.

    >>> joined_and("abc"), joined_and("a")
    ('a, b and c', 'a')
    """
    *others, last = words
    return Text("{first} and {second}", first=joined(others), second=last) if others else last


def joined_or(words: Iterable[str]) -> str:
    """Names of which one is meant.

    >>> joined_or("abc")
    'a or b or c'
    """
    return reduce(lambda first, second: Text("{first} or {second}", first=first, second=second), words)


def clauses(parts: Iterable[Text]) -> Text:
    """Clauses one behind the other.

    >>> clauses([Text("one is empty"), Text("two is full")])
    'one is empty; two is full'
    """
    return reduce(lambda first, second: Text("{first}; {second}", first=first, second=second), parts)


# -- in files -------------------------------------------------------------------------------------------------------


def as_json(text: Text) -> dict[str, Any]:
    """Template and values of a text for a file; a number as `{"number": "1,235"}`, a text within it in the same form."""
    return {"template": text.template, "values": {name: _written(value) for name, value in text.values.items()}}


def _written(value: str | int) -> Any:
    if isinstance(value, Text):
        return as_json(value)
    return {"number": str(value)} if isinstance(value, Digits) else value


def from_json(written: Any) -> Text:
    """The text of a file, which may come from strangers. Raises ValueError where template and values do not fit each other."""
    try:
        template, values = written["template"], {name: _read(value) for name, value in written["values"].items()}
        _check_placeholders(template, values)
        return Text(template, **values)
    except (KeyError, IndexError, AttributeError, TypeError, RecursionError) as problem:
        raise ValueError("template and values of a message do not fit each other") from problem


def _check_placeholders(template: str, values: dict[str, Value]) -> None:
    """Raises KeyError unless each placeholder is the plain name of a value, and that of another text stands once: widths such
    as `{name:>2000000000}`, or texts within texts that each stand twice, would take all memory."""
    fields = [field for field in Formatter().parse(template) if field[1] is not None] if values else []
    texts = [name for _, name, _, _ in fields if isinstance(values.get(name or ""), Text)]
    if len(set(texts)) < len(texts):
        raise KeyError("a text stands twice")
    for _, name, width, conversion in fields:
        if name not in values or width or conversion:
            raise KeyError(name)


def _read(value: Any) -> Value:
    if isinstance(value, dict):
        return Digits(value["number"]) if "number" in value else from_json(value)
    return value if isinstance(value, (str, int)) else str(value)
