"""Topics of the messages: every fault and warning as the sources word it, with the cure that it names."""

import ast
from collections.abc import Iterator

from optimizer.reports.guide.source_text import Source, source, sources, text_of
from optimizer.reports.guide.topic import Topic

CHAPTER = "Messages"
PACKAGES = ("models.checks", "optimizer.workbook", "optimizer.cli", "optimizer.cli.commands", "optimizer.plan_folder",
            "optimizer.solver", "optimizer.analysis", "optimizer.verification")  # fmt: skip
"""Where messages are worded."""
_FAULTS = {"fault", "setting_fault", "cell_fault", "Diagnostic"}
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
    room = package.rpartition(".")[2].replace("commands", "command")
    title = module.doc.partition("\n")[0].rstrip(".")
    rows = "\n".join(f"| {kind} | {_cell(text)} |" for kind, text in lines)
    body = (
        f"{title}. Words in angle brackets stand for names and numbers of your workbook.\n\n"
        f"| kind | message |\n| --- | --- |\n{rows}"
    )
    return Topic(
        f"messages-{room}-{module.name}".replace("_", "-"), f"Messages: {title[:1].lower()}{title[1:]}", CHAPTER, body
    )


def _messages(module: Source) -> Iterator[tuple[str, str]]:
    """Kind and text of every message that a module words, in the order of the file."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        kind = _kind(node)
        if kind is None:
            continue
        told = [*node.args, *(k.value for k in node.keywords if k.arg == "message")]
        texts = [text for arg in reversed(told) if (text := text_of(arg)) is not None]
        if texts and len(texts[0]) >= _SHORTEST and " " in texts[0]:
            yield kind, " ".join(texts[0].split())


def _kind(node: ast.Call) -> str | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _FAULTS:
        return "fault"
    if name in _WARNINGS:
        return "warning"
    return "refusal" if name in _REFUSALS else None


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
