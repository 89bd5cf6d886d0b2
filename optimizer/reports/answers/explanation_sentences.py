"""An explanation in sentences. Intervals are rounded outward, so that the sentences are true."""

from collections.abc import Iterable
from math import ceil, floor, log10

from models.case import Case
from models.numbers import every_digit
from models.schema import Project
from optimizer.analysis.explain.explanation import Change, LimitStory, OverrideCost, ProjectStory, Threshold
from optimizer.analysis.explain.rounding import MONEY, TIMES, unit_of
from optimizer.analysis.what_if import Span, Swap
from optimizer.reports.formatting import clauses, digits, few, listed, number, rounded_off, rounded_outward, with_unit
from optimizer.reports.language import N_, language, localized, tr, translated
from optimizer.reports.tables.shared import money_unit

CELLS = {
    "capex_m": N_("capital cost"),
    "private_share": N_("private share"),
    "requested_m": N_("support asked for"),
    "capacity_tpa": N_("capacity"),
    "esg_e": N_("environmental score"),
    "esg_s": N_("social score"),
    "esg_g": N_("governance score"),
    "fid_year": N_("decision year"),
}
VERDICTS = {
    "core": N_("core: every plan within {within} % of the best finances it"),
    "borderline": N_(
        "borderline: it is not proved that all plans within {within} % of the best finance it, nor that none does"
    ),
    "exterior": N_("exterior: no plan within {within} % of the best finances it"),
}
EXACT = 1e-5
"""Width of an interval, as a part of max(1, |value|), that the tie-break alone explains; one number is then shown."""

NOTHING = 0.01
"""Part of a change up to which it says nothing that so much is not enough."""
BETWEEN_OPEN = N_("what lies between was not settled by the search")
LESS_OPEN = N_("whether less lets it in was not settled by the search")
MORE_OPEN = N_("whether a higher one lets it in was not settled by the search")


