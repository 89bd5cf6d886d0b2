"""The tuning constants of the search.

None of them changes the meaning of a plan or of its proof; they decide how the time is spent. Sizes are counts (columns,
decisions, nodes, iterations) and not times, so that the search of a case is the same on every machine. The figures were chosen
on the generated cases of `tests/benchmarks/solve.py` and on the samples. Tolerances of values and limits are in
`optimizer.solver.tolerance`, the constants of an exploration in `optimizer.analysis.frontier.tuning`.
"""

# -- HiGHS ------------------------------------------------------------------------------------------------------------

MIP_FEASIBILITY = 1e-7
"""Integrality tolerance of binary variables."""
PRIMAL_FEASIBILITY = 1e-8
"""Feasibility tolerance of rows, in the row's scaled unit. The limits of the workbook are widened by far more."""
FLOW_FEASIBILITY = 1e-10
"""The same for the flows of the chain, the least that HiGHS takes: a few tonnes stand beside many thousands."""
OBJECTIVE_SIZE = 1e4
"""Objectives are multiplied up towards this size: HiGHS drops improvements below 1e-6 of the objective's unit."""
LEAST_PRICE = OBJECTIVE_SIZE / 1e3
"""Least price of `Engine.price` as the solver sees it: with a start given, HiGHS loses plans that save less than a
hundred-thousandth of the objective's size."""
MISSTATED = 1e-6
"""Difference between the value that the solver states and that of its solution above which its answer is rejected, as a part
of max(1, |value|)."""
LARGEST_COEFFICIENT = 1e3
"""Rows with larger coefficients are divided by a power of two, which loses no digit."""
PARALLEL_COLUMNS = 1 << 13
"""The presolve rule for parallel rows and columns, which is switched off: in HiGHS 1.15 it lost plans of feasible books."""
SMALLEST_COEFFICIENT = 1e-12
"""Coefficients below this are dropped, the least that HiGHS takes: measures of one rule may lie twelve digits apart."""
HEURISTIC_EFFORT = 0.05
"""Part of the search that HiGHS may spend on heuristics."""
INTERIOR_POINT_FROM = 4000
"""Columns from which the interior point method solves the root relaxation faster than the simplex method."""
REPORT_EVERY = 0.25
"""Least seconds between two reports of progress."""

# -- second witness ---------------------------------------------------------------------------------------------------

WITNESS_UP_TO = 100
"""Decisions (project and year) up to which a proof is repeated by other means. Processor seconds of it on generated books:
up to 60 decisions 0.01 to 0.02, at 80 at most 0.14, at 105 at most 0.7, where `solve` as a command takes 7 and more: below
10 %. At 130 decisions it is up to 3, a third of the command."""
MOST_CUTS = 200
"""Selections refused by exact arithmetic after which a search ends."""
FILTERED_UP_TO = 20
"""Projects of a selection that cannot be paid for up to which the part to blame is looked for, one allocation each."""

# -- lexicographic search -----------------------------------------------------------------------------------------------

LEAST_SEARCH, LEAST_SEARCH_SHARE = 1.0, 0.25
"""Seconds, and part of the time limit, that a search has at least if the program took long to build, or its relaxation to solve."""
TIE_BREAK_SHARE, SECOND_SHARE = 0.05, 0.2
"""Part of the time limit that is kept for the tie-break; for later objectives if one of them is value too. Where the search
for value needs all its time, hardly a plan of the same value and another cost is within reach."""
TIE_BREAK_NODES = 2000
"""Branch-and-bound nodes of one phase of the tie-break."""
TIE_BREAK_FIRST_NODES, LEAST_TIE_BREAK_WORK = 20, 20_000
"""Of a phase of the tie-break from `FROM_CORE_FROM` decisions: nodes after which the further ones are counted (the sample is
proved by then), and simplex iterations for all of them where a quarter of those of the search for value is less. Eight
generated books of 150 to 250 decisions are proved in 2,000 to 20,000; the chain is 19 % off after 90 nodes and 30,000."""
AWARD_SECONDS = 10.0
"""Seconds that the awards of a selection may always take, because there is no plan without them."""
AWARD_SHARE = 0.02
"""Part of the time limit that the tie-break leaves to the search for the fewest awards, which ends with the time limit."""
ALLOCATION_SECONDS = 60.0
"""Seconds for all objectives of the awards together, where the caller sets no other limit."""
AWARD_NODES, COUNTED_WHOLE = 1000, 100
"""Branch-and-bound nodes of the search for the fewest awards of a selection, and up to how many possible awards (project and
programme) there is one: beyond them the root alone would take longer than the search for value."""
AWARD_NEIGHBOURHOODS, AWARD_PROJECTS, COUNTED_UP_TO = 5, 5, 5000
"""Beyond them: neighbourhoods that are searched, projects in each, and possible awards up to which there is a search (on the
sample 66 awards instead of 87, where the whole program finds 65 in eight times the time)."""
ALLOCATION_SLACK = 1e-7
"""Part of max(1, |value|) of an earlier objective of the awards that a later one may give up."""
CORE_FROM = 400
"""Decisions from which the relaxation is solved first, to search where it leaves doubt."""
TIES_WITH_CUTS_UP_TO = 100
"""Decisions up to which a plan over draws, or against failures, is chosen among plans of the same value. Beyond them a search for
ties takes longer than that for the value (draws on the sample: 14 s a round and 10 s), since cuts that are not there yet make
other plans seem as good."""
FROM_CORE_FROM = 150
"""Decisions from which the core gives the plan that a search of the whole program begins at; below, that search takes less
than a second anyway."""
WIDE_GAP = 0.003
"""Relative gap from which a search that begins at a known plan does without the core: of seven projects of the sample, to 0.5 %,
19 s instead of 23, and closer intervals."""
SECONDARY_FROM = 1000
"""Decisions from which later objectives are improved and not proved: a proof would take minutes, and is seldom found."""

