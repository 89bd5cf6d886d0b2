"""An irreducible set of restrictions that cannot all hold, by deletion filter: whatever can go without making a plan
possible goes (Chinneck & Dravnieks 1991, ORSA Journal on Computing 3), whole parts at once where they can."""

from collections.abc import Sequence

from optimizer.repair.elastic import Elastic, OutOfTime, State
from optimizer.repair.report import Restriction


def conflict(elastic: Elastic, state: State) -> tuple[tuple[Restriction, ...], bool]:
    """Restrictions that cannot all hold in a state in which no plan is possible, and whether the set is irreducible.

    Where time ends, those not yet tried stay in.
    """
    kept: list[Restriction] = []
    parts: list[Sequence[Restriction]] = [[r for r in elastic.restrictions if r not in state]]
    gone: dict[Restriction, float | None] = dict(state)
    try:
        while parts:
            part = parts[-1]
            if not part or not elastic.possible({**gone, **dict.fromkeys(part)}):
                gone.update(dict.fromkeys(part))
                parts.pop()
            elif len(part) == 1:
                kept += parts.pop()
            else:
                parts[-1:] = [part[: len(part) // 2], part[len(part) // 2 :]]
    except OutOfTime:
        return _in_order(elastic, kept + [r for part in parts for r in part]), False
    return _in_order(elastic, kept), True


def _in_order(elastic: Elastic, found: Sequence[Restriction]) -> tuple[Restriction, ...]:
    return tuple(r for r in elastic.restrictions if r in found)