class Words:
    """The names and units of one case. `most`: projects that are named in a list; the others are counted."""

    def __init__(self, case: Case, unit: str, most: int = 6) -> None:
        self.case = case
        self.unit = unit
        self.most = most
        self.by_id: dict[str, Project] = {p.id: p for p in case.projects}

    def name(self, project: str) -> str:
        """A project's name with its id."""
        row = self.by_id.get(project)
        if not (row and row.name and row.name != project):
            return project
        return tr("{name} ({id})", name=row.name, id=project)

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
            return with_unit(digits(middle) if self.unit == "points" else rounded_off(middle), self.unit)
        step = 10.0 ** (floor(log10(high - low)) - (low == 0))
        decimals = max(0, -round(log10(step)))
        bottom = floor(low / step + 1e-6) * step
        top = localized(f"{ceil(high / step - 1e-6) * step:,.{decimals}f}")
        if bottom == 0:
            return tr("up to {amount}", amount=with_unit(top, self.unit))
        return tr("{low} to {high}", low=localized(f"{bottom:,.{decimals}f}"), high=with_unit(top, self.unit))

    def at_least(self, low: float) -> str:
        """A lower bound with its unit, rounded down: `at least 0.3 points`.

        >>> Words(Case.model_construct(projects=()), "points").at_least(0.00379)
        'at least 0.37 points'
        """
        low *= 100.0 if self.unit == "points" else 1.0
        step = 10.0 ** (floor(log10(low)) - 1)
        least = localized(f"{floor(low / step + 1e-6) * step:,.{max(0, -round(log10(step)))}f}")
        return tr("at least {amount}", amount=with_unit(least, self.unit))

    # -- projects ----------------------------------------------------------------------------------------------

    def verdict(self, story: ProjectStory, within: float) -> str:
        """core, borderline or exterior, and what it means."""
        return tr(VERDICTS[story.verdict], within=localized(f"{100 * within:g}"))

    def loss(self, story: ProjectStory) -> str:
        """The worth of the project, or the loss if it is forced in."""
        if not story.asked and story.at_least is not None:
            return self.at_least(story.at_least)
        if not story.asked:
            return tr("not decided") if story.verdict == "exterior" else tr("not worked out")
        if story.loss is None:
            return tr("no plan without it") if story.financed else tr("no plan with it")
        if story.loss.low < -1e-9 and story.loss.high <= 1e-9:
            return tr("gains {value}", value=self.value(Span(low=-story.loss.high, high=-story.loss.low)))
        return self.value(story.loss)

    def swap(self, swap: Swap) -> str:
        """Projects that enter, leave and move to another year, in a few words."""
        moved = [f"{self.name(m.id)} {m.from_year} -> {m.to_year}" for m in swap.moved]
        parts = [
            tr("in: {names}", names=self.names(swap.enter)) if swap.enter else "",
            tr("out: {names}", names=self.names(swap.leave)) if swap.leave else "",
            tr("moved: {names}", names=few(moved, self.most)) if moved else "",
        ]
        return clauses(parts) or tr("nothing else changes")

    def change(self, change: Change, project: Project) -> str:
        """A change as an instruction: `capital cost down to 412 M USD, from 500`.

        One number is the least change; without a complete proof both ends of the interval are shown.
        """
        if change.column in ("earliest_fid", "latest_fid"):
            return _other_year(change)
        assert change.now is not None
        up = change.needed > change.now
        now = rounded_off(change.now * TIMES.get(change.column, 1.0))
        enough, unit = self._amount(change.stated, change.column)
        words = {"what": tr(CELLS[change.column]), "enough": enough, "unit": unit, "now": now}
        in_cell = self._in_cell(change, project)
        if change.is_least:
            return (
                tr("{what} up to {enough}{unit}, from {now}", **words)
                if up
                else tr("{what} down to {enough}{unit}, from {now}", **words)
            ) + in_cell
        if change.at_least <= NOTHING * change.change:
            return tr(
                "{change}; a smaller change is not excluded",
                change=(
                    tr("{what} up to {enough}{unit} is enough, from {now}", **words)
                    if up
                    else tr("{what} down to {enough}{unit} is enough, from {now}", **words)
                )
                + in_cell,
            )
        proved = change.now + (change.at_least if up else -change.at_least)
        words |= {"proved": self._amount(proved, change.column, up=not up)[0], "own": in_cell}
        if up:
            return tr(
                "{what} up to between {proved} and {enough}{unit}, from {now}: {enough} is enough{own}, less than {proved} is not",
                **words,
            )
        return tr(
            "{what} down to between {enough} and {proved}{unit}, from {now}: {enough} is enough{own}, more than {proved} is not",
            **words,
        )

    def _in_cell(self, change: Change, project: Project) -> str:
        """The value of the cell, if the cell has its own currency or price year."""
        if change.in_cell is None:
            return ""
        currency = project.currency or self.case.settings.base_currency
        return tr(
            " ({amount} M {currency} in its cell)", amount=localized(every_digit(change.in_cell)), currency=currency
        )

    def threshold(self, t: Threshold, *, financed: bool) -> str:
        """The threshold at which a project enters or leaves, with both ends rounded outward."""
        if t.kind == "price":
            return self._price_threshold(t, financed=financed)
        unit = money_unit(self.case)
        now = rounded_off(t.now)
        above = None if t.not_enough is None else rounded_outward(t.not_enough, True, 1)
        if t.enough is None:
            return tr(
                "support: with a need of {above} {unit} (now {now}) it is in no plan as good; {open}",
                above=above, unit=unit, now=now, open=tr(LESS_OPEN),
            )  # fmt: skip
        words = {"enough": rounded_outward(t.enough, False, 1), "unit": unit, "now": now, "year": t.fid_year}
        stands = (
            tr("support: it stays with a need of up to {enough} {unit} (now {now}, decided in {year})", **words)
            if financed
            else tr("support: it enters with a need of up to {enough} {unit} (now {now}, decided in {year})", **words)
        )
        if above is None:
            return tr("{stands}; more is not excluded", stands=stands)
        return _in_none(t, tr("{stands}; with {above} it is in none", stands=stands, above=above))

    def _price_threshold(self, t: Threshold, *, financed: bool) -> str:
        below = None if t.not_enough is None else localized(f"{floor(t.not_enough * 1e4 + 1e-6) / 1e4:g}")
        if t.enough is None:
            return tr(
                "price of what it sells: at {below} times the price path it is in no plan as good; {open}",
                below=below, open=tr(MORE_OPEN),
            )  # fmt: skip
        enough = ceil(t.enough * 1e4 - 1e-6) / 1e4
        words = {"enough": localized(f"{enough:g}"), "price": self._price(t, enough), "year": t.fid_year}
        stands = (
            tr(
                "price of what it sells: it stays down to {enough} times the price path{price} (decided in {year})",
                **words,
            )
            if financed
            else tr(
                "price of what it sells: it enters at {enough} times the price path{price} (decided in {year})", **words
            )
        )
        if below is None:
            return tr("{stands}; lower is not excluded", stands=stands)
        return _in_none(t, tr("{stands}; at {below} it is in none", stands=stands, below=below))

    def _price(self, t: Threshold, enough: float) -> str:
        """The price that a multiple of the path comes to, beside the present one."""
        if not t.price:
            return ""
        return tr(
            ", {price} instead of {now} {currency} per t of {material}",
            price=number(enough * t.price), now=number(t.price), currency=self.case.settings.base_currency,
            material=t.material,
        )  # fmt: skip

    def _amount(self, value: float, column: str, *, up: bool | None = None) -> tuple[str, str]:
        """A number with its unit; rounded up or down where it is a bound, otherwise as it is.

        >>> from models.settings import Settings
        >>> from optimizer.reports.language import spoken
        >>> words = Words(Case.model_construct(projects=(), settings=Settings()), "points")
        >>> with spoken("ja"):
        ...     words._amount(280.0, "capex_m"), words._amount(0.5, "private_share")
        (('280', '百万USD'), ('50', ' %'))
        """
        value *= TIMES.get(column, 1.0)
        currency = self.case.settings.base_currency
        unit = unit_of(column, currency)
        if column in MONEY:
            unit = ("" if language() == "ja" else " ") + tr("M {currency}", currency=currency)
        return localized(every_digit(value)) if up is None else rounded_outward(value, up, 1), unit

    def budgets(self, parts: Iterable[float], every: Iterable[float]) -> str:
        """At which budgets a project is in the best plan."""
        tried, given = list(every), list(parts)
        if not tried:
            return ""
        ends = {"low": f"{100 * tried[0]:.0f}", "high": f"{100 * tried[-1]:.0f}"}
        if given == tried:
            return tr("in the best plan at every budget tried, {low} to {high} % of the money", **ends)
        if not given:
            return tr("in no best plan from {low} to {high} % of the money", **ends)
        return tr("in the best plan with {parts} % of the money", parts=listed(f"{100 * p:.0f}" for p in given))

    # -- limits and overrides ----------------------------------------------------------------------------------

    def step(self, limit: LimitStory) -> str:
        """The named step: `100 M more of DFC-loans 2027`, `Average E 63 instead of 64`."""
        if limit.kind == "money":
            return tr(
                "{amount} M more of {name}", amount=number(limit.eased - limit.limit), name=translated(limit.name)
            )
        return tr(
            "'{name}' at {eased} instead of {limit}",
            name=limit.name, eased=localized(f"{limit.eased:g}"), limit=localized(f"{limit.limit:g}"),
        )  # fmt: skip

    def override(self, cost: OverrideCost) -> str:
        """The cost of one override, in words."""
        if cost.cost is None:
            return tr(cost.note) if cost.note else tr("without it no plan was found")
        if cost.cost.high < -1e-9:
            return tr("gains {value}", value=self.value(Span(low=-cost.cost.high, high=-cost.cost.low)))
        return clauses([self.value(cost.cost), tr(cost.note)])


def _other_year(change: Change) -> str:
    """A decision outside the years that the project allows."""
    words = {"needed": f"{change.needed:.0f}", "now": f"{change.now:.0f}"}
    text = (
        tr("decision in {needed}, now earliest {now}", **words)
        if change.column == "earliest_fid"
        else tr("decision in {needed}, now latest {now}", **words)
    )
    return text if change.is_least else tr("{change}; a nearer year is not excluded", change=text)


def _in_none(t: Threshold, text: str) -> str:
    return text if t.is_settled else clauses([text, tr(BETWEEN_OPEN)])
