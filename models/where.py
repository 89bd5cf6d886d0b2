"""The `where` of a rule: the projects and awards that it counts.

`country=VN|AU; stage=mine` reads "country is VN or AU, and stage is mine"; `programme.donor=JP` picks awards. Quotes
hold odd names together: `sponsor="Smith; Jones"`.
"""

import re
from collections.abc import Mapping

from models.columns import Row, columns
from models.countries import country_cure, iso2
from models.measures import normal_form
from models.nearest import did_you_mean, nearest
from models.schema import Demand, Existing, Programme, Project, Where
from models.yes_no import as_truth, as_yes_no

PROGRAMME = "programme."
_LISTS = ("ids", "alternatives", "names", "countries", "ramp", "where")
_NUMBERS = ("number", "money", "share", "score", "whole", "year")


def known_columns(extras: Mapping[str, str] | None = None) -> dict[str, str]:
    """Columns that a `where` may name, with their kinds: those of `projects`, `extras` (a workbook's own columns and
    `share_<material>`), and those of `programmes` as `programme.<column>`."""
    known = {c.field: c.kind for c in columns(Project) if not c.family and c.kind not in _LISTS}
    known |= {PROGRAMME + c.field: c.kind for c in columns(Programme) if not c.family and c.kind not in _LISTS}
    return {**known, "capex": "money", **(extras or {})}


def scenario_columns(parameter: str, extras: Mapping[str, str]) -> Mapping[str, str]:
    """Columns that the `where` of a scenario's row may name: those of the sheet that its parameter changes.

    `extras`: further columns of `projects`, and `share_<material>`.
    """
    if parameter == "price":
        return {"material": "id"}
    sheets: dict[str, type[Row]] = {"demand": Demand, "existing": Existing, "budget": Programme}
    if (sheet := sheets.get(parameter)) is None:
        return {name: kind for name, kind in known_columns(extras).items() if not name.startswith(PROGRAMME)}
    plain: dict[str, str] = {c.field: c.kind for c in columns(sheet) if not c.family and c.kind not in _LISTS}
    if parameter == "existing":
        return plain | {name: kind for name, kind in extras.items() if name.startswith("share_")}
    return plain | ({PROGRAMME + name: kind for name, kind in plain.items()} if parameter == "budget" else {})


def parse_scenario(text: str, parameter: str, extras: Mapping[str, str]) -> Where:
    """Parse the `where` of a row of `scenarios`; all clauses are in `projects` of the result. Raises ValueError as `parse`.

    >>> parse_scenario("programme.donor=JP; instrument=loan", "budget", {}).projects
    (('instrument', ('loan',)), ('donor', ('jp',)))
    """
    picks = parse(text, scenario_columns(parameter, extras))
    return Where(projects=(*picks.projects, *picks.programmes))


def parse(text: str, known: Mapping[str, str]) -> Where:
    """Parse a `where` against the known columns (name -> kind, see `known_columns`).

    Raises ValueError, with the cure, for a column that is not there, a clause without `=` and an open quote.

    >>> parse("Country = Vietnam|AU; programme.donor=JP", known_columns())
    Where(projects=(('country', ('vn', 'au')),), programmes=(('donor', ('jp',)),))
    """
    clauses = [_clause(part, known) for part in _split(text, ";") if part.strip()]
    return Where(
        projects=tuple((name, values) for name, values in clauses if not name.startswith(PROGRAMME)),
        programmes=tuple((n.removeprefix(PROGRAMME), values) for n, values in clauses if n.startswith(PROGRAMME)),
    )


def _clause(text: str, known: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    sides = _split(text, "=")
    if len(sides) != 2 or sides[0].rstrip()[-1:] in ("<", ">", "!"):
        raise ValueError(
            f'"{text.strip()}" is not of the form column=value; write country=VN|AU; stage=mine (| is or, ; is and)'
        )
    name = _column(_unquote(sides[0]), known)
    values = tuple(_value(_unquote(v), known[name], name) for v in _split(sides[1], "|"))
    if "" in values:
        raise ValueError(f"{name} has no value to compare with; write {name}=value")
    return name, tuple(dict.fromkeys(values))


def _column(word: str, known: Mapping[str, str]) -> str:
    form = _header_form(word)
    by_form = {_header_form(name): name for name in known}
    if form in by_form:
        return by_form[form]
    near = nearest(form, by_form)
    raise ValueError(f'"{word}" is not a column' + (did_you_mean(by_form[near]) if near else "; use a column"
                     " of projects, or programme.donor and the like"))  # fmt: skip


def _header_form(text: str) -> str:
    return re.sub(r"[\s_]+", "_", text.strip().casefold())


def _value(word: str, kind: str, name: str) -> str:
    if kind == "country":
        code = iso2(word)
        if code is None:
            several = re.search(r"[,/&]| (?:or|and) ", word)
            cure = "; separate values by |, as in country=VN|AU" if several else country_cure(word)
            raise ValueError(f'"{word}" is not a country; use an ISO-2 code or the English name{cure}')
        return normal_form(code)
    if kind in _NUMBERS:
        return _number(word, name)
    if kind == "yes_no":
        answer = as_yes_no(word)
        if answer is None:
            raise ValueError(f'{name} holds yes and no, and "{word}" is neither')
        return answer
    return normal_form((as_truth(word) if kind == "text" else None) or word)


def _number(word: str, name: str) -> str:
    """A number; yes and no are 1 and 0, as spreadsheet programs count them."""
    try:
        return normal_form(float(word))
    except ValueError:
        answer = as_yes_no(word)
        if answer is None:
            raise ValueError(f'{name} holds numbers, and "{word}" is not one') from None
        return "1" if answer == "yes" else "0"


def _unquote(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].strip()
    return text


def _split(text: str, mark: str) -> list[str]:
    """Split at `mark` outside quotes; a quote opens at the start of a word only, so that O'Brien needs none."""
    parts, quote, word = [""], "", ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and not word.strip():
            quote = letter
        word = "" if not quote and letter in ";|=" else word + letter
        if letter == mark and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    if quote:
        raise ValueError(f"a quote {quote} is not closed in {text}")
    return parts
