"""An explanation in sentences. Intervals are rounded outward, so that what is said stays true."""

from collections.abc import Iterable
from math import ceil, floor, log10

from models.case import Case
from models.numbers import every_digit
from models.schema import Project
from optimizer.analysis.explain.explanation import Change, LimitStory, OverrideCost, ProjectStory, Threshold
from optimizer.analysis.explain.rounding import TIMES, unit_of
from optimizer.analysis.what_if import Span, Swap
from optimizer.reports.formatting import digits, few, number, rounded_off, rounded_outward

CELLS = {
    "capex_m": "capital cost",
    "private_share": "private share",
    "requested_m": "support asked for",
    "capacity_tpa": "capacity",
    "esg_e": "environmental score",
    "esg_s": "social score",
    "esg_g": "governance score",
    "fid_year": "decision year",
}
VERDICTS = {
    "core": "core: every plan within {within} % of the best finances it",
    "borderline": "borderline: it is not proved that all plans within {within} % of the best finance it, nor that none does",
    "exterior": "exterior: no plan within {within} % of the best finances it",
}
EXACT = 1e-5
"""Width of an interval, as a part of max(1, |value|), that the tie-break alone explains: one number is said."""

NOTHING = 0.01
"""Part of a change up to which it says nothing that so much is not enough."""
BETWEEN_OPEN = "what lies between was not settled in the time given"
LESS_OPEN = "whether less lets it in was not settled in the time given"
MORE_OPEN = "whether a higher one lets it in was not settled in the time given"


