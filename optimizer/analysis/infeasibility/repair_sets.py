"""The search for repairs: single changes first, then minimal sets of several changes.

Single repairs are sought among all restrictions. Most are ruled out at once, because relaxing them would not help even if
projects could be financed in part. A repair must relax a member of every irreducible set of restrictions. If a member of
one set is not enough alone, the next set, found with that member relaxed, lists all that can be combined with it: the
hitting-set tree of Reiter (1987), Artificial Intelligence 32.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest

from models import checks
from models.case import Case
from models.sets import Sets
from models.text import Text
from optimizer.analysis.infeasibility.elastic_program import INF, Elastic, OutOfTime, QuestionTimedOut
from optimizer.analysis.infeasibility.irreducible_set import conflict
from optimizer.analysis.infeasibility.market_repairs import NotEnough, least_market_change
from optimizer.analysis.infeasibility.report import MARKET, MONEY, RULES, Repair, Repaired, Restriction
from optimizer.analysis.infeasibility.restrictions import repaired
from optimizer.analysis.infeasibility.single_repairs import change, enough, least_change

ASKING = 0.5
"""Share of the time reserved for finding the smallest changes."""
MOST_CHANGES = 4
"""Most changes in one repair."""
MOST_SETS = 24
"""Irreducible sets that are computed for repairs of one number of changes."""
MOST_TOGETHER = 24
"""Repairs of several changes that are priced."""
_READ_BY_RULES = {"committed": "status", "barred": "status", "group": "group"}
"""Changes that change what a rule's `where` picks, and the column in which."""

Set = frozenset[Restriction]


@dataclass
class RepairSets:
    """The search for repairs, and its results so far."""

    elastic: Elastic
    tell: Callable[[str], None]
    together: bool
    """Whether to search repairs of several changes even if a single change suffices."""
    repairs: list[Repair] = field(default_factory=list)
    conflict: tuple[Restriction, ...] = ()
    irreducible: bool = False
    complete: bool = False
    unknown: int = 0
    """Questions that took too long."""

    def run(self) -> None:
        """Search until all repairs of interest are found or time runs out."""
        try:
            single_repairs = self._single_repairs()
            self.conflict, self.irreducible = conflict(self.elastic, {})
            self.complete = self._search(single_repairs) and not self.unknown
        except OutOfTime:
            self.complete = False
        self.repairs = in_order(self.repairs)

    def _single_repairs(self) -> list[Set]:
        """Every restriction whose change alone suffices; those that fail even if projects could be financed in part are ruled out
        first."""
        hits: list[Set] = []
        single = [r for r in self.elastic.restrictions if self.elastic.conceivable({r: None})]
        for r in _by_turns(single):
            try:
                if self.elastic.left < ASKING * self.elastic.seconds:
                    raise QuestionTimedOut
                if self.elastic.possible({r: None}):
                    hits.append(frozenset({r}))
                    self.tell(f"repairs of one change: {len(hits)} found")
            except QuestionTimedOut:
                self.unknown += 1
        for n, hit in enumerate(hits):
            self.tell(f"smallest changes: {n} of {len(hits)} found")
            self.elastic.patience = max(1.0, self.elastic.left / (len(hits) - n + 1))
            try:
                self._price(hit)
            except OutOfTime:
                for rest in hits[n:]:
                    self._offer_whole(rest)
                raise
        self.elastic.patience = INF
        return hits

    def _search(self, single_repairs: list[Set]) -> bool:
        """Find repairs of several changes after the single ones. Returns whether all were examined."""
        sets = list(single_repairs)
        level: list[Set] = [frozenset({r}) for r in self.conflict if frozenset({r}) not in sets]
        whole = True
        for changes in range(2, MOST_CHANGES + 1):
            if sets and (changes > 2 or not self.together):
                return whole
            hits, level, all_seen = self._next_level(level, sets)
            whole = whole and all_seen and len(hits) <= MOST_TOGETHER
            for n, hit in enumerate(hits[:MOST_TOGETHER], 1):
                self.tell(f"repairs of {changes} changes together: {n} of {len(hits)}")
                self._price(hit)
            sets += hits
        return whole

    def _next_level(self, level: list[Set], sets: list[Set]) -> tuple[list[Set], list[Set], bool]:
        """Sets with one restriction more: those that make a plan possible, and those that do not yet."""
        hits: list[Set] = []
        misses: list[Set] = []
        for path in level[:MOST_SETS]:
            state = dict.fromkeys(path)
            rest = conflict(self.elastic, state)[0]
            hard: set[tuple[str, str]] = set()
            for r in _by_turns(rest):
                wider = path | {r}
                if wider in hits or wider in misses or any(known <= wider for known in sets):
                    continue
                if (r.kind, r.subject) in hard:  # as hard a question in the next year
                    continue
                try:
                    (hits if self.elastic.possible(dict.fromkeys(wider)) else misses).append(wider)
                except QuestionTimedOut:
                    self.unknown += 1
                    hard.add((r.kind, r.subject))
        return hits, misses, len(level) <= MOST_SETS

    def _price(self, hit: Set) -> None:
        try:
            self._offer(hit)
        except NotEnough:
            return
        except QuestionTimedOut as late:
            self.unknown += 1
            if len(hit) == 1 and late.limit is not None:
                self.repairs.append(Repair(changes=(enough(self.elastic, next(iter(hit)), late.limit),)))
            else:
                self._offer_whole(hit)

    def _offer_whole(self, hit: Set) -> None:
        """Offer to drop the restriction altogether, if its smallest change was not found in time."""
        if any(r.kind in MARKET for r in hit):
            return  # removing it is not a change of a cell
        bare = [change(self.elastic.sets, r, None, None, None) for r in self.elastic.restrictions if r in hit]
        self.repairs.append(Repair(changes=tuple(map(_not_least, bare))))

    def _offer(self, hit: Set) -> None:
        ordered = [r for r in self.elastic.restrictions if r in hit]
        offers = [self._least(ordered)]
        if len(ordered) == 2 and all(r.kind in (*MONEY, *RULES) for r in ordered):
            offers.append(self._least(ordered[::-1]))
        best = min(offers, key=price)
        if self._stands(best):
            self.repairs.append(best)

    def _least(self, ordered: list[Restriction]) -> Repair:
        """One after the other as little as the later ones let go allow; so no one of them can be less."""
        state: dict[Restriction, float | None] = dict.fromkeys(ordered)
        changes = []
        for r in ordered:
            least = least_market_change if r.kind in MARKET else least_change
            changes.append(least(self.elastic, r, {k: v for k, v in state.items() if k != r}))
            state[r] = changes[-1].limit
        return Repair(changes=tuple(sorted(changes, key=lambda c: self.elastic.restrictions.index(c.restriction))))

    def _stands(self, repair: Repair) -> bool:
        """Whether the book with the repair made is without faults, and satisfied where the change touches a `where`."""
        if any(c.restriction.kind == "envelope" and c.new is None for c in repair.changes):
            return False  # the money of a year can be raised, not let go of
        after = repaired(self.elastic.case, repair.changes)
        if checks.check(after)[0]:
            return False
        if not any(_is_read(self.elastic.case, c.restriction) for c in repair.changes):
            return True
        return self.elastic.of_other(Sets(after)).possible({})


