"""The importance of a project in the scenarios, in sentences."""

from collections.abc import Iterator, Sequence

from models.stress import InScenario
from optimizer.analysis.what_if import Span
from optimizer.reports.answers.explanation_sentences import Words
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.formatting import listed
from optimizer.reports.language import tr


def in_scenarios(words: Words, rows: Sequence[InScenario]) -> Iterator[str]:
    """The loss without the project in each scenario, and the scenarios whose best plan contains it."""
    felt = [x for x in rows if x.loss is not None]
    if felt:
        losses = ((scenario_name(x.scenario), Span(low=x.loss or 0.0, high=x.loss or 0.0)) for x in felt)
        each = listed(f"{name} {words.value(loss)}" for name, loss in losses)
        yield tr("What the plan loses in each scenario where it delivers nothing: {losses}.", losses=each)
    known = [x for x in rows if x.in_best is not None]
    if known:
        held = [scenario_name(x.scenario) for x in known if x.in_best]
        if held:
            yield tr(
                "The best plans of {n} of {all} scenarios finance it: {names}.",
                n=len(held), all=len(known), names=listed(held),
            )  # fmt: skip
        else:
            yield tr("The best plans of {n} of {all} scenarios finance it.", n=0, all=len(known))
    elif rows:
        yield tr("To see whose best plan finances it, run `mine2magnet stress PLAN --replan`.")
