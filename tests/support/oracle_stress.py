"""A plan in a scenario, worked out from the meaning of the sheets alone: plain loops over the rows, nothing shared.

Choices of who goes on are tried one by one, so that it serves small books only.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from support import oracle_market

from models.case import Case
from models.schema import Demand, Existing, Project, Scenario

Chosen = dict[str, int]
Awards = dict[tuple[str, str, int], float]


@dataclass
class ScenarioAnswer:
    """What the oracle finds."""

    value: float
    stopped: tuple[str, ...]
    called: float
    broken: set[str]
    coverage: dict[tuple[str, str | None, int], float]


def along(points: dict[int, float], year: int) -> float:
    """Linear between given years, flat outside."""
    if not points:
        return 0.0
    known = sorted(points)
    if year <= known[0]:
        return points[known[0]]
    if year >= known[-1]:
        return points[known[-1]]
    right = next(k for k in known if k >= year)
    left = max(k for k in known if k <= year)
    return (
        points[left]
        if left == right
        else points[left] + (points[right] - points[left]) * (year - left) / (right - left)
    )


def picks(row: Scenario, of: Any) -> bool:
    """Whether a scenario's row picks a row."""
    for column, values in row.picks.projects:
        value = getattr(of, column)
        if str(value).casefold() not in values:
            return False
    return True


def product(rows: list[Scenario], parameter: str, of: Any, year: int) -> float:
    """Factors that act in a year, multiplied."""
    result = 1.0
    for row in rows:
        if row.parameter == parameter and picks(row, of):
            after = row.from_year is None or year >= row.from_year
            before = row.to_year is None or year <= row.to_year
            result *= row.value if after and before else 1.0
    return result


def delivered(case: Case, rows: list[Scenario], project: Project, fid: int, year: int) -> float:
    """Tonnes of the stage's product that a project delivers in a year."""
    first = case.settings.first_year
    underway, late = project.status == "underway", 0
    for row in rows:
        if row.parameter == "delay_years" and picks(row, project):
            acts = (row.from_year is None or fid >= row.from_year) and (row.to_year is None or fid <= row.to_year)
            late += int(row.value) if underway or acts else 0
        if row.parameter == "fails" and picks(row, project) and (row.from_year is None or year >= row.from_year):
            return 0.0
    if underway and fid + project.build_years < first:
        late = 0
    age = year - fid - late - project.build_years
    if not 0 <= age < project.life_years:
        return 0.0
    ramp = project.ramp[min(age, len(project.ramp) - 1)] / 100
    return project.capacity_tpa * project.allied_share * ramp * product(rows, "capacity", project, year)


def need(capex: float, private: float, secured: float) -> float:
    return max(0.0, capex * (1 - private) - secured)


def repriced(case: Case, rows: list[Scenario]) -> Case:
    """The case with the prices of every year written out, times the factors; worked out once."""
    key = id(case), tuple(map(id, rows))
    if key not in _REPRICED:
        _REPRICED[key] = case, rows, _repriced(case, rows)
    return _REPRICED[key][-1]


_REPRICED: dict[tuple[int, tuple[int, ...]], tuple[Case, list[Scenario], Case]] = {}
"""Case and rows by their identity, kept so that no other object takes it, and the case with the prices of the rows."""


def _repriced(case: Case, rows: list[Scenario]) -> Case:
    span = range(case.settings.first_year - 5, case.settings.last_year + 60)
    paths = (p.model_copy(update={"years": {y: along(p.years, y) * product(rows, "price", p, y) for y in span}})
             for p in case.prices)  # fmt: skip
    return case.model_copy(update={"prices": tuple(paths)})


def call(case: Case, rows: list[Scenario], awards: Awards, project: Project, fid: int) -> float:
    """Capital call of a project: for its need, and for what the market leaves missing."""
    owed = need_call(rows, project, fid)
    rate = oracle_market.hurdle(case, project)
    if rate is None:
        return owed
    first = fid + project.build_years
    at = repriced(case, [r for r in rows if r.parameter != "price" or (r.from_year or first) <= first])
    capex = project.capex_m * product(rows, "capex", project, fid)
    earned = oracle_market.pv_cash(at, project, fid, rate) / oracle_market.phi(case, project, rate)
    gap = max(0.0, capex - project.secured_m - earned)
    support = 0.0
    for (i, name, year), face in awards.items():
        if i == project.id and year == fid:
            programme = next(p for p in case.programmes if p.id == name)
            if programme.instrument == "equity":
                whole = oracle_market.stake(case, programme, project, fid)
                support += face * (min(1.0, max(0.0, 1 - earned / whole)) if whole > 0 else 0.0)
            else:
                support += face * oracle_market.worth(at, programme, project, fid)
    return max(owed, gap - support)


