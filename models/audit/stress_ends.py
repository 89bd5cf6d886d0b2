"""The audit of both ends of every bar of the tornado, and of both sides of every value that breaks a rule or a milestone.

Each is turned into a trouble from the rows of the sheets, or from the stated parameter, and the plan is evaluated in it. The
projects that stop are given as evidence: they must fit the contingency and the cut envelopes, and leave no better choice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from statistics import NormalDist

from models.audit import rules, score
from models.audit.capacity import Need, needs
from models.audit.chain import Chain
from models.audit.exact import ONE, TOLERANCE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.states import known_by
from models.audit.stress_draws import Common
from models.audit.stress_market import Market, call, idle
from models.audit.stress_scenario import StatedChoice, choices, envelopes, flows
from models.audit.troubled import Trouble, TroubledLedger, troubled, value_of
from models.schema import CHAIN_OBJECTIVES, Risk, Rule, Scenario
from models.stress import Break, Evidence, Stress, Tornado, Worked

LOW, HIGH = 0.05, 0.95
"""Quantiles of a risk that the tornado takes."""
NOBODY = Worked()
"""The evaluation if no project stops and no chain counts."""
KEPT_PART = Decimal("0.9")
"""Part of the planned coverage below which a milestone is broken."""


@dataclass(frozen=True)
class _World:
    """The ledger at one value of a parameter."""

    ledger: TroubledLedger

    @cached_property
    def chain(self) -> Chain:
        return Chain(self.ledger)

    @cached_property
    def needs(self) -> list[Need]:
        return needs(self.ledger)

    @cached_property
    def value(self) -> Decimal:
        return value_of(self.ledger)


# -- tornado ---------------------------------------------------------------------------------------------------------


def tornado(
    planned: Ledger, stress: Stress, rows: Sequence[Scenario], shared: Sequence[Common], evidence: Evidence
) -> Iterator[Finding]:
    """Every bar: its low and high are the extremes of the sheets, and the values of the plan at both are as stated.

    `rows`: of the scenarios. `shared`: rows of `risks`, each with projects that share a draw.
    """
    spans = dict(_spans(rows, shared, planned))
    for bar in stress.tornado:
        yield must(bar.parameter in spans, f"tornado: no sheet changes {bar.parameter}")
        if bar.parameter in spans:
            for end, (level, troubles) in zip(("low", "high"), spans[bar.parameter], strict=True):
                worked = evidence.ends.get((bar.parameter, end), NOBODY)
                yield from _end(planned, bar, end, level, troubles, worked)
    if stress.tornado:
        missing = sorted(spans.keys() - {bar.parameter for bar in stress.tornado})
        yield must(not missing, f"tornado: {', '.join(missing)} is left out")


Ends = tuple[tuple[Decimal, list[Trouble]], tuple[Decimal, list[Trouble]]]
"""Low and high of a parameter, each with the troubles that have it there."""


def _end(  # noqa: PLR0917
    planned: Ledger, bar: Tornado, end: str, level: Decimal, troubles: Sequence[Trouble], worked: Worked
) -> Iterator[Finding]:
    label = f"tornado, {bar.parameter}, {end}"
    at, value = (bar.at_low, bar.low) if end == "low" else (bar.at_high, bar.high)
    yield equal(at, level, f"{label}: the parameter")
    # Rows of one parameter, `where` and value may differ in their years: one of them has the value that is stated.
    known = [known_by(planned, trouble) for trouble in troubles]
    worlds = [
        (state_ledger, trouble, _World(_ledger(state_ledger, trouble, worked))) for state_ledger, trouble in known
    ]
    state_ledger, trouble, world = min(worlds, key=lambda one: abs(one[-1].value - exact(value)))
    yield equal(value, world.value, f"{label}: the value")
    yield from _allowed(state_ledger, trouble, StatedChoice(label, frozenset(worked.stopped), exact(value)), world)


def _spans(rows: Sequence[Scenario], shared: Sequence[Common], planned: Ledger) -> Iterator[tuple[str, Ends]]:
    names = dict.fromkeys((r.parameter, r.where) for r in rows)
    for parameter, where in names:
        as_planned = ZERO if parameter in ("delay_years", "fails") else ONE
        at = [(as_planned, Trouble())]
        at += [(exact(r.value), Trouble((r,))) for r in rows if (r.parameter, r.where) == (parameter, where)]
        low, high = min(level for level, _ in at), max(level for level, _ in at)
        yield (
            f"{parameter}, {where}" if where else parameter,
            ((low, [t for level, t in at if level == low]), (high, [t for level, t in at if level == high])),
        )
    for place, risk in enumerate(planned.case.risks, 1):
        ids = [i for row, ids in shared if row is risk for i in ids]
        if ids:
            yield from _of_risk(risk, risk.where or f"row {place}", ids)


def _of_risk(risk: Risk, where: str, ids: Iterable[str]) -> Iterator[tuple[str, Ends]]:
    ids = tuple(ids)
    if risk.delay:
        low, high = (_delay(risk, q) for q in (LOW, HIGH))
        late = [(exact(y), [Trouble(delays=dict.fromkeys(ids, y))]) for y in (low, high)]
        yield f"risks: delay, {where}", (late[0], late[1])
    if risk.overrun != 1 or risk.overrun_sigma:
        factors = [
            exact(risk.overrun) * (exact(risk.overrun_sigma) * exact(NormalDist().inv_cdf(q))).exp()
            for q in (LOW, HIGH)
        ]
        over = [(f, [Trouble(overruns=dict.fromkeys(ids, f))]) for f in factors]
        yield f"risks: overrun, {where}", (over[0], over[1])


def _delay(risk: Risk, quantile: float) -> int:
    reached = ZERO
    for years, share in risk.delay:
        reached += exact(share) / 100
        if reached > exact(quantile):
            return years
    return risk.delay[-1][0]


# -- what breaks the plan --------------------------------------------------------------------------------------------


Missed = Callable[[_World], tuple[Decimal, Decimal]]
"""By how much a rule or a milestone is missed (below 0: slack), and the base of the tolerance."""


def breaks(planned: Ledger, stress: Stress, evidence: Evidence) -> Iterator[Finding]:
    """Every value that breaks a rule or a milestone: it is broken there, and holds at the stated value next to it.

    For failures also that fewer do not suffice: contributions of projects are taken off, the largest first.
    """
    aims = dict(_rules(planned))
    if any(one.kind == "milestone" for one in stress.breaks):
        aims |= dict(_milestones(planned, evidence))
    worlds = _Worlds(planned)
    for one in stress.breaks:
        yield must(one.rule in aims, f"breaks: there is no {one.kind} {one.rule}")
        if one.rule in aims and one.parameter == "failures":
            yield from _failures(worlds, one, aims[one.rule])
        elif one.rule in aims:
            yield from _sides(worlds, one, aims[one.rule], evidence)


def _rules(planned: Ledger) -> Iterator[tuple[str, Missed]]:
    for rule in planned.case.rules:
        if rule.aggregate != "each":
            yield rule.rule, partial(_of_rule, rule)


def _milestones(planned: Ledger, evidence: Evidence) -> Iterator[tuple[str, Missed]]:
    """The coverage of each demand row in each year, compared with nine tenths of the planned one."""
    whole = _World(troubled(planned, Trouble(), runs=evidence.planned))
    for n, item in enumerate(needs(planned)):
        name = f"{item.stage}, {item.material}" if item.material else item.stage
        for year in planned.years:
            yield f"{name} {year}", partial(_of_milestone, n, year, KEPT_PART * min(ONE, _supply(whole, n, year)))


def _of_rule(rule: Rule, world: _World) -> tuple[Decimal, Decimal]:
    row = rules.row(world.ledger, rule)
    sign = ONE if rule.sense == ">=" else -ONE
    return sign * (row.right - row.left), row.base(rule)


def _of_milestone(place: int, year: int, least: Decimal, world: _World) -> tuple[Decimal, Decimal]:
    return least - _supply(world, place, year), ONE


def _supply(world: _World, place: int, year: int) -> Decimal:
    """Part of a demand row that is delivered, or that capacity could cover; the latter may exceed 1."""
    item = world.needs[place]
    if score.name(world.ledger) in CHAIN_OBJECTIVES and item.demand is not None:
        return world.chain.delivered(item.demand, year)
    demand = item.demanded(year)
    return item.capacity(year) / demand if demand > 0 else ONE


class _Worlds:
    """Cache of the plan at values of parameters, because many rules break at the same value."""

    def __init__(self, planned: Ledger) -> None:
        self.planned = planned
        self._known: dict[tuple[str, float, int], _World] = {}
        self._failed: dict[frozenset[str], _World] = {}

    def at(self, parameter: str, level: float, worked: Worked) -> tuple[_World, list[Finding]]:
        """The plan at a value, with the findings about stopped projects and flows the first time."""
        key = parameter, level, id(worked)
        if key in self._known:
            return self._known[key], []
        row = Scenario(row=0, scenario=parameter, parameter=parameter, value=level)
        as_planned = level == (0 if parameter == "delay_years" else 1)
        trouble = Trouble() if as_planned else Trouble((row,))
        world = self._known[key] = _World(_ledger(self.planned, trouble, worked))
        label = f"breaks, {parameter} {level:g}"
        choice = StatedChoice(label, frozenset(worked.stopped), world.value)
        return world, list(_allowed(self.planned, trouble, choice, world))

    def without(self, names: Iterable[str]) -> _World:
        """The plan if these projects fail."""
        failed = frozenset(names)
        if failed not in self._failed:
            self._failed[failed] = _World(troubled(self.planned, Trouble(failed=failed)))
        return self._failed[failed]


def _sides(worlds: _Worlds, one: Break, missed: Missed, evidence: Evidence) -> Iterator[Finding]:
    for side, level in (("value", one.value), ("holds_at", one.holds_at)):
        if level is not None:
            worked = evidence.sides.get((one.rule, one.parameter, side), NOBODY)
            world, findings = worlds.at(one.parameter, level, worked)
            yield from findings
            label = f"breaks, {one.rule}, {one.parameter} {level:g}"
            yield _judged(missed(world), label, breaks=side == "value")


def _judged(missed: tuple[Decimal, Decimal], label: str, *, breaks: bool) -> Finding:
    """Compares a side of a break; within the tolerance a rule may be stated as kept or as broken."""
    amount, base = missed
    if breaks:
        return must(amount > 0, f"{label}: it does not break, {say(-amount)} are to spare")
    return must(amount <= 2 * TOLERANCE * base, f"{label}: it does not hold, {say(amount)} are missing")


def _failures(worlds: _Worlds, one: Break, missed: Missed) -> Iterator[Finding]:
    """Contributions of projects to a rule, or to the capacity of a milestone, add up, so that the largest are the worst set of
    their number. Flows of a chain do not add up and are not stated for failures."""
    financed = worlds.planned.financed
    count = len(financed) if one.value is None else int(one.value)
    label = f"breaks, {one.rule}, {count} failed projects"
    if one.value is not None:
        yield must(len(set(one.names)) == count and {*one.names} <= {*financed}, f"{label}: they are not named")
        yield _judged(missed(worlds.without(one.names)), label, breaks=True)
    most = count if one.value is None else count - 1
    if most >= 0:
        alone = {i: missed(worlds.without([i]))[0] for i in sorted(financed) if most}
        fewer = sorted(alone, key=lambda i: -alone[i])[:most]
        yield _judged(missed(worlds.without(fewer)), f"{label}, but {most} of them", breaks=False)


# -- both ------------------------------------------------------------------------------------------------------------


def _ledger(planned: Ledger, trouble: Trouble, worked: Worked) -> TroubledLedger:
    return troubled(planned, trouble, worked.stopped, idle(Market(planned, trouble)), worked.runs)


def _allowed(planned: Ledger, trouble: Trouble, choice: StatedChoice, world: _World) -> Iterator[Finding]:
    """The money allows the stated choice of stopped projects, and flows of a chain keep its capacities and balances. As planned
    there are no calls."""
    prices, limit = Market(planned, trouble), planned.case.settings.contingency_m
    if score.name(world.ledger) in CHAIN_OBJECTIVES:
        yield from flows(world.chain, choice.name)
    calls: dict[str, Decimal] = {}
    if limit is not None and trouble != Trouble():
        calls = {i: call(prices, planned.projects[i], row.fid_year) for i, row in planned.financed.items()}
        met = sum((owed for i, owed in calls.items() if i not in choice.stopped), ZERO)
        yield at_most(met, exact(limit), f"{choice.name}: {say(met)} M are called of {say(exact(limit))} M", [met])
    yield from envelopes(planned, trouble, choice)
    yield from choices(planned, trouble, choice, calls, world.ledger.idle)
