"""The chain in sentences: built and delivered, lack of feed, and the worth of research and of the choice of plan."""

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
from optimizer.reports.formatting import (
    clauses,
    few_more,
    listed,
    number,
    percent,
    points,
    sentence,
    share,
    stage_label,
    stage_name,
)
from optimizer.reports.language import N_, localized, tr
from optimizer.reports.material_names import material_name

_MOST = 4
"""Processes named in a sentence."""
_LEAST_SHOWN = 0.02
"""Part of the largest saving below which a saving is not mentioned."""
_LEAST = 0.005
"""Part of a process below which its idle capacity is not mentioned."""


def sentences(case: Case, plan: Plan) -> list[str]:
    """All sentences about a chain, the headline first; empty without one."""
    if not has_chain(plan):
        return []
    return [delivered_headline(case, plan), *feed(case, plan), *bottlenecks(case, plan), *worth(case, plan)]


def delivered_headline(case: Case, plan: Plan) -> str:
    """Capacity and deliveries at the middle milestone, by stage."""
    year = middle(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    parts = [
        tr("{name} nameplate {nameplate}, delivered {delivered}", name=row.name, nameplate=share(row.nameplate),
           delivered=change(row))
        for row in rows
    ]  # fmt: skip
    return sentence(tr("{year}, share of demand outside China: {changes}", year=year, changes=clauses(parts)))


def screen_headline(case: Case, plan: Plan) -> str:
    """What is delivered at the middle milestone, of each stage the material of which least is; the table below has all."""
    year = middle(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    least = {stage: min((r for r in rows if r.stage == stage), key=lambda r: r.delivered) for stage in _stages(rows)}
    parts = listed(tr("{name} {change}", name=row.name, change=change(row)) for row in least.values())
    return tr("{year}, share of demand outside China delivered: {changes}", year=year, changes=parts)


def _stages(rows: Iterable[Link]) -> list[str]:
    return list(dict.fromkeys(row.stage for row in rows))


def change(row: Link) -> str:
    """What is delivered without and with the plan, `24 -> 53 %`; with it alone where the other was not worked out."""
    if row.without is None:
        return share(row.delivered)
    return tr("{before} -> {after} %", before=percent(row.without), after=percent(row.delivered))


def weakest(case: Case, plan: Plan) -> list[str]:
    """The stage of which least is delivered at the middle milestone."""
    year = middle(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year == year and row.demand_t > 0]
    if not rows:
        return []
    if all(row.delivered >= 1 for row in rows):
        return [tr("Weakest stage: none, all demand of {year} is delivered.", year=year)]
    least = min(rows, key=lambda row: row.delivered)
    return [
        tr(
            "Weakest stage: {name}, {share} % of the {year} demand delivered, gap {gap} t/yr.",
            name=least.name, share=percent(least.delivered), year=year, gap=number(least.gap_t),
        )
    ]  # fmt: skip


def feed(case: Case, plan: Plan) -> list[str]:
    """Capacity that runs on Chinese feed or is idle at the middle milestone, and material without a plant to take it."""
    year = middle(case, plan)
    rows = [row for row in in_chain_order(case, plan.processes) if row.year == year and nameplate(row) > 0]
    first = sources(case)
    idle = [row for row in rows if unfed(row) > _LEAST * nameplate(row)]
    fed = [row for row in idle if row.process not in first]
    mined = [row for row in idle if row.process in first]
    lines = []
    if fed:
        lines.append(tr("{year}, runs on Chinese feed or stands idle: {processes}.", year=year, processes=_tonnes(fed)))
    elif rows:
        lines.append(tr("{year}: nothing runs on Chinese feed; every plant is fed from outside China.", year=year))
    if mined:
        lines.append(
            tr("{year}, finds no plant outside China that takes it: {processes}.", year=year, processes=_tonnes(mined))
        )
    return lines


def _tonnes(rows: Sequence[ProcessRow]) -> str:
    words = [
        tr("{process} {part} t of {whole} t", process=r.process, part=number(unfed(r)), whole=number(nameplate(r)))
        for r in sorted(rows, key=lambda r: -unfed(r))
    ]
    return few_more(words, _MOST)


# -- what one more unit would deliver --------------------------------------------------------------------------------


def bottlenecks(case: Case, plan: Plan) -> list[str]:
    """The material that holds the middle milestone back, and what a little more of each stage would deliver then."""
    year = middle(case, plan)
    if plan.worth is None:
        return []
    if plan.worth.cut_short:
        return [tr("Bottlenecks and the worth of research were not computed: the time limit was over.")]
    short = [s for s in plan.worth.shortages if s.year == year]
    steps = best_of_stage(s for s in plan.worth.steps if s.year == year)
    final = stage_name(final_name(case))
    lines = [tr("{year}, bottleneck: {bottleneck}.", year=year, bottleneck=_bottleneck(short, final))]
    if steps:
        words = clauses(_gain(step, case, final) for step in steps)
        lines.append(
            tr(
                "{year}, a hundredth more capacity of a stage, in its best process, would deliver: {gains}.",
                year=year,
                gains=words,
            )
        )
    return lines


def _bottleneck(short: Sequence[Shortage], final: str) -> str:
    """The material without which least of the final product is delivered; where none is, of the score."""
    if not short:
        return tr("no material, more feed alone would deliver nothing more")
    most = hardest(short)
    score = max(short, key=lambda s: s.delivered_gain)
    words = tr(
        "{material}; with all of it that plants could take {gain}",
        material=material_name(most.material), gain=_more(most, final),
    )  # fmt: skip
    if score.material == most.material:
        return words
    for_score = tr(
        "for the score {material}, {gain}", material=material_name(score.material), gain=_points(score.delivered_gain)
    )
    return clauses((words, for_score))


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
    stage, gain, added = stage_name(step.stage), _more(step, final), number(step.step_t)
    if len({r.process for r in case.processes if r.stage == step.stage}) > 1:
        return tr("{stage} {gain} ({step} t/yr in {process})", stage=stage, gain=gain, step=added, process=step.process)
    return tr("{stage} {gain} ({step} t/yr)", stage=stage, gain=gain, step=added)


def _more(gain: CapacityStep | Shortage, final: str) -> str:
    if gain.magnets_gain_t < 1e-3:
        return _points(gain.delivered_gain)
    tonnes = tr("{amount} t more {product}", amount=number(gain.magnets_gain_t), product=final)
    return listed((tonnes, _points(gain.delivered_gain)))


def _points(gain: float) -> str:
    """A part of a year's delivered score in points of a hundred."""
    return tr("{points} points of the score", points=localized(f"{100 * gain:.2g}"))


# -- what research and the choice of plan are worth ------------------------------------------------------------------


def worth(case: Case, plan: Plan) -> list[str]:
    """Thrift, better recovery, and the plan best by nameplate; empty where no further solve was made."""
    if plan.worth is None:
        return []
    lines = [
        *research(N_("Thrift"), plan.worth.thrift, case, plan),
        *research(N_("Better recovery"), plan.worth.recovery, case, plan),
    ]
    return [*lines, *against_nameplate(case, plan)]


def research(title: str, outcome: Research | None, case: Case, plan: Plan) -> list[str]:
    """The saving from later coefficients, the mines that would give as much, and the deliveries without them."""
    if outcome is None or plan.worth is None:
        return []
    year = max([y for y in milestones(case, plan) if y >= outcome.from_year], default=case.settings.last_year)
    rows = [row for row in outcome.saved if row.year == year]
    most = max((row.saved_t for row in rows), default=0.0)
    saved = listed(
        tr("{amount} t of {material}", amount=number(r.saved_t), material=material_name(r.material))
        for r in rows
        if r.saved_t >= _LEAST_SHOWN * most
    )
    gain = tr(
        "{what} from {from_year} on is worth {saved} in {year}",
        what=tr(title), from_year=outcome.from_year, saved=saved or tr("nothing"), year=year,
    )  # fmt: skip
    lost = tr("without it the same projects deliver {lost}", lost=_lost(outcome, case, plan))
    return [sentence(clauses((_with_mines(gain, case, rows), lost)))]


def _with_mines(worth: str, case: Case, rows: Sequence[Saved]) -> str:
    """What is saved, with the ore that would give as much (one ore gives all of it at once, so the largest counts), and
    how many mines."""
    ore = max((row.ore_t for row in rows if row.ore_t is not None), default=0.0)
    first = case.settings.stages[0]
    sizes = sorted(p.capacity_tpa for p in case.projects if p.stage == first and p.capacity_tpa > 0)
    if not ore or not sizes:
        return worth
    size, stage = sizes[len(sizes) // 2], stage_name(first)
    if ore < size / 10:
        return tr(
            "{worth}, as much as {ore} t/yr from this plan's {stage} gives", worth=worth, ore=number(ore), stage=stage
        )
    return tr(
        "{worth}, as much as {ore} t/yr from this plan's {stage} gives: {n} {stage} of the median candidate's size not needed",
        worth=worth, ore=number(ore), stage=stage, n=localized(f"{ore / size:.1f}"),
    )  # fmt: skip


def _lost(outcome: Research, case: Case, plan: Plan) -> str:
    """Final product and score that the same projects lose."""
    ours, final = plan.worth, stage_name(final_name(case))
    if ours is None:
        return ""
    lost, points = ours.magnets_t - outcome.magnets_t, 100 * (ours.delivered - outcome.delivered)
    if abs(lost) < max(1.0, 1e-5 * ours.magnets_t):
        words = tr("as many tonnes of {product}", product=final)
    elif lost > 0:
        words = tr("{amount} t less of {product}", amount=number(lost), product=final)
    else:
        words = tr("{amount} t more of {product}", amount=number(-lost), product=final)
    if points <= _LEAST_SHOWN / 10:
        return words
    return tr("{tonnes} and score {points} points less", tonnes=words, points=localized(f"{points:.2g}"))


def against_nameplate(case: Case, plan: Plan) -> list[str]:
    """The additional deliveries compared with the plan best by nameplate, with the reason."""
    best = plan.worth.nameplate if plan.worth else None
    if plan.worth is None or plan.objective.name not in ("delivered", "magnets"):
        return []
    if best is None:
        return [
            tr("Not compared with the plan best by nameplate, no time was left: solve again with --objective coverage.")
        ]
    lead = tr(
        "This plan delivers {amount} t of {product} by {year}, {comparison} the plan best by nameplate, and scores {score} "
        "against {other} in delivery",
        amount=number(plan.worth.magnets_t), product=stage_name(final_name(case)), year=case.settings.last_year,
        comparison=_compared(plan.worth.magnets_t - best.magnets_t, best.magnets_t),
        score=points(plan.worth.delivered), other=points(best.delivered),
    )  # fmt: skip
    if why := reasons(case, plan):
        return [tr("{lead}: {reasons}.", lead=lead, reasons=clauses(why))]
    return [sentence(lead)]


def _compared(more: float, of: float) -> str:
    """A difference of tonnes from another plan, with its part of that plan's."""
    if abs(more) < 1:
        return tr("as many as")
    amount = tr("{amount} t", amount=number(abs(more)))
    if of > 0:
        part = localized(f"{abs(more) / of * 100:.2g}")
        amount = tr("{amount} ({number} %)", amount=amount, number=part)
    return tr("{amount} more than", amount=amount) if more >= 0 else tr("{amount} less than", amount=amount)


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
            lines.append(
                tr(
                    "leaves {amount} t/yr of {stage} capacity without feed, this one {here}",
                    amount=number(idle), stage=stage_label(stage), here=number(here),
                )
            )  # fmt: skip
        elif more > least:
            lines.append(tr("runs {amount} t/yr less of {stage}", amount=number(more), stage=stage_label(stage)))
    if not lines:
        return []
    return [tr("in {year} that plan {differences}", year=year, differences=tr(", and ").join(lines))]