def idle(  # noqa: PLR0917
    case: Case, rows: list[Scenario], awards: Awards, project: Project, fid: int, year: int
) -> bool:
    """Whether prices idle a project in a year."""
    if oracle_market.hurdle(case, project) is None or project.status == "underway":
        return False
    held = {m for m, share in project.shares.items() if share > 0 and any(p.material == m for p in case.prices)}
    held = held or {project.stage}
    acting = [r for r in rows if r.parameter == "price" and (r.from_year or year) <= year <= (r.to_year or year)]
    if not any(picks(r, p) for r in acting for p in case.prices if p.material in held):
        return False
    for (i, name, _), face in awards.items():
        programme = next(p for p in case.programmes if p.id == name)
        if i == project.id and face > 0 and programme.instrument == "offtake":
            begin = fid + project.build_years
            if begin <= year < begin + (programme.offtake_years or project.life_years):
                return False
    at = repriced(case, rows)
    content = sum(project.shares.get(m, 1.0) * (oracle_market.price(at, m, year) or 0.0) for m in held)
    return project.payable * (1 + project.premium) * content + project.byproduct_per_t < (project.opex_per_t or 0.0)


def need_call(rows: list[Scenario], project: Project, fid: int) -> float:
    """Capital call for the need alone."""
    capex = project.capex_m * product(rows, "capex", project, fid)
    private = min(1.0, project.private_share * product(rows, "private_share", project, fid))
    planned = need(project.capex_m, project.private_share, project.secured_m)
    return max(0.0, need(capex, private, project.secured_m) - planned)


def answer(case: Case, chosen: Chosen, awards: Awards, rows: list[Scenario]) -> ScenarioAnswer:
    """The best over who goes on; ties: fewest stopped, least called, ids."""
    calls = {i: call(case, rows, awards, one(case, i), fid) for i, fid in chosen.items()}
    limit = case.settings.contingency_m
    cut = sorted(y for y in years(case) if any(factor(rows, p, y) != 1 for p in case.programmes))
    may_stop = {i for i, c in calls.items() if c > 0 and limit is not None} | {i for i, t in chosen.items() if t in cut}
    best: ScenarioAnswer | None = None
    for stopped in subsets(sorted(may_stop)):
        met = sum(c for i, c in calls.items() if i not in stopped)
        if limit is not None and met > limit + 1e-9:
            continue
        if not fits(case, chosen, awards, rows, stopped, cut):
            continue
        result = state(case, chosen, awards, rows, stopped, met)
        if (
            best is None
            or result.value > best.value + 5e-7
            or (
                abs(result.value - best.value) <= 5e-7
                and (len(stopped), met, stopped) < (len(best.stopped), best.called - 1e-9, best.stopped)
            )
        ):
            best = result
    assert best is not None
    return best


def fits(  # noqa: PLR0917
    case: Case, chosen: Chosen, awards: Awards, rows: list[Scenario], stopped: tuple[str, ...], cut: list[int]
) -> bool:
    """Whether the awards of those that go on fit the envelopes that are cut; every programme is a fund of its own."""
    for p in case.programmes if cut else ():
        carried = 0.0
        for year in years(case):
            envelope = p.envelopes.get(year, 0.0)
            spent = sum(x for (i, name, t), x in awards.items() if name == p.id and t == year and i not in stopped)
            limit = envelope * (factor(rows, p, year) if year >= cut[0] else 1.0) + (carried if p.carry_over else 0.0)
            if spent > limit + 1e-9:
                return False
            carried = limit - spent
    return True


def factor(rows: list[Scenario], programme: Any, year: int) -> float:
    return product(rows, "budget", programme, year)


