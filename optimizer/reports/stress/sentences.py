"""A plan under stress in sentences, the most important first."""

from collections.abc import Iterator, Sequence

from models.case import Case
from models.scenarios import AS_PLANNED
from models.states import review_year
from models.stress import Break, Draws, ScenarioResult, Stress, WorstSet
from optimizer.reports.closed_words import scenario_name, word
from optimizer.reports.formatting import count, listed, money, sentence, whole
from optimizer.reports.language import localized, tr, tr_n
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
            tr(
                "The workbook has no scenarios, so these are built in. They carry no probabilities: they show what would "
                "happen, not how likely it is."
            )
        )
    lines += [_contingency(told), *_by_state(told)]
    if stress.unfinished:
        parts = listed(dict.fromkeys(stress.unfinished))
        lines.append(tr("Stopped early, so these parts are incomplete: {parts}.", parts=parts))
    return lines


def _by_state(told: Told) -> Iterator[str]:
    """Which decisions each part is about, where they differ after a review."""
    if (year := review_year(told.case.settings)) is not None:
        yield tr(
            "From {year} on the plan decides by state: scenarios, draws and the tornado use the decisions of the state that they "
            "belong to; losses and what breaks the plan, the decisions as planned.",
            year=year,
        )


def chance(probability: float) -> str:
    """A probability in per cent: never 0 or 100 of a number between.

    >>> chance(0.0933), chance(0.0004), chance(1.0), chance(0.9999)
    ('9 %', 'less than 1 %', '100 %', 'more than 99 %')
    """
    if 0 < probability < 0.005:
        return tr("less than 1 %")
    if 0.995 < probability < 1:
        return tr("more than 99 %")
    return tr("{number} %", number=f"{100 * probability:.0f}")


def _rules(stress: Stress) -> tuple[list[str], list[str]]:
    """How often rules on capacity hold: hard ones that are missed more often than kept, and the others."""
    rarely, often = [], []
    for held in sorted(stress.draws.rules if stress.draws else (), key=lambda r: (r.probability, r.rule)):
        words = {
            "rule": held.rule,
            "chance": chance(held.probability),
            "draws": whole(stress.draws.n if stress.draws else 0),
            "low": localized(f"{100 * held.low:.1f}"),
            "high": localized(f"{100 * held.high:.1f}"),
        }
        text = (
            tr("The hard rule {rule} holds in {chance} of {draws} draws (95 % interval {low} to {high} %)", **words)
            if held.hard
            else tr(
                "The soft rule {rule} holds in {chance} of {draws} draws (95 % interval {low} to {high} %)", **words
            )
        )
        if held.hard and held.planned and held.probability < RARELY:
            rarely.append(
                tr("{text}: the plan meets it on paper, but is more likely to miss it than to meet it.", text=text)
            )
        else:
            often.append(sentence(text))
    return rarely, often


