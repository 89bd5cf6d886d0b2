r"""Viability: the gap that the market leaves and that support must close.

For a project with an operating cost and a hurdle rate h, decided in year u, with $\varphi_i$ the present value of one
million of its capital cost:

$$bankable_{i,u} = PV_h(cash_{i,u}) / \varphi_i, \qquad gap_{i,u} = \max(0,\ capex_i - secured_i - bankable_{i,u})$$

The first is the most capital that its cash can serve; it may be negative. Money is in millions of the base currency.
Public support up to this gap is viability gap funding (Government of India, Scheme for Financial
Support to Public Private Partnerships in Infrastructure, 2006; World Bank, PPP Reference Guide, 2017).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from models import instruments
from models.case import Case
from models.instruments.equity import stake_and_worth, whole_stake
from models.market import (
    MILLION,
    cash,
    content_by_year,
    content_value,
    delivery_years,
    has_viability,
    hurdle_rate,
    present_value,
    priced_shares,
    profile_of,
    spending_factor,
)
from models.schema import Programme, Project
from models.terms import award_cap, most_support, need, ramp_share

ROUNDING = 1e-9
"""Relative difference up to which a gap follows from the need."""


def bankable(case: Case, project: Project, fid: int) -> float:
    """The most capital, millions, that the cash of a project decided in `fid` serves at its hurdle rate. Raises NoPrice."""
    hurdle = hurdle_rate(case, project) or 0.0
    return present_value(cash(case, project, fid), hurdle, fid) / spending_factor(profile_of(case, project), hurdle)


def gap(case: Case, project: Project, fid: int) -> float:
    """Grant equivalent that support must reach, millions; 0 for a project without viability. Raises NoPrice."""
    if not has_viability(case, project):
        return 0.0
    return max(0.0, project.capex_m - project.secured_m - bankable(case, project, fid))


def npv_unaided(case: Case, project: Project, fid: int) -> float:
    """Net present value at the hurdle rate without new support, millions at the decision. Raises NoPrice."""
    factor = spending_factor(profile_of(case, project), hurdle_rate(case, project) or 0.0)
    return factor * (bankable(case, project, fid) - project.capex_m + project.secured_m)


def clears_at(case: Case, project: Project, fid: int) -> float | None:
    """Multiple of the whole price path at which the gap of a project closes; None if it earns nothing at any price."""
    hurdle = hurdle_rate(case, project) or 0.0
    factor = spending_factor(profile_of(case, project), hurdle)
    tonnes = {y: project.capacity_tpa * ramp_share(project, y - fid) / MILLION for y in delivery_years(project, fid)}
    cost = (project.opex_per_t or 0.0) - project.byproduct_per_t
    sold = project.payable * (1 + project.premium)
    content = content_by_year(case, project)
    earned = present_value({y: t * sold * content(y) for y, t in tonnes.items()}, hurdle, fid)
    if earned <= 0:
        return None
    spent = present_value({y: t * cost for y, t in tonnes.items()}, hurdle, fid)
    return (factor * (project.capex_m - project.secured_m) + spent) / earned


def main_material(case: Case, project: Project) -> str | None:
    """The price path that earns the project most in the first year of the prices; None if it has none."""
    shares = priced_shares(case, project)
    first = case.settings.first_year
    values = {m: content_value(case, project.model_copy(update={"shares": {m: s}}), first) for m, s in shares.items()}
    return max(sorted(values), key=lambda m: values[m], default=None)


class AwardTerms(NamedTuple):
    """Terms of an award of a programme to a candidate that is decided in one year."""

    worth: float
    """Grant equivalent of a unit of face value."""
    cap: float
    """Most face value, millions, by share and ticket."""
    stake: float | None
    """Capital that buys the whole of the project's cash, millions; None unless the programme is equity."""

    @property
    def most(self) -> float:
        """Most face value, millions, by the stake too."""
        return self.cap if self.stake is None else min(self.cap, max(0.0, self.stake))