def state(  # noqa: PLR0917
    case: Case, chosen: Chosen, awards: Awards, rows: list[Scenario], stopped: tuple[str, ...], met: float
) -> ScenarioAnswer:
    """The value where it is settled who stops."""
    coverage: dict[tuple[str, str | None, int], float] = {}
    reached = asked = 0.0
    means: dict[str, list[float]] = {}
    for row in case.demand:
        for year in years(case):
            demand = along(row.years, year) * product(rows, "demand", row, year)
            capacity = standing(case, rows, row, year) + sum(
                t for _, t in tonnes(case, chosen, awards, rows, stopped, year, row.stage)
            )
            part = min(1.0, capacity / demand) if demand > 0 else 1.0
            coverage[row.stage, row.material, year] = part
            if demand > 0:
                factor = (1 + case.settings.discount_rate) ** -(year - case.settings.first_year)
                w = case.settings.stage_weights.get(row.stage, 1.0) / sum(r.stage == row.stage for r in case.demand)
                reached, asked = reached + w * factor * part, asked + w * factor
                mean = means.setdefault(row.stage, [0.0, 0.0])
                mean[0], mean[1] = mean[0] + factor * part, mean[1] + factor
    value = reached / asked if asked else 0.0
    if case.settings.objective == "capacity":
        value = net_capacity(case, chosen, awards, rows, stopped)
    if case.settings.objective == "bottleneck":
        value = min((a / b for a, b in means.values()), default=0.0)
    broken, lost = broken_rules(case, chosen, awards, rows, stopped)
    return ScenarioAnswer(value - lost, stopped, met, broken, coverage)


def net_capacity(case: Case, chosen: Chosen, awards: Awards, rows: list[Scenario], stopped: tuple[str, ...]) -> float:
    """What the plan adds in the objective's year: its projects, less what they would deliver without support."""
    year, total = case.settings.objective_year, 0.0
    for name, fid in chosen.items():
        p = one(case, name)
        anyway = 0.0 if p.unaided_fid is None else delivered(case, rows, p, p.unaided_fid, year)
        runs = name not in stopped and not idle(case, rows, awards, p, fid, year)
        brought = delivered(case, rows, p, fid, year) if runs else 0.0
        total += case.settings.stage_weights.get(p.stage, 1.0) * (brought - anyway)
    return total


def broken_rules(
    case: Case, chosen: Chosen, awards: Awards, rows: list[Scenario], stopped: tuple[str, ...]
) -> tuple[set[str], float]:
    """Rules `sum of capacity` that do not hold, and the penalty of soft ones."""
    broken, lost = set(), 0.0
    for rule in case.rules:
        year = rule.year or case.settings.last_year
        stages = [v for column, values in rule.picks.projects if column == "stage" for v in values]
        total = rule.measure == "capacity_total"
        got = sum(t for name, t in tonnes(case, chosen, awards, rows, stopped, year, None)
                  if (total or name in chosen) and (not stages or one(case, name).stage in stages))  # fmt: skip
        got += sum(
            standing(case, rows, demand_row, year) for demand_row in case.demand if total and demand_row.stage in stages
        )
        missing = max(0.0, rule.value - got if rule.sense == ">=" else got - rule.value)
        if missing > 1e-6 * max(1.0, rule.value, got):
            broken.add(rule.rule)
        lost += 0.0 if rule.hard else (rule.penalty or 0.0) * missing
    return broken, lost


def tonnes(  # noqa: PLR0917
    case: Case,
    chosen: Chosen,
    awards: Awards,
    rows: list[Scenario],
    stopped: tuple[str, ...],
    year: int,
    stage: str | None,
) -> Iterator[tuple[str, float]]:
    for p in case.projects:
        fid = p.earliest_fid or case.settings.first_year if p.status == "underway" else chosen.get(p.id, p.unaided_fid)
        if fid is not None and p.id not in stopped and stage in (None, p.stage):
            runs = p.id not in chosen or not idle(case, rows, awards, p, fid, year)
            yield p.id, delivered(case, rows, p, fid, year) if runs else 0.0


def standing(case: Case, rows: list[Scenario], demand: Demand, year: int) -> float:
    """Existing capacity of a stage outside the excluded countries."""

    def of(row: Existing) -> float:
        capacity = along(row.years, year) if row.years else row.capacity_tpa or 0.0
        return capacity * row.allied_share * product(rows, "existing", row, year)

    rows_ = [r for r in case.existing if r.stage == demand.stage and r.country not in case.settings.excluded_countries]
    return sum(of(r) for r in rows_)


def one(case: Case, name: str) -> Project:
    return next(p for p in case.projects if p.id == name)


def years(case: Case) -> range:
    return range(case.settings.first_year, case.settings.last_year + 1)


def subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    for n in range(len(names) + 1):
        yield from itertools.combinations(names, n)
