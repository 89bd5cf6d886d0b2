"""Stress test of a plan: scenarios, draws, single losses, the worst set, tornado, and breaking points.

evaluate      the plan in one scenario, with the best choice of who goes on
continuation  that choice if the contingency or a cut envelope does not suffice
envelopes     envelopes after a budget cut
arrays        thousands of outcomes at once
sampling      the stream of random numbers
draws         the plan in thousands of draws
distribution  their statistics: quantiles, rules that hold, and sources of variance
losses        one lost, the worst set
dominance     which sets of failures can be the worst
tornado       one parameter at a time
breaks        the smallest change that breaks a rule
replan        the best plan of each scenario, and what all of them hold
matters       in which scenarios a project matters
built_in      scenarios for a workbook that has none
"""

from optimizer.analysis.stress.run import StressOptions, stress

__all__ = ["StressOptions", "stress"]
