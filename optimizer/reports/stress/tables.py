"""The tables of a plan under stress."""

from models.case import Case
from models.stress import Stress
from optimizer.reports.closed_words import scenario_name, word
from optimizer.reports.formatting import demand_name, whole
from optimizer.reports.language import N_, tr
from optimizer.reports.report_table import Grid, Heading, Verbatim, columns
from optimizer.reports.stress.core import core_table
from optimizer.reports.stress.sentences import break_words, driver_name
from optimizer.reports.stress.wording import StressWording


def milestones(case: Case) -> list[int]:
    """Years of the tables: milestones in the horizon, or else the last year."""
    s = case.settings
    return [y for y in s.milestones if s.first_year <= y <= s.last_year] or [s.last_year]


def tables(case: Case, stress: Stress) -> list[Grid]:
    """Every table, in the order of the sections."""
    wording = StressWording(case, stress)
    best = [core_table(wording)] if stress.core else []
    return [
        scenario_table(wording), coverage_table(wording), draw_table(wording), rule_table(wording), driver_table(wording),
        lost_table(wording), worst_table(wording), tornado_table(wording), break_table(wording), *best,
    ]  # fmt: skip


def _value(wording: StressWording, label: str) -> Heading:
    return label, "exact", wording.unit


def _amount(wording: StressWording, value: float | None) -> float | None:
    return None if value is None else wording.amount(value)


def scenario_table(wording: StressWording) -> Grid:
    """Each scenario compared with the plan as planned, the worst first."""
    heads = columns(
        "scenario", ("probability", "part"), _value(wording, N_("value")), _value(wording, N_("against as planned")),
        ("called", "amount", "M"), ("price floors", "amount", "M"), ("projects stopped", "whole"), "stopped", "rules broken",
    )  # fmt: skip
    replanned = any(s.best_low is not None for s in wording.stress.scenarios)
    if replanned:
        heads += columns(_value(wording, N_("best plan, at least")), _value(wording, N_("best plan, at most")))
    rows = tuple(
        (
            scenario_name(s.scenario), s.probability or None, wording.amount(s.value), wording.amount(s.value - wording.stress.planned),
            s.called_m or None, s.owed_m or None, len(s.stopped), wording.names(s.stopped, 5), ", ".join(s.broken),
            *((_amount(wording, s.best_low), _amount(wording, s.best_high)) if replanned else ()),
        )
        for s in sorted(wording.stress.scenarios, key=lambda s: (s.value, s.scenario))
    )  # fmt: skip
    note = tr("Without a probability a scenario is a stress and enters no mean.")
    if wording.stress.built_in:
        note = tr("Built in, as the workbook has none. {note}", note=note)
    return Grid("Scenarios", "The plan in each scenario", heads, rows, note)


def coverage_table(wording: StressWording) -> Grid:
    """Coverage of each demand row at the milestones, by scenario."""
    years = milestones(wording.case)
    keys = list(dict.fromkeys((c.stage, c.material) for s in wording.stress.scenarios for c in s.coverage))
    heads = columns("scenario", *((Verbatim(f"{demand_name(*k)} {y}"), "share") for k in keys for y in years))
    rows = []
    for s in wording.stress.scenarios:
        at = {(c.stage, c.material, c.year): c.coverage for c in s.coverage}
        rows.append((scenario_name(s.scenario), *(at.get((*k, y)) for k in keys for y in years)))
    return Grid("Coverage", "Coverage at the milestones in each scenario", heads, tuple(rows))


def draw_table(wording: StressWording) -> Grid:
    """Distribution of coverage over the draws."""
    heads = columns(
        "demand", ("year", "year"), ("planned", "share"), ("mean", "share"), ("5 %", "share"), ("50 %", "share"),
        ("95 %", "share"),
    )  # fmt: skip
    draws = wording.stress.draws
    years = set(milestones(wording.case))
    rows = tuple(
        (demand_name(c.stage, c.material), c.year, c.planned, c.mean, c.p05, c.p50, c.p95)
        for c in (draws.coverage if draws else ())
        if c.year in years
    )
    note = tr(
        "{n} draws from number {first} on, seed {seed}, {generator}.",
        n=whole(draws.n), first=draws.first, seed=draws.seed, generator=draws.generator,
    ) if draws else ""  # fmt: skip
    return Grid("Draws", "Coverage over the draws", heads, rows, note, "Nothing is drawn: the book has no risks.")


