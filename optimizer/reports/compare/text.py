"""A comparison of plans in sentences and tables, for the screen and the workbook."""

from collections.abc import Iterable
from dataclasses import replace

from rich.console import RenderableType
from rich.text import Text

from optimizer.plan_folder.compare import Comparison, CoverageChange, Headline, ProjectChange
from optimizer.reports.closed_words import word
from optimizer.reports.compare.scenarios import MOVES, change, risk_grids
from optimizer.reports.formatting import clauses, demand_name, few_more, fold, listed, money, number, with_unit
from optimizer.reports.language import N_, localized, tr
from optimizer.reports.report_table import Grid, Heading, columns
from optimizer.reports.table_text import height, terminal

_MORE = ": --verbose, --json, or compare.xlsx with --out"
FEWER = (20, 12, 8, 5, 3, 2, 1)
"""Rows of a table, and changed cells, that a screen shows: the most that fit."""


def labels(comparison: Comparison) -> list[str]:
    """A, B, C: the plans in the order in which they were named."""
    return [f"{chr(ord('A') + n) if n < 26 else n + 1}" for n in range(len(comparison.plans))]


def story(comparison: Comparison, *, width: int = 100, rows: int | None = None) -> list[RenderableType]:
    """The parts of the screen, top to bottom; in at most about `rows` lines, where None shows every row."""
    if rows is None:
        return _parts(comparison, width, None)
    screens = (_parts(comparison, width, most) for most in FEWER)
    shortest = _parts(comparison, width, FEWER[-1])
    return next((parts for parts in screens if height(parts, width) <= rows), shortest)


def _parts(comparison: Comparison, width: int, most: int | None) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(fold(line, width, "   ")) for line in heads(comparison)]
    parts += [Text(fold(line, width, "  "), "bold") for line in not_comparable(comparison)]
    for line in summary(comparison):
        parts += ["", Text(fold(line, width, "  "), "bold")]
    under_risk = risk_grids(comparison, labels(comparison))
    for grid in (_on_screen(comparison), money_grid(comparison), milestone_grid(comparison), *under_risk):
        if grid.rows:
            parts += ["", Text(grid.title, "bold"), terminal(replace(grid, rows=grid.rows[:most]))]
            if most is not None and len(grid.rows) > most:
                parts.append(Text(f"and {len(grid.rows) - most} more{_MORE}"))
    return [*parts, *causes(comparison, width, most)]


def heads(comparison: Comparison) -> Iterable[str]:
    """Each plan in one line."""
    for label, plan in zip(labels(comparison), comparison.plans, strict=True):
        yield tr("{label}  {plan}: {words}", label=label, plan=plan.plan, words=_head(plan))


def _score(plan: Headline) -> str:
    """The value of a plan; under a measure of risk also the value as planned, which is comparable between plans."""
    score = _value(plan, plan.value)
    if plan.unit == "points":
        score = tr("plan score {value}", value=score)
    if plan.as_planned is None:
        return score
    planned = _value(plan, plan.as_planned)
    return tr("{score} by {measure}, {planned} as planned", score=score, measure=plan.risk, planned=planned)


def _value(plan: Headline, value: float) -> str:
    """A value with its unit; two decimals of a point, so that plans that are nearly as good differ."""
    amount = localized(f"{100 * value:z.2f}") if plan.unit == "points" else number(value)
    return with_unit(amount, plan.unit)


def not_comparable(comparison: Comparison) -> list[str]:
    """A sentence if the values are of different objectives or measures of risk; "" if they are comparable."""
    aims = [_aim(plan) for plan in comparison.plans]
    if len(set(aims)) == 1:
        return []
    objectives = listed(
        tr("{label} maximizes {objective}", label=label, objective=aim)
        for label, aim in zip(labels(comparison), aims, strict=True)
    )
    return [
        tr(
            "The values are of different objectives and do not compare: {objectives}. Compare the coverage below.",
            objectives=objectives,
        )
    ]


def _aim(plan: Headline) -> str:
    """The objective, with the measure of risk and the unit that may differ."""
    aim = plan.objective
    if plan.risk is not None:
        aim = tr("{objective} by {measure}", objective=aim, measure=plan.risk)
    return tr("{objective} ({unit})", objective=aim, unit=tr(plan.unit)) if plan.objective == "capacity" else aim


