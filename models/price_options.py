r"""A price floor as an option: the payment that it is expected to make, and the pay-back that is expected.

With expected price P, strike K and s the standard deviation of the logarithm of the price in the year of delivery,

$$put = K\,N(-d_2) - P\,N(-d_1), \quad call = P\,N(d_1) - K\,N(d_2), \quad
d_1 = \frac{\ln(P/K) + s^2/2}{s}, \quad d_2 = d_1 - s$$

are the expected payoffs, undiscounted: Black, "The pricing of commodity contracts", Journal of Financial Economics 3
(1976). A floor below the market price therefore costs something too.
"""

from math import log, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()


def spread(volatility: float, years_ahead: int, reverts_years: int | None = None) -> float:
    """Standard deviation of the log price so many years ahead: `volatility * sqrt(years)`, years cut to 0..reverts_years.

    >>> spread(0.25, 4), spread(0.25, -3), spread(0.25, 9, reverts_years=4)
    (0.5, 0.0, 0.5)
    """
    years = max(0, years_ahead)
    return volatility * sqrt(years if reverts_years is None else min(years, reverts_years))


def expected_payoffs(price: float, strike: float, s: float) -> tuple[float, float]:
    """Expected `max(0, strike - price)` and `max(0, price - strike)`, in the unit of the price.

    >>> expected_payoffs(60.0, 110.0, 0.0), expected_payoffs(0.0, 110.0, 0.5), expected_payoffs(60.0, 0.0, 0.5)
    ((50.0, 0.0), (110.0, 0.0), (0.0, 60.0))
    >>> put, call = expected_payoffs(100.0, 100.0, 0.4)
    >>> round(put, 6), abs(put - call) < 1e-12
    (15.851942, True)
    """
    if s == 0 or price == 0 or strike == 0:
        return max(0.0, strike - price), max(0.0, price - strike)
    d1 = (log(price / strike) + s * s / 2) / s
    d2 = d1 - s
    put = strike * _NORMAL.cdf(-d2) - price * _NORMAL.cdf(-d1)
    return put, put + price - strike
