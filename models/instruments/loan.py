"""Loan: money that is paid back. It costs the budget its credit subsidy, per unit of face value.

The subsidy is the net present value, when the loan is disbursed, of what the government pays out less the principal,
interest and fees that it expects back after defaults and recoveries, at Treasury rates and without administrative
costs: Federal Credit Reform Act of 1990, section 502(5)(A) and (B) (2 U.S.C. 661a(5)). The rate is that subsidy as a
part of the face value; how it is estimated: OMB Circular A-11, section 185.
"""

from models.instruments.soft_debt import soft_debt

LOAN = soft_debt("loan", "loans", receives="a loan", funded=True)
