"""The commands for the guide, read from click, so that guide and help are the same."""

from collections.abc import Iterator

import click

from optimizer.reports.guide.verb_topics import OptionHelp, VerbHelp


def verbs(group: click.Group) -> Iterator[VerbHelp]:
    """Every command of a group in its order."""
    context = click.Context(group, info_name="mine2magnet")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        verb_context = click.Context(command, info_name=name, parent=context)
        yield VerbHelp(
            name, _usage(command, verb_context), _paragraphs(command.help or ""), tuple(_options(command, verb_context))
        )


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _options(command: click.Command, context: click.Context) -> Iterator[OptionHelp]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            yield OptionHelp(*record)
