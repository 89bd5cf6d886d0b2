"""A plan under stress in sentences, what a reader must know first at the top."""

from collections.abc import Iterator

from models.case import Case
from models.stress import Break, Draws, ScenarioResult, Stress
from optimizer.reports.formatting import count, money
from optimizer.reports.stress.core import core_sentences
from optimizer.reports.stress.told import Told

RARELY = 0.5
"""A hard rule that holds in fewer draws than this comes first on every page."""


def sentences(case: Case, stress: Stress) -> list[str]:
    """Everything in sentences, the most important first."""
    told = Told(case, stress)
    rarely, often = _rules(stress)
    lines = [
        *rarely,
        *_draws(told),
        *often,
        *_broken(told),
        *_scenarios(told),
        *core_sentences(told),
        *_lost(told),
        *_breaks(told),
    ]
    if stress.built_in:
        lines.append(
            "The workbook has no scenarios: these are built in, without probabilities, and say what would happen and "
            "not how likely it is."
        )
    lines += [_contingency(told)]
    if stress.unfinished:
        lines.append(f"Stopped before the end: not worked out are {', '.join(dict.fromkeys(stress.unfinished))}.")
    return lines


def chance(probability: float) -> str:
    """A probability in per cent: never 0 or 100 of a number between.

    >>> chance(0.0933), chance(0.0004), chance(1.0), chance(0.9999)
    ('9 %', 'less than 1 %', '100 %', 'more than 99 %')
    """
    if 0 < probability < 0.005:
        return "less than 1 %"
    if 0.995 < probability < 1:
        return "more than 99 %"
    return f"{100 * probability:.0f} %"


def _rules(stress: Stress) -> tuple[list[str], list[str]]:
    """How often rules on capacity hold: hard ones that are more likely missed than kept, and the others."""
    rarely, often = [], []
    for held in sorted(stress.draws.rules if stress.draws else (), key=lambda r: (r.probability, r.rule)):
        kind = "hard rule" if held.hard else "soft rule"
        span = f"{100 * held.low:.1f} to {100 * held.high:.1f} %"
        drawn = stress.draws.n if stress.draws else 0
        said = f"The {kind} {held.rule} holds in {chance(held.probability)} of {drawn:,} draws ({span})"
        if held.hard and held.planned and held.probability < RARELY:
            rarely.append(f"{said}: kept as planned, it is more likely missed than kept.")
        else:
            often.append(f"{said}.")
    return rarely, often


def _broken(told: Told) -> Iterator[str]:
    broken: dict[str, list[str]] = {}
    for scenario in told.stress.scenarios:
        for rule in scenario.broken:
            broken.setdefault(rule, []).append(scenario.scenario)
    total = len(told.stress.scenarios)
    for rule, names in sorted(broken.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield f"{rule} is broken in {len(names)} of {total} scenarios: {listed}."


def _draws(told: Told) -> Iterator[str]:
    d = told.stress.draws
    if d is None:
        return
    bound = "" if d.exact else "; calls went beyond the contingency, so that these are lower bounds"
    yield (
        f"Over {d.n:,} draws the plan is worth {told.value(d.mean)} on average (95 % interval {told.plain(d.low)} to "
        f"{told.plain(d.high)}), against {told.value(d.planned)} as planned; nine in ten lie between "
        f"{told.plain(d.p05)} and {told.value(d.p95)}{bound}."
    )
    if d.drivers:
        parts = [f"{driver_name(told, d, n)} {100 * one.share:.0f} %" for n, one in enumerate(d.drivers[:3])]
        yield f"What explains most of the spread by itself: {', '.join(parts)}."


def driver_name(told: Told, draws: Draws, place: int) -> str:
    """A driver of the spread in words."""
    one = draws.drivers[place]
    if one.kind == "scenario":
        return "which scenario comes"
    return told.name(one.name) if one.kind == "project" else f"{one.kind} {one.name}".replace("all all", "all projects")


def _scenarios(told: Told) -> Iterator[str]:
    rows = told.stress.scenarios
    if not rows:
        return
    worst = min(rows, key=lambda s: (s.value, s.scenario))
    yield (
        f"The worst of {len(rows)} scenarios is {worst.scenario}: {told.value(worst.value)} of "
        f"{told.value(told.stress.planned)} as planned{_consequences(told, worst)}."
    )


def _consequences(told: Told, scenario: ScenarioResult) -> str:
    parts = []
    if scenario.stopped:
        parts.append("one project stops" if len(scenario.stopped) == 1 else f"{len(scenario.stopped)} projects stop")
    for amount, verb in ((scenario.called_m, "called"), (scenario.owed_m, "paid by price floors")):
        if amount > 0:
            parts.append(f"{money(amount, told.case.settings.base_currency)} {verb}")
    return f"; {', '.join(parts)}" if parts else ""


def _lost(told: Told) -> Iterator[str]:
    lost = told.stress.lost
    first = [next((x for x in lost if x.kind == kind), None) for kind in ("project", "sponsor", "country", "programme")]
    parts = [
        f"{x.kind} {told.name(x.name) if x.kind == 'project' else x.name} ({told.value(x.loss)})" for x in first if x
    ]
    if parts:
        yield f"The largest losses where one delivers nothing: {', '.join(parts)}."
    for worst in told.stress.worst_sets:
        names = told.names(worst.names, 4) if worst.by == "project" else ", ".join(worst.names)
        proof = f"the worst of {count(worst.sets, 'set')}, proved" if worst.proved else "the worst found, not proved"
        yield f"Where {worst.n} fail together at worst ({names}), {told.value(worst.loss)} are lost: {proof}."


def _breaks(told: Told) -> Iterator[str]:
    rules: dict[str, list[Break]] = {}
    for one in told.stress.breaks:
        rules.setdefault(one.rule, []).append(one)
    for rule, found in rules.items():
        known = [said for one in found if (said := break_words(told, one))]
        kept = "" if found[0].kind == "rule" else ", nine tenths of the coverage planned,"
        if any(one.value == 0 for one in found):
            yield f"{rule} is not kept even as planned."
        elif known:
            yield f"{rule}{kept} breaks with {' or '.join(known)}."
        else:
            yield f"{rule}{kept} holds against all that was tried."


def break_words(told: Told, one: Break) -> str:
    """The least that breaks a rule, in words; empty where nothing does."""
    if one.value is None:
        return ""
    if one.parameter == "failures":
        few = f" ({told.names(one.names)})" if one.names else ""
        return f"{one.value:.0f} failed project{'' if one.value == 1 else 's'}{few}"
    if one.parameter == "delay_years":
        return f"a common delay of {one.value:.0f} year{'' if one.value == 1 else 's'}"
    if one.parameter == "price":
        return f"a common fall of prices of {100 * (1 - one.value):.1f} %"
    what = {"capex": "a common overrun", "demand": "growth of demand"}[one.parameter]
    return f"{what} of {100 * (one.value - 1):.1f} %"


def _contingency(told: Told) -> str:
    limit = told.stress.contingency_m
    if limit is None:
        return "Every capital call is met: the setting contingency_m is empty."
    return f"Capital calls are met up to {money(limit, told.case.settings.base_currency)} in any one scenario."
