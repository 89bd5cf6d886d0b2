"""Plans side by side under risk: the measures, and every scenario. Scores are shown in points of a hundred."""

import re
from collections.abc import Sequence

from optimizer.plan_folder.compare import Comparison
from optimizer.plan_folder.compare_states import Move
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.language import N_, localized, tr
from optimizer.reports.report_table import Grid, Heading, Verbatim, columns

MOVES: dict[Move, str] = {"in": N_("in"), "out": N_("out"), "moved": N_("moved"), "money": N_("other money")}

_MEASURES = (N_("expected value"), N_("worst scenario"), N_("mean of fresh draws"))
_TAIL = re.compile(r"mean of the worst (\S+) %")


def change(moves: Sequence[Move | None], names: list[str]) -> str:
    """The change of a project, in words; with the names of plans if there are three or more."""
    changes = [(n, move) for n, move in zip(names, moves, strict=True) if move]
    if len(names) == 2:
        return tr(MOVES[changes[0][1]])
    return "; ".join(f"{n} {tr(MOVES[move])}" for n, move in changes)


def risk_grids(comparison: Comparison, names: list[str]) -> tuple[Grid, ...]:
    """The tables of the measures and of the scenarios; none where every plan is as planned. `names`: of the plans."""
    if not comparison.measures:
        return ()
    of_states = (state_grid(comparison, names),) if comparison.states else ()
    return measure_grid(comparison, names), scenario_grid(comparison, names), *of_states


def measure_grid(comparison: Comparison, names: list[str]) -> Grid:
    """Each measure of risk, one column per plan."""
    values: list[Heading] = [(Verbatim(n), "exact", _unit(comparison)) for n in names]
    rows = tuple((_measure_name(m.measure), *(_amount(comparison, v) for v in m.value)) for m in comparison.measures)
    note = tr("Each plan over the scenarios of its own workbook.")
    return Grid("Measures of risk", "Measures of risk", columns("measure", *values), rows, note)


def scenario_grid(comparison: Comparison, names: list[str]) -> Grid:
    """Each scenario: its probability, what each plan is worth in it, what is called, how many projects stop."""
    values: list[Heading] = [(tr("value of {plan}", plan=n), "exact", _unit(comparison)) for n in names]
    called: list[Heading] = (
        [(tr("called in {plan}", plan=n), "amount", "M") for n in names] if _any_called(comparison) else []
    )
    stopped: list[Heading] = (
        [(tr("stopped in {plan}", plan=n), "whole") for n in names] if _any_stopped(comparison) else []
    )
    rows = tuple(
        (
            scenario_name(s.scenario), next((p for p in s.probability if p), None),
            *(_amount(comparison, v) for v in s.value),
            *(s.called_m if called else ()),
            *((None if ids is None else len(ids) for ids in s.stopped) if stopped else ()),
        )
        for s in comparison.scenarios
    )  # fmt: skip
    heads = columns("scenario", ("probability", "part"), *values, *called, *stopped)
    note = tr("Without a probability a scenario is a stress and enters no mean.")
    return Grid("Scenarios", "The plans in each scenario", heads, rows, note)


def state_grid(comparison: Comparison, names: list[str]) -> Grid:
    """Projects that differ after the review where scenarios come: the decision year in each plan, and what happened."""
    years: list[Heading] = [(tr("FID in {plan}", plan=n), "year") for n in names]
    public: list[Heading] = [(tr("public in {plan}", plan=n), "amount", "M") for n in names]
    rows = tuple(
        (
            ", ".join(s.scenarios),
            s.id,
            change(s.moves, names),
            *s.fid_years,
            *s.public_m,
        )
        for s in comparison.states
    )
    heads = columns("scenarios", ("project", "id"), "change", *years, *public)
    note = tr(
        "Each plan against the first, where these scenarios come; a plan without a review decides the same in all of them."
    )
    return Grid("After the review", "What the plans decide after the review", heads, rows, note)


def _measure_name(measure: str) -> str:
    """A measure of risk in the current language."""
    if tail := _TAIL.fullmatch(measure):
        return tr("mean of the worst {number} %", number=localized(tail[1]))
    return tr(measure)


def _any_called(comparison: Comparison) -> bool:
    return any(m for s in comparison.scenarios for m in s.called_m)


def _any_stopped(comparison: Comparison) -> bool:
    return any(ids for s in comparison.scenarios for ids in s.stopped)


def _unit(comparison: Comparison) -> str:
    return comparison.plans[0].unit


def _amount(comparison: Comparison, value: float | None) -> float | None:
    """A value as people read it: of a score, points of a hundred."""
    return 100 * value if value is not None and _unit(comparison) == "points" else value
