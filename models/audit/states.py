"""Plans with a review: the scenarios of each state, equal decisions before the review, and windows, precedence, money and rules
of each state's plan at its prices and within the rest of its envelopes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from models.audit import budgets, decisions, financing, precedence, rules, viability
from models.audit.exact import ONE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.instruments import funded
from models.audit.ledger import Ledger
from models.audit.market import alone, hurdle
from models.audit.stress_draws import stream
from models.audit.stress_market import Market
from models.audit.troubled import PLANNED, Trouble, budget_factor, by_scenario
from models.case import Case
from models.plan import Award, Financed, Plan
from models.risk_plan import RiskPlan, StatePlan, StatePlanned
from models.schema import Scenario

DECIDED: tuple[Callable[[Ledger], Iterable[Finding]], ...] = (
    decisions.names, decisions.windows, decisions.statuses, precedence.requires, precedence.together, precedence.excludes,
    precedence.group, financing.support, financing.awards, financing.tickets, financing.hands, viability.closes, budgets.totals,
)  # fmt: skip
"""Checks of the whole plan of a state, besides envelopes and rules."""


def review(case: Case) -> int | None:
    """Year from which decisions differ by state; None without a review."""
    settings, year = case.settings, case.settings.review_year
    late = year is not None and year > min(settings.last_fid_year, settings.last_year)
    return None if late or settings.risk in ("none", "failures") else year


def of_scenario(plan: Plan, scenario: str) -> Plan:
    """The whole plan of a scenario's state; the plan itself without a review."""
    states = () if plan.risk is None else plan.risk.states
    state = next((s for s in states if scenario in s.scenarios), None)
    return plan if state is None or state.state in (PLANNED, "plan") else _plan(plan, state)


def known_by(ledger: Ledger, trouble: Trouble) -> tuple[Ledger, Trouble]:
    """The whole plan of the state to which the rows of a trouble belong, and the trouble as known from the review on; both are
    unchanged without a review, and if no state has these rows."""
    since, risk = review(ledger.case), ledger.plan.risk
    if since is None or risk is None or not trouble.rows:
        return ledger, trouble
    named, known = by_scenario(ledger.case.scenarios), _known(ledger, trouble.rows)
    for state in risk.states:
        planned = state.state == PLANNED
        if known == _known(ledger, () if planned else named.get(state.scenarios[0], ())):
            state_ledger = ledger if planned else Ledger(ledger.case, _plan(ledger.plan, state))
            return state_ledger, replace(trouble, known_from=since)
    return ledger, trouble


def _plan(plan: Plan, state: StatePlan) -> Plan:
    return plan.model_copy(update={"projects": tuple(map(_financed, state.projects))})


def _financed(row: StatePlanned) -> Financed:
    """A project of a state with its awards; numbers that are not stated are 0."""
    given = [
        Award(programme=a.programme, year=row.fid_year, face_m=a.face_m, cost_m=a.cost_m) for a in row.awards or ()
    ]
    return Financed(
        id=row.id, fid_year=row.fid_year, need_m=0.0, public_m=row.public_m, contingent_m=0.0, private_m=0.0,
        awards=tuple(given),
    )  # fmt: skip


@dataclass(frozen=True)
class StateLedger(Ledger):
    """The whole plan of a state. Decisions from the review on are sized at the prices of the state."""

    at: Ledger
    since: int

    def priced(self, fid: int) -> Ledger:
        """The ledger at whose prices a decision is sized."""
        return self.at if fid >= self.since else self


