r"""Budgets: year envelopes with and without carry-over, totals of a programme or fund, the total over all.

$$spent_{p,t} \le envelope_{p,t} \qquad \text{or} \qquad spent_{p,t} + carried_{p,t} = envelope_{p,t} + carried_{p,t-1}$$

`spent` is budget cost (`cost_rate * award`) or face value, as `limit_on` says, in the year of the decision; on the
outlay basis it is spread by the project's outlay profile. Totals charge the whole commitment on either basis:

$$\sum_{t} committed_{p,t} \le total_p, \qquad \sum_{p,t} cost\_rate_p\, award_{p,t} \le total\_budget$$

When the awards of a given selection are computed, `carried` may fall below 0 by the auditor's tolerance, a part `o` of what
the fund has in that year. Later years pay back what was overdrawn, so that tolerances do not add up:

$$carried_{p,t} \ge -o\, (envelope_{p,t} + carried_{p,t-1})$$

Programmes of one `fund` share one set of limits. Without programmes the needs are charged to the total budget.

In a state (`models.state_sets`) a factor f scales what was not committed before the review:

$$new_{p,t} + carried_{p,t} \le f\,(envelope_{p,t} - old_{p,t}) + carried_{p,t-1}$$

With carry-over more than the envelope of a year can be committed. Where $envelope - old$ is below 0 nothing is left to cut, and
a second row without f is added beside the first.

>>> from models.examples import show
>>> show("envelope", "loans")
award[mill,loans,2026] + award[ridge,loans,2026]  <=  100
award[mill,loans,2027] + award[ridge,loans,2027]  <=  150
>>> show("total")
award[mill,stakes,2026] + award[mill,stakes,2027]  <=  90
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyomo.core as pyo

from models.family import Family
from models.linear import charges, committed, public_cost
from models.schema import Project
from models.sets import Fund, Sets

if TYPE_CHECKING:
    from models.program import Program


def spending_profile(sets: Sets, project: Project) -> tuple[float, ...]:
    """Part of an award that is spent k years after the decision: one value of 1 on the commitment basis."""
    return sets.profile[project.id] if sets.case.settings.budget_basis == "outlay" else (1.0,)


def constrain(program: "Program") -> None:
    """Rows of every fund and of the total."""
    envelopes(program)
    carry_over(program)
    totals(program)
    total = program.sets.case.settings.total_budget_m
    if total is not None:
        program.add("total_budget", [()], lambda _: public_cost(program.decision) <= total)


def envelopes(program: "Program") -> None:
    """Year limits without carry-over."""
    limits = {
        (f.name, t): (spent, f.envelopes[t])
        for f in program.sets.funds
        if f.envelopes is not None and not f.carry_over
        for t, spent in charges(program.decision, f).items()
    }
    program.add("envelope", list(limits), lambda _, f, t: limits[f, t][0] <= limits[f, t][1])


def carry_over(program: "Program") -> None:
    """Year balances with carry-over; nothing is carried into the first year."""
    funds = {f.name: f for f in program.sets.funds if f.envelopes is not None and f.carry_over}
    if not funds:
        return
    years = program.sets.years
    spent = {name: charges(program.decision, f) for name, f in funds.items()}
    domain = pyo.Reals if program.options.overdraft else pyo.NonNegativeReals
    program.model.carried = pyo.Var(sorted(funds), list(years), domain=domain)
    envelope = {(name, t): (f.envelopes or {})[t] for name, f in funds.items() for t in years}

    cut = _cut_outlays(program, funds)
    uncut = {name: charges(program.decision, f, whole=True) for name, f in funds.items() if cut}

    def change(m: pyo.Block, f: str, t: int) -> object:
        return m.carried[f, t] - (m.carried[f, t - 1] if t > years[0] else 0)

    def balance(m: pyo.Block, f: str, t: int) -> object:
        body = spent[f][t] + change(m, f, t)
        return body <= envelope[f, t] if (f, t) in cut else body == envelope[f, t]

    program.add("exact_balance" if program.options.overdraft else "carry_over", list(envelope), balance)
    program.add("carry_over_uncut", list(cut), lambda m, f, t: uncut[f][t] + change(m, f, t) <= cut[f, t])
    if program.options.overdraft:
        overdrawn(program, envelope)


def _cut_outlays(program: "Program", funds: Mapping[str, Fund]) -> dict[tuple[str, int], float]:
    """Fund and year that a state cuts -> its whole envelope, where outlays of earlier decisions fall in it."""
    sets = program.sets
    if sets.case.settings.budget_basis != "outlay":
        return {}
    whole = {f.name: f.envelopes or {} for f in Sets(sets.case).funds}
    before = sets.years[0] - 1
    return {
        (name, t): whole[name][t]
        for name, f in funds.items()
        for t in sets.years
        if sets.charge_factor(f, before, t) < 1
    }


def overdrawn(program: "Program", envelope: Mapping[tuple[str, int], float]) -> None:
    """Millions by which a fund with carry-over may be overdrawn in a year; the base of the tolerance is at least 1 million."""
    first = program.sets.years[0]

    def least(m: pyo.Block, f: str, t: int) -> object:
        given = sum(envelope[f, y] for y in range(first, t + 1))
        before = m.carried[f, t - 1] if t > first else 0
        has = 1.0 if given <= 1 else envelope[f, t] + before
        return m.carried[f, t] + program.options.overdraft * has >= 0

    program.add("overdraft", list(envelope), least)


def totals(program: "Program") -> None:
    """Limits over all years: `total_m` on what `limit_on` says, `total_face_m` on face value."""
    decision = program.decision
    limited = {f.name: f for f in program.sets.funds if f.total is not None}
    faced = {f.name: f for f in program.sets.funds if f.total_face is not None}
    program.add(
        "total",
        [(f,) for f in sorted(limited)],
        lambda _, f: committed(decision, limited[f], face=limited[f].on_face) <= limited[f].total,
    )
    program.add(
        "total_face",
        [(f,) for f in sorted(faced)],
        lambda _, f: committed(decision, faced[f], face=True) <= faced[f].total_face,
    )


BUDGETS = Family(
    "budgets", constrain, class_key=spending_profile,
    limits=("envelope", "carry_over", "carry_over_uncut", "total", "total_face", "total_budget"),
    modelled="money", checks=("money", "programmes"), audits=("envelopes", "totals", "budgets table"),
    repairs=("envelope", "total", "total_face", "total_budget"),
)  # fmt: skip
