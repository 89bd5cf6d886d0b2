"""The best plans of the scenarios in sentences and as a table: projects that all contain, and those that some add."""

from collections.abc import Iterator, Sequence

from models.stress import CoreIndex, ScenarioResult
from optimizer.reports.closed_words import scenario_name, word
from optimizer.reports.formatting import few, few_more, proved_within
from optimizer.reports.language import tr, tr_n
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.stress.wording import StressWording

NAMED = 6
"""Projects that a sentence names."""
LATE = "not found in the time given"
"""The reason for an unknown best plan if the search ended early (`models.stress.Stress.without_best`)."""
LEAST = 5e-4
"""Smallest regret, as a part of the value, that is reported."""


def core_sentences(wording: StressWording) -> Iterator[str]:
    """No-regret projects, the watch list, and scenarios in which another plan is better; empty if it was not requested."""
    core, solved = wording.stress.core, [s for s in wording.stress.scenarios if s.best_low is not None]
    if core and solved:
        yield from _no_regret(wording, core, len(solved))
        yield from _watch_list(wording, core, len(solved))
        yield from _regret(wording, solved)
        yield from _how_sure(wording, solved)
    for name, why in wording.stress.without_best.items():
        if why != LATE:
            yield tr("{name}: its best plan is not known, as {why}.", name=name, why=why)


def _how_sure(wording: StressWording, solved: Sequence[ScenarioResult]) -> Iterator[str]:
    """The largest distance of a search to its bound, and the scenarios that the time limit left out."""
    late = [name for name, why in wording.stress.without_best.items() if why == LATE]
    gaps = [(s.best_high - s.best_low) / max(abs(s.best_low), 1e-9) for s in solved
            if s.best_low is not None and s.best_high is not None]  # fmt: skip
    missing = len(late) + len(solved) - len(gaps)
    if gaps:
        n, proved = len(gaps), proved_within(max(gaps))
        if not missing:
            yield tr("All {n} best plans are {proved}.", n=n, proved=proved)
        else:
            yield tr(
                "{n} best plans are {proved}; of {missing} scenarios nothing is proved in the time given: allow more with "
                "--time-limit.",
                n=n, proved=proved, missing=missing,
            )  # fmt: skip
    elif missing:
        yield tr("Of {n} scenarios nothing is proved in the time given: allow more with --time-limit.", n=missing)


def _no_regret(wording: StressWording, core: Sequence[CoreIndex], count: int) -> Iterator[str]:
    sure = [c.id for c in core if c.no_regret]
    financed, shared = [c for c in core if c.financed], [c for c in core if c.financed and c.index == 1]
    if sure:
        yield tr_n(
            "{n} of {all} projects of the plan is no-regret, proved to be in the best plan of every scenario: {names}.",
            "{n} of {all} projects of the plan are no-regret, proved to be in the best plan of every scenario: {names}.",
            len(sure), all=len(financed), names=wording.names(tuple(sure), NAMED),
        )  # fmt: skip
    more = len(shared) - len(sure)
    if more > 0 and sure:
        yield tr_n(
            "{n} more of the {all} projects of the plan is in each of the {count} best plans that were found, but a plan "
            "without it may be as good.",
            "{n} more of the {all} projects of the plan are in each of the {count} best plans that were found, but a plan "
            "without one of them may be as good.",
            more, all=len(financed), count=count,
        )  # fmt: skip
    elif more > 0:
        yield tr_n(
            "{n} of the {all} projects of the plan is in each of the {count} best plans that were found, but a plan without "
            "it may be as good.",
            "{n} of the {all} projects of the plan are in each of the {count} best plans that were found, but a plan without "
            "one of them may be as good.",
            more, all=len(financed), count=count,
        )  # fmt: skip


def _watch_list(wording: StressWording, core: Sequence[CoreIndex], count: int) -> Iterator[str]:
    """Projects outside the plan that the best plan of a scenario contains."""
    watched = sorted((c for c in core if not c.financed and c.index > 0), key=lambda c: (-c.index, c.id))
    if watched:
        named = [tr("{name} ({where})", name=wording.name(c.id), where=few(c.scenarios, 2)) for c in watched]
        yield tr("To watch, as a scenario would bring them in: {names}.", names=few_more(named, NAMED))
    elif any(c.financed for c in core):
        yield tr("None of the {n} best plans holds a project that the plan leaves out.", n=count)


def _regret(wording: StressWording, solved: Sequence[ScenarioResult]) -> Iterator[str]:
    worst = max(solved, key=lambda s: (s.regret_low or 0.0, s.scenario))
    if (worst.regret_low or 0.0) > LEAST * max(abs(worst.value), 1e-9):
        yield tr(
            "Hindsight is worth most in {scenario}: its best plan would reach {more} more.",
            scenario=scenario_name(worst.scenario), more=_more(wording, worst),
        )  # fmt: skip
    known = [s.regret_high for s in solved if s.regret_high is not None]
    if len(known) == len(solved):
        most = wording.value(max(known))
        yield tr("In no scenario would another plan have been better by more than {most}: proved.", most=most)


def _more(wording: StressWording, worst: ScenarioResult) -> str:
    """The gain of the best plan of a scenario over this plan: one amount if both of its limits look the same."""
    low = wording.value(worst.regret_low or 0.0)
    high = None if worst.regret_high is None else wording.value(worst.regret_high)
    if high == low:
        return low
    if high is None:
        return tr("at least {amount}", amount=low)
    return tr("at least {low} and at most {high}", low=low, high=high)


def core_table(wording: StressWording) -> Grid:
    """Each project that the plan or one of the best plans finances."""
    heads = columns("project", "in the plan", "class", ("core index", "part"), "no regret", "best plans that hold it")
    rows = tuple(
        (
            wording.name(c.id), tr("yes") if c.financed else tr("no"), word(c.class_), c.index, tr("yes") if c.no_regret else tr("no"),
            ", ".join(c.scenarios),
        )
        for c in sorted(wording.stress.core, key=lambda c: (not c.financed, -c.index, c.id))
        if c.financed or c.index > 0
    )  # fmt: skip
    note = tr(
        "Core index: part of the scenarios whose own best plan holds the project. Core, exterior: proved that a plan without "
        "it (with it) falls short in every scenario by more than the search left open; borderline: not proved (Liesiö, Mild "
        "& Salo 2007). No regret: core, and decided before any review."
    )
    return Grid("Core", "What the best plans of the scenarios hold", heads, rows, note, "Not asked: `stress --replan`.")
