"""The audit of one scenario of a stress test: value, calls, projects that go on, rules, envelopes, and the flows of a chain.

Computing the deliveries of a chain takes a linear program. The flows are therefore given as evidence, and it is checked that
they keep every capacity and balance of the scenario and deliver what is stated.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import combinations

from models.audit import rules, score
from models.audit.budgets import FundUse, funds
from models.audit.chain import Chain
from models.audit.exact import ONE, TOLERANCE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.projects import along
from models.audit.stress_market import Market, call, floors, idle
from models.audit.troubled import Trouble, TroubledLedger, budget_factor, troubled, value_of
from models.plan import RunRow
from models.schema import CHAIN_OBJECTIVES
from models.stress import ScenarioResult

RUN_OF_RESIDUE = 100
"""The tolerance of a flow is measured in at least this part of the largest run, t/yr."""
MOST_CHOICES = 10
"""Number of projects that may stop up to which every choice is tried; beyond it only single changes are."""
Finds = Iterator[tuple[str, Finding]]
"""Findings, each with the name of its check."""


def scenario(planned: Ledger, trouble: Trouble, result: ScenarioResult, runs: Iterable[RunRow]) -> Finds:
    """The statements about one scenario. `planned`: case and plan as planned; `runs`: those of the chain in the scenario."""
    case, label = planned.case, f"{result.scenario}: "
    prices = Market(planned, trouble)
    shut = idle(prices)
    ledger = troubled(planned, trouble, result.stopped, shut, runs)
    financed = set(ledger.financed)
    complete = {*result.kept, *result.stopped} == financed and not {*result.kept} & {*result.stopped}
    yield "who goes on", must(complete, f"{label}kept and stopped are not the financed projects, each once")
    calls = {i: call(prices, planned.projects[i], row.fid_year) for i, row in planned.financed.items()}
    met = sum((calls[i] for i in result.kept if i in calls), ZERO)
    yield "calls", equal(result.called_m, met, f"{label}called_m")
    if case.settings.contingency_m is not None:
        limit = exact(case.settings.contingency_m)
        yield "calls", at_most(met, limit, f"{label}{say(met)} M are called, the contingency is {say(limit)} M", [met])
    yield "price floors", equal(result.owed_m, floors(prices, result.stopped), f"{label}owed_m")
    if score.name(ledger) in CHAIN_OBJECTIVES:
        chain = Chain(ledger)
        yield from (("flows", finding) for finding in flows(chain, result.scenario))
        yield from (("flows", finding) for finding in _delivered(chain, result))
    yield "values", equal(result.value, value_of(ledger), f"{label}value")
    yield from (("rules", finding) for finding in _broken(ledger, result))
    choice = StatedChoice(result.scenario, frozenset(result.stopped), exact(result.value))
    yield from (("envelopes", finding) for finding in envelopes(planned, trouble, choice))
    yield from (("choices", finding) for finding in choices(planned, trouble, choice, calls, shut))


def _broken(ledger: TroubledLedger, result: ScenarioResult) -> Iterator[Finding]:
    for rule in ledger.case.rules:
        if rule.aggregate != "each":
            row = rules.row(ledger, rule)
            slack = TOLERANCE * row.base(rule) * 2
            true = row.missing(rule) > 0 if rule.rule in result.broken else row.missing(rule) <= slack
            yield must(true, f"{result.scenario}: whether {rule.rule} is broken is stated wrongly")


def flows(chain: Chain, name: str) -> Iterator[Finding]:
    """The flows of a scenario: no process runs beyond its capacity, and no material is used that is not made or supplied."""
    ledger, label = chain.ledger, f"{name}: "
    # The solver meets a row within a part of the runs of the whole chain, which may be all of a material that is nearly unused.
    residue = max(chain.runs.values(), default=ZERO) / RUN_OF_RESIDUE
    yield must(bool(ledger.plan.runs), f"{label}no flows of the chain are given")
    for (way, year), run in chain.runs.items():
        yield at_most(-run, ZERO, f"{label}{way[0]} runs {say(run)} t in {year}, less than nothing")
    for process in chain.stages:
        for year in ledger.years:
            used = chain.used(process, year)
            most = sum(chain.capacity(process, year), chain.unaided(process, year))
            sentence = f"{label}{process} takes {say(used)} t/yr in {year} and has {say(most)}"
            yield at_most(used, most, sentence, [used, residue])
    for (material, year), (produced, used) in chain.flows.items():
        supply = chain.supply(material, year)
        sentence = (
            f"{label}{say(used)} t of {material} are used in {year}, {say(produced)} made and {say(supply)} supplied"
        )
        yield at_most(used, produced + supply, sentence, [produced, used, residue])


def _delivered(chain: Chain, result: ScenarioResult) -> Iterator[Finding]:
    """The flows deliver the coverage that is stated."""
    ledger = chain.ledger
    stated = {(c.stage, c.material, c.year): c.coverage for c in result.coverage}
    for row in ledger.case.demand:
        for year in ledger.years:
            part = chain.delivered(row, year)
            known = stated.get((row.stage, row.material, year), -1.0)
            quantity = f"{result.scenario}: coverage of {row.stage} in {year}"
            yield equal(known, part if along(row.years, year) > 0 else ONE, quantity)


@dataclass(frozen=True)
class StatedChoice:
    """The projects that stop in a scenario and the value of the plan in it, both as stated."""

    name: str
    stopped: frozenset[str]
    value: Decimal


def envelopes(planned: Ledger, trouble: Trouble, choice: StatedChoice) -> Iterator[Finding]:
    """The awards of projects that go on fit what a cut leaves of each envelope. Decisions after the scenario was known were
    checked by `models.audit.states`."""
    if trouble.known_from is not None:
        return
    rows = planned.financed.values()

    @cache
    def charged(since: int) -> tuple[list[FundUse], list[FundUse]]:
        """Every fund with the decisions before a year, and with those later ones that go on."""
        later = (r for r in rows if r.fid_year >= since and r.id not in choice.stopped)
        return funds(planned.alone(r for r in rows if r.fid_year < since)), funds(planned.alone(later))

    for place, whole in enumerate(funds(planned)):
        factors = {y: budget_factor(trouble, whole.members, y) for y in planned.years}
        cut = [y for y, factor in factors.items() if factor != 1]
        if not cut or whole.envelope(cut[0]) is None:
            continue
        old, new = (part[place] for part in charged(cut[0]))
        left = ZERO
        for year in planned.years:
            envelope = whole.envelope(year) or ZERO
            before = left if whole.carries else ZERO
            if year < cut[0]:
                left = max(ZERO, before + envelope - whole.spent(year))
                continue
            free = envelope - old.spent(year)
            left = before + (free * factors[year] if free > 0 else free) - new.spent(year)
            sentence = f"{choice.name}: {whole.name} lacks {say(-left)} M in {year} for those that go on"
            yield at_most(-left, ZERO, sentence, [envelope])
            left = max(ZERO, left)


def choices(
    planned: Ledger,
    trouble: Trouble,
    choice: StatedChoice,
    calls: Mapping[str, Decimal],
    shut: Mapping[str, frozenset[int]],
) -> Iterator[Finding]:
    """No other choice of the projects that go on, within the contingency, has a higher value; if money is cut, only that projects
    stop for a reason. `shut`: years in which a project stands idle."""
    settings, label = planned.case.settings, f"{choice.name}: "
    called = sorted(i for i, owed in calls.items() if owed > 0)
    cut = trouble.known_from is None and any(r.parameter == "budget" for r in trouble.rows)
    if settings.contingency_m is None or not called:
        yield must(not choice.stopped or cut, f"{label}projects stop although every call is met")
        return
    if cut or settings.objective in CHAIN_OBJECTIVES:
        return
    limit, best = exact(settings.contingency_m), choice.value
    for stopped in _other_choices(called, choice.stopped):
        if sum((calls[i] for i in called if i not in stopped), ZERO) <= limit:
            other = value_of(troubled(planned, trouble, stopped, shut))
            who = ", ".join(sorted(stopped)) or "nobody"
            yield at_most(other, best, f"{label}{say(other)} if {who} stopped, stated {say(best)}", [other])


def _other_choices(called: list[str], stated: frozenset[str]) -> Iterator[frozenset[str]]:
    if len(called) <= MOST_CHOICES:
        for n in range(len(called) + 1):
            yield from map(frozenset, combinations(called, n))
        return
    yield from (stated - {i} for i in stated)
    yield from (stated - {i} | {j} for i in stated for j in called if j not in stated)
