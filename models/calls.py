r"""Capital calls: money that a financed project needs in a scenario beyond the support that it was given.

$$call_{i,w} = \max\bigl(0,\ need_{i,w} - need_i,\ gap_{i,w} - \textstyle\sum_p worth_{i,p,w}\, award_{i,p}\bigr)$$

The last term applies to projects that must be viable (`models.viability`). Their gap is computed at the prices of the
scenario, except for changes that begin after the first output; offtake is valued at those prices, and equity keeps the
stake that was sold. A project that was decided when the scenario was known was sized at its prices, so that only its own
outcomes cause calls. Savings do not come back. Money in millions of the base currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models import instruments, viability
from models.case import Case
from models.instruments.equity import whole_stake
from models.market import has_viability
from models.scenario_prices import price_rows, repriced, timely
from models.scenarios import Realization
from models.schema import Programme, Project
from models.sets import Sets, private_share
from models.terms import award_cap, most_support, need

ROUNDING = 1e-6
"""Part of max(1, gap) by which support may miss a gap: awards are whole cents, and limits are met within the auditor's tolerance."""
Given = Sequence[tuple[Programme, float]]
"""Awards of one project: programme and face value."""


@dataclass(frozen=True)
class Claim:
    """The terms of a financed project's call in a scenario, except its own overrun."""

    capex_m: float
    """Capital cost in the scenario."""
    private_share: float
    secured_m: float
    need_m: float
    """Need as planned."""
    bankable_m: float | None
    """Capital that its cash serves at the prices of the scenario; None if it need not be viable."""
    support_m: float
    """Grant equivalent of its awards in the scenario."""

    def call(self, overrun: float = 1.0) -> float:
        """The call if the capital cost is `overrun` times that of the scenario."""
        capex = self.capex_m * overrun
        owed = max(0.0, capex * (1 - self.private_share) - self.secured_m) - self.need_m
        if self.bankable_m is not None:
            gap = max(0.0, capex - self.secured_m - self.bankable_m)
            missing = gap - self.support_m
            owed = max(owed, missing if missing > ROUNDING * max(1.0, gap) else 0.0)
        return max(0.0, owed)


def claim(case: Case, project: Project, fid: int, given: Given, realization: Realization) -> Claim:
    """The claim of a project decided in `fid` with these awards in a scenario."""
    cost, private = realization.money_factors(project, fid)
    bankable, support = None, 0.0
    if has_viability(case, project):
        sized, at = priced_cases(case, project, fid, realization)
        bankable = viability.bankable(at, project, fid)
        support = grant_equivalent(sized, at, project, fid, given)
    share = min(1.0, private_share(project) * private)
    return Claim(project.capex_m * cost, share, project.secured_m, need(project), bankable, support)


def priced_cases(case: Case, project: Project, fid: int, realization: Realization) -> tuple[Case, Case]:
    """The case at the prices by which the awards of a project were sized, and at those by which it calls in a scenario."""
    rows, known = price_rows(realization.rows), realization.knows(fid)
    at = repriced(case, rows if known else timely(rows, project, fid))
    return (at if known else case), at


def grant_equivalent(case: Case, at: Case, project: Project, fid: int, given: Given) -> float:
    """Worth of the awards of a project at the prices of `at`; without programmes that of the grant that it was given."""
    if not case.programmes:
        return max(need(project), viability.gap(case, project, fid))
    return sum(worth_at(case, at, programme, project, fid) * face for programme, face in given)


def most_equivalent(sets: Sets, project: Project, fid: int, realization: Realization) -> float:
    """The most grant equivalent that awards could give a project, millions, at the prices of a scenario and whatever the
    budgets: a bound."""
    case = sets.case
    at = repriced(case, timely(price_rows(realization.rows), project, fid))
    if not case.programmes:
        return grant_equivalent(case, at, project, fid, ())
    left, total = most_support(project), 0.0
    offers = [(worth_at(case, at, p, project, fid), award_cap(project, p)) for p in sets.eligible[project.id]]
    for value, cap in sorted(offers, reverse=True):
        face = min(left, cap)
        left, total = left - face, total + face * max(0.0, value)
    return total


def worth_at(case: Case, at: Case, programme: Programme, project: Project, fid: int) -> float:
    """Grant equivalent of a unit of face value at the prices of `at`, sized at those of `case`."""
    if programme.instrument != "equity":
        return instruments.worth(programme, project, fid, at)
    whole = whole_stake(programme, project, fid, case)
    return min(1.0, max(0.0, 1 - viability.bankable(at, project, fid) / whole)) if whole > 0 else 0.0


def claims(
    case: Case, chosen: Mapping[str, int], given: Mapping[str, Given], realization: Realization
) -> dict[str, Claim]:
    """Financed project -> its claim, sorted by id."""
    by_id = {p.id: p for p in case.projects}
    return {i: claim(case, by_id[i], fid, given.get(i, ()), realization) for i, fid in sorted(chosen.items())}
