r"""Market of a project: prices, revenue, cash and present values.

Revenue of one tonne of the stage's product in year y, in the base currency, with m the priced materials of which
the project has a share (the price of the stage's product if it has none):

$$unit\_revenue_{i,y} = payable_i (1 + premium_i) \sum_m share_{i,m}\, price_{m,y} + byproduct_i$$
$$cash_{i,u,y} = capacity_i\, ramp_i(y-u)\,(unit\_revenue_{i,y} - opex_i) / 10^6$$

Cash is at nameplate, in every year of the project's life, also after the horizon. `allied_share` is not applied, because
output that is sold elsewhere earns too. All rates are real and yearly; money is in millions of the base currency at the case's price
year, prices in base currency per tonne. Present values are at the decision, $PV_r(c) = \sum_y c_y (1+r)^{-(y-u)}$.
"""

from collections.abc import Callable, Mapping, Sequence

from models.case import Case
from models.schema import Price, Project
from models.terms import interpolate, outlay_profile, ramp_share

MILLION = 1e6
ByYear = Callable[[int], float]
"""A value of each year."""


class NoPrice(LookupError):
    """Neither a material of the project nor the product of its stage has a price."""


def price_path(case: Case, name: str) -> Price | None:
    """The row of `prices` of a material, or of a stage's own product."""
    return next((row for row in case.prices if row.material == name), None)


def priced_shares(case: Case, project: Project) -> dict[str, float]:
    """Name of a price path -> tonnes of it in a tonne of the product. Empty where the project has no price at all."""
    named = {row.material for row in case.prices}
    shares = {m: share for m, share in sorted(project.shares.items()) if m in named and share > 0}
    return shares or ({project.stage: 1.0} if project.stage in named else {})


def content_by_year(case: Case, project: Project) -> ByYear:
    """Year -> market value of the material in a tonne of the product, base currency per tonne. Raises NoPrice."""
    shares = priced_shares(case, project)
    if not shares:
        raise NoPrice(project.id)
    paths = {row.material: row.years for row in case.prices}
    parts = [(share, paths[m]) for m, share in shares.items()]
    return lambda year: sum(share * interpolate(path, year) for share, path in parts)


def content_value(case: Case, project: Project, year: int) -> float:
    """Market value of the material in a tonne of the product in a year, base currency per tonne. Raises NoPrice."""
    return content_by_year(case, project)(year)


def revenue_by_year(case: Case, project: Project) -> ByYear:
    """Year -> revenue of a tonne of the product, base currency per tonne. Raises NoPrice."""
    content, sold = content_by_year(case, project), project.payable * (1 + project.premium)
    return lambda year: sold * content(year) + project.byproduct_per_t


def unit_revenue(case: Case, project: Project, year: int) -> float:
    """Revenue of a tonne of the product in a year, base currency per tonne. Raises NoPrice."""
    return revenue_by_year(case, project)(year)


def delivery_years(project: Project, fid: int) -> range:
    """The years of a project's life, from the end of its build."""
    first = fid + project.build_years
    return range(first, first + project.life_years)


def cash(case: Case, project: Project, fid: int) -> dict[int, float]:
    """Year -> revenue less operating cost, millions, over the whole life of a project decided in `fid`. Raises NoPrice."""
    cost, revenue = project.opex_per_t or 0.0, revenue_by_year(case, project)
    return {
        y: project.capacity_tpa * ramp_share(project, y - fid) * (revenue(y) - cost) / MILLION
        for y in delivery_years(project, fid)
    }


def present_value(flow: Mapping[int, float], rate: float, year: int) -> float:
    """Value of a yearly flow at the decision in `year`.

    >>> round(present_value({2027: 110.0, 2028: 121.0}, 0.1, 2026), 9)
    200.0
    """
    return sum(amount / (1 + rate) ** (y - year) for y, amount in sorted(flow.items()))


def spending_factor(profile: Sequence[float], rate: float) -> float:
    """Present value at the decision of one million of capital cost, spent by the outlay profile: `sum_k p_k (1+r)^-k`."""
    return sum(part / (1 + rate) ** k for k, part in enumerate(profile))


def profile_of(case: Case, project: Project) -> tuple[float, ...]:
    """Part of a project's spending k years after its decision; adds up to 1."""
    row = next((o.years for o in case.outlays if o.id == project.id), None)
    return outlay_profile(project, row)


def hurdle_rate(case: Case, project: Project) -> float | None:
    """Real yearly return that private investors require of a project; None: viability is off."""
    return case.settings.hurdle_rate if project.hurdle_rate is None else project.hurdle_rate


def debt_rate(case: Case, project: Project) -> float:
    """Real yearly rate of market debt: the setting, else the project's hurdle rate."""
    if case.settings.debt_rate is not None:
        return case.settings.debt_rate
    return hurdle_rate(case, project) or 0.0


def has_viability(case: Case, project: Project) -> bool:
    """Whether a project must be viable: it states its operating cost, and there is a hurdle rate."""
    return project.opex_per_t is not None and hurdle_rate(case, project) is not None
