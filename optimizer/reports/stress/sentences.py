"""A plan under stress in sentences, the most important first."""

from collections.abc import Iterator, Sequence

from models.case import Case
from models.scenarios import AS_PLANNED
from models.states import review_year
from models.stress import Break, Draws, ScenarioResult, Stress, WorstSet
from optimizer.reports.formatting import count, listed, money
from optimizer.reports.language import tr, tr_n
from optimizer.reports.stress.core import core_sentences
from optimizer.reports.stress.told import Told

RARELY = 0.5
"""A hard rule that holds in fewer draws than this comes first on every page."""
LEAST_OWED = 0.5
"""Millions by which price floors must pay more than as planned to be worth a sentence."""


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
            "The workbook has no scenarios, so these are built in. They carry no probabilities: they show what would "
            "happen, not how likely it is."
        )
    lines += [_contingency(told), *_by_state(told)]
    if stress.unfinished:
        lines.append(f"Stopped early, so these parts are incomplete: {', '.join(dict.fromkeys(stress.unfinished))}.")
    return lines


def _by_state(told: Told) -> Iterator[str]:
    """Which decisions each part is about, where they differ after a review."""
    if (year := review_year(told.case.settings)) is not None:
        yield (
            f"From {year} on the plan decides by state: scenarios, draws and the tornado use the decisions of the state that they "
            "belong to; losses and what breaks the plan, the decisions as planned."
        )


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
    """How often rules on capacity hold: hard ones that are missed more often than kept, and the others."""
    rarely, often = [], []
    for held in sorted(stress.draws.rules if stress.draws else (), key=lambda r: (r.probability, r.rule)):
        kind = "hard rule" if held.hard else "soft rule"
        span = f"95 % interval {100 * held.low:.1f} to {100 * held.high:.1f} %"
        drawn = stress.draws.n if stress.draws else 0
        text = f"The {kind} {held.rule} holds in {chance(held.probability)} of {drawn:,} draws ({span})"
        if held.hard and held.planned and held.probability < RARELY:
            rarely.append(f"{text}: the plan meets it on paper, but is more likely to miss it than to meet it.")
        else:
            often.append(f"{text}.")
    return rarely, often


