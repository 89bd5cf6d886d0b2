"""Topics of the commands, from the help of the command line itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimizer.reports.guide.topic import Topic

CHAPTER = "Commands"


@dataclass(frozen=True)
class OptionHelp:
    """An option as the help shows it."""

    names: str
    """`--budget MONEY`."""
    help: str


@dataclass(frozen=True)
class VerbHelp:
    """A command as the help shows it."""

    name: str
    usage: str
    help: str
    """Paragraphs, an empty line between them."""
    options: tuple[OptionHelp, ...]


def topics(verbs: Iterable[VerbHelp]) -> Iterator[Topic]:
    """One a command, then one for each option with the commands that have it."""
    given = tuple(verbs)
    yield from (_verb(v) for v in given)
    users: dict[str, list[str]] = {}
    helps: dict[str, tuple[str, str]] = {}
    for verb in given:
        for option in verb.options:
            flag = option.names.split()[0].rstrip(",")
            users.setdefault(flag, []).append(verb.name)
            helps.setdefault(flag, (option.names, option.help))
    flags = ", ".join(f"[{flag}](#option-{flag.lstrip('-')})" for flag in helps)
    yield Topic(
        "options", "Every option", CHAPTER, f"An option means the same in every command: {flags}.", aliases=("flags",)
    )
    for flag, (names, words) in helps.items():
        where = ", ".join(f"[{v}](#{v})" for v in users[flag])
        name = f"option-{flag.lstrip('-')}"
        yield Topic(
            name, f"Option {names}", CHAPTER, f"{_escaped(words)}\n\nOf {where}.", aliases=(flag,), under="options"
        )


def _verb(verb: VerbHelp) -> Topic:
    rows = "\n".join(f"| `{o.names}` | {_escaped(o.help)} |" for o in verb.options)
    table = f"\n\n| option | meaning |\n| --- | --- |\n{rows}" if rows else ""
    body = f"```text\n{verb.usage}\n```\n\n{_escaped(verb.help)}{table}"
    return Topic(verb.name, f"mine2magnet {verb.name}", CHAPTER, body)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