def _not_least(dropped: Repaired) -> Repaired:
    """The change that drops a restriction, said to be more than may be needed."""
    sentence = Text("{change} (the smallest change was not found in time)", change=dropped.sentence)
    return dropped.model_copy(update={"least": False, "sentence": sentence})


def _by_turns(restrictions: Iterable[Restriction]) -> list[Restriction]:
    """The first of every subject first, so that what little time leaves out is more of the same; rules and limits of all
    years before the years of programmes."""
    seen: Counter[tuple[str, str]] = Counter()
    turns = []
    for r in restrictions:
        turns.append(((seen[r.kind, r.subject], r.kind == "envelope"), r))
        seen[r.kind, r.subject] += 1
    return [r for _, r in sorted(turns, key=lambda turn: turn[0])]


def _is_read(case: Case, r: Restriction) -> bool:
    column = _READ_BY_RULES.get(r.kind)
    return any(c == column for rule in case.rules for c, _ in rule.picks.projects)


# -- order --------------------------------------------------------------------------------------------------


def price(repair: Repair) -> float:
    """Size of a repair: each moved limit counts by its relative change, each dropped restriction as 1."""
    return sum(
        1.0 if c.by is None or c.old is None else min(1.0, c.by / max(abs(c.old), abs(c.new or 0.0), 1e-9))
        for c in repair.changes
    )


def in_order(repairs: Iterable[Repair]) -> list[Repair]:
    """Fewest changes first; among single ones the least of money, of rules and of projects by turns."""
    ranked = sorted(repairs, key=lambda r: (len(r.changes), price(r), r.sentence))
    single_repairs = [r for r in ranked if len(r.changes) == 1]
    families = [[r for r in single_repairs if _family(r) == n] for n in range(3)]
    turns = [r for turn in zip_longest(*families) for r in turn if r is not None]
    return turns + [r for r in ranked if len(r.changes) > 1]


def _family(repair: Repair) -> int:
    kind = repair.changes[0].restriction.kind
    return 0 if kind in MONEY else 1 if kind in RULES else 2
