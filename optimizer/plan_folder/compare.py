"""Comparison of plans: changes of projects, money and coverage, and the inputs that caused them."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import Any

from models.case import Case
from models.frozen import Frozen
from models.milestones import milestone_years
from models.objective_units import objective_unit
from models.plan import Plan
from optimizer.plan_folder.compare_scenarios import (
    MeasureChange,
    ScenarioChange,
    in_scenarios,
    measure_changes,
    scenario_changes,
)
from optimizer.plan_folder.compare_states import Move, StateChange, Taken, move, state_changes
from optimizer.workbook.case_diff import ChangedCell, changed_cells, text

SCHEMA = "mine2magnet.compare/1"
TONNES = 1e-6
"""Least change of a quantity that is listed, in its unit."""


@dataclass(frozen=True)
class Run:
    """A plan with its case and its name."""

    name: str
    case: Case
    plan: Plan


class Headline(Frozen):
    """One of the plans, in numbers. Money in millions of `currency`."""

    plan: str
    status: str
    objective: str
    unit: str
    """Unit in which the value is shown: points of 100 for a plan score."""
    value: float
    bound: float
    financed: int
    currency: str
    public_m: float
    contingent_m: float
    private_m: float
    cost_m: float
    """Budget cost; without programmes the needs."""
    deadweight_m: float | None = None
    """Part of the cost that is deadweight; None if no project goes ahead without support."""
    risk: str | None = None
    """The measure of risk of value and bound; None if they are of the case as planned."""
    as_planned: float | None = None
    """Value as planned, under a measure of risk."""


class ProjectChange(Frozen):
    """A project that one of the plans treats differently from the first plan."""

    id: str
    name: str
    fid_years: tuple[int | None, ...]
    """Decision year in each plan; None: left out."""
    public_m: tuple[float | None, ...]
    reasons: tuple[str | None, ...]
    """Reason why each plan leaves it out."""
    moves: tuple[Move | None, ...]
    """Each plan against the first: financed now, left out now, decided in another year, or with other money."""


class MoneyChange(Frozen):
    """A programme's commitments over all years, in each plan, millions."""

    programme: str
    face_m: tuple[float, ...]
    cost_m: tuple[float, ...]


class CoverageChange(Frozen):
    """A demand row in a year, in each plan; None where a plan has no such row."""

    stage: str
    material: str | None
    year: int
    demand_t: tuple[float | None, ...]
    coverage: tuple[float | None, ...]
    financed_t: tuple[float | None, ...]
    gap_t: tuple[float | None, ...]


class Cause(Frozen):
    """Inputs of a plan that differ from those of the first."""

    plan: str
    cells: tuple[ChangedCell, ...]
    options: tuple[str, ...]
    """Solver options, overrides and versions that differ, in sentences."""
    note: str = ""
    """Conclusion if little or nothing differs."""


class Comparison(Frozen):
    """Two plans or more; every tuple of numbers has one for each plan, in their order."""

    plans: tuple[Headline, ...]
    projects: tuple[ProjectChange, ...]
    money: tuple[MoneyChange, ...]
    coverage: tuple[CoverageChange, ...]
    """Rows that differ in any plan, of every year."""
    milestones: tuple[CoverageChange, ...]
    """All rows of the milestone years."""
    causes: tuple[Cause, ...]
    """One for each plan but the first."""
    measures: tuple[MeasureChange, ...] = ()
    """Measures of risk; empty if no plan has one."""
    scenarios: tuple[ScenarioChange, ...] = ()
    states: tuple[StateChange, ...] = ()
    """Changes after a review; empty if no plan has one."""


