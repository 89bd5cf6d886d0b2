"""Where a rule on deliveries must hold: as planned, in every scenario, or with a given probability.

Rules on decisions hold in every state whatever their cell `holds` says, because scenarios change no decision. A soft rule need not
hold anywhere; it costs its penalty in each scenario. Chance constraints: Charnes & Cooper (1959).
"""

from models.case import Case
from models.scenario_sets import counts_awards, delivers_in
from models.schema import Rule

ALWAYS, PLAN = "always", "plan"
OVER_SCENARIOS = ("expected", "cvar", "worst", "regret")
"""Measures of risk that model the named scenarios."""


def least_probability(text: str) -> float | None:
    """The probability in a cell of `holds`, 0 to 1; None for `plan`, `always` and an empty cell. Raises ValueError for other texts.

    >>> least_probability("0.9"), least_probability("90 %"), least_probability("always"), least_probability("")
    (0.9, 0.9, None, None)
    """
    word = text.strip().casefold()
    if word in ("", PLAN, ALWAYS):
        return None
    per_cent = word.endswith("%")
    value = float(word.removesuffix("%")) / (100 if per_cent else 1)
    if not 0 < value <= 1:
        raise ValueError(text)
    return value


def is_always(rule: Rule) -> bool:
    """Whether a rule must hold in every scenario."""
    return rule.holds.strip().casefold() == ALWAYS


def held_rules(case: Case) -> tuple[Rule, ...]:
    """The hard rules on deliveries that must hold in scenarios, or in draws, instead of as planned."""
    if case.settings.risk not in OVER_SCENARIOS:
        return ()
    return tuple(r for r in case.rules if r.hard and delivers_in(r) and asks_scenarios(r))


def held_rules_count_awards(case: Case) -> bool:
    """Whether a rule that must hold in scenarios counts awards of programmes."""
    return bool(case.programmes) and any(map(counts_awards, held_rules(case)))


def asks_scenarios(rule: Rule) -> bool:
    """Whether the cell `holds` asks for more than the case as planned; not if its text is wrong, which `models.checks` reports."""
    try:
        return is_always(rule) or least_probability(rule.holds) is not None
    except ValueError:
        return False


def where_asked(case: Case, rule: Rule) -> str:
    """The scenarios in which a rule must hold, in words; "" if it must hold as planned."""
    if rule not in held_rules(case):
        return ""
    least, drawn = least_probability(rule.holds), case.settings.draws > 0
    if least is None:
        return "in every draw and stress" if drawn else "in every scenario"
    return f"in {'draws' if drawn else 'scenarios'} of probability {least:g}"
