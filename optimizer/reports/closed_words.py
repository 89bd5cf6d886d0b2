"""Translation of the words of closed lists in tables; other text stays as the planner writes it."""

from models.programme import INSTRUMENTS
from models.scenarios import AS_PLANNED
from optimizer.reports.language import N_, tr, translated

WORDS = frozenset({
    N_("mine"), N_("separation"), N_("metal"), N_("magnet"), N_("recycling"),
    *INSTRUMENTS,
    N_("candidate"), N_("committed"), N_("underway"), N_("barred"),
    N_("high"), N_("medium"), N_("low"), N_("cost"), N_("face"), N_("default"),
    N_("project"), N_("sponsor"), N_("country"), N_("stage"), N_("programme"),
    N_("core"), N_("borderline"), N_("exterior"), N_("proved"), N_("partial"), N_("open"), N_("value"), N_("money"),
    N_("enumerated"), N_("program"),
    N_("optimal"), N_("feasible"), N_("Risk"), N_("Why"), N_("Other"), N_("Stress"),
})  # fmt: skip


def word(text: str) -> str:
    """A word of a closed list in the current language; any other text as it is.

    >>> word("mine"), word("Ridge")
    ('mine', 'Ridge')
    """
    return tr(text) if text in WORDS else text


def scenario_name(name: str) -> str:
    """A scenario in the current language, where it is one of the program's own; one of the planner's as it is.

    >>> scenario_name("as planned"), scenario_name("war")
    ('as planned', 'war')
    """
    return tr(name) if name == AS_PLANNED else translated(name)
