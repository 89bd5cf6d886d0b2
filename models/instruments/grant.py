"""Grant: money that is not paid back. It costs the budget its face value, unless the programme gives a rate.

A rate below 1 stands for a repayable grant.
"""

from models.instruments.instrument import Instrument, programme_rate

GRANT = Instrument(name="grant", label="grants", funded=True, rate=programme_rate)
