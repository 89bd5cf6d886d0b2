"""Brute force, deliveries and rules: what a project delivers when, and each policy rule as one linear row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.case import Case
from models.schema import Programme, Project, Rule

AWARD_TYPE = ("award", "public_cost", "public", "private", "contingent", "support", "unaided", "joint")


def window(case: Case, p: Project) -> tuple[int, ...]:
    """Years in which the decision on a project can fall."""
    s = case.settings
    earliest = s.first_year if p.earliest_fid is None else max(p.earliest_fid, s.first_year)
    latest = s.last_fid_year if p.latest_fid is None else min(p.latest_fid, s.last_fid_year)
    own = unaided_year(case, p)
    return tuple(range(earliest, (latest if own is None else min(latest, own - 1)) + 1))


def unaided_year(case: Case, p: Project) -> int | None:
    """Year in which a project goes ahead without support, if that counts and has not come."""
    counts = p.status != "underway" and p.country not in case.settings.excluded_countries
    return p.unaided_fid if counts else None


def delivered(p: Project, fid: float, year: int) -> float:
    """Tonnes that serve demand outside China in `year` after a decision in `fid` (infinite: never)."""
    if not np.isfinite(fid):
        return 0.0
    age = year - int(fid) - p.build_years
    if not 0 <= age < p.life_years:
        return 0.0
    return p.capacity_tpa * p.allied_share * p.ramp[min(age, len(p.ramp) - 1)] / 100


def interpolated(given: Mapping[int, float], year: int) -> float:
    """Linear between the given years, flat outside them."""
    if not given:
        return 0.0
    known = sorted(given)
    return float(np.interp(year, known, [given[y] for y in known]))


def barred(case: Case, p: Project) -> bool:
    """Whether a candidate may not be financed at all."""
    if p.country not in case.settings.countries:
        return True
    for rule in case.rules:
        if rule.aggregate == "each" and picked(rule, p):
            value = data(case, p, rule.measure)
            if value is None or not _holds(value, rule):
                return True
    return False


def _holds(value: float, rule: Rule) -> bool:
    slack = 1e-6 * max(1.0, abs(rule.value), abs(value))
    return value >= rule.value - slack if rule.sense == ">=" else value <= rule.value + slack


def clauses(rule: Rule, *, of_programmes: bool) -> list[tuple[str, list[str]]]:
    """`country=VN|AU; programme.donor=JP` as [(column, values)], the programme's or the project's part of it."""
    result = []
    for clause in filter(None, (part.strip() for part in rule.where.split(";"))):
        column, values = (side.strip() for side in clause.split("=", 1))
        if column.startswith("programme.") == of_programmes:
            wanted = [v.strip().strip('"').casefold() for v in values.split("|")]
            result.append((column.removeprefix("programme."), wanted))
    return result


def picked(rule: Rule, p: Project) -> bool:
    """Whether the project's columns meet `where`."""
    return all(_text(p, column) in wanted for column, wanted in clauses(rule, of_programmes=False))


def served(rule: Rule, p: Programme) -> bool:
    """Whether the programme's columns meet `where`."""
    return all(_text(p, column) in wanted for column, wanted in clauses(rule, of_programmes=True))


def _text(row: Project | Programme, column: str) -> str:
    if column in type(row).model_fields:
        return str(getattr(row, column)).casefold()
    return str(getattr(row, "texts", {}).get(column, "")).casefold()


def data(case: Case, p: Project, name: str) -> float | None:
    """A data measure of a project; None where the cell is empty."""
    if name == "count":
        return 1.0
    if name == "capex":
        return p.capex_m
    if name == "esg":
        return _esg(case, p)
    if name.startswith("share_"):
        return p.shares.get(name.removeprefix("share_"))
    if name in Project.model_fields:
        value = getattr(p, name)
        return None if value is None else float(value)
    return p.measures.get(name)


def _esg(case: Case, p: Project) -> float | None:
    given = case.settings.esg_weights or {"e": 1.0, "s": 1.0, "g": 1.0}
    scores = {letter: getattr(p, f"esg_{letter}") for letter in given}
    if None in scores.values():
        return None
    return float(sum(given[letter] * scores[letter] for letter in given) / sum(given.values()))


