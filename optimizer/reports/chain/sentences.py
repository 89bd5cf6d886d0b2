"""The chain in sentences: built and delivered, what is short of feed, what research and the choice of plan are worth."""

from collections.abc import Iterable, Sequence
from math import fsum

from models.case import Case
from models.chain_value import CapacityStep, Research, Saved, Shortage
from models.milestones import middle, milestones
from models.plan import Plan, ProcessRow
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.numbers import (
    Link,
    by_stage,
    final_name,
    in_chain_order,
    links,
    nameplate,
    sources,
    unfed,
)
from optimizer.reports.formatting import material_name, number, percent, points, stage_name

_MOST = 4
"""Processes named in a sentence."""
_LEAST_SHOWN = 0.02
"""Savings below this part of the largest are not worth a word."""
_LEAST = 0.005
"""Idle capacity below this part of a process is not worth a word."""


def sentences(case: Case, plan: Plan) -> list[str]:
    """Everything there is to say of a chain, the headline first; empty without one."""
    if not has_chain(plan):
        return []
    return [delivered_headline(case, plan), *feed(case, plan), *bottlenecks(case, plan), *worth(case, plan)]


def delivered_headline(case: Case, plan: Plan) -> str:
    """What is built and what is delivered at the middle milestone, stage by stage."""
    year = middle(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    parts = [f"{row.name} nameplate {percent(row.nameplate)} %, delivered {change(row)}" for row in rows]
    return f"{year}, share of demand outside China: " + "; ".join(parts) + "."


def screen_headline(case: Case, plan: Plan) -> str:
    """What is delivered at the middle milestone, of each stage the material of which least is; the table below has all."""
    year = middle(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    least = {stage: min((r for r in rows if r.stage == stage), key=lambda r: r.delivered) for stage in _stages(rows)}
    parts = [f"{row.name} {change(row)}" for row in least.values()]
    return f"{year}, share of demand outside China delivered: " + ", ".join(parts)


def _stages(rows: Iterable[Link]) -> list[str]:
    return list(dict.fromkeys(row.stage for row in rows))


def change(row: Link) -> str:
    """What is delivered without and with the plan, `24 -> 53 %`; with it alone where the other was not worked out."""
    before = "" if row.without is None else f"{percent(row.without)} -> "
    return f"{before}{percent(row.delivered)} %"


def weakest(case: Case, plan: Plan) -> list[str]:
    """The stage of which least is delivered at the middle milestone."""
    year = middle(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year == year and row.demand_t > 0]
    if not rows:
        return []
    if all(row.delivered >= 1 for row in rows):
        return [f"Weakest stage: none, all demand of {year} is delivered."]
    least = min(rows, key=lambda row: row.delivered)
    share, gap = percent(least.delivered), number(least.gap_t)
    return [f"Weakest stage: {least.name}, {share} % of the {year} demand delivered, gap {gap} t/yr."]


def feed(case: Case, plan: Plan) -> list[str]:
    """What runs on Chinese feed or stands idle at the middle milestone, and what finds no plant to take it."""
    year = middle(case, plan)
    rows = [row for row in in_chain_order(case, plan.processes) if row.year == year and nameplate(row) > 0]
    first = sources(case)
    idle = [row for row in rows if unfed(row) > _LEAST * nameplate(row)]
    fed = [row for row in idle if row.process not in first]
    mined = [row for row in idle if row.process in first]
    lines = []
    if fed:
        lines.append(f"{year}, runs on Chinese feed or stands idle: {_tonnes(fed)}.")
    elif rows:
        lines.append(f"{year}: nothing runs on Chinese feed; every plant is fed from outside China.")
    if mined:
        lines.append(f"{year}, finds no plant outside China that takes it: {_tonnes(mined)}.")
    return lines


def _tonnes(rows: Sequence[ProcessRow]) -> str:
    most = sorted(rows, key=lambda r: -unfed(r))[:_MOST]
    words = ", ".join(f"{r.process} {number(unfed(r))} t of {number(nameplate(r))} t" for r in most)
    left = len(rows) - len(most)
    return words + (f" and {left} more" if left else "")


# -- what one more unit would deliver --------------------------------------------------------------------------------


def bottlenecks(case: Case, plan: Plan) -> list[str]:
    """The material that holds the middle milestone back, and what a little more of each stage would deliver then."""
    year = middle(case, plan)
    if plan.worth is None:
        return []
    short = [s for s in plan.worth.shortages if s.year == year]
    steps = best_of_stage(s for s in plan.worth.steps if s.year == year)
    lines = [f"{year}, bottleneck: {_bottleneck(short, stage_name(final_name(case)))}."]
    if steps:
        words = "; ".join(_gain(step, case, stage_name(final_name(case))) for step in steps)
        lines.append(f"{year}, a hundredth more capacity of a stage, in its best process, would deliver: {words}.")
    return lines


def _bottleneck(short: Sequence[Shortage], final: str) -> str:
    """The material without which least of the final product is delivered; where none is, of the score."""
    if not short:
        return "no material, more feed alone would deliver nothing more"
    most = hardest(short)
    score = max(short, key=lambda s: s.delivered_gain)
    words = f"{material_name(most.material)}; with all of it that plants could take {_more(most, final)}"
    if score.material != most.material:
        words += f"; for the score {material_name(score.material)}, {_points(score.delivered_gain)}"
    return words


def hardest(short: Sequence[Shortage]) -> Shortage:
    """The material without which least of the final product is delivered; where none is, of the score."""
    return max(short, key=lambda s: (s.magnets_gain_t, s.delivered_gain))


def best_of_stage(steps: Iterable[CapacityStep]) -> list[CapacityStep]:
    """Of each stage the process that brings most (steps of one stage are alike), those first that bring most of the
    final product."""
    best: dict[str, CapacityStep] = {}
    for step in steps:
        if step.stage not in best or _gains(step) > _gains(best[step.stage]):
            best[step.stage] = step
    return sorted(best.values(), key=_gains, reverse=True)


def _gains(step: CapacityStep) -> tuple[float, float]:
    return (step.magnets_gain_t, step.delivered_gain)


def _gain(step: CapacityStep, case: Case, final: str) -> str:
    named = f" in {step.process}" if len({r.process for r in case.processes if r.stage == step.stage}) > 1 else ""
    return f"{stage_name(step.stage)} {_more(step, final)} ({number(step.step_t)} t/yr{named})"


def _more(gain: CapacityStep | Shortage, final: str) -> str:
    tonnes = f"{number(gain.magnets_gain_t)} t more {final}, " if gain.magnets_gain_t >= 1e-3 else ""
    return tonnes + _points(gain.delivered_gain)


def _points(share: float) -> str:
    """A part of a year's delivered score in points of a hundred."""
    return f"{100 * share:.2g} points of the score"


# -- what research and the choice of plan are worth ------------------------------------------------------------------


def worth(case: Case, plan: Plan) -> list[str]:
    """Thrift, better recovery, and the plan best by nameplate; empty where no further solve was made."""
    if plan.worth is None:
        return []
    lines = [
        *research("Thrift", plan.worth.thrift, case, plan),
        *research("Better recovery", plan.worth.recovery, case, plan),
    ]
    return [*lines, *against_nameplate(case, plan)]


def research(what: str, outcome: Research | None, case: Case, plan: Plan) -> list[str]:
    """What later coefficients save, the mines that would give as much, and what the same projects deliver without."""
    if outcome is None or plan.worth is None:
        return []
    year = max([y for y in milestones(case, plan) if y >= outcome.from_year], default=case.settings.last_year)
    rows = [row for row in outcome.saved if row.year == year]
    most = max((row.saved_t for row in rows), default=0.0)
    saved = ", ".join(
        f"{number(r.saved_t)} t of {material_name(r.material)}" for r in rows if r.saved_t >= _LEAST_SHOWN * most
    )
    lead = f"{what} from {outcome.from_year} on is worth {saved or 'nothing'} in {year}{_mines(case, rows)}"
    return [f"{lead}; without it the same projects deliver {_lost(outcome, case, plan)}."]


def _mines(case: Case, rows: Sequence[Saved]) -> str:
    """The ore that would give as much (one ore gives all of it at once, so the largest counts), and how many mines."""
    ore = max((row.ore_t for row in rows if row.ore_t is not None), default=0.0)
    first = case.settings.stages[0]
    sizes = sorted(p.capacity_tpa for p in case.projects if p.stage == first and p.capacity_tpa > 0)
    if not ore or not sizes:
        return ""
    size = sizes[len(sizes) // 2]
    many = (
        f": {ore / size:.1f} {stage_name(first)} of the median candidate's size not needed" if ore >= size / 10 else ""
    )
    return f", as much as {number(ore)} t/yr from this plan's {stage_name(first)} gives{many}"


def _lost(outcome: Research, case: Case, plan: Plan) -> str:
    """Final product and score that the same projects lose."""
    ours, final = plan.worth, stage_name(final_name(case))
    if ours is None:
        return ""
    lost, points = ours.magnets_t - outcome.magnets_t, 100 * (ours.delivered - outcome.delivered)
    words = f"{number(abs(lost))} t {'less' if lost > 0 else 'more'} of {final}"
    if abs(lost) < max(1.0, 1e-5 * ours.magnets_t):
        words = f"as many tonnes of {final}"
    return words + (f" and score {points:.2g} points less" if points > _LEAST_SHOWN / 10 else "")


def against_nameplate(case: Case, plan: Plan) -> list[str]:
    """How much more the plan delivers than the plan best by nameplate, and why."""
    best = plan.worth.nameplate if plan.worth else None
    if plan.worth is None or plan.objective.name not in ("delivered", "magnets"):
        return []
    if best is None:
        return [
            "Not compared with the plan best by nameplate, no time was left: solve again with --objective coverage."
        ]
    final = stage_name(final_name(case))
    more = plan.worth.magnets_t - best.magnets_t
    part = f" ({abs(more) / best.magnets_t * 100:.2g} %)" if best.magnets_t > 0 else ""
    difference = f"{number(abs(more))} t{part} {'more' if more >= 0 else 'less'} than"
    lead = (
        f"This plan delivers {number(plan.worth.magnets_t)} t of {final} by {case.settings.last_year}, "
        f"{'as many as' if abs(more) < 1 else difference} the plan best by nameplate, and scores "
        f"{points(plan.worth.delivered)} against {points(best.delivered)} in delivery"
    )
    return [lead + f": {'; '.join(why)}." if (why := reasons(case, plan)) else lead + "."]


def reasons(case: Case, plan: Plan) -> list[str]:
    """How the two plans differ at the middle milestone: what each leaves unfed and runs, the last stage first."""
    best = plan.worth.nameplate if plan.worth else None
    year = middle(case, plan)
    theirs = {name: (there, fed) for name, y, there, fed in best.processes if y == year} if best else {}
    ours = [row for row in plan.processes if row.year == year and row.process in theirs]
    first, lines = sources(case), []
    for stage in reversed(case.settings.stages):
        rows = [row for row in ours if row.stage == stage]
        idle = fsum(there - fed for there, fed in (theirs[r.process] for r in rows if r.process not in first))
        here = fsum(unfed(r) for r in rows if r.process not in first)
        more = fsum(r.used_t - theirs[r.process][1] for r in rows)
        least = _LEAST * max(1.0, fsum(theirs[r.process][0] for r in rows))
        if idle - here > least:
            lines.append(f"leaves {number(idle)} t/yr of {stage} capacity without feed, this one {number(here)}")
        elif more > least:
            lines.append(f"runs {number(more)} t/yr less of {stage}")
    return [f"in {year} that plan {', and '.join(lines)}"] if lines else []
