"""The audit of single draws: the stream is repeated, each outcome is compared, and the plan is valued in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import NormalDist

from models.audit.exact import ONE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.picks import holds
from models.audit.stress_market import Market, call, idle
from models.audit.troubled import PLANNED, Trouble, troubled, value_of
from models.case import Case
from models.plan import Plan, RunRow
from models.schema import Project, Risk, Scenario
from models.stress import Draws, DrawSeen

NEVER = ("barred", "off the country list", "fails rule")
"""Reasons of projects that are never drawn."""
LEAST = 2.0**-53
"""Replaces a uniform of 0, for which the normal quantile does not exist."""
Common = tuple[Risk, tuple[str, ...]]
"""A row of `risks` and the projects that share one draw of it."""


@dataclass(frozen=True)
class Stream:
    """The parts of a draw: the scenarios with probability, in order, and the projects that share each risk."""

    case: Case
    scenarios: tuple[tuple[str, Decimal, tuple[Scenario, ...]], ...]
    shared: tuple[Common, ...]

    def trouble(self, seed: int, number: int) -> tuple[str, Trouble]:
        """Scenario and outcome of a draw; the first has number 1."""
        from models.audit.pcg import uniforms  # arrays are loaded only if something was drawn

        width = 1 + 3 * len(self.shared)
        first, *rest = uniforms(seed, (number - 1) * width, width)
        name, _, rows = self.scenarios[_place([p for _, p, _ in self.scenarios], first)]
        failed: set[str] = set()
        delays: dict[str, int] = {}
        overruns: dict[str, Decimal] = {}
        for n, (risk, ids) in enumerate(self.shared):
            fails, late, over = rest[3 * n : 3 * n + 3]
            if fails < risk.p_fail:
                failed |= {*ids}
            years = risk.delay[_place([exact(x) / 100 for _, x in risk.delay], late)][0] if risk.delay else 0
            z = exact(NormalDist().inv_cdf(max(over, LEAST)))
            delays |= dict.fromkeys(ids, years)
            overruns |= dict.fromkeys(ids, exact(risk.overrun) * (exact(risk.overrun_sigma) * z).exp())
        return name, Trouble(rows, delays, overruns, frozenset(failed))


def _place(shares: Sequence[Decimal], uniform: float) -> int:
    """The first entry whose cumulated share exceeds the uniform."""
    reached = ZERO
    for n, share in enumerate(shares):
        reached += share
        if reached > exact(uniform):
            return n
    return len(shares) - 1


def stream(case: Case, plan: Plan, named: Mapping[str, Sequence[Scenario]]) -> Stream:
    """The stream of a case: scenarios in the order of the sheet, `as planned` last with the remaining probability."""
    stated = [
        (name, exact(max((r.probability or 0.0 for r in rows), default=0.0)), tuple(rows))
        for name, rows in named.items()
    ]
    left = ONE - sum((p for _, p, _ in stated), ZERO)
    likely = [s for s in stated if s[1] > 0]
    if left > Decimal("1e-9"):
        likely.append((PLANNED, left, ()))
    return Stream(case, tuple(likely), tuple(_shared(case, plan)))


def _shared(case: Case, plan: Plan) -> Iterator[Common]:
    out = {row.id for row in plan.not_financed if row.reason in NEVER}
    waiting = [p for p in case.projects if p.id not in out and p.status != "barred"]
    for risk in case.risks:
        mine = [p for p in waiting if holds(risk.picks.projects, p)]
        waiting = [p for p in waiting if p not in mine]
        units: dict[tuple[str, str], list[str]] = {}
        for p in sorted(mine, key=lambda p: p.id):
            units.setdefault(_unit(risk, p), []).append(p.id)
        yield from ((risk, tuple(ids)) for _, ids in sorted(units.items()))


def _unit(risk: Risk, project: Project) -> tuple[str, str]:
    if risk.common == "all":
        return "all", "all"
    name = "" if risk.common == "project" else str(getattr(project, risk.common) or "")
    return (name, risk.common) if name else (project.id, "project")


def draws(
    decided_in: Callable[[str], Ledger],
    known_from: int | None,
    reported: Draws,
    source: Stream,
    runs: Mapping[int, Sequence[RunRow]],
) -> Iterator[Finding]:
    """Every draw that is stated by itself. `decided_in`: the plan of the state of a scenario, known from a year on. `runs`: flows
    of the chain by the number of the draw, where they count."""
    for seen in reported.seen:
        name, drawn = source.trouble(reported.seed, seen.draw)
        planned, trouble = decided_in(name), replace(drawn, known_from=known_from)
        label = f"draw {seen.draw}: "
        yield must(name == seen.scenario, f"{label}the scenario is {name}, stated {seen.scenario}")
        yield must(_of(trouble.failed, planned) == {*seen.failed}, f"{label}other projects fail than are stated")
        late = {i: y for i, y in trouble.delays.items() if y and i in _of(trouble.delays, planned)}
        yield must(late == dict(seen.late), f"{label}other delays are drawn than are stated")
        yield from _value(planned, trouble, seen, runs.get(seen.draw))


def _of(ids: Iterable[str], planned: Ledger) -> set[str]:
    """The projects that can deliver: financed, underway or going ahead without support."""
    return {*ids} & (planned.present | planned.unaided.keys())


def _value(planned: Ledger, trouble: Trouble, seen: DrawSeen, runs: Sequence[RunRow] | None) -> Iterator[Finding]:
    prices = Market(planned, trouble)
    ledger = troubled(planned, trouble, seen.stopped, idle(prices), runs)
    yield equal(seen.value, value_of(ledger), f"draw {seen.draw}: value")
    limit = planned.case.settings.contingency_m
    if limit is not None:
        met = sum((call(prices, planned.projects[i], row.fid_year)
                   for i, row in planned.financed.items() if i not in seen.stopped), ZERO)  # fmt: skip
        yield at_most(met, exact(limit), f"draw {seen.draw}: {say(met)} M are called of {say(exact(limit))} M", [met])
