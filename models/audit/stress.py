"""The second reader of a plan under stress: every scenario's value, calls and who goes on, worked out again.

The scenario is made into a book of its own: demand and existing capacity are written out year by year with their
factors, and each plant's deliveries are moved, cut or ended. Value and rules are then those that the audit works out
of any book. What a chain delivers is another linear program: there the value is held against the stated coverage.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import cached_property
from itertools import combinations

from models.audit import rules, score
from models.audit.capacity import plant_capacity
from models.audit.exact import DIGITS, ONE, TOLERANCE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.picks import holds
from models.audit.projects import along, delivered, need
from models.case import Case
from models.plan import AuditResult, Plan
from models.schema import CHAIN_OBJECTIVES, Demand, Existing, Programme, Project, Scenario
from models.stress import ScenarioResult, Stress

MOST_CHOICES = 10
"""Projects that may stop, of which every choice is tried; of more only every single change is."""


@dataclass(frozen=True)
class Trouble:
    """The rows of one scenario."""

    rows: tuple[Scenario, ...]

    def factor(self, parameter: str, row: Project | Demand | Existing | Programme, year: int) -> Decimal:
        """Product of the factors on a row in a year."""
        made = ONE
        for change in self._acting(parameter, row, year):
            made *= exact(change.value)
        return made

    def _acting(self, parameter: str, row: Project | Demand | Existing | Programme, year: int) -> Iterator[Scenario]:
        for change in self.rows:
            timely = (change.from_year or year) <= year <= (change.to_year or year)
            if change.parameter == parameter and timely and holds(change.picks.projects, row):  # type: ignore[arg-type]
                yield change

    def late(self, project: Project, fid: int, first_year: int) -> int:
        """Years by which a project's deliveries move."""
        mine = [r for r in self.rows if r.parameter == "delay_years" and holds(r.picks.projects, project)]
        if project.status == "underway":
            return sum(int(r.value) for r in mine) if fid + project.build_years >= first_year else 0
        return sum(int(r.value) for r in mine if (r.from_year or fid) <= fid <= (r.to_year or fid))

    def share(self, project: Project, fid: int, year: int, first_year: int) -> Decimal:
        """Part of nameplate that a project delivers in a year."""
        if any(True for _ in self._acting("fails", project, year)):
            return ZERO
        moved = delivered(project, fid + self.late(project, fid, first_year), year)
        return moved * self.factor("capacity", project, year)

    def call(self, project: Project, fid: int) -> Decimal:
        """Public support beyond the need as planned."""
        cost = exact(project.capex_m) * self.factor("capex", project, fid)
        private = min(ONE, exact(project.private_share) * self.factor("private_share", project, fid))
        return max(ZERO, max(ZERO, cost * (ONE - private) - exact(project.secured_m)) - need(project))


@dataclass(frozen=True)
class TroubledLedger(Ledger):
    """Case and plan in a scenario in which some projects have stopped."""

    trouble: Trouble = field(default_factory=lambda: Trouble(()))
    stopped: frozenset[str] = frozenset()

    @cached_property
    def output(self) -> dict[str, dict[int, Decimal]]:
        fids = {name: row.fid_year for name, row in self.financed.items()}
        fids |= {name: self.underway_fid(project) for name, project in self.underway.items()}
        return {
            name: dict.fromkeys(self.years, ZERO) if name in self.stopped else self.yearly(self.projects[name], fid)
            for name, fid in fids.items()
        }

    def yearly(self, project: Project, fid: int) -> dict[int, Decimal]:
        """Tonnes in each year of the horizon in the scenario, decided in `fid`."""
        first = self.case.settings.first_year
        nameplate = exact(project.capacity_tpa) * exact(project.allied_share)
        return {year: nameplate * self.trouble.share(project, fid, year, first) for year in self.years}


def troubled(case: Case, plan: Plan, trouble: Trouble, stopped: Iterable[str]) -> TroubledLedger:
    """The ledger of a scenario."""
    years = range(case.settings.first_year, case.settings.last_year + 1)
    demand = tuple(
        row.model_copy(
            update={"years": {y: float(along(row.years, y) * trouble.factor("demand", row, y)) for y in years}}
        )
        for row in case.demand
    )
    existing = tuple(
        row.model_copy(update={
            "years": {y: float(plant_capacity(row, y) * trouble.factor("existing", row, y)) for y in years},
            "allied_share": 1.0,
        })
        for row in case.existing
    )  # fmt: skip
    book = case.model_copy(update={"demand": demand, "existing": existing})
    return TroubledLedger(book, plan, trouble, frozenset(stopped))


def value_of(ledger: TroubledLedger) -> Decimal:
    """The objective less the penalty of soft rules."""
    lost = ZERO
    for rule in ledger.case.rules:
        if not rule.hard and rule.aggregate != "each":
            lost += exact(rule.penalty or 0.0) * rules.row(ledger, rule).missing(rule)
    return score.value(ledger) - lost


def audit_stress(case: Case, plan: Plan, stress: Stress, rows: Iterable[Scenario]) -> AuditResult:
    """Every scenario of a stress against the case and the plan. `rows`: those that the stress was made from."""
    with localcontext(prec=DIGITS):
        named: dict[str, list[Scenario]] = {}
        for row in rows:
            named.setdefault(row.scenario, []).append(row)
        found: dict[str, list[Finding]] = {}
        for result in stress.scenarios:
            trouble = Trouble(tuple(named.get(result.scenario, ())))
            for check, finding in _scenario(case, plan, trouble, result):
                found.setdefault(check, []).append(finding)
        for finding in _probabilities(stress, named):
            found.setdefault("probabilities", []).append(finding)
        return _result(found)