@dataclass(frozen=True, eq=False)
class LinearRule:
    """One rule as `constant + sum of data + sum of awards + sum of joint <sense> limit`."""

    rule: Rule
    limit: float
    constant: float
    data: tuple[np.ndarray, ...]
    """Per free project, by choice."""
    awards: Mapping[tuple[int, int, str], float]
    """(project, choice, programme) -> coefficient of the award's face value."""
    joint: Mapping[tuple[int, int], float]
    """(project, choice) -> coefficient of its being financed jointly."""

    @property
    def needs_awards(self) -> bool:
        return bool(self.awards or self.joint)

    @property
    def tolerance(self) -> float:
        largest = max((float(np.abs(numbers).max()) for numbers in self.data), default=0.0)
        return 1e-6 * max(1.0, abs(self.rule.value), largest)

    def fixed(self, chosen: np.ndarray) -> np.ndarray:
        """The part of the row that the selection alone decides."""
        total = np.full(len(chosen), self.constant)
        for i, coefficients in enumerate(self.data):
            total += coefficients[chosen[:, i]]
        return total

    def missing(self, left: np.ndarray) -> np.ndarray:
        """By how much the row is missed; negative where there is room."""
        return self.limit - left if self.rule.sense == ">=" else left - self.limit


def rule_row(case: Case, free: Sequence[Project], windows: Sequence[Sequence[float]], rule: Rule) -> LinearRule:
    """The linear row of one rule. `each` has no row: it bars."""
    terms = _Terms(case, free, windows, rule)
    limit = 0.0
    if rule.aggregate == "sum":
        terms.add(rule.measure, 1.0)
        limit = rule.value
    elif rule.aggregate == "average":
        terms.add_average(rule.weight or "capex")
    elif rule.aggregate == "share":
        terms.add(rule.measure, 1.0)
        terms.add(rule.measure, -rule.value, everything=True)
    elif rule.aggregate == "ratio":
        terms.add(rule.measure, 1.0)
        terms.add(str(rule.per), -rule.value)
    elif rule.sense == "<=":  # each: an empty row that holds
        limit = 0.0
    return LinearRule(rule, limit, terms.constant, tuple(terms.data), terms.awards, terms.joint)