def checks(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    """Compares every state with the case, and all of them with the plan."""
    since = review(ledger.case)
    if since is None:
        yield from _one(ledger, risk)
        return
    yield from _partition(ledger, risk)
    for state in risk.states:
        yield from _before(ledger, state, since)
        yield from _kept(ledger, state, since)


def _one(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    decisions = {name: row.fid_year for name, row in ledger.financed.items()}
    named = sorted(name for state in risk.states for name in state.scenarios)
    yield must(
        named == sorted(r.scenario for r in risk.scenarios), "the scenarios of the one state are not all of them"
    )
    for state in risk.states:
        whole = {p.id: p.fid_year for p in state.projects}
        yield must(whole == decisions, f"state {state.state}: its projects and years are not those of the plan")


# -- which scenarios are one state -----------------------------------------------------------------------------------


def _partition(ledger: Ledger, risk: RiskPlan) -> Iterator[Finding]:
    named = by_scenario(ledger.case.scenarios)
    planned = _known(ledger, ())
    expected: dict[tuple[Decimal, ...], set[str]] = {planned: set()}
    drawn = {name for name, p, _ in stream(ledger.case, ledger.plan, named).scenarios if p} if risk.draws else {}
    for name in {*drawn, *(result.scenario for result in risk.scenarios)}:
        expected.setdefault(_known(ledger, named.get(name, ())), set()).add(name)
    stated = [{*s.scenarios} for s in risk.states]
    alike = sorted(map(sorted, stated)) == sorted(map(sorted, expected.values()))
    yield must(
        alike, "the states are not the scenarios that are alike in demand, existing capacity, prices and envelopes"
    )
    first = bool(risk.states) and risk.states[0].state == PLANNED and stated[0] == expected[planned]
    yield must(first, "the first state is not that of the book as planned")
    for result in risk.scenarios:
        containing = [s.state for s in risk.states if result.scenario in s.scenarios]
        yield must([result.state] == containing, f"{result.scenario}: its state is stated as {result.state}")


def _known(ledger: Ledger, rows: Iterable[Scenario]) -> tuple[Decimal, ...]:
    """Factors that tell scenarios apart at the review: those of all years of the horizon, and those of later prices."""
    case, trouble, s = ledger.case, Trouble(tuple(rows)), ledger.case.settings
    years = range(s.first_year, s.last_year + 1)
    bounds = [y for r in case.scenarios if r.parameter == "price" for y in (r.from_year, r.to_year) if y is not None]
    later = range(s.first_year, max([s.last_year, *bounds]) + 2)
    factors = [trouble.factor("demand", row, y) for row in case.demand for y in years]
    factors += [trouble.factor("existing", row, y) for row in case.existing for y in years]
    factors += [trouble.factor("price", row, y) for row in case.prices for y in later]
    funds = [f for f in budgets.funds(ledger.alone(())) if f.envelope(s.first_year) is not None]
    factors += [budget_factor(trouble, f.members, y) for f in funds for y in years]
    return tuple(factors)


# -- what each state keeps -------------------------------------------------------------------------------------------


def _before(ledger: Ledger, state: StatePlan, since: int) -> Iterator[Finding]:
    """Decisions and awards before the review are those of the plan; in the state as planned all are."""
    every = state.state == PLANNED

    def decided(rows: Iterable[Financed | StatePlanned]) -> set[tuple[object, ...]]:
        return {
            (row.id, row.fid_year, tuple(sorted((a.programme, a.face_m) for a in row.awards or ())))
            for row in rows
            if every or row.fid_year < since
        }

    in_state, plan = decided(state.projects), decided(ledger.plan.projects)
    when = "all that is decided" if every else f"what is decided before {since}"
    yield must(in_state == plan, f"state {state.state}: {when} differs from the plan")


def _kept(ledger: Ledger, state: StatePlan, since: int) -> Iterator[Finding]:
    rows = tuple(by_scenario(ledger.case.scenarios).get(state.scenarios[0], ())) if state.scenarios else ()
    trouble = Trouble(() if state.state == PLANNED else rows)
    plan = _plan(ledger.plan, state)
    market = Market(Ledger(ledger.case, plan), trouble)
    state_ledger = StateLedger(_with_decided_rules(ledger.case), plan, market.at(market.rows), since)
    for check in (*DECIDED, rules.hold):
        yield from (_labelled(state, finding) for finding in check(state_ledger))
    yield from (_labelled(state, finding) for finding in _envelopes(state_ledger, trouble, since))
    yield from (_labelled(state, finding) for finding in _public(state_ledger, state))


def _with_decided_rules(case: Case) -> Case:
    decided = tuple(r for r in case.rules if not rules.counts_deliveries(r))
    return case.model_copy(update={"rules": decided})


def _labelled(state: StatePlan, finding: Finding) -> Finding:
    return Finding(finding.violation, finding.base, f"state {state.state}: {finding.sentence}")


def _public(ledger: Ledger, state: StatePlan) -> Iterator[Finding]:
    for row in state.projects:
        if row.id not in ledger.projects:
            continue  # `decisions.names` says so
        project = ledger.projects[row.id]
        secured, capex = exact(project.secured_m), exact(project.capex_m)
        public = secured + sum((g.face for g in ledger.awards[row.id] if funded(g.programme)), ZERO)
        if not ledger.case.programmes:
            public = alone(ledger, project, row.fid_year)
            public += ZERO if hurdle(ledger, project) is None else secured
        yield equal(row.public_m, public, f"{row.id}: public money in M", [capex])


def _envelopes(ledger: StateLedger, trouble: Trouble, since: int) -> Iterator[Finding]:
    """New awards fit what a cut leaves of the part of each envelope that was not committed before the review."""
    before, after = _spent(ledger, lambda fid: fid < since), _spent(ledger, lambda fid: fid >= since)
    for fund, old, new in zip(budgets.funds(ledger), before, after, strict=True):
        if fund.envelope(ledger.years[0]) is None:
            continue
        left = ZERO
        for year in ledger.years:
            free, factor = (fund.envelope(year) or ZERO) - old.spent(year), budget_factor(trouble, fund.members, year)
            cut = free * factor if free > 0 or factor > ONE else free
            left = (left if fund.carries else ZERO) + cut - new.spent(year)
            sentence = f"{fund.name} spends {say(-left)} M more than it has in {year}"
            yield at_most(-left, ZERO, sentence, [fund.envelope(year) or ZERO])
            left = max(ZERO, left)


def _spent(ledger: StateLedger, decided: Callable[[int], bool]) -> list[budgets.FundUse]:
    """Every fund, in the order of all of them, with what the decisions of some years charge to it."""
    rows = tuple(r for r in ledger.plan.projects if decided(r.fid_year))
    part = StateLedger(ledger.case, ledger.plan.model_copy(update={"projects": rows}), ledger.at, ledger.since)
    return budgets.funds(part)
