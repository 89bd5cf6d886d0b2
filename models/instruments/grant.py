"""Grant: money that is not paid back. It costs the budget its face value, unless the programme gives a rate.

Its worth to a project is 1: viability gap funding (Government of India, Scheme for Financial Support to Public Private
Partnerships in Infrastructure, 2006) is paid up to the capital that cash cannot serve.
"""

from models.instruments.instrument import Instrument, programme_rate, programme_receipt

GRANT = Instrument(
    name="grant", label="grants", receives="money", pays="all of it: 1", funded=True, rate=programme_rate,
    receipt=programme_receipt,
)  # fmt: skip