@dataclass(frozen=True)
class Viability:
    """The gaps of the candidates of a case, and which of them need rows of their own."""

    case: Case
    windows: Mapping[str, range]
    """Candidate -> its decision years."""
    eligible: Mapping[str, tuple[Programme, ...]]
    """Candidate -> programmes that may finance it."""
    sizing: Callable[[int], Case] | None = None
    """The case at whose prices a decision of a year is sized; None: `case` for every year."""

    def _at(self, year: int) -> Case:
        return self.case if self.sizing is None else self.sizing(year)

    @cached_property
    def projects(self) -> tuple[Project, ...]:
        """Candidates that must be viable, in canonical order."""
        return tuple(i for i in self.case.projects if i.id in self.windows and has_viability(self.case, i))

    @cached_property
    def gaps(self) -> dict[tuple[str, int], float]:
        """(candidate, decision year) -> gap, of every candidate that must be viable."""
        return {(i.id, u): gap(self._at(u), i, u) for i in self.projects for u in self.windows[i.id]}

    def worth(self, programme: Programme, project: Project, year: int) -> float:
        """Grant equivalent of a unit of face value."""
        return instruments.worth(programme, project, year, self._at(year))

    def stake(self, programme: Programme, project: Project, year: int) -> float | None:
        """Capital that buys the whole of a project's cash, millions, of an equity programme; None of other instruments."""
        if programme.instrument != "equity":
            return None
        return whole_stake(programme, project, year, self._at(year))

    def offers(self, project: Project, year: int) -> tuple[AwardTerms, ...]:
        """The offer of each eligible programme to a candidate that is decided in a year."""
        key = project.id, year
        if key not in self._offers:
            self._offers[key] = tuple(self._terms(p, project, year) for p in self.eligible[project.id])
        return self._offers[key]

    def _terms(self, programme: Programme, project: Project, year: int) -> AwardTerms:
        cap = award_cap(project, programme)
        if programme.instrument == "equity":
            whole, worth = stake_and_worth(programme, project, year, self._at(year))
            return AwardTerms(worth, cap, whole)
        return AwardTerms(self.worth(programme, project, year), cap, None)

    @cached_property
    def _offers(self) -> dict[tuple[str, int], tuple[AwardTerms, ...]]:
        return {}

    def cost_alone(self, project: Project, year: int) -> float:
        """Cost of a project in a case without programmes: max(need, gap), as a grant, millions."""
        return max(need(project), self.gaps.get((project.id, year), 0.0))

    def binds(self, project: Project) -> bool:
        """Whether a project needs its own rows: its gap does not follow from its need, or a stake could be too large."""
        return project.id in self._bound

    @cached_property
    def _bound(self) -> frozenset[str]:
        return frozenset(
            i.id
            for i in self.projects
            if any(self.can_pay(i, u) and (self.gap_binds(i, u) or self.stake_binds(i, u)) for u in self.windows[i.id])
        )

    def gap_binds(self, project: Project, year: int) -> bool:
        """Whether some awards that meet the need of a candidate leave its gap open."""
        missing = self.gaps[project.id, year]
        return missing > 0 and missing > self._least_worth(project, year) * (1 + ROUNDING)

    def _least_worth(self, project: Project, year: int) -> float:
        """Least grant equivalent, millions, of awards that meet the need: the awards of lowest worth are used first."""
        left, total = need(project), 0.0
        for offer in sorted(self.offers(project, year), key=_by_worth):
            face = min(left, offer.cap)
            left, total = left - face, total + face * offer.worth
        return total

    def stake_binds(self, project: Project, year: int) -> bool:
        """Whether awards within their limits could sell more than all of a candidate's cash."""
        room, sold = most_support(project), 0.0
        for whole, cap in sorted((o.stake, o.cap) for o in self.offers(project, year) if o.stake is not None):
            if whole <= 0:
                return True
            face = min(room, cap)
            room, sold = room - face, sold + face / whole
        return sold > 1

    def most_worth(self, project: Project, year: int) -> float:
        """Upper bound on the grant equivalent that its programmes could give a project, millions, whatever their budgets."""
        left, total = most_support(project), 0.0
        for offer in sorted(self.offers(project, year), key=_by_worth, reverse=True):
            face = min(left, offer.most)
            left, total = left - face, total + face * offer.worth
        return total

    def can_pay(self, project: Project, year: int) -> bool:
        """Whether the programmes could close the gap in a year within their shares and tickets."""
        missing = self.gaps.get((project.id, year), 0.0)
        if missing <= 0:
            return True
        most = self.most_worth(project, year) if self.case.programmes else most_support(project)
        return missing <= most * (1 + ROUNDING) + ROUNDING


def _by_worth(offer: AwardTerms) -> tuple[float, float]:
    return offer.worth, offer.cap
