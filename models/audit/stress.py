"""The second reader of a plan under stress: every scenario's value, calls and who goes on, losses, and single draws.

What a chain delivers is another linear program: there the flows that were found are handed over, and it is checked that
they keep every capacity and balance of the scenario and deliver what is stated.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import combinations

from models.audit import rules, score
from models.audit.budgets import FundUse, funds
from models.audit.chain import Chain
from models.audit.exact import DIGITS, ONE, TOLERANCE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.projects import along
from models.audit.stress_draws import draws, stream
from models.audit.stress_market import Market, call, floors, idle
from models.audit.troubled import Trouble, TroubledLedger, troubled, value_of, with_runs
from models.case import Case
from models.plan import AuditResult, Financed, Plan
from models.schema import CHAIN_OBJECTIVES, Programme, Scenario
from models.stress import ChainRuns, Lost, ScenarioResult, Stress

MOST_CHOICES = 10
"""Projects that may stop, of which every choice is tried; of more only every single change is."""
MOST_LOST = 6
"""Losses of each kind that are worked out again: the largest."""
Finds = Iterator[tuple[str, Finding]]
"""Findings, each with the name of its check."""


def audit_stress(
    case: Case, plan: Plan, stress: Stress, rows: Iterable[Scenario], runs: ChainRuns | None = None
) -> AuditResult:
    """A stress against the case and the plan. `rows`: those that its scenarios were made from; `runs`: flows of the chain,
    where the objective counts them."""
    runs = runs or ChainRuns()
    with localcontext(prec=DIGITS):
        named = by_scenario(rows)
        found: dict[str, list[Finding]] = {}
        for result in stress.scenarios:
            trouble = Trouble(tuple(named.get(result.scenario, ())))
            own = with_runs(plan, runs.scenarios.get(result.scenario, ()))
            for check, finding in _scenario(case, own, trouble, result):
                found.setdefault(check, []).append(finding)
        found["probabilities"] = list(_probabilities(stress, named))
        found["losses"] = list(_losses(case, plan, stress))
        if stress.draws is not None:
            source = stream(case, plan, named)
            found["draws"] = list(draws(plan, stress.draws, source, runs.draws, Ledger(case, plan)))
        found["core"] = list(_core(plan, stress))
        return _result({check: findings for check, findings in found.items() if findings})


def by_scenario(rows: Iterable[Scenario]) -> dict[str, list[Scenario]]:
    """The rows of each scenario, in their order."""
    named: dict[str, list[Scenario]] = {}
    for row in rows:
        named.setdefault(row.scenario, []).append(row)
    return named


def _result(found: Mapping[str, Sequence[Finding]]) -> AuditResult:
    lines = []
    for check, findings in found.items():
        failed = [f for f in findings if not f.holds]
        if failed:
            lines.append(f"FAILED {check}: {failed[0].sentence}")
        else:
            lines.append(f"{check}: as recomputed ({len(findings)} compared)")
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
    for result in (s for s in stress.scenarios if s.scenario == "as planned"):
        yield equal(result.probability, ONE - total, "as planned: probability")


# -- one scenario ----------------------------------------------------------------------------------------------------


def _scenario(case: Case, plan: Plan, trouble: Trouble, result: ScenarioResult) -> Finds:
    planned, said = Ledger(case, plan), f"{result.scenario}: "
    prices = Market(planned, trouble)
    shut = idle(prices)
    ledger = troubled(case, plan, trouble, result.stopped, shut)
    financed = set(ledger.financed)
    complete = {*result.kept, *result.stopped} == financed and not {*result.kept} & {*result.stopped}
    yield "who goes on", must(complete, f"{said}kept and stopped are not the financed projects, each once")
    calls = {i: call(prices, planned.projects[i], row.fid_year) for i, row in planned.financed.items()}
    met = sum((calls[i] for i in result.kept if i in calls), ZERO)
    yield "calls", equal(result.called_m, met, f"{said}called_m")
    if case.settings.contingency_m is not None:
        limit = exact(case.settings.contingency_m)
        yield "calls", at_most(met, limit, f"{said}{say(met)} M are called, the contingency is {say(limit)} M", [met])
    yield "price floors", equal(result.owed_m, floors(prices, result.stopped), f"{said}owed_m")
    if score.name(ledger) in CHAIN_OBJECTIVES:
        yield from (("flows", finding) for finding in _flows(ledger, result))
    yield "values", equal(result.value, value_of(ledger), f"{said}value")
    yield from (("rules", finding) for finding in _broken(ledger, result))
    yield from (("envelopes", finding) for finding in _envelopes(planned, trouble, result))
    yield from (("choices", finding) for finding in _choices((case, plan, trouble, shut), result, calls))


def _broken(ledger: TroubledLedger, result: ScenarioResult) -> Iterator[Finding]:
    for rule in ledger.case.rules:
        if rule.aggregate != "each":
            row = rules.row(ledger, rule)
            slack = TOLERANCE * row.base(rule) * 2
            true = row.missing(rule) > 0 if rule.rule in result.broken else row.missing(rule) <= slack
            yield must(true, f"{result.scenario}: whether {rule.rule} is broken is stated wrongly")


def _flows(ledger: TroubledLedger, result: ScenarioResult) -> Iterator[Finding]:
    """The flows of a scenario: no process runs more than it has, nothing is used that is not made or supplied, and they
    deliver the coverage that is stated."""
    chain, said = Chain(ledger), f"{result.scenario}: "
    yield must(bool(ledger.plan.runs), f"{said}no flows of the chain are given")
    for (way, year), run in chain.runs.items():
        yield at_most(-run, ZERO, f"{said}{way[0]} runs {say(run)} t in {year}, less than nothing")
    for process in chain.stages:
        for year in ledger.years:
            used = chain.used(process, year)
            most = sum(chain.capacity(process, year), chain.unaided(process, year))
            yield at_most(used, most, f"{said}{process} takes {say(used)} t/yr in {year} and has {say(most)}", [used])
    for (material, year), (made, used) in chain.flows.items():
        supply = chain.supply(material, year)
        sentence = f"{said}{say(used)} t of {material} are used in {year}, {say(made)} made and {say(supply)} supplied"
        yield at_most(used, made + supply, sentence, [made, used])
    stated = {(c.stage, c.material, c.year): c.coverage for c in result.coverage}
    for row in ledger.case.demand:
        for year in ledger.years:
            part = chain.delivered(row, year)
            known = stated.get((row.stage, row.material, year), -1.0)
            yield equal(known, part if along(row.years, year) > 0 else ONE, f"{said}coverage of {row.stage} in {year}")


def _envelopes(planned: Ledger, trouble: Trouble, result: ScenarioResult) -> Iterator[Finding]:
    """The awards of those that go on fit what a cut leaves of each envelope."""
    for whole in funds(planned):
        factors = {y: _budget_factor(trouble, whole.members, y) for y in planned.years}
        cut = [y for y, factor in factors.items() if factor != 1]
        if not cut or whole.envelope(cut[0]) is None:
            continue
        rows = planned.financed.values()
        old = _of(planned, [r for r in rows if r.fid_year < cut[0]], whole.name)
        new = _of(planned, [r for r in rows if r.fid_year >= cut[0] and r.id in result.kept], whole.name)
        left = ZERO
        for year in planned.years:
            envelope = whole.envelope(year) or ZERO
            before = left if whole.carries else ZERO
            if year < cut[0]:
                left = max(ZERO, before + envelope - whole.spent(year))
                continue
            free = envelope - old.spent(year)
            left = before + (free * factors[year] if free > 0 else free) - new.spent(year)
            sentence = f"{result.scenario}: {whole.name} lacks {say(-left)} M in {year} for those that go on"
            yield at_most(-left, ZERO, sentence, [envelope])
            left = max(ZERO, left)


def _of(ledger: Ledger, rows: Iterable[Financed], name: str) -> FundUse:
    alone = ledger.alone(rows)
    return next(f for f in funds(alone) if f.name == name)


def _budget_factor(trouble: Trouble, members: Sequence[Programme], year: int) -> Decimal:
    """Every row that picks one of a fund's programmes counts once."""
    product = ONE
    acting = [{id(r): r for r in trouble.acting("budget", p, year)} for p in members]
    for row in {key: r for by in acting for key, r in by.items()}.values():
        product *= exact(row.value)
    return product


