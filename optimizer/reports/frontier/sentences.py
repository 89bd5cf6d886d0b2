"""A frontier in sentences: what the next money buys, where it buys nothing, and which projects enter and leave."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from models.case import Case
from models.headline import headline_rows
from models.milestones import headline_year
from optimizer.analysis.frontier.certified import NEVER, SAME, Box, Frontier, Point
from optimizer.reports.formatting import (
    clauses,
    count,
    demand_name,
    few_more,
    listed,
    money,
    money_to_cents,
    number,
    percent,
    points,
    project_names,
    with_unit,
)
from optimizer.reports.language import N_, localized, tr
from optimizer.reports.plan_summary import by_measure, short_name

TITLE = N_("What other budgets would buy")
"""The input of the reports of a frontier."""
_NAMES = {"capacity": N_("added capacity"), "magnets": N_("magnets made")}


@dataclass(frozen=True)
class Stretch:
    """From one plan to the next: what the money between them buys."""

    before: Point
    after: Point
    gains: dict[str, float]
    """Demand row (or stage) -> what a `round_step` of money gains: a share of demand, or t/yr where nothing is demanded.
    Empty where both plans need the same money."""
    comes: tuple[str, ...]
    leaves: tuple[str, ...]

    @property
    def money_m(self) -> float:
        return self.after.budget_m - self.before.budget_m


def stretches(case: Case, f: Frontier, most: int | None = None) -> list[Stretch]:
    """Stretches from plan to plan along the frontier, up to a number, about evenly by value."""
    points = thinned(f.points, None if most is None else most + 1)
    return [_stretch(case, a, b, round_step(f)) for a, b in itertools.pairwise(points)]


def round_step(f: Frontier) -> float:
    """A round amount of the book's own money, millions: the power of ten that is nearest to a tenth of the range."""
    return 10.0 ** round(log10(max(f.to_m - f.from_m, SAME) / 10))


def step_name(case: Case, step_m: float) -> str:
    """`100 M USD`, `10 bn JPY`."""
    currency = case.settings.base_currency
    if step_m >= 1000:
        return tr("{amount} bn {currency}", amount=localized(f"{step_m / 1000:,.6g}"), currency=currency)
    return tr("{amount} M {currency}", amount=localized(f"{step_m:,.6g}"), currency=currency)


def thinned(points: Sequence[Point], most: int | None) -> list[Point]:
    """Points up to a number, with the first and the last, about evenly by value."""
    if most is None or len(points) <= most:
        return list(points)
    first, last = points[0].value, points[-1].value
    kept = [points[0]]
    for n in range(1, most):
        level = first + (last - first) * n / (most - 1) - SAME
        point = next((p for p in points if p.value >= level), points[-1])
        if point is not kept[-1]:
            kept.append(point)
    return kept


def _stretch(case: Case, a: Point, b: Point, step_m: float) -> Stretch:
    before, after = set(a.projects), set(b.projects)
    return Stretch(a, b, gains(case, a, b, step_m), tuple(sorted(after - before)), tuple(sorted(before - after)))


def gains(case: Case, a: Point, b: Point, step_m: float) -> dict[str, float]:
    """Coverage gained by a step of money, by demand row in the year compared; tonnes a year where nothing is demanded."""
    steps = (b.budget_m - a.budget_m) / step_m
    if b.budget_m - a.budget_m <= SAME:
        return {}
    before = reached(case, a)
    return {name: (value - before[name]) / steps for name, value in reached(case, b).items()}


def reached(case: Case, point: Point) -> dict[str, float]:
    """Coverage by demand row in the year compared; without demand the financed tonnes a year."""
    rows = [r for r in point.plan.capacity if r.year == headline_year(case.settings)]
    return {demand_name(r.stage, r.material): r.coverage if r.demand_t else r.financed_t for r in rows}


def what_is_gained(case: Case, step_m: float) -> str:
    """Unit of `gains` as people read it: coverage in points of a hundred."""
    year, step = headline_year(case.settings), step_name(case, step_m)
    if case.demand:
        return tr("points of {year} coverage per {step}", year=year, step=step)
    return tr("t/yr in {year} per {step}", year=year, step=step)


