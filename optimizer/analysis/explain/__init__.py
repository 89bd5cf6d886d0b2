"""Explains why a project is in the plan or not and what would change that, by solving again and never by duals.

Projects are indivisible, so that a plan has no dual prices: the worth of a project, of a limit or of a change of data is the
difference of two solved programs, given as an interval if the proofs leave a gap (Gomory & Baumol 1960 on why the duals of an
integer program mislead).
"""

from optimizer.analysis.explain.explanation import Explanation
from optimizer.analysis.explain.run import explain

__all__ = ["Explanation", "explain"]