Situation = tuple[Case, Plan, Trouble, Mapping[str, frozenset[int]]]


def _choices(at: Situation, result: ScenarioResult, calls: Mapping[str, Decimal]) -> Iterator[Finding]:
    """No other choice of who goes on, within the contingency, is worth more; where money is cut only that somebody
    stops for a reason."""
    case, plan, trouble, shut = at
    called = sorted(i for i, owed in calls.items() if owed > 0)
    cut = {r for r in trouble.rows if r.parameter == "budget"}
    if case.settings.contingency_m is None or not called:
        yield must(not result.stopped or bool(cut), f"{result.scenario}: projects stop although every call is met")
        return
    if cut or case.settings.objective in CHAIN_OBJECTIVES:
        return
    limit, best = exact(case.settings.contingency_m), exact(result.value)
    for stopped in _other_choices(called, frozenset(result.stopped)):
        if sum((calls[i] for i in called if i not in stopped), ZERO) <= limit:
            other = value_of(troubled(case, plan, trouble, stopped, shut))
            who = ", ".join(sorted(stopped)) or "nobody"
            yield at_most(other, best, f"{result.scenario}: {say(other)} if {who} stopped, stated {say(best)}", [other])


def _other_choices(called: list[str], stated: frozenset[str]) -> Iterator[frozenset[str]]:
    if len(called) <= MOST_CHOICES:
        for n in range(len(called) + 1):
            yield from map(frozenset, combinations(called, n))
        return
    yield from (stated - {i} for i in stated)
    yield from (stated - {i} | {j} for i in stated for j in called if j not in stated)


