"""A plan under stress in sentences, the most important first."""

from collections.abc import Iterator, Sequence

from models.case import Case
from models.scenarios import AS_PLANNED
from models.states import review_year
from models.stress import Break, Draws, ScenarioResult, Stress, WorstSet
from optimizer.reports.closed_words import scenario_name, word
from optimizer.reports.formatting import count, listed, money, sentence, stage_label, whole
from optimizer.reports.language import localized, tr, tr_n
from optimizer.reports.stress.core import core_sentences
from optimizer.reports.stress.wording import StressWording

RARELY = 0.5
"""Part of the draws: a hard rule that holds in fewer comes first on every page."""
LEAST_OWED = 0.5
"""Smallest extra payment of price floors, in millions, that is reported."""


def sentences(case: Case, stress: Stress) -> list[str]:
    """All results in sentences, the most important first."""
    wording = StressWording(case, stress)
    rarely, often = _rules(stress)
    lines = [
        *rarely,
        *_draws(wording),
        *often,
        *_broken(wording),
        *_scenarios(wording),
        *core_sentences(wording),
        *_lost(wording),
        *_breaks(wording),
    ]
    if stress.built_in:
        lines.append(
            tr(
                "The workbook has no scenarios, so these are built in. They carry no probabilities: they show what would "
                "happen, not how likely it is."
            )
        )
    lines += [_contingency(wording), *_by_state(wording)]
    if stress.unfinished:
        parts = listed(dict.fromkeys(stress.unfinished))
        lines.append(tr("Stopped early, so these parts are incomplete: {parts}.", parts=parts))
    return lines


def _by_state(wording: StressWording) -> Iterator[str]:
    """The decisions that each part is about, if they differ after a review."""
    if (year := review_year(wording.case.settings)) is not None:
        yield tr(
            "From {year} on the plan decides by state: scenarios, draws and the tornado use the decisions of the state that they "
            "belong to; losses and what breaks the plan, the decisions as planned.",
            year=year,
        )


def chance(probability: float) -> str:
    """A probability in per cent; 0 and 100 only if it is exact.

    >>> chance(0.0933), chance(0.0004), chance(1.0), chance(0.9999)
    ('9 %', 'less than 1 %', '100 %', 'more than 99 %')
    """
    if 0 < probability < 0.005:
        return tr("less than 1 %")
    if 0.995 < probability < 1:
        return tr("more than 99 %")
    return tr("{number} %", number=f"{100 * probability:.0f}")


def _rules(stress: Stress) -> tuple[list[str], list[str]]:
    """How often rules on capacity hold: sentences on hard rules that are missed more often than kept, and on the others."""
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