class _Terms:
    """Gathers the coefficients of one rule's row."""

    def __init__(self, case: Case, free: Sequence[Project], windows: Sequence[Sequence[float]], rule: Rule) -> None:
        self.case, self.free, self.windows, self.rule = case, free, windows, rule
        self.constant = 0.0
        self.data = [np.zeros(len(w)) for w in windows]
        self.awards: dict[tuple[int, int, str], float] = {}
        self.joint: dict[tuple[int, int], float] = {}
        statuses = [v for column, values in clauses(rule, of_programmes=False) if column == "status" for v in values]
        self.counts_underway = "underway" in statuses

    def add(self, measure: str, factor: float, *, everything: bool = False) -> None:
        """Add `factor * measure`, over what `where` picks or over all that is financed."""
        for i, p in enumerate(self.free):
            if self._counts(p, measure, everything):
                for c in range(1, len(self.windows[i])):
                    self._add_one(measure, factor, (i, c), everything)
        if self.counts_underway or measure == "capacity_total":
            for p in self.case.projects:
                if p.status == "underway" and self._counts(p, measure, everything):
                    fid = self.case.settings.first_year if p.earliest_fid is None else p.earliest_fid
                    self.constant += factor * self._given(measure, p, fid)
        if measure == "capacity_total":
            self._add_unaided(factor, everything)
            self.constant += factor * self._existing(("stage",) if everything else ("stage", "country"))

    def _add_unaided(self, factor: float, everything: bool) -> None:
        """What comes without support counts unless its project is financed."""
        places = {p.id: i for i, p in enumerate(self.free)}
        for p in self.case.projects:
            year = unaided_year(self.case, p)
            if year is not None and self._counts(p, "capacity_total", everything):
                amount = factor * self._plain("capacity_total", p, year)
                self.constant += amount
                if p.id in places:
                    self.data[places[p.id]][1:] -= amount

    def _counts(self, p: Project, measure: str, everything: bool) -> bool:
        """Whether a project counts; the whole of `capacity_total` is that of its one stage."""
        if not everything:
            return picked(self.rule, p)
        stages = [wanted for c, wanted in clauses(self.rule, of_programmes=False) if c == "stage"]
        return measure != "capacity_total" or all(p.stage.casefold() in wanted for wanted in stages)

    def _add_one(self, measure: str, factor: float, at: tuple[int, int], everything: bool) -> None:
        i, c = at
        p, fid = self.free[i], self.windows[i][c]
        if measure not in AWARD_TYPE:
            self.data[i][c] += factor * self._plain(measure, p, fid)
            return
        if self.rule.year is not None and fid > self.rule.year:
            return
        restricted = bool(clauses(self.rule, of_programmes=True)) and not everything
        if not self.case.programmes:
            self.data[i][c] += factor * _unfunded(self.case, measure, p, int(self.windows[i][c]))
        elif measure == "joint":
            self.joint[i, c] = self.joint.get((i, c), 0.0) + factor * (
                1.0 if self.rule.weight == "count" else p.capex_m
            )
        else:
            self._add_awards(measure, factor, at, restricted)

    def _add_awards(self, measure: str, factor: float, at: tuple[int, int], restricted: bool) -> None:
        i, c = at
        p = self.free[i]
        if measure in ("public", "support") and not restricted:
            self.data[i][c] += factor * p.secured_m
        if measure in ("private", "unaided"):
            self.data[i][c] += factor * (p.capex_m - p.secured_m)
        for g in self.case.programmes:
            if restricted and not served(self.rule, g):
                continue
            funded = g.instrument not in ("guarantee", "offtake")
            per_face = {
                "award": 1.0,
                "public_cost": cost_rate(self.case, g, p, int(self.windows[i][c])),
                "public": float(funded),
                "private": -float(funded),
                "contingent": float(not funded),
                "support": 1.0,
                "unaided": -1.0,
            }[measure]
            key = (i, c, g.id)
            self.awards[key] = self.awards.get(key, 0.0) + factor * per_face

    def _given(self, measure: str, p: Project, fid: float) -> float:
        """A measure of an underway project: of public money it has what is secured, and takes no more."""
        if measure not in AWARD_TYPE:
            return self._plain(measure, p, fid)
        if self.rule.year is not None and fid > self.rule.year:
            return 0.0
        secured = 0.0 if clauses(self.rule, of_programmes=True) else p.secured_m
        left = p.capex_m - p.secured_m
        return {"public": secured, "support": secured, "private": left, "unaided": left}.get(measure, 0.0)

    def _plain(self, measure: str, p: Project, fid: float) -> float:
        """A data or delivery measure of a project decided in `fid`."""
        rule = self.rule
        if measure in ("capacity", "capacity_total"):
            return delivered(p, fid, self.case.settings.last_year if rule.year is None else rule.year)
        if rule.year is not None and fid > rule.year:
            return 0.0
        value = data(self.case, p, measure)
        if value is None:
            raise ValueError(f"{p.id} has no {measure}")
        return value

    def _existing(self, columns: Sequence[str]) -> float:
        rule, settings = self.rule, self.case.settings
        year = settings.last_year if rule.year is None else rule.year
        total = 0.0
        for e in self.case.existing:
            known = {"country": e.country.casefold(), "stage": e.stage.casefold()}
            meets = all(known[c] in wanted for c, wanted in clauses(rule, of_programmes=False) if c in columns)
            if meets and e.material is None and e.country not in settings.excluded_countries:
                tonnes = e.capacity_tpa if e.capacity_tpa is not None else interpolated(e.years, year)
                total += tonnes * e.allied_share
        return total

    def add_average(self, weight: str) -> None:
        """Add `sum weight * (measure - value)` over what `where` picks."""
        rule = self.rule

        def term(p: Project, fid: float) -> float:
            if rule.year is not None and fid > rule.year:
                return 0.0
            return self._plain(weight, p, fid) * (self._plain(rule.measure, p, fid) - rule.value)

        for i, p in enumerate(self.free):
            if picked(rule, p):
                self.data[i] += np.array([term(p, fid) if c else 0.0 for c, fid in enumerate(self.windows[i])])
        for p in self.case.projects:
            if self.counts_underway and p.status == "underway" and picked(rule, p):
                self.constant += term(p, self.case.settings.first_year if p.earliest_fid is None else p.earliest_fid)


def _unfunded(case: Case, measure: str, p: Project, fid: int) -> float:
    """Award-type measures without programmes: the need is awarded at cost rate 1."""
    from support import oracle_market as market

    need = max(needed(p), market.gap(case, p, fid))
    public = p.secured_m + need
    left = p.capex_m - public
    by_name = {
        "award": need,
        "public_cost": need,
        "public": public,
        "support": public,
        "private": left,
        "unaided": left,
    }
    return by_name.get(measure, 0.0)


def cap(g: Programme, p: Project) -> float:
    """Most face value that a programme may give to a project."""
    most = g.max_share * p.capex_m
    return most if g.max_ticket_m is None else min(most, g.max_ticket_m)


def cost_rate(case: Case, g: Programme, p: Project, fid: int) -> float:
    """Budget cost of one unit of face value."""
    from support import oracle_market as market

    if g.instrument != "offtake" or (g.price_gap_per_t is None and g.strike_per_t is None):
        return 1.0 if g.cost_rate is None else max(0.0, g.cost_rate)
    return max(0.0, market.contract_cost(case, g, p, fid)) / cap(g, p) if cap(g, p) > 0 else 0.0


def needed(p: Project) -> float:
    """What a project asks for, or what private and secured money leave open; never more than they do not carry."""
    open_ = p.capex_m - p.secured_m
    wanted = open_ - p.capex_m * p.private_share if p.requested_m is None else min(p.requested_m, open_)
    return max(0.0, wanted)
