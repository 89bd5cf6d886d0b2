r"""Rules: each row of the `rules` sheet is one linear row over the financed projects that its `where` picks.

| aggregate | row (for `>=`) |
| --- | --- |
| sum | $\sum m_i \ge value$ |
| average | $\sum w_i (m_i - value) \ge 0$ |
| share | $\sum_{picked} m_i - value \sum_{all} m_i \ge 0$ |
| ratio | $\sum m_i - value \sum per_i \ge 0$ |

`each` bars candidates before anything is decided (`models.sets`). A soft rule may be missed by `shortfall`, which costs `penalty`
plan-score points per unit of its row.

>>> from models.examples import show
>>> show("rule", "start")
1000.0*start[mill,2026] + 1000.0*start[mill,2027] - 500.0*start[ridge,2026] - 500.0*start[ridge,2027]  >=  0
"""

from collections.abc import Hashable
from typing import TYPE_CHECKING

import pyomo.core as pyo

from models.decision import Decision, Linear
from models.family import Family
from models.measures import matches
from models.rule_measures import MEASURES, Measure, measure, number, total
from models.schema import Project, Rule, Where
from models.sets import Sets

if TYPE_CHECKING:
    from models.program import Program


def rows(rules: tuple[Rule, ...]) -> list[Rule]:
    """The rules that become rows of the program: all but `each`."""
    return [r for r in rules if r.aggregate != "each"]


def row(decision: Decision, rule: Rule) -> tuple[Linear, float]:
    """A rule's linear row over the decisions, and its limit."""
    if rule.aggregate == "average":
        return total(
            decision,
            rule,
            rule.picks,
            lambda i: _weight(decision, rule, i) * (number(decision, i, rule.measure) - rule.value),
        ), 0.0
    value = measure(decision, rule, rule.measure, rule.picks)
    if rule.aggregate == "sum":
        return value, rule.value
    return value - rule.value * below(decision, rule), 0.0


def below(decision: Decision, rule: Rule) -> Linear:
    """The denominator: the measure `per` of a ratio, or the measure of a share over all financed projects (over those of the
    rule's one stage, for `capacity_total`)."""
    if rule.aggregate == "ratio":
        return measure(decision, rule, rule.per or "count", rule.picks)
    stage = tuple(c for c in rule.picks.projects if c[0] == "stage" and rule.measure == "capacity_total")
    return measure(decision, rule, rule.measure, Where(projects=stage))


def _weight(decision: Decision, rule: Rule, project: object) -> float:
    return number(decision, project, rule.weight or "capex")  # type: ignore[arg-type]


def of_awards(sets: Sets) -> list[Rule]:
    """The rules that become rows over awards."""
    return [r for r in rows(sets.case.rules) if any(m and m.reads_awards for m in _measures(r))]


def _measures(rule: Rule) -> list[Measure | None]:
    return [MEASURES.get(name) for name in (rule.measure, rule.per) if name]


def picked_by(sets: Sets, project: Project) -> tuple[Hashable, ...]:
    """Key of a project in its class: the rules over awards that pick it, and what else their measures read of it."""
    return tuple(
        (matches(r.picks, project), *(m.class_key(sets, project) for m in _measures(r) if m)) for r in of_awards(sets)
    )


def counted_alone(sets: Sets, project: Project) -> bool:
    """Whether the measure of a rule reads the awards of this project separately."""
    return any(m.apart(sets, project) for r in of_awards(sets) for m in _measures(r) if m)


def awards_lose_points(program: "Program") -> bool:
    """Whether the penalty of a soft rule depends on awards when every decision is fixed."""
    return any(program.penalties.get(r.rule) for r in of_awards(program.sets))


def constrain(program: "Program") -> None:
    """One row per rule; a soft rule has a shortfall, for which the objective pays its penalty."""
    rules = {r.rule: r for r in rows(program.sets.case.rules) if r.rule not in program.options.by_scenario}
    soft = [name for name, r in rules.items() if not r.hard]
    program.model.shortfall = pyo.Var(soft, domain=pyo.NonNegativeReals)

    def limit(m: pyo.Block, name: str) -> object:
        rule = rules[name]
        body, bound = row(program.decision, rule)
        missing = m.shortfall[name] if not rule.hard else 0
        return body + missing >= bound if rule.sense == ">=" else body - missing <= bound

    program.add("rule", [(name,) for name in rules], limit)
    program.penalties = {name: rules[name].penalty or 0.0 for name in soft}


RULES = Family(
    "rules", constrain, class_key=picked_by, apart=counted_alone, limits=("rule",), modelled="rules", checks=("rules",),
    audits=("rules", "rules table"), repairs=("rule", "each"),
)  # fmt: skip