def _broken(wording: StressWording) -> Iterator[str]:
    broken: dict[str, list[str]] = {}
    for scenario in wording.stress.scenarios:
        for rule in scenario.broken:
            broken.setdefault(rule, []).append(scenario_name(scenario.scenario))
    total = len(wording.stress.scenarios)
    for rule, names in sorted(broken.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield tr_n(
            "{rule} is broken in the one scenario: {names}.", "{rule} is broken in {n} of {total} scenarios: {names}.", total,
            rule=rule, n=len(names), total=total, names=_row(names),
        )  # fmt: skip


def _draws(wording: StressWording) -> Iterator[str]:
    draws = wording.stress.draws
    if draws is None:
        return
    yield tr(
        "Over {n} draws the plan is worth {mean} on average (95 % interval {low} to {high}), against {planned} as planned; "
        "nine draws in ten lie between {p05} and {p95}.",
        n=whole(draws.n), mean=wording.value(draws.mean), planned=wording.value(draws.planned),
        low=wording.plain(draws.low), high=wording.plain(draws.high), p05=wording.plain(draws.p05), p95=wording.value(draws.p95),
    )  # fmt: skip
    if not draws.exact:
        yield tr("In some draws the calls exceed the contingency: the values of the draws are then lower bounds.")
    if draws.drivers:
        parts = [
            tr("{name} ({share} %)", name=driver_name(wording, draws, n), share=f"{100 * one.share:.0f}")
            for n, one in enumerate(draws.drivers[:3])
        ]
        yield tr("Most of the spread is explained by {drivers}.", drivers=_row(parts))


def driver_name(wording: StressWording, draws: Draws, place: int) -> str:
    """A driver of the spread in words."""
    one = draws.drivers[place]
    if one.kind == "scenario":
        return tr("which scenario comes")
    if (one.kind, one.name) == ("all", "all"):
        return tr("all projects")
    return wording.name(one.name) if one.kind == "project" else tr("{kind} {name}", kind=word(one.kind), name=one.name)


def _worst(wording: StressWording, worst: ScenarioResult, count: int) -> str:
    return tr_n(
        'In the one scenario, "{scenario}", it is {value} instead of {planned} as planned{consequences}.',
        'The worst of {n} scenarios is "{scenario}": {value} instead of {planned} as planned{consequences}.',
        count, scenario=scenario_name(worst.scenario), value=wording.value(worst.value), planned=wording.value(wording.stress.planned),
        consequences=consequences(wording.case, worst),
    )  # fmt: skip


def _scenarios(wording: StressWording) -> Iterator[str]:
    rows = wording.stress.scenarios
    if not rows:
        return
    worst = min(rows, key=lambda s: (s.value, s.scenario))
    if worst.value >= wording.stress.planned - 1e-9 * max(1.0, abs(wording.stress.planned)):
        yield tr_n(
            "The one scenario is worth no less than the plan as planned: {planned}.",
            "None of {n} scenarios is worth less than the plan as planned: {planned}.",
            len(rows), planned=wording.value(wording.stress.planned),
        )  # fmt: skip
    else:
        yield _worst(wording, worst, len(rows))
    dear = max(rows, key=lambda s: (s.owed_m, s.scenario))
    usual = next((s.owed_m for s in rows if s.scenario == AS_PLANNED), 0.0)
    currency = wording.case.settings.base_currency
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
    """Consequences of a scenario besides its value: projects that stop, and capital calls; may be empty."""
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


def _lost(wording: StressWording) -> Iterator[str]:
    lost = wording.stress.lost
    first = [next((x for x in lost if x.kind == kind), None) for kind in ("project", "sponsor", "country", "programme")]
    parts = [
        tr(
            "{kind} {name} ({loss})",
            kind=word(x.kind), name=wording.name(x.name) if x.kind == "project" else x.name, loss=wording.value(x.loss),
        )
        for x in first
        if x
    ]  # fmt: skip
    if parts:
        yield tr("The largest loss if one delivers nothing: {parts}.", parts=listed(parts))
    for worst in wording.stress.worst_sets:
        names = wording.names(worst.names, 4) if worst.by == "project" else listed(worst.names)
        yield tr(
            "If the worst {several} fail together ({names}), {loss} are lost: {proof}.",
            several=_several(worst), names=names, loss=wording.value(worst.loss), proof=_proof(wording, worst),
        )  # fmt: skip


def _several(worst: WorstSet) -> str:
    """`2 projects`, `3 countries`."""
    if worst.by == "country":
        return tr_n("{n} country", "{n} countries", worst.n)
    if worst.by == "sponsor":
        return count(worst.n, "sponsor")
    return count(worst.n, "project")


def _proof(wording: StressWording, worst: WorstSet) -> str:
    """The proof that a set is the worst, or the most that any such set can lose."""
    if worst.proved:
        return tr("proved, the worst of {sets}", sets=count(worst.sets, "set"))
    return tr(
        "the worst found; no {several} can lose more than {most}, not proved",
        several=_several(worst), most=wording.value(worst.loss + worst.value - worst.bound),
    )  # fmt: skip


def _breaks(wording: StressWording) -> Iterator[str]:
    rules: dict[str, list[Break]] = {}
    for one in wording.stress.breaks:
        rules.setdefault(one.rule, []).append(one)
    for rule, breaks in rules.items():
        known = tr(" or ").join(words for one in breaks if (words := break_words(wording, one)))
        if any(one.value == 0 for one in breaks):
            yield tr("{rule} does not hold even as planned.", rule=rule)
        elif not known:
            yield tr(
                "{rule} holds under every delay, failure and change of costs, demand and prices that was tried.",
                rule=rule,
            )
        elif breaks[0].kind == "rule":
            yield tr("{rule} breaks under {causes}.", rule=rule, causes=known)
        else:
            row = tr("{name} {years}", name=stage_label(rule[:-5]), years=rule[-4:])
            yield tr("{row} falls below nine tenths of its planned coverage under {causes}.", row=row, causes=known)


def break_words(wording: StressWording, one: Break) -> str:
    """The smallest change that breaks a rule, in words; empty if none does."""
    if one.value is None:
        return ""
    if one.parameter == "failures":
        projects = count(int(one.value), "project")
        if one.names:
            return tr("the failure of {projects} ({names})", projects=projects, names=wording.names(one.names))
        return tr("the failure of {projects}", projects=projects)
    if one.parameter == "delay_years":
        return tr("a delay of {years} in every project", years=count(int(one.value), "year"))
    if one.parameter == "price":
        return tr("a fall of all prices by {share} %", share=localized(f"{100 * (1 - one.value):.1f}"))
    more = localized(f"{100 * (one.value - 1):.1f}")
    if one.parameter == "capex":
        return tr("a capital cost overrun in every project of {share} %", share=more)
    return tr("a growth of all demand of {share} %", share=more)


def _contingency(wording: StressWording) -> str:
    limit, currency = wording.stress.contingency_m, wording.case.settings.base_currency
    if limit is not None:
        return tr(
            "Capital calls are met up to {limit} in any one scenario (contingency_m).", limit=money(limit, currency)
        )
    most = max(wording.stress.scenarios, key=lambda s: (s.called_m, s.scenario), default=None)
    if most is None or most.called_m <= 0:
        return tr("Capital calls are assumed to be met in full, as the setting contingency_m is empty.")
    return tr(
        'Capital calls are assumed to be met in full, up to {called} in "{scenario}", as the setting contingency_m is empty.',
        called=money(most.called_m, currency), scenario=scenario_name(most.scenario),
    )  # fmt: skip