def _result(found: Mapping[str, list[Finding]]) -> AuditResult:
    lines = []
    for check, findings in found.items():
        failed = [f for f in findings if not f.holds]
        said = (
            f"FAILED {check}: {failed[0].sentence}" if failed else f"{check}: as recomputed ({len(findings)} compared)"
        )
        lines.append(said)
    largest = max((f.part for findings in found.values() for f in findings), default=ZERO)
    passed = all(f.holds for findings in found.values() for f in findings)
    return AuditResult(
        passed=passed,
        largest_violation=float(largest),
        checks=tuple(sorted(lines, key=lambda x: not x.startswith("FAILED"))),
    )


def _probabilities(stress: Stress, named: Mapping[str, list[Scenario]]) -> Iterator[Finding]:
    total = ZERO
    for name, rows in named.items():
        stated = next((r.probability for r in rows if r.probability), 0.0)
        total += exact(stated)
        for result in (s for s in stress.scenarios if s.scenario == name):
            yield equal(result.probability, exact(stated), f"{name}: probability")
    planned = [s for s in stress.scenarios if s.scenario == "as planned"]
    for result in planned:
        yield equal(result.probability, ONE - total, "as planned: probability")


def _scenario(case: Case, plan: Plan, trouble: Trouble, result: ScenarioResult) -> Iterator[tuple[str, Finding]]:
    ledger, said = troubled(case, plan, trouble, result.stopped), f"{result.scenario}: "
    financed = set(ledger.financed)
    complete = {*result.kept, *result.stopped} == financed and not {*result.kept} & {*result.stopped}
    yield "who goes on", must(complete, f"{said}kept and stopped are not the financed projects, each once")
    calls = {i: trouble.call(ledger.projects[i], row.fid_year) for i, row in ledger.financed.items()}
    met = sum((calls[i] for i in result.kept if i in calls), ZERO)
    yield "calls", equal(result.called_m, met, f"{said}called_m")
    if case.settings.contingency_m is not None:
        limit = exact(case.settings.contingency_m)
        yield "calls", at_most(met, limit, f"{said}{say(met)} M are called, the contingency is {say(limit)} M", [met])
    reached = _stated_value(ledger, result) if score.name(ledger) in CHAIN_OBJECTIVES else value_of(ledger)
    yield "values", equal(result.value, reached, f"{said}value")
    for rule in case.rules:
        if rule.aggregate != "each":
            row = rules.row(ledger, rule)
            slack = TOLERANCE * row.base(rule) * 2
            true = row.missing(rule) > 0 if rule.rule in result.broken else row.missing(rule) <= slack
            yield "rules", must(true, f"{said}whether {rule.rule} is broken is stated wrongly")
    yield from (("choices", finding) for finding in _choices(case, plan, trouble, result, calls))


def _stated_value(ledger: TroubledLedger, result: ScenarioResult) -> Decimal:
    """The score of a chain by the coverage that is stated."""
    stated = {(c.stage, c.material, c.year): exact(c.coverage) for c in result.coverage}
    rows = [row.stage for row in ledger.case.demand]
    reached = asked = lost = ZERO
    for row in ledger.case.demand:
        for year in ledger.years:
            demand = along(row.years, year)
            if demand > 0:
                part = stated[row.stage, row.material, year]
                if score.name(ledger) == "magnets":
                    last = "magnet" if "magnet" in ledger.case.settings.stages else ledger.case.settings.stages[-1]
                    reached, asked = reached + (demand * part if row.stage == last else ZERO), ONE
                else:
                    growth = ONE + exact(ledger.case.settings.discount_rate)
                    weight = score.weight(ledger, row.stage) / rows.count(row.stage)
                    weight /= growth ** (year - ledger.case.settings.first_year)
                    reached, asked = reached + weight * part, asked + weight
    for rule in ledger.case.rules:
        if not rule.hard and rule.aggregate != "each":
            lost += exact(rule.penalty or 0.0) * rules.row(ledger, rule).missing(rule)
    return (reached / asked if asked else ZERO) - lost


def _choices(
    case: Case, plan: Plan, trouble: Trouble, result: ScenarioResult, calls: Mapping[str, Decimal]
) -> Iterator[Finding]:
    """No other choice of who goes on, within the contingency, is worth more; where money is cut only that somebody
    stops for a reason."""
    called = sorted(i for i, call in calls.items() if call > 0)
    cut = {r for r in trouble.rows if r.parameter == "budget"}
    if case.settings.contingency_m is None or not called:
        yield must(not result.stopped or bool(cut), f"{result.scenario}: projects stop although every call is met")
        return
    if cut or case.settings.objective in CHAIN_OBJECTIVES:
        return
    limit, best = exact(case.settings.contingency_m), exact(result.value)
    for stopped in _other_choices(called, frozenset(result.stopped)):
        if sum((calls[i] for i in called if i not in stopped), ZERO) <= limit:
            other = value_of(troubled(case, plan, trouble, stopped))
            sentence = f"{result.scenario}: {say(other)} if {', '.join(sorted(stopped)) or 'nobody'} stopped, stated {say(best)}"
            yield at_most(other, best, sentence, [other])


def _other_choices(called: list[str], stated: frozenset[str]) -> Iterator[frozenset[str]]:
    if len(called) <= MOST_CHOICES:
        for n in range(len(called) + 1):
            yield from map(frozenset, combinations(called, n))
        return
    yield from (stated - {i} for i in stated)
    yield from (stated - {i} | {j} for i in stated for j in called if j not in stated)
