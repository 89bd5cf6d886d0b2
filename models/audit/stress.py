"""The audit of a stress test: scenarios, single draws, losses, both ends of every bar of the tornado, both sides of every value
that breaks the plan, and the best plans of the scenarios."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import localcontext

from models.audit import score
from models.audit.exact import DIGITS, ONE, ZERO, Finding, at_most, equal, exact, must
from models.audit.ledger import Ledger
from models.audit.states import of_scenario, review
from models.audit.stress_draws import draws, stream
from models.audit.stress_ends import breaks, tornado
from models.audit.stress_scenario import scenario
from models.audit.troubled import PLANNED, Trouble, by_scenario, troubled, value_of
from models.case import Case
from models.plan import AuditResult, Plan
from models.schema import CHAIN_OBJECTIVES, Scenario
from models.stress import Evidence, Lost, Stress

MOST_LOST = 6
"""Number of losses of each kind that are recomputed, the largest first."""


def audit_stress(
    case: Case, plan: Plan, stress: Stress, rows: Iterable[Scenario], evidence: Evidence | None = None
) -> AuditResult:
    """Compares a stress test with the case and the plan; after a review with the plan of each scenario's state.

    `rows`: those that its scenarios were made from. `evidence`: who stops at the ends of the tornado and where rules break, and,
    where the objective counts deliveries of a chain, its flows.
    """
    evidence, rows = evidence or Evidence(), tuple(rows)
    with localcontext(prec=DIGITS):
        planned, named = Ledger(case, plan), by_scenario(rows)
        source, known_from = stream(case, plan, named), None if plan.risk is None else review(case)
        by_check: dict[str, list[Finding]] = {}

        def decided_in(name: str) -> Ledger:
            return planned if known_from is None else Ledger(case, of_scenario(plan, name))

        for result in stress.scenarios:
            trouble, state_ledger = (
                Trouble(tuple(named.get(result.scenario, ())), known_from=known_from),
                decided_in(result.scenario),
            )
            for check, finding in scenario(state_ledger, trouble, result, evidence.scenarios.get(result.scenario, ())):
                by_check.setdefault(check, []).append(finding)
        by_check["probabilities"] = list(_probabilities(stress, named))
        by_check["losses"] = list(_losses(planned, stress))
        if stress.draws is not None:
            by_check["draws"] = list(draws(decided_in, known_from, stress.draws, source, evidence.draws))
        by_check["tornado"] = list(tornado(planned, stress, rows, source.shared, evidence))
        by_check["breaks"] = list(breaks(planned, stress, evidence))
        by_check["core"] = list(_core(plan, stress))
        return _result({check: findings for check, findings in by_check.items() if findings})


def _result(by_check: Mapping[str, Sequence[Finding]]) -> AuditResult:
    lines = []
    for check, findings in by_check.items():
        failed = [f for f in findings if not f.holds]
        if failed:
            lines.append(f"FAILED {check}: {failed[0].sentence}")
        else:
            lines.append(f"{check}: as recomputed ({len(findings)} compared)")
    largest = max((f.part for findings in by_check.values() for f in findings), default=ZERO)
    passed = all(f.holds for findings in by_check.values() for f in findings)
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
    for result in (s for s in stress.scenarios if s.scenario == PLANNED):
        yield equal(result.probability, ONE - total, f"{PLANNED}: probability")


# -- failures, and what would have been best -------------------------------------------------------------------------


def _losses(ledger: Ledger, stress: Stress) -> Iterator[Finding]:
    """The value lost if one fails, and the value of the worst sets. Flows of a chain are not stated for these."""
    if score.name(ledger) in CHAIN_OBJECTIVES:
        return
    full = value_of(troubled(ledger, Trouble()))
    seen: dict[str, int] = {}
    for lost in stress.lost:
        seen[lost.kind] = seen.get(lost.kind, 0) + 1
        if seen[lost.kind] <= MOST_LOST:
            left = value_of(troubled(ledger, Trouble(failed=frozenset(_members(ledger, lost)))))
            yield equal(lost.loss, full - left, f"{lost.kind} {lost.name}: the loss")
    for worst in stress.worst_sets:
        failed = {i for name in worst.names for i in _members(ledger, Lost(kind=worst.by, name=name, loss=0.0))}
        left = value_of(troubled(ledger, Trouble(failed=frozenset(failed))))
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
    """Index, class and regret of the best plans of the scenarios agree with each other and with the plan."""
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