# -- bound tightening -------------------------------------------------------------------------------------------------

TIGHTENING_ROUNDS = 30
"""Passes over all rows: money carried from year to year takes one a year."""
TIGHTENING_MARGIN = 1e-6
"""A bound of an integer column is rounded where it is off by more than this, far above the solver's tolerances."""

# -- core problem -----------------------------------------------------------------------------------------------------

FRACTION = 1e-6
"""A relaxed decision further than this from 0 and 1 is fractional."""
CORE_FACTOR = 3
"""Decisions of the core problem for each that the relaxation leaves fractional."""
LEAST_CORE = 60
"""Least decisions of a core problem."""
CORE_NODES = 1
"""Branch-and-bound nodes of the core problem: neighbourhood search finds better plans sooner."""
PATIENCE, LEAST_PATIENCE = 3, 5000
"""Neighbourhood search ends after so many times the simplex iterations of the core problem without a better plan, and not
before so many iterations."""
NEAR = 5
"""Neighbourhood search comes before the whole program where the plan of the core problem is within so many times the gap."""
FEW_DOUBTS = 0.12
"""Part of the decisions that the relaxation may leave fractional where a small program begins at its core: 8 % on the sample,
where the relaxation is 0.6 % off; on generated books of 18 to 35 projects 15 to 35 %, where it is 20 to 100 % off."""
NEAR_SMALL, NEAR_NODES = 10, 20
"""A small program is searched from the plan of its core for the proof alone where that plan is within so many times the gap, for
so many branch-and-bound nodes."""
CORE_UNTIL, EARLY_NEIGHBOURHOODS_UNTIL, WHOLE_UNTIL = 0.375, 0.3, 0.6
"""Parts of the time after which end: the core problem; neighbourhood search before the whole program; the whole program
before neighbourhood search."""
COLUMNS_PER_SECOND = 700
"""The whole program comes first where it has no more than so many columns for each of its seconds: its first node takes
that long."""
PRESOLVED_UP_TO = 2500
"""Columns up to which the whole program is presolved. In larger ones HiGHS finds that sums of capacities are whole
numbers: its cuts are weaker for it, and half the time at the root goes into bounds of these sums."""
PROOF_NODES = 1_000_000
"""Branch-and-bound nodes of a search for a proof: more than there is time for."""
SAFETY = 1e-9
"""Added to the slack with which reduced costs are compared."""

# -- neighbourhood search ---------------------------------------------------------------------------------------------

FIRST_SIZE, LEAST_SIZE = 60, 50
"""Decisions of the first neighbourhood of a kind, and of the smallest."""
POOL_WIDTH = 12
"""Decisions open to the first neighbourhoods for each that the relaxation leaves fractional."""
NEIGHBOURHOOD_NODES = 300
"""Branch-and-bound nodes of one neighbourhood."""
START_NODES = 1
"""Branch-and-bound nodes among the decisions in which a known plan and the relaxation of a question differ: what one node does
not find takes as long as the whole question (the sample)."""
LARGER, SMALLER = 1.05, 0.85
"""Factor on the size of the next neighbourhood of a kind: it grows if the last was searched completely without a better plan."""
DECISIONS_PER_PROJECT = 20
"""Decisions of a neighbourhood for each financed project that is taken again as a whole."""
EVEN_SHARE = 0.3
"""Part of the neighbourhoods that is shared out evenly among the kinds, whatever each has gained."""
MEMORY = 0.8
"""Weight of its past in the rate of a kind when it is tried again."""
TRY_COST = 300
"""Simplex iterations that a try costs apart from its own: loading and presolve."""
LEAST_GAIN = 1e-7
"""Relative gain from which a plan is better."""

# -- answers at a fixed effort ------------------------------------------------------------------------------------------

NEAR_PATIENCE, NEAR_EFFORT = 800, 1600
"""Simplex iterations without a better plan, and in all, after which the search for a plan under a question ends."""
TELLING = 1.5
"""The root node of a question is searched where its bound can be expected to fall below the best value by more than so many times
the asked width: in an explanation, which asks for half of the distance that decides a verdict, by three quarters of that
distance. On the sample a root takes 2 s, as long as all other steps together, and seldom tells more otherwise."""

# -- secondary objectives ---------------------------------------------------------------------------------------------

SECONDARY_NODES = 60
"""Branch-and-bound nodes among the decisions in which plan and relaxation differ."""
SECONDARY_COLUMNS = 100_000
"""Columns from which the relaxation of a later objective takes longer than it is worth."""

# -- searches of another kind -----------------------------------------------------------------------------------------

PLAIN_SECONDS = 1.0
"""Least time limit of the search on single projects, after one on funding classes."""
BOUND_SECONDS = 2.0
"""Time limit of one bound of a what-if question by the relaxation."""
FLOW_SECONDS = 60.0
"""Time limit of the linear program of the flows of one year, far more than it takes."""