def _head(plan: Headline) -> str:
    contingent = money(plan.contingent_m) if plan.contingent_m else ""
    public, cost = money(plan.public_m, plan.currency), money(plan.cost_m)
    parts = [
        _score(plan),
        tr("{n} financed", n=plan.financed),
        tr("{money} public (budget cost {cost})", money=public, cost=cost),
        contingent and tr("{money} guarantees and offtake", money=contingent),
        tr("{money} private", money=money(plan.private_m)),
        contingent and tr("{money} of it under them", money=contingent),
        tr("deadweight {money}", money=money(plan.deadweight_m)) if plan.deadweight_m else "",
    ]
    return listed(filter(None, parts))


def summary(comparison: Comparison) -> Iterable[str]:
    """Each later plan against the first: what is in, out and moved."""
    plans = labels(comparison)
    for n in range(1, len(plans)):
        moved = {kind: [p.id for p in comparison.projects if p.moves[n] == kind] for kind in MOVES}
        changes = [
            tr("{change}: {projects}", change=tr(MOVES[kind]), projects=few_more(ids, 8))
            for kind, ids in moved.items()
            if ids
        ]
        under_risk = any(comparison.plans[k].risk is not None for k in (0, n))
        same = tr("the same projects, years and money")
        if under_risk:
            same = tr("the same projects, years and money as planned")
        words = clauses(changes) or same
        yield tr("{plan} against {first}: {changes}.", plan=plans[n], first=plans[0], changes=words)


def causes(comparison: Comparison, width: int, most: int | None = None) -> list[RenderableType]:
    """The causes: changed cells (up to a number), options, versions."""
    parts: list[RenderableType] = []
    for label, cause in zip(labels(comparison)[1:], comparison.causes, strict=True):
        lines = [*(c.sentence for c in cause.cells[:most]), *cause.options]
        if most is not None and len(cause.cells) > most:
            lines.append(f"and {len(cause.cells) - most} more cells{_MORE}")
        title = f"What {label} was made from, against A:" if lines else f"What {label} was made from: {cause.note}"
        parts += ["", Text(title, "bold"), *(Text(fold(f"  {line}", width, "    ")) for line in lines)]
        if lines and cause.note:
            parts.append(Text(fold(f"  {cause.note}", width, "    ")))
    return parts


# -- tables ------------------------------------------------------------------------------------------------------------


def grids(comparison: Comparison) -> tuple[Grid, ...]:
    """Every table, for the workbook."""
    return (
        plan_grid(comparison),
        project_grid(comparison),
        money_grid(comparison),
        milestone_grid(comparison),
        coverage_grid(comparison),
        *risk_grids(comparison, labels(comparison)),
        cause_grid(comparison),
    )


def plan_grid(comparison: Comparison) -> Grid:
    """The plans in numbers."""
    currency = comparison.plans[0].currency
    heads = columns(
        "plan", "folder", "status", "objective", ("value", "exact"), ("bound", "exact"), ("projects", "whole"),
        ("public", "number", tr("M {currency}", currency=currency)), ("guarantees and offtake", "number", "M"), ("private", "number", "M"),
        ("budget cost", "number", "M"), "unit of value and bound",
    )  # fmt: skip
    rows = [
        (label, p.plan, word(p.status), p.objective, *_exact(p), p.financed, p.public_m, p.contingent_m, p.private_m, p.cost_m, p.unit)
        for label, p in zip(labels(comparison), comparison.plans, strict=True)
    ]  # fmt: skip
    return Grid("Plans", "The plans", heads, tuple(rows), " ".join(not_comparable(comparison)))


def _exact(plan: Headline) -> tuple[float, float]:
    """Value and bound as people read them."""
    times = 100.0 if plan.unit == "points" else 1.0
    return times * plan.value, times * plan.bound


