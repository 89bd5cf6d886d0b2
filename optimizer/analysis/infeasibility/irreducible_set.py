"""An irreducible set of restrictions that cannot all hold, by the deletion filter: restrictions are removed, several at once
where possible, as long as no plan becomes possible (Chinneck & Dravnieks 1991, ORSA Journal on Computing 3)."""

from collections.abc import Callable, Sequence

from optimizer.analysis.infeasibility.elastic_program import Elastic, OutOfTime, QuestionTimedOut, State
from optimizer.analysis.infeasibility.report import Restriction

Possible = Callable[[State], bool]


def conflict(elastic: Elastic, state: State) -> tuple[tuple[Restriction, ...], bool]:
    """Restrictions that cannot all hold in a state in which no plan is possible, and whether the set is irreducible.

    Where even projects in part would not help, those that show it are sorted out first, which is quick. Where time
    ends, those not yet tried stay in.
    """
    members: Sequence[Restriction] = [r for r in elastic.restrictions if r not in state]
    done = True
    try:
        if not elastic.conceivable(state):
            members, done = _filtered(members, state, elastic, elastic.conceivable)
    except OutOfTime:
        done = False
    if done:
        members, done = _filtered(members, state, elastic, elastic.possible)
    return tuple(r for r in elastic.restrictions if r in members), done


def _filtered(
    members: Sequence[Restriction], state: State, elastic: Elastic, possible: Possible
) -> tuple[list[Restriction], bool]:
    """The members that are needed for infeasibility, with all restrictions outside removed; and whether the time sufficed."""
    kept: list[Restriction] = []
    sure = True
    parts: list[Sequence[Restriction]] = [members]
    removed: dict[Restriction, float | None] = {r: None for r in elastic.restrictions if r not in members}
    removed.update(state)
    try:
        while parts:
            part = parts[-1]
            needed = bool(part) and _is_possible(possible, {**removed, **dict.fromkeys(part)})
            if needed is False:
                removed.update(dict.fromkeys(part))
                parts.pop()
            elif len(part) == 1:
                sure = sure and needed is True
                kept += parts.pop()
            else:
                parts[-1:] = [part[: len(part) // 2], part[len(part) // 2 :]]
    except OutOfTime:
        return kept + [r for part in parts for r in part], False
    return kept, sure


def _is_possible(possible: Possible, state: State) -> bool | None:
    """Whether a plan is feasible; None if not known in time."""
    try:
        return possible(state)
    except QuestionTimedOut:
        return None