def described(case: Case, s: Stretch) -> str:
    """A stretch in one line, by stage: what a step of money buys there, who comes in and who leaves."""
    rows = headline_rows(r for r in s.after.plan.capacity if r.year == headline_year(case.settings))
    scale = 100.0 if case.demand else 1.0
    parts = [f"{short_name(r)} {_signed(scale * s.gains[short_name(r)])}" for r in rows if s.gains]
    return tr(
        "{before} -> {after}: {gains}; {who}",
        before=money_to_cents(s.before.budget_m), after=money_to_cents(s.after.budget_m),
        gains=listed(parts) if parts else tr("the same money"), who=who(case, s, 2),
    )  # fmt: skip


def _signed(value: float) -> str:
    """A change with its sign, to two digits.

    >>> _signed(3.24), _signed(-0.4), _signed(1e-12), _signed(152.3)
    ('+3.2', '-0.4', '0', '+152')
    """
    return "0" if abs(value) < 5e-3 else ("+" if value > 0 else "-") + number(abs(value))


def proof(f: Frontier) -> str:
    """The part of the frontier that is proved, in one sentence."""
    if f.status == "optimal":
        return tr(
            "proved from {low} to {high}: at no budget is any plan more than {distance} better than the one shown; "
            "steps are placed within {within} M",
            low=money_to_cents(f.from_m), high=money_to_cents(f.to_m), distance=distance(f, f.tolerance),
            within=localized(f"{f.money_tolerance:g}"),
        )  # fmt: skip
    box = f.tallest
    assert box is not None
    still = sum(b.width for b in f.boxes if b.closed_by == "open") / max(f.to_m - f.from_m, 1e-9)
    unknown = box.height == float("inf")
    return tr(
        "feasible: over {share} % of the range no plan is more than {distance} better; {tallest}, from {low} to {high}; "
        "allow more time with --time-limit, or continue with --resume",
        share=percent(1 - still), distance=distance(f, f.tolerance),
        tallest=tr("nothing is known") if unknown else tr("tallest box {distance}", distance=distance(f, box.height)),
        low=money_to_cents(box.from_m), high=money_to_cents(box.to_m),
    )  # fmt: skip


def score(f: Frontier) -> str:
    """Unit of the objective as people read it."""
    return tr(f.unit)


def amount(f: Frontier, value: float) -> float:
    """A value of the objective as people read it: a plan score of 0 to 1 in points of a hundred."""
    return 100 * value if f.unit == "points" else value


def distance(f: Frontier, value: float) -> str:
    """A difference of two values with its unit: `0.5 points`, `1 point`."""
    far = f"{amount(f, value):.3g}"
    if (far, f.unit) == ("1", "points"):
        return tr("{value} point", value=far)
    return with_unit(localized(far), f.unit)


def sentences(case: Case, f: Frontier) -> list[str]:
    """Thresholds and plateaus, the largest first."""
    lines = []
    if f.points and f.points[0].budget_m == f.from_m and f.least_m < f.from_m - f.money_tolerance:
        lines.append(
            tr(
                "The smallest budget that allows a plan lies between {low} and {high}.",
                low=money_to_cents(f.least_m),
                high=money_to_cents(f.from_m),
            )
        )
    at_budget = None if f.base_m is None or not f.from_m <= f.base_m <= f.to_m else f.at(f.base_m)
    if at_budget is not None and f.base_m is not None:
        box = next((b for b in f.boxes if b.from_m <= f.base_m < b.to_m), f.boxes[-1])
        lines.append(_own_budget(f, f.base_m, at_budget, box))
    if f.steps:
        lines += [_threshold(case, f, s.budget_m) for s in _largest_steps(f)]
    for box in plateaus(f):
        end = money_to_cents(box.to_m)
        if box.to_m == f.to_m:
            end = tr("{money}, the end of the range,", money=end)
        lines.append(
            tr(
                "From {low} to {high} more money gains less than {distance}.",
                low=money_to_cents(box.from_m),
                high=end,
                distance=distance(f, f.tolerance),
            )
        )
    if f.points and f.status == "optimal" and f.to_m > f.points[-1].budget_m:
        least = money_to_cents(f.points[-1].budget_m)
        lines.append(tr("Above {money} more money gains nothing in this range.", money=least))
    return lines


