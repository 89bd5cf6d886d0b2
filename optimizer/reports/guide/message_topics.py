"""Topics of the messages: every fault, warning and refusal as the sources word it, and what to do about them."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from optimizer.reports.guide.cures import CURES
from optimizer.reports.guide.source_text import Source, source, sources, text_of
from optimizer.reports.guide.topic import Topic

CHAPTER = "Messages"
PACKAGES = ("models.checks", "optimizer.workbook", "optimizer.cli", "optimizer.cli.commands", "optimizer.plan_folder",
            "optimizer.solver", "optimizer.analysis", "optimizer.analysis.risk", "optimizer.analysis.explain",
            "optimizer.analysis.frontier", "optimizer.reports.brief",
            "optimizer.verification")  # fmt: skip
"""Packages that contain messages."""
_FAULTS = {
    "fault",
    "setting_fault",
    "cell_fault",
    "Diagnostic",
    "BadCell",
    "Refused",
    "UnknownEncoding",
    "UnknownProject",
}
_WARNINGS = {"warn", "setting_warn", "sheet_warn", "notice"}
_REFUSALS = {"Refusal", "UsageError", "BadParameter", "BadPlan", "fail"}
_SHORTEST = 20
"""Letters from which a text is a message and not a key."""


def topics() -> Iterator[Topic]:
    """One for each idea that is checked, and one for each place that refuses."""
    for package in PACKAGES:
        for module in (*sources(package), source(package)):
            lines = list(dict.fromkeys(_messages(module)))
            if lines:
                yield _topic(package, module, lines)


def _topic(package: str, module: Source, lines: list[tuple[str, str]]) -> Topic:
    title = module.doc.partition("\n")[0].rstrip(".")
    rows = "\n".join(f"| {kind} | {_cell(text)} |" for kind, text in lines)
    name = _name(package, module)
    cure = CURES.get(name, "Each message names its cure.")
    body = (
        f"{title}.\n\n**What to do.** {cure}\n\n"
        "The messages; words in angle brackets stand for names and numbers of your workbook:\n\n"
        f"| kind | message |\n| --- | --- |\n{rows}"
    )
    return Topic(f"messages-{name}", f"Messages: {title[:1].lower()}{title[1:]}", CHAPTER, body)


def about_columns(known: frozenset[str]) -> dict[str, list[str]]:
    """Column or setting -> the topics of messages that name it, of the `known` ones."""
    topics_of: dict[str, list[str]] = {}
    for package in PACKAGES:
        for module in sources(package):
            for column in sorted(known.intersection(_words(module))):
                topics_of.setdefault(column, []).append(f"messages-{_name(package, module)}")
    return topics_of


def _name(package: str, module: Source) -> str:
    room = package.rpartition(".")[2].replace("commands", "command")
    return f"{room}-{module.name}".replace("_", "-")


@dataclass(frozen=True)
class _Call:
    """A call that tells a message."""

    kind: str
    node: ast.Call
    named: Mapping[str, Sequence[str]]
    """Variable of the function around it -> the texts that it is given."""


@cache
def _calls(module: Source) -> tuple[_Call, ...]:
    """Every call of a module that tells a message, in the order of the file."""
    return tuple(call for function in _functions(module.tree) for call in _calls_in(function))


def _functions(node: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """The functions of a module and the methods of its classes; functions within them belong to them."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef):
            yield one
        elif isinstance(one, ast.ClassDef):
            yield from _functions(one)


def _calls_in(function: ast.FunctionDef) -> Iterator[_Call]:
    named: dict[str, list[str]] = {}
    calls = []
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and (kind := _kind(node)) is not None:
            calls.append(_Call(kind, node, named))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and (text := text_of(node.value)):
            named.setdefault(node.targets[0].id, []).append(text)
    return iter(calls)


def _messages(module: Source) -> Iterator[tuple[str, str]]:
    """Kind and text of every message that a module words, in the order of the file."""
    returned = {function.name: _returned(function) for function in _functions(module.tree)}
    for call in _calls(module):
        arguments = [*call.node.args, *(k.value for k in call.node.keywords if k.arg == "message")]
        texts = [list(_texts(argument, call.named, returned)) for argument in arguments]
        longest = max(texts, key=lambda some: max(map(len, some), default=0), default=[])
        yield from ((call.kind, " ".join(t.split())) for t in longest if len(t) >= _SHORTEST and " " in t)


def _texts(node: ast.expr, named: Mapping[str, Sequence[str]], returned: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The texts that an argument can have: its own, those of its variable, or those that its function returns."""
    if isinstance(node, ast.Name):
        yield from named.get(node.id, ())
    elif text := text_of(node):
        yield text
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, named, returned)
        yield from _texts(node.orelse, named, returned)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from returned.get(node.func.id, ())


def _returned(function: ast.FunctionDef) -> list[str]:
    values = (node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value)
    return [text for value in values if (text := text_of(value))]


def _words(module: Source) -> Iterator[str]:
    """Words that messages of a module are given beside their text: names of columns among them."""
    for call in _calls(module):
        passed = (*call.node.args, *(k.value for k in call.node.keywords if k.arg == "column"))
        yield from (arg.value for arg in passed if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def _kind(node: ast.Call) -> str | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _FAULTS:
        return "fault"
    if name in _WARNINGS:
        return "warning"
    return "refusal" if name in _REFUSALS else None


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
