"""Brute force, the market: gaps, worths and contract costs, written from the formulas of prices and viability alone."""

from math import erf, log, sqrt

import numpy as np
from support.oracle_rules import cap, delivered, interpolated

from models.case import Case
from models.schema import Programme, Project


def hurdle(case: Case, p: Project) -> float | None:
    """None: the project need not be viable."""
    rate = p.hurdle_rate if p.hurdle_rate is not None else case.settings.hurdle_rate
    return rate if p.opex_per_t is not None else None


def price(case: Case, name: str, year: int) -> float | None:
    return next((interpolated(row.years, year) for row in case.prices if row.material == name), None)


def profile(case: Case, p: Project) -> dict[int, float]:
    for row in case.outlays:
        if row.id == p.id:
            return {k: v / sum(row.years.values()) for k, v in row.years.items() if v}
    n = max(p.build_years, 1)
    return dict.fromkeys(range(n), 1 / n)


def phi(case: Case, p: Project, rate: float) -> float:
    return sum(part * (1 + rate) ** -k for k, part in profile(case, p).items())


def pv_cash(case: Case, p: Project, fid: int, rate: float) -> float:
    total = 0.0
    for y in range(fid + p.build_years, fid + p.build_years + p.life_years):
        values = {m: price(case, m, y) for m, share in p.shares.items() if share > 0}
        content = sum(p.shares[m] * v for m, v in values.items() if v is not None)
        if all(v is None for v in values.values()):
            content = price(case, p.stage, y) or 0.0
        revenue = p.payable * (1 + p.premium) * content + p.byproduct_per_t
        tonnes = p.capacity_tpa * _ramp(p, y - fid)
        total += tonnes * (revenue - (p.opex_per_t or 0.0)) / 1e6 * (1 + rate) ** (fid - y)
    return total


def _ramp(p: Project, age: int) -> float:
    k = age - p.build_years
    return p.ramp[min(k, len(p.ramp) - 1)] / 100 if 0 <= k < p.life_years else 0.0


def gap(case: Case, p: Project, fid: int) -> float:
    h = hurdle(case, p)
    if h is None:
        return 0.0
    return max(0.0, p.capex_m - p.secured_m - pv_cash(case, p, fid, h) / phi(case, p, h))


def room(p: Project) -> float:
    return max(0.0, p.capex_m - p.secured_m)


def eligible(case: Case, g: Programme, p: Project) -> bool:
    if (g.countries and p.country not in g.countries) or (g.stages and p.stage not in g.stages):
        return False
    if g.instrument == "offtake":
        return contained(g, p) > 0
    if g.instrument in ("loan", "guarantee") and g.tenor_years is not None and hurdle(case, p) is not None:
        return _grace(case, g, p) < g.tenor_years
    return True


def contained(g: Programme, p: Project) -> float:
    return 1.0 if g.material in (None, p.stage) else p.shares.get(g.material or "", 0.0)


def _grace(case: Case, g: Programme, p: Project) -> int:
    return max(p.build_years if g.grace_years is None else g.grace_years, *profile(case, p))


def flows(case: Case, g: Programme, p: Project, fid: int) -> list[tuple[int, float]]:
    """(years after the decision, top-up less pay-back) of an offtake contract, millions."""
    share = 1.0 if g.offtake_share is None else g.offtake_share
    span = p.life_years if g.offtake_years is None else g.offtake_years
    result = []
    for k in range(p.build_years, p.build_years + span):
        if g.strike_per_t is None:
            net = max(0.0, g.price_gap_per_t or 0.0) * delivered(p, 0, k)
        else:
            put, call = payoffs(case, g, p, fid + k)
            net = p.capacity_tpa * _ramp(p, k) * contained(g, p) * (put - g.upside_share * call)
        result.append((k, share * net / 1e6))
    return result


def payoffs(case: Case, g: Programme, p: Project, year: int) -> tuple[float, float]:
    row = next(row for row in case.prices if row.material == (g.material or p.stage))
    ahead = max(0, year - case.settings.price_year)
    s = row.volatility * sqrt(ahead if row.reverts_years is None else min(ahead, row.reverts_years))
    now, strike = interpolated(row.years, year), g.strike_per_t or 0.0
    if not (s and now and strike):
        return max(0.0, strike - now), max(0.0, now - strike)
    d1 = log(now / strike) / s + s / 2
    d2 = d1 - s
    return strike * _below(-d2) - now * _below(-d1), now * _below(d1) - strike * _below(d2)


def _below(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


def contract_cost(case: Case, g: Programme, p: Project, fid: int) -> float:
    return sum(net * (1 + case.settings.money_discount_rate) ** -k for k, net in flows(case, g, p, fid))


def worth(case: Case, g: Programme, p: Project, fid: int) -> float:
    """Grant equivalent of a unit of face value."""
    h = hurdle(case, p) or 0.0
    if g.instrument in ("loan", "guarantee"):
        return _clip(1 - _service(case, g, p, case.settings.debt_rate if case.settings.debt_rate is not None else h))
    if g.instrument == "equity":
        whole = stake(case, g, p, fid)
        return _clip(1 - pv_cash(case, p, fid, h) / phi(case, p, h) / whole) if whole > 0 else 0.0
    if g.instrument == "offtake":
        if g.strike_per_t is None and g.price_gap_per_t is None:
            return 0.0
        value = sum(net * (1 + h) ** -k for k, net in flows(case, g, p, fid))
        return max(0.0, value) / (phi(case, p, h) * cap(g, p)) if cap(g, p) > 0 else 0.0
    return 1.0


def _service(case: Case, g: Programme, p: Project, market: float) -> float:
    """Present value of the repayments over that of the drawings, at market terms."""
    rate, first = g.rate or 0.0, _grace(case, g, p)
    balance = sum(part * (1 + rate) ** (first - k) for k, part in profile(case, p).items())
    years = np.arange(first + 1, (g.tenor_years or 0) + 1)
    annuity = float(np.sum((1 + rate) ** (first - years.astype(float))))
    return float(np.sum(balance / annuity * (1 + market) ** -years.astype(float))) / phi(case, p, market)


def stake(case: Case, g: Programme, p: Project, fid: int) -> float:
    return pv_cash(case, p, fid, g.rate or 0.0) / phi(case, p, g.rate or 0.0)


def _clip(x: float) -> float:
    return min(1.0, max(0.0, x))