def _broken(told: Told) -> Iterator[str]:
    broken: dict[str, list[str]] = {}
    for scenario in told.stress.scenarios:
        for rule in scenario.broken:
            broken.setdefault(rule, []).append(scenario_name(scenario.scenario))
    total = len(told.stress.scenarios)
    for rule, names in sorted(broken.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield tr(
            "{rule} is broken in {n} of {total} scenarios: {names}.",
            rule=rule,
            n=len(names),
            total=total,
            names=_row(names),
        )


def _draws(told: Told) -> Iterator[str]:
    d = told.stress.draws
    if d is None:
        return
    yield tr(
        "Over {n} draws the plan is worth {mean} on average (95 % interval {low} to {high}), against {planned} as planned; "
        "nine draws in ten lie between {p05} and {p95}.",
        n=whole(d.n), mean=told.value(d.mean), low=told.plain(d.low), high=told.plain(d.high), planned=told.value(d.planned),
        p05=told.plain(d.p05), p95=told.value(d.p95),
    )  # fmt: skip
    if not d.exact:
        yield tr("In some draws the calls exceed the contingency: the values of the draws are then lower bounds.")
    if d.drivers:
        parts = [
            tr("{name} ({share} %)", name=driver_name(told, d, n), share=f"{100 * one.share:.0f}")
            for n, one in enumerate(d.drivers[:3])
        ]
        yield tr("Most of the spread is explained by {drivers}.", drivers=_row(parts))


def driver_name(told: Told, draws: Draws, place: int) -> str:
    """A driver of the spread in words."""
    one = draws.drivers[place]
    if one.kind == "scenario":
        return tr("which scenario comes")
    if (one.kind, one.name) == ("all", "all"):
        return tr("all projects")
    return told.name(one.name) if one.kind == "project" else tr("{kind} {name}", kind=word(one.kind), name=one.name)


def _worst(told: Told, worst: ScenarioResult, count: int) -> str:
    return tr(
        'The worst of {n} scenarios is "{scenario}": {value} instead of {planned} as planned{consequences}.',
        n=count, scenario=scenario_name(worst.scenario), value=told.value(worst.value), planned=told.value(told.stress.planned),
        consequences=consequences(told.case, worst),
    )  # fmt: skip


def _scenarios(told: Told) -> Iterator[str]:
    rows = told.stress.scenarios
    if not rows:
        return
    worst = min(rows, key=lambda s: (s.value, s.scenario))
    if worst.value >= told.stress.planned - 1e-9 * max(1.0, abs(told.stress.planned)):
        yield tr(
            "None of {n} scenarios is worth less than the plan as planned: {planned}.",
            n=len(rows), planned=told.value(told.stress.planned),
        )  # fmt: skip
    else:
        yield _worst(told, worst, len(rows))
    dear = max(rows, key=lambda s: (s.owed_m, s.scenario))
    usual = next((s.owed_m for s in rows if s.scenario == AS_PLANNED), 0.0)
    currency = told.case.settings.base_currency
    if dear.owed_m > usual + LEAST_OWED:
        words = {
            "scenario": scenario_name(dear.scenario),
            "owed": money(dear.owed_m, currency),
            "planned": money(usual, currency),
        }
        yield (
            tr('Price floors cost most in "{scenario}": {owed} over their contracts, {planned} as planned.', **words)
            if usual
            else tr('Price floors cost most in "{scenario}": {owed} over their contracts.', **words)
        )


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
    named = [*items[:most], *([tr_n("{n} more", "{n} more", len(items) - most)] if len(items) > most else [])]
    return named[0] if len(named) == 1 else tr("{names} and {last}", names=listed(named[:-1]), last=named[-1])


def _lost(told: Told) -> Iterator[str]:
    lost = told.stress.lost
    first = [next((x for x in lost if x.kind == kind), None) for kind in ("project", "sponsor", "country", "programme")]
    parts = [
        tr(
            "{kind} {name} ({loss})",
            kind=word(x.kind), name=told.name(x.name) if x.kind == "project" else x.name, loss=told.value(x.loss),
        )
        for x in first
        if x
    ]  # fmt: skip
    if parts:
        yield tr("The largest loss if one delivers nothing: {parts}.", parts=listed(parts))
    for worst in told.stress.worst_sets:
        names = told.names(worst.names, 4) if worst.by == "project" else listed(worst.names)
        yield tr(
            "If the worst {several} fail together ({names}), {loss} are lost: {proof}.",
            several=_several(worst), names=names, loss=told.value(worst.loss), proof=_proof(told, worst),
        )  # fmt: skip


def _several(worst: WorstSet) -> str:
    """`2 projects`, `3 countries`."""
    if worst.by == "country":
        return tr_n("{n} country", "{n} countries", worst.n)
    if worst.by == "sponsor":
        return count(worst.n, "sponsor")
    return count(worst.n, "project")


def _proof(told: Told, worst: WorstSet) -> str:
    """That a set is the worst, or what any such set can lose at most."""
    if worst.proved:
        return tr("proved, the worst of {sets}", sets=count(worst.sets, "set"))
    return tr(
        "the worst found; no {several} can lose more than {most}, not proved",
        several=_several(worst), most=told.value(worst.loss + worst.value - worst.bound),
    )  # fmt: skip


def _breaks(told: Told) -> Iterator[str]:
    rules: dict[str, list[Break]] = {}
    for one in told.stress.breaks:
        rules.setdefault(one.rule, []).append(one)
    for rule, found in rules.items():
        known = tr(" or ").join(said for one in found if (said := break_words(told, one)))
        if any(one.value == 0 for one in found):
            yield tr("{rule} does not hold even as planned.", rule=rule)
        elif not known:
            yield tr(
                "{rule} holds under every delay, failure and change of costs, demand and prices that was tried.",
                rule=rule,
            )
        elif found[0].kind == "rule":
            yield tr("{rule} breaks under {causes}.", rule=rule, causes=known)
        else:
            yield tr("{row} falls below nine tenths of its planned coverage under {causes}.", row=rule, causes=known)


def break_words(told: Told, one: Break) -> str:
    """The least that breaks a rule, in words; empty where nothing does."""
    if one.value is None:
        return ""
    if one.parameter == "failures":
        projects = count(int(one.value), "project")
        if one.names:
            return tr("the failure of {projects} ({names})", projects=projects, names=told.names(one.names))
        return tr("the failure of {projects}", projects=projects)
    if one.parameter == "delay_years":
        return tr("a delay of {years} in every project", years=count(int(one.value), "year"))
    if one.parameter == "price":
        return tr("a fall of all prices by {share} %", share=localized(f"{100 * (1 - one.value):.1f}"))
    more = localized(f"{100 * (one.value - 1):.1f}")
    if one.parameter == "capex":
        return tr("a capital cost overrun in every project of {share} %", share=more)
    return tr("a growth of all demand of {share} %", share=more)


def _contingency(told: Told) -> str:
    limit, currency = told.stress.contingency_m, told.case.settings.base_currency
    if limit is not None:
        return tr(
            "Capital calls are met up to {limit} in any one scenario (contingency_m).", limit=money(limit, currency)
        )
    most = max(told.stress.scenarios, key=lambda s: (s.called_m, s.scenario), default=None)
    if most is None or most.called_m <= 0:
        return tr("Capital calls are assumed to be met in full, as the setting contingency_m is empty.")
    return tr(
        'Capital calls are assumed to be met in full, up to {called} in "{scenario}", as the setting contingency_m is empty.',
        called=money(most.called_m, currency), scenario=scenario_name(most.scenario),
    )  # fmt: skip
