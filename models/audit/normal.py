"""The normal distribution and the expected payoffs of a price floor, in exact decimals.

The distribution function is summed from its power series, which converges everywhere:
N(x) = 1/2 + density(x) * (x + x^3/3 + x^5/(3*5) + ...), Marsaglia, Journal of Statistical Software 11(4), 2004.
"""

from decimal import Decimal

from models.audit.exact import ONE, ZERO

HALF = Decimal("0.5")
TWO_PI = Decimal("6.28318530717958647692528676655900576839433879875021")
FAR = Decimal(12)
"""Standard deviations beyond which the tail is below 1e-32."""
SMALL = Decimal("1e-40")


def below(x: Decimal) -> Decimal:
    """Probability that a standard normal variable is at most x.

    >>> round(below(Decimal(0)), 6), round(below(Decimal("1.96")), 6)
    (Decimal('0.500000'), Decimal('0.975002'))
    """
    if abs(x) > FAR:
        return ONE if x > 0 else ZERO
    term = total = x
    n = 1
    while abs(term) > SMALL:
        n += 2
        term = term * x * x / n
        total += term
    return HALF + total * (-x * x / 2).exp() / TWO_PI.sqrt()


def payoffs(price: Decimal, strike: Decimal, spread: Decimal) -> tuple[Decimal, Decimal]:
    """Expected payoff of the floor, and of the market above it, per tonne."""
    if not spread or not price or not strike:
        return max(ZERO, strike - price), max(ZERO, price - strike)
    upper = (price / strike).ln() / spread + spread / 2
    lower = upper - spread
    floor = strike * below(-lower) - price * below(-upper)
    return floor, price * below(upper) - strike * below(lower)