def project_grid(comparison: Comparison) -> Grid:
    """Projects that differ: the decision year in each plan, and what happened."""
    names = labels(comparison)
    years: list[Heading] = [(tr("FID in {plan}", plan=n), "year") for n in names]
    public: list[Heading] = [(tr("public in {plan}", plan=n), "amount", "M") for n in names]
    heads = columns(("project", "id"), "name", "change", *years, *public)
    rows = [(p.id, p.name, change(p.moves, names), *p.fid_years, *p.public_m) for p in _ordered(comparison)]
    return Grid("Projects", "Projects in, out and moved", heads, tuple(rows), empty="The same projects everywhere.")


def _ordered(comparison: Comparison) -> list[ProjectChange]:
    """Projects that enter or leave first, then those that move, then those with other money."""
    order = list(MOVES)
    return sorted(comparison.projects, key=lambda p: (min(order.index(m) for m in p.moves if m), p.id))


def _on_screen(comparison: Comparison) -> Grid:
    """The projects that differ, name and id in one column."""
    grid = project_grid(comparison)
    rows = tuple((i if name == i else f"{name} ({i})", *rest) for i, name, *rest in grid.rows)
    return replace(grid, columns=(grid.columns[0], *grid.columns[2:]), rows=rows)


def money_grid(comparison: Comparison) -> Grid:
    """Face value and budget cost by programme."""
    names, unit = labels(comparison), tr("M {currency}", currency=comparison.plans[0].currency)
    face: list[Heading] = [(tr("face in {plan}", plan=n), "number", unit) for n in names]
    cost: list[Heading] = [(tr("cost in {plan}", plan=n), "number", unit) for n in names]
    rows = [(m.programme, *m.face_m, *m.cost_m) for m in comparison.money]
    return Grid("Money", "Money by programme", columns(("programme", "id"), *face, *cost), tuple(rows))


def milestone_grid(comparison: Comparison) -> Grid:
    """Coverage at the milestones."""
    return _coverage_grid(comparison, comparison.milestones, "Milestones", N_("at the milestones"))


def coverage_grid(comparison: Comparison) -> Grid:
    """Coverage wherever it differs."""
    return _coverage_grid(comparison, comparison.coverage, "Coverage", N_("in every year in which it differs"))


def _coverage_grid(comparison: Comparison, rows: tuple[CoverageChange, ...], name: str, which: str) -> Grid:
    names = labels(comparison)
    financed: list[Heading] = [(tr("financed in {plan}", plan=n), "number", "t/yr") for n in names]
    if not any(change for r in (*comparison.milestones, *comparison.coverage) for change in r.demand_t):
        plain = tuple((demand_name(r.stage, r.material), r.year, *r.financed_t) for r in rows)
        heads = columns("capacity", ("year", "year"), *financed)
        return Grid(
            name,
            tr("Capacity outside China that is financed, {which}", which=tr(which)),
            heads,
            plain,
            empty="No difference.",
        )
    share: list[Heading] = [(tr("met in {plan}", plan=n), "part") for n in names]
    gaps: list[Heading] = [(tr("gap in {plan}", plan=n), "number", "t/yr") for n in names]
    met = tuple((demand_name(r.stage, r.material), r.year, *r.coverage, *r.gap_t) for r in rows)
    heads = columns("demand", ("year", "year"), *share, *gaps)
    return Grid(
        name, tr("Share of demand outside China met, {which}", which=tr(which)), heads, met, empty="No difference."
    )


def cause_grid(comparison: Comparison) -> Grid:
    """Cells, options and versions that differ from those of the first plan."""
    rows: list[tuple[str, str, str, str, str, str]] = []
    for label, cause in zip(labels(comparison)[1:], comparison.causes, strict=True):
        for c in cause.cells:
            rows.append((label, c.cell, c.what, c.column or tr("the whole row"), c.old or "", c.new or ""))
        for line in cause.options:
            option, _, values = line.partition(": ")
            old, _, new = values.partition(" -> ")
            rows.append((label, option, tr("option or version"), "", old, new))
        if cause.note:
            rows.append((label, "", cause.note, "", "", ""))
    heads = columns("plan", "cell or option", "row", "column", "in A", "in this plan")
    return Grid("Inputs", "What the plans were made from, against A", heads, tuple(rows), empty="No difference.")
