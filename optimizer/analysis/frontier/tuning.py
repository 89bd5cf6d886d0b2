"""Tuning constants of the search at one budget; those of a single search are in `optimizer.solver.tuning`.

None of them changes what is proved; they decide how the time is spent.
"""

# -- one process -------------------------------------------------------------------------------------------------------

KEPT = 4
"""Programs kept loaded in a process."""
FIRST_SHARE, FIRST_TIMES = 0.4, 3.0
"""Part of a chain's time, and times its even share, that its first budget may take: the first plan is dear, the neighbours'
are not."""

# -- one budget --------------------------------------------------------------------------------------------------------

ALONE_FROM, SLOW_FROM = 150, 400
"""Decisions from which the search begins where the relaxation leaves doubt; from which neighbourhood search comes before the
whole program, whose root takes long."""
CORE_FACTOR, FIRST_FACTOR = 1, 2
"""Decisions of the core for each that the relaxation leaves in doubt: beside those in which the neighbour's plan differs,
and without a neighbour."""
RUNG = 0.97
"""Part of the first budget of a chain at which a plan is looked for first: a core with a neighbour finds better ones."""
CORE_NODES = 1
"""Branch-and-bound nodes of a core: what it has not found by then, neighbourhood search finds sooner."""
CORE_SHARE = 0.4
"""Part of the remaining time at a budget after which the core problem gives way to the whole program."""
NEIGHBOURHOOD_SHARE = 0.6
"""Part of the time that is left after the core for neighbourhood search."""
NEAR = 6.0
"""Tolerances from the bound of the relaxation within which a plan that is known is good enough to begin from."""
PATIENCE, LONGEST_PATIENCE = 1.5, 20_000
"""Iterations of the simplex method, for each column and at most, after which neighbourhood search ends if it finds no better
plan."""
PLACE_SECONDS = 10.0
"""Seconds for finding the least money of one selection."""

# -- large cases -------------------------------------------------------------------------------------------------------

PART_OF_BOX = 0.4
"""Part of the tolerance within which the plan of a budget is looked for: the rest is for the rise to the next budget."""
NODES = 20
"""Branch-and-bound nodes of one budget. A box that is still open is asked about again, at a budget inside it."""
LEAST_RISE = 0.25
"""Part of what a plan is looked for within, by which a plan must be better than the one before it to be recorded: its awards and
audit take as long as the search."""
END_GAP, END_NODES = 0.005, 1
"""Relative gap and branch-and-bound nodes of the least money at the end of the range, which is rounded up by a hundredth."""