# -- failures, and what would have been best -------------------------------------------------------------------------


def _losses(case: Case, plan: Plan, stress: Stress) -> Iterator[Finding]:
    """The value lost where one fails, and that of the worst sets. Flows of a chain are not stated for these."""
    ledger = Ledger(case, plan)
    if score.name(ledger) in CHAIN_OBJECTIVES:
        return
    full = value_of(troubled(case, plan, Trouble()))
    seen: dict[str, int] = {}
    for lost in stress.lost:
        seen[lost.kind] = seen.get(lost.kind, 0) + 1
        if seen[lost.kind] <= MOST_LOST:
            left = value_of(troubled(case, plan, Trouble(failed=frozenset(_members(ledger, lost)))))
            yield equal(lost.loss, full - left, f"{lost.kind} {lost.name}: the loss")
    for worst in stress.worst_sets:
        gone = {i for name in worst.names for i in _members(ledger, Lost(kind=worst.by, name=name, loss=0.0))}
        left = value_of(troubled(case, plan, Trouble(failed=frozenset(gone))))
        yield equal(worst.value, left, f"the worst set of {worst.n}: the value")
        yield at_most(exact(worst.bound), left, f"the worst set of {worst.n}: the bound is above the value")


def _members(ledger: Ledger, lost: Lost) -> Iterator[str]:
    """The financed projects of a project, sponsor, country or programme."""
    for name in ledger.financed:
        if lost.kind == "programme":
            if any(g.programme.id == lost.name and g.face > 0 for g in ledger.awards[name]):
                yield name
        elif (name if lost.kind == "project" else getattr(ledger.projects[name], lost.kind) or name) == lost.name:
            yield name


def _core(plan: Plan, stress: Stress) -> Iterator[Finding]:
    """Index, class and regret of the best plans of the scenarios fit each other and the plan."""
    financed = {row.id for row in plan.projects}
    solved = {s.scenario for s in stress.scenarios if s.best_low is not None}
    for row in stress.core:
        known = {*row.scenarios} <= solved and len({*row.scenarios}) == len(row.scenarios)
        yield must(known, f"{row.id}: its scenarios are not among those whose best plan is known")
        yield equal(row.index, exact(len(row.scenarios)) / max(1, len(solved)), f"{row.id}: core index")
        fits = {"core": len(row.scenarios) == len(solved), "exterior": not row.scenarios}.get(row.class_, True)
        yield must(fits, f"{row.id} is called {row.class_} with {len(row.scenarios)} of {len(solved)} best plans")
        yield must(row.financed == (row.id in financed), f"{row.id}: whether the plan finances it is stated wrongly")
        yield must(
            not row.no_regret or (row.financed and row.class_ == "core"), f"{row.id}: no regret without being core"
        )
    for s in stress.scenarios:
        if s.best_low is not None and s.best_high is not None:
            reached, low, high = exact(s.value), exact(s.best_low), exact(s.best_high)
            yield at_most(reached, low, f"{s.scenario}: the plan reaches more than the best plan", [low])
            yield at_most(low, high, f"{s.scenario}: the best plan is above its bound", [low])
            yield equal(s.regret_low or 0.0, low - reached, f"{s.scenario}: regret_low")
            yield equal(s.regret_high or 0.0, high - reached, f"{s.scenario}: regret_high")