def _broken(told: Told) -> Iterator[str]:
    broken: dict[str, list[str]] = {}
    for scenario in told.stress.scenarios:
        for rule in scenario.broken:
            broken.setdefault(rule, []).append(scenario.scenario)
    total = len(told.stress.scenarios)
    for rule, names in sorted(broken.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield f"{rule} is broken in {len(names)} of {total} scenarios: {_row(names)}."


def _draws(told: Told) -> Iterator[str]:
    d = told.stress.draws
    if d is None:
        return
    yield (
        f"Over {d.n:,} draws the plan is worth {told.value(d.mean)} on average (95 % interval {told.plain(d.low)} to "
        f"{told.plain(d.high)}), against {told.value(d.planned)} as planned; nine draws in ten lie between "
        f"{told.plain(d.p05)} and {told.value(d.p95)}."
    )
    if not d.exact:
        yield "In some draws the calls exceed the contingency: the values of the draws are then lower bounds."
    if d.drivers:
        parts = [f"{driver_name(told, d, n)} ({100 * one.share:.0f} %)" for n, one in enumerate(d.drivers[:3])]
        yield f"Most of the spread is explained by {_row(parts)}."


def driver_name(told: Told, draws: Draws, place: int) -> str:
    """A driver of the spread in words."""
    one = draws.drivers[place]
    if one.kind == "scenario":
        return "which scenario comes"
    return told.name(one.name) if one.kind == "project" else f"{one.kind} {one.name}".replace("all all", "all projects")


def _worst(told: Told, worst: ScenarioResult, count: int) -> str:
    return (
        f'The worst of {count} scenarios is "{worst.scenario}": {told.value(worst.value)} instead of '
        f"{told.value(told.stress.planned)} as planned{consequences(told.case, worst)}."
    )


def _scenarios(told: Told) -> Iterator[str]:
    rows = told.stress.scenarios
    if not rows:
        return
    worst = min(rows, key=lambda s: (s.value, s.scenario))
    if worst.value >= told.stress.planned - 1e-9 * max(1.0, abs(told.stress.planned)):
        yield f"None of {len(rows)} scenarios is worth less than the plan as planned: {told.value(told.stress.planned)}."
    else:
        yield _worst(told, worst, len(rows))
    dear = max(rows, key=lambda s: (s.owed_m, s.scenario))
    usual = next((s.owed_m for s in rows if s.scenario == AS_PLANNED), 0.0)
    currency = told.case.settings.base_currency
    if dear.owed_m > usual + LEAST_OWED:
        planned = f", {money(usual, currency)} as planned" if usual else ""
        yield f'Price floors cost most in "{dear.scenario}": {money(dear.owed_m, currency)} over their contracts{planned}.'


def consequences(case: Case, scenario: ScenarioResult) -> str:
    """What a scenario brings beside its value: projects that stop and capital calls; empty where nothing."""
    parts = []
    if scenario.stopped:
        parts.append(tr_n("one project stops", "{n} projects stop", len(scenario.stopped)))
    if scenario.called_m > 0:
        called = money(scenario.called_m, case.settings.base_currency)
        parts.append(tr("capital calls of {money} are met", money=called))
    return tr("; ") + listed(parts) if parts else ""


def _row(items: Sequence[str], most: int = 3) -> str:
    """`a, b and c`, or `a, b, c and 2 more`.

    >>> _row(["a"]), _row(["a", "b"]), _row(["a", "b", "c", "d"])
    ('a', 'a and b', 'a, b, c and 1 more')
    """
    named = [*items[:most], *([f"{len(items) - most} more"] if len(items) > most else [])]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _lost(told: Told) -> Iterator[str]:
    lost = told.stress.lost
    first = [next((x for x in lost if x.kind == kind), None) for kind in ("project", "sponsor", "country", "programme")]
    parts = [
        f"{x.kind} {told.name(x.name) if x.kind == 'project' else x.name} ({told.value(x.loss)})" for x in first if x
    ]
    if parts:
        yield f"The largest loss if one delivers nothing: {', '.join(parts)}."
    for worst in told.stress.worst_sets:
        names = told.names(worst.names, 4) if worst.by == "project" else ", ".join(worst.names)
        proof = (
            f"proved, the worst of {count(worst.sets, 'set')}"
            if worst.proved
            else f"{_at_most(told, worst)}, not proved"
        )
        yield f"If the worst {_several(worst)} fail together ({names}), {told.value(worst.loss)} are lost: {proof}."


def _several(worst: WorstSet) -> str:
    """`2 projects`, `3 countries`."""
    return count(worst.n, worst.by).replace("countrys", "countries")


def _at_most(told: Told, worst: WorstSet) -> str:
    """What any such set can lose at most."""
    return (
        f"the worst found; no {_several(worst)} can lose more than {told.value(worst.loss + worst.value - worst.bound)}"
    )


def _breaks(told: Told) -> Iterator[str]:
    rules: dict[str, list[Break]] = {}
    for one in told.stress.breaks:
        rules.setdefault(one.rule, []).append(one)
    for rule, found in rules.items():
        known = [said for one in found if (said := break_words(told, one))]
        breaks = "breaks under" if found[0].kind == "rule" else "falls below nine tenths of its planned coverage under"
        if any(one.value == 0 for one in found):
            yield f"{rule} does not hold even as planned."
        elif known:
            yield f"{rule} {breaks} {' or '.join(known)}."
        else:
            yield f"{rule} holds under every delay, failure and change of costs, demand and prices that was tried."


def break_words(told: Told, one: Break) -> str:
    """The least that breaks a rule, in words; empty where nothing does."""
    if one.value is None:
        return ""
    if one.parameter == "failures":
        few = f" ({told.names(one.names)})" if one.names else ""
        return f"the failure of {count(int(one.value), 'project')}{few}"
    if one.parameter == "delay_years":
        return f"a delay of {count(int(one.value), 'year')} in every project"
    if one.parameter == "price":
        return f"a fall of all prices by {100 * (1 - one.value):.1f} %"
    what = {"capex": "a capital cost overrun in every project", "demand": "a growth of all demand"}[one.parameter]
    return f"{what} of {100 * (one.value - 1):.1f} %"


def _contingency(told: Told) -> str:
    limit = told.stress.contingency_m
    if limit is None:
        most = max(told.stress.scenarios, key=lambda s: (s.called_m, s.scenario), default=None)
        currency = told.case.settings.base_currency
        up_to = f', up to {money(most.called_m, currency)} in "{most.scenario}"' if most and most.called_m > 0 else ""
        return f"Capital calls are assumed to be met in full{up_to}, as the setting contingency_m is empty."
    return f"Capital calls are met up to {money(limit, told.case.settings.base_currency)} in any one scenario (contingency_m)."