class Words:
    """The names and units of one case. `most`: projects that are named in a row; of more it is said how many."""

    def __init__(self, case: Case, unit: str, most: int = 6) -> None:
        self.case = case
        self.unit = unit
        self.most = most
        self.by_id: dict[str, Project] = {p.id: p for p in case.projects}

    def name(self, project: str) -> str:
        """A project's name with its id."""
        row = self.by_id.get(project)
        return f"{row.name} ({project})" if row and row.name and row.name != project else project

    def names(self, projects: Iterable[str]) -> str:
        """Some projects in a row; of many the first, and how many more."""
        return few([self.name(i) for i in projects], self.most)

    def value(self, span: Span) -> str:
        """An interval with its unit: `0.8 to 1.1 points`.

        >>> case = Case.model_construct(projects=())
        >>> Words(case, "points").value(Span(low=0.0081, high=0.0109)), Words(case, "points").value(Span(low=0, high=0))
        ('0.8 to 1.1 points', '0 points')
        >>> Words(case, "t/yr").value(Span(low=0, high=120.2))
        'up to 130 t/yr'
        """
        times = 100.0 if self.unit == "points" else 1.0
        low, high = span.low * times, span.high * times
        if high - low <= EXACT * max(times, abs(high)):
            middle = (low + high) / 2
            return f"{digits(middle) if self.unit == 'points' else rounded_off(middle)} {self.unit}"
        step = 10.0 ** (floor(log10(high - low)) - (low == 0))
        decimals = max(0, -round(log10(step)))
        bottom, top = floor(low / step + 1e-6) * step, ceil(high / step - 1e-6) * step
        if bottom == 0:
            return f"up to {top:,.{decimals}f} {self.unit}"
        return f"{bottom:,.{decimals}f} to {top:,.{decimals}f} {self.unit}"

    def at_least(self, low: float) -> str:
        """A lower bound with its unit, rounded down: `at least 0.3 points`.

        >>> Words(Case.model_construct(projects=()), "points").at_least(0.00379)
        'at least 0.37 points'
        """
        low *= 100.0 if self.unit == "points" else 1.0
        step = 10.0 ** (floor(log10(low)) - 1)
        return f"at least {floor(low / step + 1e-6) * step:,.{max(0, -round(log10(step)))}f} {self.unit}"

    # -- projects ----------------------------------------------------------------------------------------------

    def verdict(self, story: ProjectStory, within: float) -> str:
        """core, borderline or exterior, and what it means."""
        return VERDICTS[story.verdict].format(within=f"{100 * within:g}")

    def loss(self, story: ProjectStory) -> str:
        """What the project is worth, or what it would cost to force it in."""
        if not story.asked and story.at_least is not None:
            return self.at_least(story.at_least)
        if not story.asked:
            return "not decided" if story.verdict == "exterior" else "not worked out"
        if story.loss is None:
            return "no plan without it" if story.financed else "no plan with it"
        if story.loss.low < -1e-9 and story.loss.high <= 1e-9:
            return f"gains {self.value(Span(low=-story.loss.high, high=-story.loss.low))}"
        return self.value(story.loss)

    def swap(self, swap: Swap) -> str:
        """What enters, leaves and moves, in a few words."""
        moved = [f"{self.name(m.id)} {m.from_year} -> {m.to_year}" for m in swap.moved]
        parts = [
            f"in: {self.names(swap.enter)}" if swap.enter else "",
            f"out: {self.names(swap.leave)}" if swap.leave else "",
            f"moved: {few(moved, self.most)}" if moved else "",
        ]
        return "; ".join(filter(None, parts)) or "nothing else changes"

    def change(self, change: Change, project: Project) -> str:
        """A change as the planner would make it: `capital cost down to 412 M USD, from 500`.

        One number is the least; where the proof is not complete both ends of what is known are said.
        """
        if change.column in ("earliest_fid", "latest_fid"):
            edge = "earliest" if change.column == "earliest_fid" else "latest"
            nearer = "" if change.is_least else "; a nearer year is not excluded"
            return f"decision in {change.needed:.0f}, now {edge} {change.now:.0f}{nearer}"
        assert change.now is not None
        up = change.needed > change.now
        now = rounded_off(change.now * TIMES.get(change.column, 1.0))
        money = project.currency or self.case.settings.base_currency
        own = "" if change.in_cell is None else f" ({every_digit(change.in_cell)} M {money} in its cell)"
        way, (enough, unit) = f"{'up' if up else 'down'} to", self._amount(change.stated, change.column)
        if change.is_least:
            return f"{CELLS[change.column]} {way} {enough}{unit}, from {now}{own}"
        if change.at_least <= NOTHING * change.change:
            return f"{CELLS[change.column]} {way} {enough}{unit} is enough, from {now}{own}; a smaller change is not excluded"
        proved = change.now + (change.at_least if up else -change.at_least)
        floor_, _ = self._amount(proved, change.column, up=not up)
        between = f"{floor_} and {enough}" if up else f"{enough} and {floor_}"
        less = "less than" if up else "more than"
        return (
            f"{CELLS[change.column]} {way} between {between}{unit}, from {now}: {enough} is enough{own}, "
            f"{less} {floor_} is not"
        )

    def threshold(self, t: Threshold, *, financed: bool) -> str:
        """Where a project enters or leaves, both ends rounded so that they stay true."""
        if t.kind == "price":
            return self._price_threshold(t, financed=financed)
        unit = f"M {self.case.settings.base_currency}"
        above = None if t.not_enough is None else rounded_outward(t.not_enough, True, 1)
        if t.enough is None:
            return f"support: with a need of {above} {unit} (now {rounded_off(t.now)}) it is in no plan as good; {LESS_OPEN}"
        enough = rounded_outward(t.enough, False, 1)
        verb = "it stays" if financed else "it enters"
        stands = (
            f"support: {verb} with a need of up to {enough} {unit} (now {rounded_off(t.now)}, decided in {t.fid_year})"
        )
        if above is None:
            return f"{stands}; more is not excluded"
        return f"{stands}; with {above} it is in none" + ("" if t.is_settled else f"; {BETWEEN_OPEN}")

    def _price_threshold(self, t: Threshold, *, financed: bool) -> str:
        what = "price of what it sells"
        below = None if t.not_enough is None else f"{floor(t.not_enough * 1e4 + 1e-6) / 1e4:g}"
        if t.enough is None:
            return f"{what}: at {below} times the price path it is in no plan as good; {MORE_OPEN}"
        enough = ceil(t.enough * 1e4 - 1e-6) / 1e4
        per_tonne = f"{self.case.settings.base_currency} per t of {t.material}"
        price = "" if not t.price else f", {number(enough * t.price)} instead of {number(t.price)} {per_tonne}"
        verb = "it stays down to" if financed else "it enters at"
        stands = f"{what}: {verb} {enough:g} times the price path{price} (decided in {t.fid_year})"
        if below is None:
            return f"{stands}; lower is not excluded"
        return f"{stands}; at {below} it is in none" + ("" if t.is_settled else f"; {BETWEEN_OPEN}")

    def _amount(self, value: float, column: str, *, up: bool | None = None) -> tuple[str, str]:
        """A number with its unit; rounded up or down where it is a bound, otherwise as it is."""
        value *= TIMES.get(column, 1.0)
        unit = unit_of(column, self.case.settings.base_currency)
        return every_digit(value) if up is None else rounded_outward(value, up, 1), unit

    def budgets(self, parts: Iterable[float], every: Iterable[float]) -> str:
        """At which budgets a project is in the best plan."""
        tried, given = list(every), list(parts)
        if not tried:
            return ""
        if given == tried:
            return (
                f"in the best plan at every budget tried, {100 * tried[0]:.0f} to {100 * tried[-1]:.0f} % of the money"
            )
        if not given:
            return f"in no best plan from {100 * tried[0]:.0f} to {100 * tried[-1]:.0f} % of the money"
        return "in the best plan with " + ", ".join(f"{100 * p:.0f}" for p in given) + " % of the money"

    # -- limits and overrides ----------------------------------------------------------------------------------

    def step(self, limit: LimitStory) -> str:
        """The named step: `100 M more of DFC-loans 2027`, `Average E 63 instead of 64`."""
        if limit.kind == "money":
            return f"{number(limit.eased - limit.limit)} M more of {limit.name}"
        return f"'{limit.name}' at {limit.eased:g} instead of {limit.limit:g}"

    def override(self, cost: OverrideCost) -> str:
        """What one override costs."""
        if cost.cost is None:
            return cost.note or "without it no plan was found"
        if cost.cost.high < -1e-9:
            return f"gains {self.value(Span(low=-cost.cost.high, high=-cost.cost.low))}"
        return self.value(cost.cost) + (f"; {cost.note}" if cost.note else "")
