"""Why a project is in the plan or not, and what would change it: every statement by solving again, never by duals.

A plan of lumps has no prices: the worth of a project, of a limit or of a change of data is the difference of two solved
programs, an interval where proofs leave one (Gomory & Baumol 1960 on why the duals of an integer program mislead).
"""

from optimizer.analysis.explain.explanation import Explanation
from optimizer.analysis.explain.run import explain

__all__ = ["Explanation", "explain"]
