"""Equity: a stake in the company. It costs the budget its face value, unless the programme gives a rate.

The Federal Credit Reform Act of 1990 covers loans and guarantees, not equity: a purchase is scored like a grant, dollar
for dollar (so the equity of DFC under the BUILD Act of 2018). A rate below 1 scores it at present value instead, as the
Emergency Economic Stabilization Act of 2008, section 123, did for the stakes bought under it, with the discount rate
adjusted for market risk: then the rate is the part that is not expected back.
"""

from models.instruments.instrument import Instrument, programme_rate

EQUITY = Instrument(name="equity", label="equity", funded=True, rate=programme_rate)
