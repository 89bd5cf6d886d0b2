"""The messages of the reports as the source marks them, and the catalogues that translate them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import nodes
from support.commandline import ROOT

from models.audit.report import CHAIN_CHECKS, CHECKS, DRAWN_CHAIN_CHECKS, DRAWN_FLOWS_CHECKS, RISK_CHECKS
from models.countries import REST_OF_WORLD, english
from models.instruments import INSTRUMENTS
from models.objective_names import OBJECTIVE_UNITS
from models.objective_units import WEIGHTED
from models.settings import RISKS
from optimizer.reports import language
from optimizer.reports.formatting import STAGES
from optimizer.reports.html.render import environment
from optimizer.reports.material_names import MATERIAL_WORDS
from optimizer.reports.reason_words import REASONS

REPORTS = ROOT / "optimizer" / "reports"
_MARKS = re.compile(r"\b(tr|tr_n|tr_c|N_|count|Grid|grid_of|sheet_table|columns|TableColumn)\b")
_SAYS = re.compile(r"from models\.text import|class Text\(str\)")
LOCALES = Path(language.__file__).parent / "locale"
Key = tuple[str | None, str, str | None]
"""Context, message in English, its plural."""


@cache
def marked() -> dict[Key, str]:
    """Message that must be translated -> a file that marks it."""
    result = dict.fromkeys(closed_lists(), "a closed list")
    for path in sorted(REPORTS.rglob("*.py")):
        if "guide" not in path.parts:  # the guide is English
            text = path.read_text("utf-8")
            calls = ast.walk(ast.parse(text)) if _MARKS.search(text) else ()
            result |= {key: path.name for call in calls if isinstance(call, ast.Call) for key in _of_call(call)}
    for room in ("models", "optimizer/analysis", "optimizer/workbook"):
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text("utf-8")
            calls = ast.walk(ast.parse(text)) if _SAYS.search(text) else ()
            result |= {key: path.name for call in calls if isinstance(call, ast.Call) for key in _of_text(call)}
    for path in sorted(REPORTS.rglob("*.html")):
        template = environment().parse(path.read_text("utf-8"))
        result |= {key: path.name for call in template.find_all(nodes.Call) for key in _of_template(call)}
    return result


def _of_call(call: ast.Call) -> Iterator[Key]:
    func = call.func.value if isinstance(call.func, ast.Subscript) else call.func
    name = func.id if isinstance(func, ast.Name) else ""
    yield from _keys(name, [a.value if isinstance(a, ast.Constant) else None for a in call.args])
    yield from ((None, text, None) for text in _of_table(name, call) if text)


def _of_text(call: ast.Call) -> Iterator[Key]:
    """Templates of the models' sentences, which `said` translates."""
    if isinstance(call.func, ast.Name) and call.func.id == "Text":
        yield from ((None, text, None) for text in _texts(call.args[:1]) if re.sub(r"\{\w+\}", "", text).strip())


def _of_table(name: str, call: ast.Call) -> Iterator[str]:
    """Headings, notes, titles and names of worksheets, which tables translate themselves."""
    args: list[ast.expr | None] = list(call.args) + [None] * 6
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    parts: list[ast.expr | None] = []
    match name:
        case "columns":
            for heading in call.args:
                parts += [heading.elts[0], *heading.elts[2:]] if isinstance(heading, ast.Tuple) else [heading]
        case "TableColumn":
            parts = [args[0], args[4], *map(given.get, ("note", "unit", "heading"))]
        case "Grid":
            yield from (text for text in _texts([args[0]]) if text[0].isupper())
            parts = [args[1], args[4], args[5], *map(given.get, ("title", "note", "empty"))]
        case "grid_of":
            parts = [*map(given.get, ("title", "note", "empty"))]
        case "sheet_table":
            parts = [args[3], given.get("empty")]
    yield from _texts(parts)


def _texts(parts: list[ast.expr | None]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _of_template(call: nodes.Call) -> Iterator[Key]:
    name = call.node.name if isinstance(call.node, nodes.Name) else ""
    yield from _keys(name, [a.value if isinstance(a, nodes.Const) else None for a in call.args])


def _keys(name: str, texts: list[object]) -> Iterator[Key]:
    """What a call marks; nothing where its message is a variable."""
    match name, texts:
        case (("tr" | "N_"), [str(message), *_]):
            yield None, message, None
        case "tr_n", [str(one), str(many), *_]:
            yield None, one, many
        case "tr_c", [str(context), str(message), *_]:
            yield context, message, None
        case "count", [_, str(noun)]:
            yield None, f"{{n}} {noun}", f"{{n}} {noun}s"


def closed_lists() -> Iterator[Key]:
    """Words of the models that reports show, translated where they are shown."""
    for instrument in INSTRUMENTS.values():
        yield None, instrument.name, None
        yield None, instrument.label, None
    for word in (*REASONS, *STAGES, *RISKS, *OBJECTIVE_UNITS.values(), "optimal", "feasible", WEIGHTED):
        yield None, word, None
    for word in MATERIAL_WORDS:
        yield "a material", word, None
    for check in (*CHECKS, *CHAIN_CHECKS, *RISK_CHECKS, *DRAWN_CHAIN_CHECKS, *DRAWN_FLOWS_CHECKS):
        yield "a check", check.name, None
        yield None, check.states, None
    yield "a check", "least cost", None
    for stage, plural in STAGES.items():
        yield None, f"{{n}} {stage}", f"{{n}} {plural}"


def may_be_translated(key: Key) -> bool:
    """Whether a catalogue may hold it: what is marked, and a country that is called otherwise than in the CLDR."""
    return key in marked() or key[1] in {english(code) for code in ("US", "KR", "MM", REST_OF_WORLD)}


@cache
def catalogues(tongue: str) -> dict[str, Catalog]:
    """File -> the catalogue in it."""
    result = {}
    for path in sorted((LOCALES / tongue).glob("*.po")):
        with path.open("rb") as file:
            result[path.name] = read_po(file, locale=tongue, abort_invalid=True)
    return result


def entries(tongue: str) -> list[tuple[str, Message]]:
    """(file, message) of every translation of a language, without the headers."""
    return [(name, message) for name, catalogue in catalogues(tongue).items() for message in catalogue if message.id]


def key_of(message: Message) -> Key:
    """A message of a catalogue as `marked` has it."""
    one, many = message.id if isinstance(message.id, (tuple, list)) else (message.id, None)
    return message.context, one, many


def strings(message: Message) -> list[str]:
    """The translation; that of a number of things in all its forms."""
    given = message.string
    return [str(text) for text in given] if isinstance(given, (list, tuple)) else [str(given)]


def placeholders(text: str) -> set[str]:
    """Names in braces. Raises ValueError for braces that are no placeholder."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
