"""In which scenarios a project matters, in sentences."""

from collections.abc import Iterator, Sequence

from models.stress import InScenario
from optimizer.analysis.what_if import Span
from optimizer.reports.answers.explanation_sentences import Words


def in_scenarios(words: Words, rows: Sequence[InScenario]) -> Iterator[str]:
    """What the plan loses without the project in each scenario, and whose best plan has it."""
    felt = [x for x in rows if x.loss is not None]
    if felt:
        losses = ((x.scenario, Span(low=x.loss or 0.0, high=x.loss or 0.0)) for x in felt)
        listed = ", ".join(f"{name} {words.value(loss)}" for name, loss in losses)
        yield f"What the plan loses in each scenario where it delivers nothing: {listed}."
    known = [x for x in rows if x.in_best is not None]
    if known:
        held = [x.scenario for x in known if x.in_best]
        whose = f": {', '.join(held)}" if held else ""
        yield f"The best plans of {len(held)} of {len(known)} scenarios finance it{whose}."
    elif rows:
        yield "Whose best plan finances it: `mine2magnet stress PLAN --replan` works it out."
