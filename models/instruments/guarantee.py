"""Guarantee: private lenders are made whole if the project fails. Unfunded: its face value is a contingent exposure.

It costs the budget its credit subsidy, scored like a loan's: the net present value of payments on defaults and of
interest subsidies, less fees and recoveries (Federal Credit Reform Act of 1990, section 502(5)(C); OMB Circular A-11,
section 185), as a part of the face value.
"""

from models.instruments import soft_debt
from models.instruments.instrument import Instrument, programme_rate, programme_receipt

GUARANTEE = Instrument(
    name="guarantee",
    label="guarantees",
    funded=False,
    rate=programme_rate,
    worth=soft_debt.worth,
    serves=soft_debt.serves,
    receipt=programme_receipt,
    needs_terms=("rate", "tenor_years"),
)
