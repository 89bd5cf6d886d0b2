"""Questions of a sceptical reader about the money of a plan: prices, price floors, funders per project, additionality.

Each sentence gives a number for an assumption of the workbook: prices that decide nothing, floors above or below the market,
many funders in one plant, support that is assumed to be additional.
"""

from collections.abc import Iterator
from math import fsum
from statistics import median

from models.case import Case
from models.instruments.offtake import contained, contract_years, cost
from models.market import cash, has_viability, price_path, priced_shares
from models.plan import Award, Financed, Plan
from models.schema import Programme, Project
from models.terms import award_cap, interpolate
from optimizer.reports.additionality import has_unaided
from optimizer.reports.formatting import (
    clauses,
    count,
    few_more,
    money,
    number,
    project_names,
    sentence,
    shorten,
    stage_label,
)
from optimizer.reports.language import tr, tr_n
from optimizer.reports.material_names import material_name

MOST = 3
"""Projects named in a sentence."""


def scrutiny(case: Case, plan: Plan) -> list[str]:
    """The sentences for which the workbook gives cause."""
    if not plan.projects:
        return []
    return [*funders(case, plan), *_additional(case, plan), *_market(case, plan), *_floors(case, plan)]


# -- funders and additionality ---------------------------------------------------------------------------------------


def funders(case: Case, plan: Plan) -> Iterator[str]:
    """The number of awards, and the largest number in one project."""
    awards = {f.id: len(f.awards) for f in plan.projects if f.awards}
    if not awards:
        return
    most, names = max(awards.values()), project_names(case)
    who = few_more([shorten(names[i], 40) for i, n in awards.items() if n == most], MOST)
    awarded = tr_n(
        "{n} award for {projects}",
        "{n} awards for {projects}",
        sum(awards.values()),
        projects=count(len(awards), "project"),
    )
    yield tr_n(
        "Funders: {awards}; at most {n} programme in one project ({names}).",
        "Funders: {awards}; at most {n} programmes in one project ({names}).",
        most,
        awards=awarded,
        names=who,
    )


def _additional(case: Case, plan: Plan) -> Iterator[str]:
    """The note that the whole plan is assumed to be additional, if no row states otherwise."""
    if not has_unaided(plan):
        n = sum(p.status in ("candidate", "committed") for p in case.projects)
        yield tr_n(
            "Additionality: the one candidate has no year in unaided_fid, so all that is financed counts as additional.",
            "Additionality: none of the {n} candidates has a year in unaided_fid, so all that is financed counts as additional.",
            n,
        )


# -- prices that decide nothing --------------------------------------------------------------------------------------


def _market(case: Case, plan: Plan) -> Iterator[str]:
    """Earnings of the financed projects at the workbook's prices, if prices decide nothing for lack of a hurdle rate."""
    if any(has_viability(case, p) for p in case.projects):
        return
    by_id = {p.id: p for p in case.projects}
    earning = {f.id: _payback(case, by_id[f.id], f) for f in plan.projects if _has_market(case, by_id[f.id])}
    if not earning:
        return
    names = project_names(case)
    losing = [shorten(names[i], 40) for i, years in earning.items() if years is None]
    repaid = sorted(years for years in earning.values() if years is not None)
    parts = [tr("{n} of {all} earn more than they cost to run", n=len(repaid), all=len(earning))]
    if losing:
        parts = [tr("{earning}, not so {names}", earning=parts[0], names=few_more(losing, MOST))]
    if repaid:
        parts.append(
            tr(
                "the median of these earns its capital cost back in {years} years of output, undiscounted",
                years=number(median(repaid)),
            )
        )
    yield tr(
        "Prices do not affect this plan: hurdle_rate is empty. At the prices of the workbook, of the financed projects with "
        "an operating cost {details}.",
        details=clauses(parts),
    )


def _has_market(case: Case, project: Project) -> bool:
    return project.opex_per_t is not None and bool(priced_shares(case, project))


def _payback(case: Case, project: Project, financed: Financed) -> float | None:
    """Years of average cash flow that add up to the capital cost; None if the project loses money over its life."""
    earned = fsum(cash(case, project, financed.fid_year).values())
    return project.capex_m * project.life_years / earned if earned > 0 else None


# -- price floors ----------------------------------------------------------------------------------------------------


def _floors(case: Case, plan: Plan) -> Iterator[str]:
    """For each programme with a strike: its guarantee, its volume, and the part of its cost due to the spread of prices."""
    by_id = {p.id: p for p in case.projects}
    for programme in case.programmes:
        given = [(by_id[f.id], f.fid_year, a) for f in plan.projects for a in f.awards if a.programme == programme.id]
        if programme.strike_per_t is not None and (expected := _expected(case, programme, given)):
            yield _floor(case, programme, given, expected)


def _floor(case: Case, programme: Programme, given: list[tuple[Project, int, Award]], expected: str) -> str:
    certain = case.with_(prices=tuple(p.model_copy(update={"volatility": 0.0}) for p in case.prices))
    parts = [(p, year, a, a.face_m / award_cap(p, programme)) for p, year, a in given]
    share = 1.0 if programme.offtake_share is None else programme.offtake_share
    tonnes = fsum(part * share * p.capacity_tpa * contained(programme, p) for p, _, _, part in parts)
    exactly = fsum(part * cost(programme, p, year, certain) for p, year, _, part in parts)
    unit = case.settings.base_currency
    text = tr(
        "{programme} guarantees {strike} {currency} per t on {tonnes} t/yr of {material}, where {expected} is expected: it "
        "costs the budget {cost}, and {exactly} if prices came exactly as expected",
        programme=programme.id,
        strike=number(programme.strike_per_t or 0.0),
        currency=unit,
        tonnes=number(tonnes),
        material=material_name(programme.material) if programme.material else stage_label(given[0][0].stage),
        expected=expected,
        cost=money(fsum(a.cost_m for _, _, a in given), unit),
        exactly=money(exactly, unit),
    )
    if all(p.payable >= 1 for p, _, _ in given):
        return sentence(text)
    short = tr("the buyer pays only the payable part, so that the project does not receive the strike")
    return sentence(clauses((text, short)))


def _expected(case: Case, programme: Programme, given: list[tuple[Project, int, Award]]) -> str:
    """The lowest and the highest expected price in the years of the contracts, base currency per tonne; empty without any."""
    prices = [
        interpolate(path.years, y)
        for p, year, _ in given
        if (path := price_path(case, programme.material or p.stage)) is not None
        for y in contract_years(programme, p, year)
    ]
    if not prices:
        return ""
    low, high = number(min(prices)), number(max(prices))
    return low if low == high else tr("{low} to {high}", low=low, high=high)