def compare(*runs: Run | str | Path) -> Comparison:
    """Compare plans with the first of them. A plan is a `Run`, a plan folder, its plan.json, or "last".

    Raises ValueError for fewer than two plans, and `optimizer.errors.Refusal` for a folder that is no plan.
    """
    if len(runs) < 2:
        raise ValueError("comparing takes two plans or more")
    loaded = tuple(run if isinstance(run, Run) else load(run) for run in runs)
    coverage, years = tuple(_coverage(loaded)), _milestones(loaded)
    pairs = [(run.case, run.plan) for run in loaded]
    by_scenario = in_scenarios(pairs)
    return Comparison(
        plans=tuple(_headline(run) for run in loaded),
        projects=tuple(_projects(loaded)),
        money=tuple(_money(loaded)),
        coverage=tuple(row for row in coverage if _differs(row)),
        milestones=tuple(row for row in coverage if row.year in years),
        causes=tuple(_cause(loaded[0], run) for run in loaded[1:]),
        measures=tuple(measure_changes(pairs, by_scenario)),
        scenarios=tuple(scenario_changes(by_scenario)),
        states=tuple(state_changes(pairs)),
    )


def load(plan: str | Path) -> Run:
    """The plan of a folder, its plan.json, or "last"."""
    from optimizer.plan_folder import store

    folder = store.open_folder(store.find(str(plan)))
    return Run(folder.path.as_posix(), folder.case, folder.plan)


