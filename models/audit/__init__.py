"""The second reader: recomputes a plan from the frozen case in exact decimals.

It is written from the meaning of the workbook alone and shares no expression with the program that made the plan, so
that a wrong formula cannot approve itself. One file per idea:

    exact       decimals, findings and the tolerance
    projects    what one row of the projects sheet means: deliveries, curves, need, caps
    instruments what each instrument pays and costs
    ledger      the case and the plan side by side
    picks       which projects, awards and existing plants a `where` picks
    amounts     what one financed project adds to a measure
    decisions   ids, windows, statuses, what is left out
    reasons     whether the reasons for leaving projects out are true; of it:
    additions   what further projects would add to the objective
    unspent     what the awards leave, and whether it could pay for further projects
    largest_part the linear program of what awards can bring to a project that must pay
    room        whether a rule leaves room for further projects
    selection_limits the checks that say whether a limit does
    precedence  requires, together, excludes, group
    financing   need, caps, tickets, eligibility, the money of each project
    budgets     envelopes, totals, the `budgets` table
    rules       every policy rule, the `rules` table
    capacity    the `capacity` table
    unaided     what would have come without support, and deadweight
    chain       runs, balances of materials, deliveries, the `runs`, `processes` and `materials` tables
    score       value, baseline, penalty, bound, gap
    tables      a table of the plan against the one recomputed
    draws       the random draws again, and the plan in each; drawn_world: of one scenario, as floats
    drawn_chain what a chain delivers in draws, by the flows that are handed over
    measure     the measures of risk over values
    risk        the measure of risk over the scenarios; risk_draws: over draws
    states      after a review: which scenarios are one state, and what each state's plan keeps
    audit_check what a check declares
    report      the list of checks, and the result
    stress      the plan in every scenario: value, calls, who goes on; losses; the best plans; of it:
    troubled    the book and the deliveries that a scenario or draw leaves
    stress_scenario one scenario: calls, who goes on, rules, envelopes, flows of a chain
    stress_ends    both ends of every bar of the tornado, both sides of everything that breaks
    stress_market  prices in a scenario: calls, idle projects, price floors
    stress_draws   single draws; pcg: the stream of random numbers
"""

from models.audit.report import audit, least_cost, unconfirmed_reasons
from models.audit.stress import audit_stress

__all__ = ["audit", "audit_stress", "least_cost", "unconfirmed_reasons"]
