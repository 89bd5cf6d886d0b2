"""`guide`: the manual, a topic at a time on the terminal or whole as one page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import SCREEN, options

if TYPE_CHECKING:
    from optimizer.reports.guide.topic import Topic


@click.command("guide")
@click.argument("topic", nargs=-1)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="File for the whole guide as one page.")
@options("force", *SCREEN)
def command(topic: tuple[str, ...], html: Path | None, **parameters: Any) -> None:
    """Show TOPIC of the manual: a command, a sheet, a column, a rule aggregate, a reason, or a chapter such as first-hour.

    Without TOPIC the topics are listed. --html writes the whole guide as one file that opens and searches offline.
    """
    from optimizer import API
    from optimizer.cli.main import group
    from optimizer.cli.verb_help import verbs
    from optimizer.reports.guide.topics import all_topics

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    topics = all_topics(verbs(group), API)
    if html is not None:
        _write(html, topics, screen, force=parameters["force"])
    if topic:
        _show(" ".join(topic), topics, screen)
    elif html is None:
        _contents(topics, screen)


def _write(place: Path, topics: tuple["Topic", ...], screen: Screen, *, force: bool) -> None:
    from optimizer.files import write_whole
    from optimizer.plan_folder.destination import output_path
    from optimizer.reports.guide.page import page_bytes

    if place.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"--html {place}: end the name in .html")
    write_whole(output_path(place, [], force=force), page_bytes(topics))
    screen.note(f"the guide is {place}")
    screen.result(place)


def _show(name: str, topics: tuple["Topic", ...], screen: Screen) -> None:
    from optimizer.files import json_bytes
    from optimizer.reports.guide.find import find
    from optimizer.reports.guide.screen import story

    matches = find(topics, name)
    if not matches:
        raise click.UsageError(_unknown(name, topics))
    screen.data(json_bytes({"topics": [{"name": t.name, "title": t.title, "body": t.body} for t in matches]}))
    for n, topic in enumerate(matches):
        screen.show(*([""] if n else []), *story(topic, [t for t in topics if t.under == topic.name]))


def _unknown(name: str, topics: tuple["Topic", ...]) -> str:
    """The refusal of an unknown topic, with the nearest name and the topics that mention the words."""
    from models.nearest import did_you_mean
    from optimizer.reports.guide.find import mentioning, near

    mentioned = ", ".join(t.name for t in mentioning(topics, name))
    more = f"It is mentioned in: {mentioned}" if mentioned else "`mine2magnet guide` lists the topics"
    meant = did_you_mean(near(topics, name))
    return f"there is no topic {name!r}{meant}{' ' if meant.endswith('?') else '. '}{more}"


def _contents(topics: tuple["Topic", ...], screen: Screen) -> None:
    from optimizer.files import json_bytes
    from optimizer.reports.guide.screen import contents

    screen.data(json_bytes({"topics": [{"name": t.name, "title": t.title, "chapter": t.chapter} for t in topics]}))
    screen.show(*contents(topics, screen.out.width))
