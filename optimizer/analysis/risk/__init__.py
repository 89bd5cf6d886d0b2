"""Plans under risk: one plan that is best by a measure of its values in many scenarios.

solve     the plan of a case, as planned or by its measure of risk, audited
search    the program of named scenarios, and best values of single scenarios for regret
failures  scenarios in which projects fail, generated until they contain the worst one for the plan
judge     evaluation of a plan in every scenario, and by the measure
"""

from optimizer.analysis.risk.solve import solve

__all__ = ["solve"]
