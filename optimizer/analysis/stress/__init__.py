"""A plan under stress: scenarios, draws, one lost, the worst set, tornado, what breaks it.

evaluate      the plan in one scenario, with the best choice of who goes on
continuation  that choice where the contingency or a cut envelope does not suffice
envelopes     what a cut of the budget leaves
arrays        thousands of outcomes at once
sampling      the stream of random numbers
draws         the plan in thousands of draws
distribution  what they say: quantiles, rules kept, what explains the spread
losses        one lost, the worst set
dominance     which sets of failures can be the worst
tornado       one parameter at a time
breaks        the least that breaks a rule
replan        the best plan of each scenario, and what all of them hold
matters       in which scenarios a project matters
built_in      scenarios for a book that has none
"""

from optimizer.analysis.stress.run import StressOptions, stress

__all__ = ["StressOptions", "stress"]
