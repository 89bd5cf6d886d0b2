"""The tables of a frontier: plans, proofs, steps, what the next money buys, the points of a trade-off."""

from collections.abc import Iterable

from models.case import Case
from models.milestones import headline_year
from optimizer.analysis.frontier.certified import Frontier, TradeOff
from optimizer.analysis.frontier.trade_off import price_boxes
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import money_to_cents, project_names
from optimizer.reports.frontier.sentences import (
    amount,
    axis_words,
    distance,
    round_step,
    score,
    stretches,
    what_is_gained,
)
from optimizer.reports.language import localized, tr
from optimizer.reports.report_table import Grid, Kind, Verbatim, columns
from optimizer.reports.tables.shared import money_unit


def tables(case: Case, f: Frontier) -> list[Grid]:
    """Every table, in the order of the workbook's sheets."""
    return [plans(case, f), marginal(case, f), boxes(case, f), steps(case, f), *trade_off(case, f)]


def plans(case: Case, f: Frontier) -> Grid:
    unit = money_unit(case)
    heads = columns(
        ("money", "exact", unit),
        ("value", "exact", score(f)),
        ("no plan is better than", "exact", score(f)),
        ("budget cost", "exact", unit),
        ("projects", "whole"),
        "financed",
    )
    rows = tuple(
        (p.budget_m, amount(f, p.value), amount(f, p.bound), p.cost_m, len(p.projects), _names(case, p.projects))
        for p in f.points
    )
    return Grid(
        "Plans",
        "Plans on the frontier",
        heads,
        rows,
        tr("Money: {axis}, the least that pays for the plan.", axis=axis_words(f)),
    )


def marginal(case: Case, f: Frontier) -> Grid:
    """The gain from a step of money in each stretch, by stage."""
    unit = money_unit(case)
    all_stretches = stretches(case, f)
    names = list(dict.fromkeys(name for s in all_stretches for name in s.gains))
    demanded = bool(case.demand)
    kind: Kind = "exact"
    gain = what_is_gained(case, round_step(f))
    heads = columns(
        ("from", "exact", unit),
        ("to", "exact", unit),
        *((Verbatim(name), kind, gain) for name in names),
        "in",
        "out",
    )
    scale = 100.0 if demanded else 1.0
    rows = tuple(
        (
            s.before.budget_m,
            s.after.budget_m,
            *(round(scale * s.gains[n], 6) if s.gains else None for n in names),
            _names(case, s.comes),
            _names(case, s.leaves),
        )
        for s in all_stretches
    )
    note = tr("Gains from one plan to the next, by demand row in {year}.", year=headline_year(case.settings))
    return Grid("Next money", "What the next money buys", heads, rows, note, "One plan alone: more money buys nothing.")


def boxes(case: Case, f: Frontier) -> Grid:
    unit = money_unit(case)
    heads = columns(
        ("from", "exact", unit),
        ("to (below)", "exact", unit),
        ("at least", "exact", score(f)),
        ("at most", "exact", score(f)),
        "closed by",
    )
    rows = tuple((b.from_m, b.to_m, _amount(f, b.low), _amount(f, b.high), word(b.closed_by)) for b in f.boxes)
    note = tr(
        "In each box the best value lies between the two numbers, whatever the money. Tolerance {value}, {money}.",
        value=distance(f, f.tolerance), money=money_to_cents(f.money_tolerance),
    )  # fmt: skip
    return Grid("Proof", "What is proved", heads, rows, note)


def steps(case: Case, f: Frontier) -> Grid:
    unit = money_unit(case)
    heads = columns(("at", "exact", unit), ("from", "exact", score(f)), ("to", "exact", score(f)))
    rows = tuple((s.budget_m, _amount(f, s.low), amount(f, s.high)) for s in f.steps)
    return Grid("Steps", "Steps of the best value", heads, rows, "", "No step larger than the tolerance.")


def trade_off(case: Case, f: Frontier) -> list[Grid]:
    """The table of trade-off points, if it was asked for."""
    if f.trade_off is None:
        return []
    unit = money_unit(case)
    heads = columns(
        (Verbatim(f.trade_off.rule), "exact"), *((_budget(b, unit), "exact") for b in f.trade_off.budgets_m)
    )
    rows = tuple(
        (v, *(_amount(f, value) for value, _ in row))
        for v, row in zip(f.trade_off.values, f.trade_off.cells, strict=True)
    )
    note = tr(
        "Solved points, each with its own proof in frontier.json; nothing is proved between them. Empty: no plan."
    )
    if price_boxes(case, f.trade_off):
        note = tr("Solved points, each with its own proof in frontier.json. Empty: no plan.")
    grid = Grid(
        "Trade-off",
        tr("Money by {rule}: best value in {unit}", rule=f.trade_off.rule, unit=tr(score(f))),
        heads,
        rows,
        note,
    )
    return [grid, *_between_prices(case, f, f.trade_off)]


def _budget(money_m: float, unit: str) -> Verbatim:
    """A budget as a heading."""
    return Verbatim(f"{localized(f'{money_m:,.6g}')} {unit}")


def _names(case: Case, projects: Iterable[str]) -> str:
    """Projects by name."""
    names = project_names(case)
    return "; ".join(names[i] for i in projects)


def _amount(f: Frontier, value: float | None) -> float | None:
    """A value as people read it; None where none is known."""
    return None if value is None else amount(f, value)


def _between_prices(case: Case, f: Frontier, table: TradeOff) -> list[Grid]:
    """Proved bounds between the price levels, one line per step; empty if there are none."""
    boxes = price_boxes(case, table)
    if not boxes:
        return []
    unit = money_unit(case)
    heads = columns(("from", "exact"), ("to", "exact"), *(_budget(b, unit) for b in table.budgets_m))
    by_step: dict[tuple[float, float], dict[float, str]] = {}
    for box in boxes:
        low, high = ("?" if v is None else localized(f"{amount(f, v):.4g}") for v in (box.low, box.high))
        by_step.setdefault((box.from_level, box.to_level), {})[box.budget_m] = tr("{low} to {high}", low=low, high=high)
    rows = tuple((*step, *(cells[b] for b in table.budgets_m)) for step, cells in by_step.items())
    note = tr(
        "A higher price never lowers the best value of this book: between two levels it lies within these limits."
    )
    return [
        Grid("Price levels", tr("Best value between the price levels, {unit}", unit=tr(score(f))), heads, rows, note)
    ]