def data(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON data."""
    left_out = {"measures", "scenarios"} if not comparison.measures else set()
    left_out |= {"states"} if not comparison.states else set()
    return {"schema": SCHEMA, **comparison.model_dump(mode="json", exclude=left_out)}


# -- the plans ---------------------------------------------------------------------------------------------------------


def _headline(run: Run) -> Headline:
    plan = run.plan
    awards = [a for p in plan.projects for a in p.awards]
    cost = fsum(a.cost_m for a in awards) if run.case.programmes else fsum(p.alone_m for p in plan.projects)
    return Headline(
        plan=run.name, status=plan.status, objective=plan.objective.name,
        unit=objective_unit(run.case.settings), value=plan.objective.value, bound=plan.objective.bound,
        financed=len(plan.projects), currency=run.case.settings.base_currency,
        public_m=fsum(p.public_m for p in plan.projects), contingent_m=fsum(p.contingent_m for p in plan.projects),
        private_m=fsum(p.private_m for p in plan.projects), cost_m=cost,
        deadweight_m=_deadweight(plan), risk=plan.risk.measure if plan.risk else None,
        as_planned=plan.risk.as_planned if plan.risk else None,
    )  # fmt: skip


def _deadweight(plan: Plan) -> float | None:
    if not any(row.unaided_t is not None for row in plan.capacity):
        return None
    return fsum(p.deadweight_m or 0.0 for p in plan.projects)


def _projects(runs: tuple[Run, ...]) -> Iterator[ProjectChange]:
    financed = [{p.id: p for p in run.plan.projects} for run in runs]
    left = [{n.id: n.detail or n.reason for n in run.plan.not_financed} for run in runs]
    names = {p.id: p.name or p.id for run in reversed(runs) for p in run.case.projects}
    for i in sorted({i for plan in financed for i in plan}):
        rows = [plan.get(i) for plan in financed]
        taken = [None if row is None else Taken.of(row) for row in rows]
        moves = tuple(move(taken[0], one) for one in taken)
        if any(moves):
            yield ProjectChange(
                id=i, name=names.get(i, i), moves=moves, fid_years=tuple(p and p.fid_year for p in rows),
                public_m=tuple(p and p.public_m for p in rows),
                reasons=tuple(None if p else out.get(i, "not in this workbook") for p, out in zip(rows, left, strict=True)),
            )  # fmt: skip


def _money(runs: tuple[Run, ...]) -> Iterator[MoneyChange]:
    awards = [[a for p in run.plan.projects for a in p.awards] for run in runs]
    for programme in sorted({a.programme for plan in awards for a in plan}):
        mine = [[a for a in plan if a.programme == programme] for plan in awards]
        yield MoneyChange(
            programme=programme,
            face_m=tuple(fsum(a.face_m for a in plan) for plan in mine),
            cost_m=tuple(fsum(a.cost_m for a in plan) for plan in mine),
        )


# -- coverage ----------------------------------------------------------------------------------------------------------


def _coverage(runs: tuple[Run, ...]) -> Iterator[CoverageChange]:
    tables = [{(r.stage, r.material, r.year): r for r in run.plan.capacity} for run in runs]
    for key in dict.fromkeys(key for table in tables for key in table):
        rows = [table.get(key) for table in tables]
        yield CoverageChange(
            stage=key[0], material=key[1], year=key[2],
            demand_t=tuple(r and r.demand_t for r in rows),
            coverage=tuple(r and r.coverage for r in rows),
            financed_t=tuple(r and r.financed_t for r in rows),
            gap_t=tuple(r and r.gap_t for r in rows),
        )  # fmt: skip


def _differs(row: CoverageChange) -> bool:
    for values in (row.demand_t, row.coverage, row.financed_t, row.gap_t):
        for value in values[1:]:
            if (value is None) != (values[0] is None):
                return True
            if value is not None and values[0] is not None and abs(value - values[0]) > TONNES:
                return True
    return False


def _milestones(runs: tuple[Run, ...]) -> set[int]:
    """The milestone years of all plans."""
    return {y for run in runs for y in milestone_years(run.case.settings)}


# -- causes -----------------------------------------------------------------------------------------------------------


def _cause(first: Run, run: Run) -> Cause:
    cells = changed_cells(first.case, run.case)
    options = tuple(_options(first.plan.manifest, run.plan.manifest))
    return Cause(
        plan=run.name, cells=_by_override(cells, first, run), options=options, note=_note(first, run, cells, options)
    )


def _by_override(cells: tuple[ChangedCell, ...], first: Run, run: Run) -> tuple[ChangedCell, ...]:
    """Changed cells; a status that `--include` or `--exclude` changed has the option in place of the address."""
    given = {
        i.casefold(): f"--{kind}" for r in (first, run) for kind in ("include", "exclude") for i in _override(r, kind)
    }
    return tuple(
        c.model_copy(update={"cell": given[c.what.casefold()]})
        if c.column == "status" and c.what.casefold() in given
        else c
        for c in cells
    )


def _override(run: Run, kind: str) -> list[str]:
    return list(run.plan.manifest.get("overrides", {}).get(kind, ()))


def _options(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for key, label in (("gap", "--gap"), ("time_limit", "--time-limit"), ("threads", "--threads"), ("seed", "--seed")):
        if old.get(key) != new.get(key):
            yield f"{label}: {text(old.get(key))} -> {text(new.get(key))}"
    versions = old.get("versions", {}), new.get("versions", {})
    for name in dict.fromkeys((*versions[0], *versions[1])):
        if versions[0].get(name) != versions[1].get(name):
            yield f"{name}: version {versions[0].get(name)} -> {versions[1].get(name)}"
    if old.get("platform") != new.get("platform"):
        yield f"platform: {old.get('platform')} -> {new.get('platform')}"


def _note(first: Run, run: Run, cells: tuple[ChangedCell, ...], options: tuple[str, ...]) -> str:
    if first.case.settings.base_currency != run.case.settings.base_currency:
        return "The plans count in different currencies: their money cannot be compared."
    if cells:
        return ""
    same = first.plan.projects == run.plan.projects
    if same and not options:
        return "The same inputs, the same plan."
    if same:
        return "The workbooks hold the same data, and the plans are the same."
    unproved = [r.name for r in (first, run) if r.plan.status != "optimal" or r.plan.tie_break != "proved"]
    if unproved:
        return f"The workbooks hold the same data; the search for {' and '.join(unproved)} ended before every choice was proved."
    return "The workbooks hold the same data: the difference comes from the options or versions."
