"""Guarantee: private lenders are made whole if the project fails. Unfunded: its face value is a contingent exposure.

It costs the budget its credit subsidy, scored like a loan's: the net present value of payments on defaults and of
interest subsidies, less fees and recoveries (Federal Credit Reform Act of 1990, section 502(5)(C); OMB Circular A-11,
section 185), as a part of the face value.
"""

from models.instruments.soft_debt import soft_debt

GUARANTEE = soft_debt("guarantee", "guarantees", receives="private debt that a guarantee stands behind", funded=False)