def rule_table(wording: StressWording) -> Grid:
    """The frequency with which each rule on capacity holds."""
    heads = columns("rule", "kind", "as planned", ("holds in", "part"), ("at least", "part"), ("at most", "part"))
    rows = tuple(
        (
            r.rule,
            tr("hard") if r.hard else tr("soft"),
            tr("holds") if r.planned else tr("broken"),
            r.probability,
            r.low,
            r.high,
        )
        for r in (wording.stress.draws.rules if wording.stress.draws else ())
    )
    note = tr("At least, at most: 95 % interval of the probability (Wilson 1927).")
    return Grid("Rules kept", "How often rules on capacity hold", heads, rows, note, "No rule counts capacity.")


def driver_table(wording: StressWording) -> Grid:
    """The drivers of the spread of the value."""
    draws = wording.stress.draws
    rows = (
        tuple((driver_name(wording, draws, n), word(x.kind), x.share) for n, x in enumerate(draws.drivers))
        if draws
        else ()
    )
    note = tr("Part of the variance of the value that each explains by itself (first-order index, Sobol 1993).")
    heads = columns("what", "kind", ("part of the variance", "part"))
    return Grid("Drivers", "What explains the spread", heads, rows, note)


def lost_table(wording: StressWording) -> Grid:
    """The loss of one project, sponsor, country or programme."""
    heads = columns("kind", "name", _value(wording, N_("lost")), "rules it breaks")
    rows = tuple(
        (
            word(x.kind),
            wording.name(x.name) if x.kind == "project" else x.name,
            wording.amount(x.loss),
            ", ".join(x.broken),
        )
        for x in wording.stress.lost
    )
    note = tr("Delivers nothing from the start, all else as planned; a programme stops every project that it supports.")
    return Grid("One lost", "What the plan loses where one delivers nothing", heads, rows, note, "Nothing is financed.")


def worst_table(wording: StressWording) -> Grid:
    """The sets whose loss is worst."""
    heads = columns(
        ("together", "whole"), "of", "the worst", _value(wording, N_("lost")), _value(wording, N_("left")),
        _value(wording, N_("at least left")),
        ("sets", "whole"), "proof",
    )  # fmt: skip
    rows = tuple(
        (
            w.n, word(w.by), wording.names(w.names, 9) if w.by == "project" else ", ".join(w.names), wording.amount(w.loss),
            wording.amount(w.value), wording.amount(w.bound), w.sets,
            word(w.method) if w.proved else tr("{method}: not proved", method=word(w.method)),
        )
        for w in wording.stress.worst_sets
    )  # fmt: skip
    return Grid("Worst set", "The worst failures together", heads, rows)


def tornado_table(wording: StressWording) -> Grid:
    """The change of the value if one parameter changes."""
    heads = columns(
        "parameter",
        ("low", "exact"),
        ("high", "exact"),
        _value(wording, N_("value at the low")),
        _value(wording, N_("value at the high")),
    )
    rows = tuple(
        (t.parameter, t.at_low, t.at_high, wording.amount(t.low), wording.amount(t.high))
        for t in wording.stress.tornado
    )
    note = tr("Each parameter at the least and the largest value that scenarios and risks name, all else as planned.")
    return Grid("Tornado", "One thing at a time", heads, rows, note)


def break_table(wording: StressWording) -> Grid:
    """The smallest change that breaks each rule or milestone."""
    heads = columns(
        "rule", "parameter", ("breaks at", "exact"), ("holds at", "exact"), "in words", ("sought to", "exact")
    )
    rows = tuple(
        (b.rule, b.parameter, b.value, b.holds_at, break_words(wording, b) or tr("nothing breaks it"), b.searched_to)
        for b in wording.stress.breaks
    )
    note = tr("The plan was worked out again at both: it holds at the one and breaks at the other.")
    return Grid("Breaks", "What breaks the plan", heads, rows, note)
