"""Brute force, the money: a linear program for the awards of one selection, searched over tickets and joint projects.

The rows are those of the mathematics for fixed decision years; carrying money forward is written as running sums
(what is spent up to any year is at most what was granted up to it), which needs no variable. A minimum ticket is
"nothing, or between the ticket and the cap": the relaxed program is solved and split where an award lies between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import Any

import highspy
import numpy as np
from support import oracle_market as market
from support.oracle_rules import LinearRule, cap, cost_rate

from models.schema import Programme, Project

INF = highspy.kHighsInf
Terms = dict[int, float]
Extent = tuple[float, float]
JUST_HELD = 4e-7
"""Just inside the 5e-7 that the last step of the tie-break may give up of the earlier ones."""
STRICTLY = 1e-6
"""Part of capex by which a donor that does not reach the joint share stays below it."""


@dataclass(frozen=True)
class AwardRow:
    """`low <= sum of terms <= high`, and what the row is about."""

    name: str
    terms: Terms
    low: float = -INF
    high: float = INF


@dataclass
class Awards:
    """The awards of one selection. Columns: one for each (financed project, eligible programme), then shortfalls."""

    world: Any
    choice: np.ndarray
    columns: list[tuple[int, Programme]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.case = self.world.case
        self.financed = [i for i in range(len(self.world.free)) if self.choice[i]]
        for i in self.financed:
            p = self.world.free[i]
            for g in self.case.programmes:
                if market.eligible(self.case, g, p):
                    self.columns.append((i, g))
        self.soft = [r for r in self.world.rules if r.needs_awards and not r.rule.hard]
        self.width = len(self.columns) + len(self.soft)

    # -- rows ----------------------------------------------------------------------------------------------------

    @cached_property
    def rates(self) -> np.ndarray:
        return np.array(
            [cost_rate(self.case, g, self.world.free[i], self.fid(i)) for i, g in self.columns] + [0.0] * len(self.soft)
        )

    @cached_property
    def faces(self) -> np.ndarray:
        return np.array([1.0] * len(self.columns) + [0.0] * len(self.soft))

    @cached_property
    def penalties(self) -> np.ndarray:
        return np.array([0.0] * len(self.columns) + [r.rule.penalty or 0.0 for r in self.soft])

    @cached_property
    def caps(self) -> list[float]:
        return [cap(g, self.world.free[i]) for i, g in self.columns]

    def fid(self, i: int) -> int:
        return int(self.world.windows[i][self.choice[i]])

    def _of(self, i: int) -> list[int]:
        return [n for n, (j, _) in enumerate(self.columns) if j == i]

    @cached_property
    def rows(self) -> list[AwardRow]:
        result = list(self._financing())
        for name in sorted({g.fund or g.id for g in self.case.programmes}):
            result += self._limits(name)
        if self.case.settings.total_budget_m is not None:
            costs = {n: float(self.rates[n]) for n in range(len(self.columns))}
            result.append(AwardRow("total budget", costs, high=self.case.settings.total_budget_m))
        return result

    def _financing(self) -> Iterator[AwardRow]:
        for i in self.financed:
            p = self.world.free[i]
            yield AwardRow(f"support of {p.id}", dict.fromkeys(self._of(i), 1.0), self.world.need(p), market.room(p))
            if market.hurdle(self.case, p) is not None:
                yield from self._viable(i, p)

    def _viable(self, i: int, p: Project) -> Iterator[AwardRow]:
        worths = {n: market.worth(self.case, self.columns[n][1], p, self.fid(i)) for n in self._of(i)}
        yield AwardRow(f"viability of {p.id}", worths, low=market.gap(self.case, p, self.fid(i)))
        equity = [n for n in self._of(i) if self.columns[n][1].instrument == "equity"]
        stakes = {n: market.stake(self.case, self.columns[n][1], p, self.fid(i)) for n in equity}
        yield AwardRow(f"stakes in {p.id}", {n: 1 / s for n, s in stakes.items() if s > 0}, high=1.0)
        yield AwardRow(f"no stake in {p.id}", {n: 1.0 for n, s in stakes.items() if s <= 0}, high=0.0)

    def _limits(self, name: str) -> Iterator[AwardRow]:
        """Year envelopes, total and total face value of a programme, or of the programmes of one fund."""
        members = [g for g in self.case.programmes if (g.fund or g.id) == name]
        mine = [n for n, (_, g) in enumerate(self.columns) if (g.fund or g.id) == name]
        on_cost = members[0].limit_on == "cost"
        charge = {n: float(self.rates[n]) if on_cost else 1.0 for n in mine}
        total = next((g.total_m for g in members if g.total_m is not None), None)
        total_face = next((g.total_face_m for g in members if g.total_face_m is not None), None)
        if total is not None:
            yield AwardRow(f"total of {name}", charge, high=total)
        if total_face is not None:
            yield AwardRow(f"total face of {name}", dict.fromkeys(mine, 1.0), high=total_face)
        envelopes = {year: m for g in members for year, m in g.envelopes.items()}
        if not envelopes:
            return
        carries = any(g.carry_over for g in members)
        running, granted = dict.fromkeys(mine, 0.0), 0.0
        for year in self.world.years:
            spent = {n: charge[n] * self._part_spent(self.columns[n][0], year) for n in mine}
            running = {n: spent[n] + (running[n] if carries else 0.0) for n in mine}
            granted = envelopes.get(year, 0.0) + (granted if carries else 0.0)
            yield AwardRow(f"{name} in {year}", dict(running), high=granted)

    def _part_spent(self, i: int, year: int) -> float:
        """Part of an award to project i that its envelope of `year` is charged."""
        after = year - self.fid(i)
        if self.case.settings.budget_basis == "commitment":
            return float(after == 0)
        p = self.world.free[i]
        for row in self.case.outlays:
            if row.id == p.id:
                return float(row.years.get(after, 0.0) / sum(row.years.values()))
        length = max(p.build_years, 1)
        return 1 / length if 0 <= after < length else 0.0

    # -- rules ---------------------------------------------------------------------------------------------------

    def _rule_row(self, r: LinearRule, joint: Mapping[int, bool]) -> AwardRow:
        terms = {n: r.awards.get((i, int(self.choice[i]), g.id), 0.0) for n, (i, g) in enumerate(self.columns)}
        fixed = float(r.fixed(self.choice[None])[0])
        fixed += sum(r.joint.get((i, int(self.choice[i])), 0.0) for i in self.financed if joint.get(i))
        if not r.rule.hard:
            terms[len(self.columns) + self.soft.index(r)] = 1.0 if r.rule.sense == ">=" else -1.0
        if r.rule.sense == ">=":
            return AwardRow(f"rule {r.rule.rule}", terms, low=r.limit - fixed)
        return AwardRow(f"rule {r.rule.rule}", terms, high=r.limit - fixed)

    def _joint_patterns(self) -> Iterator[tuple[dict[int, bool], list[AwardRow]]]:
        """Every way to say which projects are financed jointly, with the rows that make it so."""
        concerned = {i for r in self.world.rules for i, c in r.joint if c == self.choice[i]}
        options = [[(i, *option) for option in self._joint_options(i)] for i in sorted(concerned)]
        for pattern in product(*options):
            yield {i: yes for i, yes, _ in pattern}, [row for _, _, rows in pattern for row in rows]

    def _joint_options(self, i: int) -> Iterator[tuple[bool, list[AwardRow]]]:
        least = self.case.settings.joint_min_share * self.world.free[i].capex_m
        donors = sorted({self.columns[n][1].donor for n in self._of(i)} - {""})
        given = {donor: {n: 1.0 for n in self._of(i) if self.columns[n][1].donor == donor} for donor in donors}
        for pair in combinations(donors, 2):
            yield True, [AwardRow("joint", given[donor], low=least) for donor in pair]
        below = least - STRICTLY * self.world.free[i].capex_m
        for more in donors or [""]:  # at most one donor gives as much
            yield False, [AwardRow("not joint", given[donor], high=below) for donor in donors if donor != more]

    # -- solving -------------------------------------------------------------------------------------------------

    def least(self, objective: np.ndarray, extra: Sequence[AwardRow] = ()) -> float | None:
        """Least value of `objective` over all awards that keep every row; None where there are none."""
        if self._solve(objective, [*self.rows, *extra], {}) is None:
            return None
        return self._least_with(objective, extra, {})

    def _split(
        self, objective: np.ndarray, rows: Sequence[AwardRow], fixed: Mapping[int, Extent], best: float | None
    ) -> float | None:
        """The relaxed program, split at an award between 0 and its minimum ticket."""
        solved = self._solve(objective, rows, fixed)
        if solved is None or (best is not None and solved[0] >= best - 1e-12):
            return best
        crowded = self._crowded(solved[1], fixed)
        for n in crowded:  # one of the programmes in a project with too many of them gives nothing
            best = self._split(objective, rows, {**fixed, n: (0.0, 0.0)}, best)
        if crowded:
            return best
        for n, (_, g) in enumerate(self.columns):
            if g.min_ticket_m and n not in fixed and 1e-9 < solved[1][n] < g.min_ticket_m - 1e-9:
                nothing = self._split(objective, rows, {**fixed, n: (0.0, 0.0)}, best)
                return self._split(objective, rows, {**fixed, n: (g.min_ticket_m, self.caps[n])}, nothing)
        return solved[0]

    def hands(self, i: int) -> int | None:
        """Most programmes that may support project i."""
        own = self.world.free[i].max_programmes
        return self.case.settings.max_programmes if own is None else own

    def _crowded(self, x: np.ndarray, fixed: Mapping[int, Extent]) -> list[int]:
        """The awards of a project that more programmes support than may; empty where there is none."""
        for i in self.financed:
            giving = [n for n in self._of(i) if x[n] > 1e-9]
            limit = self.hands(i)
            if limit is not None and len(giving) > limit:
                return [n for n in giving if fixed.get(n, (0.0, INF))[0] <= 0]
        return []

    def can_do_with(self, count: int, penalty: float, cost: float, face: float) -> bool:
        """Whether so few awards do, at this penalty, budget cost and face value, each within nearly 5e-7."""
        kept = [
            self._at_most(weights, most + JUST_HELD * max(1.0, abs(most)))
            for weights, most in ((self.penalties, penalty), (self.rates, cost), (self.faces, face))
        ]
        columns = range(len(self.columns))
        for giving in combinations(columns, count):
            closed = {n: (0.0, 0.0) for n in columns if n not in giving}
            if self._least_with(np.zeros(self.width), kept, closed) is not None:
                return True
        return False

    def _least_with(
        self, objective: np.ndarray, extra: Sequence[AwardRow], fixed: Mapping[int, Extent]
    ) -> float | None:
        result: float | None = None
        patterns = self._joint_patterns() if any(r.joint for r in self.world.rules) else iter([({}, [])])
        for joint, rows in patterns:
            ruled = [self._rule_row(r, joint) for r in self.world.rules if r.needs_awards]
            result = self._split(objective, [*self.rows, *extra, *rows, *ruled], fixed, result)
        return result

    def _solve(
        self, objective: np.ndarray, rows: Sequence[AwardRow], fixed: Mapping[int, Extent]
    ) -> tuple[float, np.ndarray] | None:
        extents = [fixed.get(n, (0.0, most)) for n, most in enumerate(self.caps)] + [(0.0, INF)] * len(self.soft)
        if any(low > high for low, high in extents):
            return None
        rows = [AwardRow(r.name, {n: v for n, v in r.terms.items() if v}, r.low, r.high) for r in rows]
        if any(not r.terms and (r.low > 1e-7 or r.high < -1e-7) for r in rows):
            return None
        rows = [r for r in rows if r.terms]
        if not self.width or not rows:
            return 0.0, np.array([low for low, _ in extents])
        return _minimize(objective, extents, rows)

    def least_penalty(self) -> float | None:
        return self._kept

    @cached_property
    def _kept(self) -> float | None:
        return self.least(self.penalties)

    def least_cost(self, penalty: float) -> float:
        """Least budget cost with at most this much penalty."""
        value = self.least(self.rates, [self._at_most(self.penalties, penalty)])
        return INF if value is None else value

    def least_face(self, penalty: float, cost: float) -> float:
        """Least face value with at most this much penalty and budget cost."""
        limits = [self._at_most(self.penalties, penalty), self._at_most(self.rates, cost + 1e-7 * max(1.0, cost))]
        value = self.least(self.faces, limits)
        return INF if value is None else value

    def _at_most(self, weights: np.ndarray, limit: float) -> AwardRow:
        return AwardRow("kept", {n: float(w) for n, w in enumerate(weights)}, high=limit)

    # -- recomputing ---------------------------------------------------------------------------------------------

    def _vector(self, awards: Mapping[tuple[str, str], float]) -> np.ndarray:
        return np.array(
            [awards.get((self.world.free[i].id, g.id), 0.0) for i, g in self.columns] + [0.0] * len(self.soft)
        )

    def cost_of(self, awards: Mapping[tuple[str, str], float]) -> float:
        return float(self.rates @ self._vector(awards))

    def judge(self, awards: Mapping[tuple[str, str], float]) -> tuple[list[str], float]:
        """Rows that the awards break, and the penalty of the soft rules that need awards."""
        given = self._vector(awards)
        known = {(self.world.free[i].id, g.id) for i, g in self.columns}
        broken = [f"no such award: {key}" for key in awards if key not in known]
        for n, (i, g) in enumerate(self.columns):
            least = g.min_ticket_m or 0.0
            if given[n] > self.caps[n] + 1e-6 or 1e-6 < given[n] < least - 1e-6 or given[n] < -1e-9:
                broken.append(f"ticket of {g.id} to {self.world.free[i].id}")
        for i in self.financed:
            if (limit := self.hands(i)) is not None and sum(given[n] > 0 for n in self._of(i)) > limit:
                broken.append(f"programmes of {self.world.free[i].id}")
        broken += [row.name for row in self.rows if _amiss(row, given) > 0]
        joint = {i: self._is_joint(i, given) for i in self.financed}
        penalty = 0.0
        for r in self.world.rules:
            if r.needs_awards:
                missing = _missing(self._rule_row(r, joint), given)
                if not r.rule.hard:
                    penalty += (r.rule.penalty or 0.0) * max(0.0, missing)
                elif missing > 1e-6 * max(1.0, abs(r.rule.value), _largest(self._rule_row(r, joint), given)):
                    broken.append(r.rule.rule)
        return broken, penalty

    def _is_joint(self, i: int, given: np.ndarray) -> bool:
        capex = self.world.free[i].capex_m
        sums: dict[str, float] = {}
        for n in self._of(i):
            donor = self.columns[n][1].donor
            sums[donor] = sums.get(donor, 0.0) + given[n]
        least = self.case.settings.joint_min_share * capex
        return sum(bool(donor) and s >= least - STRICTLY * capex / 2 for donor, s in sums.items()) >= 2


def _missing(row: AwardRow, given: np.ndarray) -> float:
    total = sum(v * given[n] for n, v in row.terms.items())
    return float(max(row.low - total, total - row.high))


def _largest(row: AwardRow, given: np.ndarray) -> float:
    return max((abs(v * given[n]) for n, v in row.terms.items()), default=0.0)


def _amiss(row: AwardRow, given: np.ndarray) -> float:
    """Violation beyond the tolerance of the audit."""
    limits = [abs(x) for x in (row.low, row.high) if abs(x) < INF]
    return _missing(row, given) - 1e-6 * max(1.0, *limits, _largest(row, given))


_SOLVER = highspy.Highs()
_SOLVER.setOptionValue("output_flag", False)
_SOLVER.setOptionValue("presolve", "off")
_SOLVER.setOptionValue("primal_feasibility_tolerance", 1e-9)


def _minimize(
    objective: np.ndarray, extents: Sequence[Extent], rows: Sequence[AwardRow]
) -> tuple[float, np.ndarray] | None:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(extents), len(rows)
    lp.col_cost_ = np.asarray(objective, dtype=float)
    lp.col_lower_ = np.array([low for low, _ in extents], dtype=float)
    lp.col_upper_ = np.array([high for _, high in extents], dtype=float)
    lp.row_lower_ = np.array([r.low for r in rows], dtype=float)
    lp.row_upper_ = np.array([r.high for r in rows], dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(r.terms) for r in rows)], dtype=np.int32)
    lp.a_matrix_.index_ = np.array([n for r in rows for n in r.terms], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([v for r in rows for v in r.terms.values()], dtype=float)
    _SOLVER.passModel(lp)
    _SOLVER.run()
    status = _SOLVER.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return float(_SOLVER.getObjectiveValue()), np.array(_SOLVER.getSolution().col_value)
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    raise AssertionError(f"the oracle's linear program ended with {status}")