def _own_budget(f: Frontier, money_m: float, point: Point, box: Box) -> str:
    budget, value = money_to_cents(money_m), shown(f, point.value)
    if box.high is None:
        return tr("The workbook's own {budget} buys {value}.", budget=budget, value=value)
    return tr(
        "The workbook's own {budget} buys {value}, and no plan more than {most}.",
        budget=budget, value=value, most=shown(f, box.high),
    )  # fmt: skip


def _largest_steps(f: Frontier) -> list:  # type: ignore[type-arg]
    rises = [s for s in f.steps if s.low is not None]
    return sorted(sorted(rises, key=lambda s: s.low - s.high)[:3], key=lambda s: s.budget_m)  # type: ignore[operator]


def _threshold(case: Case, f: Frontier, money_m: float) -> str:
    after = f.at(money_m)
    before = [p for p in f.points if p.budget_m < money_m - SAME]
    if after is None or not before:
        return tr("The first plan costs {money}.", money=money_to_cents(money_m))
    stretch = _stretch(case, before[-1], after, round_step(f))
    return tr(
        "Threshold at {money}: {rise}; {who}.",
        money=money_to_cents(money_m), rise=rise(f, before[-1].value, after.value), who=who(case, stretch),
    )  # fmt: skip


def who(case: Case, stretch: Stretch, most: int = 3) -> str:
    """The projects that enter and leave, the largest first, in a few words."""
    names = project_names(case)

    size = {p.id: -p.capex_m for p in case.projects}

    def some(ids: tuple[str, ...]) -> str:
        return few_more([names[i] for i in sorted(ids, key=lambda i: (size[i], i))], most)

    parts = [
        *([tr("{names} in", names=some(stretch.comes))] if stretch.comes else []),
        *([tr("{names} out", names=some(stretch.leaves))] if stretch.leaves else []),
    ]
    return clauses(parts) or tr("the same projects in other years")


def shown(f: Frontier, value: float) -> str:
    """A value of the objective with its unit."""
    return points(value) if f.unit == "points" else with_unit(number(value), f.unit)


def rise(f: Frontier, low: float, high: float) -> str:
    """Two values of the objective with their unit once: `30.5 -> 42.1 points`."""
    unit = with_unit("", f.unit)
    return tr("{low} -> {high}", low=shown(f, low).removesuffix(unit), high=shown(f, high))


def plateaus(f: Frontier, most: int = 3) -> list[Box]:
    """The widest stretches over which the best value is proved to stay within the tolerance: a twentieth of the range
    or more."""
    left = [level for n in range(len(f.boxes)) if (level := _level_from(f, n)) is not None]
    kept: list[Box] = []
    for box in sorted(left, key=lambda b: (-b.width, b.from_m)):
        apart = all(box.to_m <= k.from_m or k.to_m <= box.from_m for k in kept)
        if apart and len(kept) < most and box.width >= (f.to_m - f.from_m) / 20:
            kept.append(box)
    return sorted(kept, key=lambda b: b.from_m)


def _level_from(f: Frontier, n: int) -> Box | None:
    """The longest row of boxes from this one on in which the best value rises by no more than the tolerance."""
    first = f.boxes[n]
    end, high = None, NEVER
    for box in f.boxes[n:]:
        if first.low is None or box.high is None or box.high - first.low > f.tolerance * (1 + 1e-9):
            break
        end, high = box.to_m, max(high, box.high)
    return None if end is None else Box(first.from_m, end, first.low, high, first.closed_by)


def headline(case: Case, f: Frontier) -> str:
    """The frontier in one line."""
    currency = case.settings.base_currency
    if not f.points:
        return tr("no plan up to {money}", money=money(f.to_m, currency))
    first, last = f.points[0], f.points[-1]
    return tr(
        "{low} to {high} ({axis}): {what} {rise}, {before} -> {after}",
        low=money(first.budget_m, currency), high=money(last.budget_m, currency), axis=axis_words(f),
        what=_what(case, f), rise=rise(f, first.value, last.value), before=len(first.projects),
        after=count(len(last.projects), "project"),
    )  # fmt: skip


def _what(case: Case, f: Frontier) -> str:
    return tr(_NAMES.get(f.objective, N_("plan score"))) + by_measure(case)


def axis_words(f: Frontier) -> str:
    """The axis in a sentence."""
    if f.axis == "total":
        return tr("total budget")
    return tr("money of all programmes") if f.axis == "all" else tr("money of {programme}", programme=f.axis)
