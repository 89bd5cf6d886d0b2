"""Draws that are written out one by one, because cuts over all of them do not say what they are worth.

Cuts say so if the deliveries of a decision do not depend on other decisions, and if one plan is decided for all draws. Otherwise
each distinct draw is a scenario of the extensive form, whose size limits their number.
"""

from models.case import Case
from models.network import Network, delivers
from models.rule_holds import held_rules, held_rules_count_awards
from models.scenario_prices import prices_idle
from models.scenario_sets import counts_awards, soft_on_deliveries, weighs_awards
from models.sets import Sets
from models.states import review_year

MOST_ROWS = 100_000
"""Most rows of deliveries in all draws together: so many are built in the time of a search."""
MOST_HELD = 2_000
"""Most rows of rules that hold in draws if nothing else is written out; each row reads all decisions that its rule picks."""


def why_written_out(case: Case) -> str | None:
    """Why the draws of a case are written out, as the end of a sentence; None if cuts say all that counts."""
    if (why := why_valued(case)) is not None:
        return why
    held = held_rules(case)
    return f"with rules that hold in scenarios (holds of {held[0].rule})" if held else None


def why_valued(case: Case) -> str | None:
    """Why cuts do not say what draws are worth, as the end of a sentence; None if they do, and only the rules that hold in draws
    are written out for each draw."""
    s = case.settings
    if review_year(s) is not None:
        return f"with a review (review_year = {s.review_year})"
    if s.contingency_m is not None:
        return "with a limit on calls (contingency_m)"
    if prices_idle(case):
        return "with scenarios of prices where projects must be viable"
    if held_rules_count_awards(case):
        return f"with rules that hold in scenarios and count awards (holds of {held_rules(case)[0].rule})"
    if weighs_awards(case):
        names = ", ".join(r.rule for r in soft_on_deliveries(case) if counts_awards(r))
        return f"with soft rules on deliveries and awards ({names})"
    if s.objective in ("bottleneck", "capacity"):
        return f"with the objective {s.objective}"
    return None


def most_draws(case: Case) -> int:
    """Most draws that are written out."""
    sets = Sets(case)
    network = Network(sets)
    of_year = 3 * len(network.recipes) + len(network.materials) if delivers(sets) else len(sets.demands)
    most = max(1, MOST_ROWS // max(1, of_year * len(sets.years)))
    return max(most, MOST_HELD // max(1, len(held_rules(case)))) if why_valued(case) is None else most
