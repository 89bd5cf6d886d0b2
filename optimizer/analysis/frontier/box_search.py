"""Box search: the questions of an exploration and their order, until every box is closed or time ends.

Questions are asked in rounds. A round depends only on the results before it, so that neither the number of workers nor the order
in which they finish matters:

1. the least money of any plan, and the best value at the end of the range;
2. the curve of the relaxation, and value solves at budgets in between, closest where that curve rises most, in chains
   along which the relaxation stays hot (tangents, plans, ceilings);
3. for the tallest open boxes: the least money for a value of `low + tolerance`. Below its proved bound the box is closed,
   its plan begins the next. Where that was asked before without an end, and in the broad boxes of a large case, the
   value in the middle of the box.

No budget of a large case is solved further than its boxes need (`optimizer.analysis.frontier.questions`).

The epsilon-constraint method (Haimes, Lasdon & Wismer 1971) with boxes: cf. the frontier of Mavrotas (2009).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, inf, isfinite

from models.case import Case
from models.objective_units import objective_unit
from optimizer.analysis.executor import Pool
from optimizer.analysis.frontier.budget_axis import Axis
from optimizer.analysis.frontier.budget_range import along_curve, default_tolerance, is_large, round_up
from optimizer.analysis.frontier.certified import NEVER, Box, Frontier, Known, TradeOff, rising
from optimizer.analysis.frontier.points import confirmed, most_of_all, point
from optimizer.analysis.frontier.questions import (
    WITHIN,
    Question,
    curve_question,
    end_question,
    money_question,
    question_key,
    value_question,
)
from optimizer.analysis.frontier.tasks import Answer, FrontierTask
from optimizer.analysis.frontier.trade_off import Variant
from optimizer.analysis.journal import Journal
from optimizer.errors import Infeasible, NoPlanFound
from optimizer.solver.deadline import Deadline

CHAIN = 6
"""Budgets of one chain."""
GRID, MOST_GRID = 12, 40
"""Least and largest number of budgets in between, before boxes are closed one by one."""
RISE = 0.4
"""Rise of the relaxation from one of these budgets to the next, as a part of the tolerance."""
CURVE = 60
"""Tangents of the relaxation from which the budgets in between are chosen."""
ROUND = 8
"""Boxes per round."""
SHARE = 0.25
"""Largest share of the whole time that one question may take."""
FAIR = 1.5
"""Factor on the even share of the remaining time that a question of a round may take."""
LEAST_SECONDS = 3.0
"""Least seconds for a question, while so many are left."""
BROAD = 1 / 256
"""Part of the range from which an open box of a large case is divided, before its step is looked for."""
TRADE_OFF_SHARE = 0.4
"""Share of the time reserved for trade-off points, if they are requested."""


@dataclass(frozen=True)
class Status:
    """Progress of an exploration."""

    seconds: float
    solves: int
    open_boxes: int
    tallest: float | None
    done: float
    """Share of the range that is closed."""
    left: float
    """Seconds until the time limit."""


@dataclass(frozen=True)
class ExplorationOptions:
    """The request of an exploration."""

    over: str | None = None
    from_m: float | None = None
    to_m: float | None = None
    tolerance: float | None = None
    money_tolerance: float = 0.01
    budgets: tuple[float, ...] = ()
    time_limit: float = 120.0
    threads: int = 1
    seed: int = 0
    workers: int = 1
    scheduler: str | None = None


@dataclass
class BoxSearch:
    """One exploration in progress."""

    case: Case
    exploration: ExplorationOptions
    journal: Journal
    pool: Pool
    progress: Callable[[Status], None] | None = None
    plans: list[Answer] = field(default_factory=list)
    solves: int = 0
    from_m: float = 0.0
    to_m: float = inf

    def __post_init__(self) -> None:
        self._end = self._whole_end = Deadline.after(self.exploration.time_limit)
        self.axis = Axis.of(self.case, self.exploration.over)
        self.known = Known(self.exploration.tolerance or 0.0, self.exploration.money_tolerance)
        self._case_json = self.case.model_dump_json().encode()
        self._tried: set[tuple[float, float]] = set()

    # -- asking ----------------------------------------------------------------------------------------------------

    def ask(
        self, questions: Sequence[Question], cases: Sequence[bytes] | None = None
    ) -> Iterator[tuple[int, Answer | None]]:
        """(number of the question, answer) of a round, from the journal where they are there; None where time ended
        before. `cases`: a case for each question, where it is not the one explored."""
        cases = cases or [self._case_json] * len(questions)
        over = self.exploration.over if cases[0] is self._case_json else self.axis.name
        solver = (self.exploration.threads, self.exploration.seed)
        keys = [question_key(c, over, solver, q) for c, q in zip(cases, questions, strict=True)]
        known = {n: answer for n, key in enumerate(keys) if (answer := self.journal.get(key)) is not None}
        missing = [n for n in range(len(questions)) if n not in known]
        yield from known.items()
        tasks = [
            FrontierTask(cases[n], over, self.exploration.threads, self.exploration.seed, questions[n]) for n in missing
        ]
        for at, answer in self.pool.answers(tasks, self._allotted):
            n = missing[at]
            known[n] = answer
            if not self.pool.stop.is_set() and not answer.get("cut"):  # ended by the time limit: ask again another time
                self.journal.add(keys[n], questions[n], answer)
            yield n, answer
        for n, question in enumerate(questions):
            if n not in known:
                yield n, None
            elif question["kind"] != "curve":
                self.solves += len(question.get("budgets", (1,)))

    def _allotted(self, waiting: int) -> float:
        """Seconds for the next question when `waiting` questions are left."""
        left = self._end.left
        fair = left * self.pool.width / max(1, waiting)
        return min(left, max(FAIR * fair if waiting > 1 else left, LEAST_SECONDS), SHARE * self.exploration.time_limit)

    def over_time(self) -> bool:
        return self._end.is_over or self.pool.stop.is_set()

    def _tell(self) -> None:
        if self.progress is None:
            return
        boxes = self.boxes() if isfinite(self.to_m) and self.to_m > self.from_m else []
        still = [b for b in boxes if b.closed_by == "open"]
        wide = self.to_m - self.from_m
        done = 1 - sum(b.width for b in still) / wide if boxes else 0.0
        tallest = max((b.height for b in still), default=None)
        seconds = self.exploration.time_limit - self._whole_end.left
        self.progress(Status(seconds, self.solves, len(still), tallest, done, self._end.left))

    # -- learning --------------------------------------------------------------------------------------------------

    def learn(self, question: Question, answer: Answer | None) -> None:
        """Record what an answer proves."""
        if answer is None:
            return
        if question["kind"] == "money":
            self._learn_money(question, answer)
            return
        for value in answer["values"]:
            budget = inf if value["budget"] is None else value["budget"]
            if value.get("infeasible"):
                self.known.floors.append((NEVER, budget))
                continue
            if value["bound"] is not None and question["kind"] == "value":
                self.known.ceilings.append((budget, value["bound"]))
            if "tangent" in value and isfinite(budget):
                self.known.tangents.append((budget, *value["tangent"]))
        for plan in answer.get("plans", ()):
            self.keep(plan)

    def _learn_money(self, question: Question, answer: Answer) -> None:
        value = NEVER if question["value"] is None else question["value"]
        if answer.get("infeasible"):
            self.known.floors.append((value, inf if question["to"] is None else question["to"]))
        elif answer["floor"] is not None and answer["floor"] > max(0.0, question["from"]):
            # A floor at the start itself proves nothing, because no less money was allowed.
            self.known.floors.append((value, answer["floor"]))
        if answer.get("plan"):
            self.keep(answer["plan"])

    def keep(self, plan: Answer) -> None:
        """Add a verified plan unless it is already known."""
        if any(p["place"] == plan["place"] and p["chosen"] == plan["chosen"] for p in self.plans):
            return
        self.known.plans.append((plan["place"], plan["value"], len(self.plans)))
        self.plans.append(plan)

    def boxes(self) -> list[Box]:
        return self.known.boxes(self.from_m, self.to_m)

    # -- questions -------------------------------------------------------------------------------------------------

    def best_at(self, money_m: float) -> Answer | None:
        best = self.known.best_at(money_m)
        return None if best is None else self.plans[best[1]]

    def value(self, *budgets: float | None) -> Question:
        """The question for the best value at these budgets; None means no limit."""
        first = budgets[0]
        start = self.best_at(inf if first is None else first)
        return value_question(budgets, self.known.tolerance, start, large=self._large)

    def money(self, value: float | None, from_m: float, to_m: float | None) -> Question:
        """The question for the least money that reaches a value, between two amounts."""
        plans = [p for p in self.plans if (to_m is None or p["place"] <= to_m) and p["place"] >= from_m]
        good = [p for p in plans if value is None or p["value"] >= value]
        start = min(good, key=lambda p: (p["place"], -p["value"]), default=None)
        most = (
            max(from_m, start["place"] if start else 0.0) if self._large else sum(p.capex_m for p in self.case.projects)
        )
        return money_question(value, (from_m, to_m), start, self.exploration.money_tolerance, most)

    def round(self, questions: Sequence[Question]) -> None:
        """Ask the questions of a round, and record the answers in the order of the questions."""
        known: dict[int, Answer | None] = {}
        learnt = 0
        for n, answer in self.ask(questions):
            known[n] = answer
            while learnt in known:
                self.learn(questions[learnt], known[learnt])
                learnt += 1
            self._tell()

    # -- the search --------------------------------------------------------------------------------------------------

    def run(self, *, part: float = 1.0) -> Frontier:
        """Search until every box is closed or this part of the time ends. Raises Infeasible and NoPlanFound."""
        self._end = self._whole_end.earlier((1 - part) * self.exploration.time_limit)
        self._ends()
        self._between()
        while not self.over_time() and (questions := self._next()):
            self.round(questions)
        return self.frontier()

    def _ends(self) -> None:
        """Find the ends of the range: the least feasible money, and where more money buys nothing; unless they are given."""
        exploration = self.exploration
        if exploration.tolerance is None:
            self.known.tolerance = default_tolerance(self.case, self._whole())
        self.round([self.value(exploration.to_m), self.money(None, 0.0, None)])
        if not self.plans:
            nothing = any(v == NEVER and m >= (exploration.to_m or inf) for v, m in self.known.floors)
            if nothing:
                raise Infeasible("no selection of projects satisfies every rule, whatever the money up to there")
            raise NoPlanFound("stopped before any plan was found; allow more time with --time-limit")
        if exploration.to_m is not None and self._least() > exploration.to_m:
            least = f"the cheapest plan takes {self._least():,.2f} M"
            raise Infeasible(f"no plan costs {exploration.to_m:,.2f} M or less: {least}; end further up with --to")
        if exploration.tolerance is None:
            most = max(p["plan"]["objective"]["value"] for p in self.plans)  # penalties apart
            self.known.tolerance = default_tolerance(self.case, most if most > 0 else self._whole())
        if exploration.to_m is None:
            best = max(p["value"] for p in self.plans)
            less = self.known.tolerance / 4 if self._large else 1e-6 * max(1.0, abs(best))
            question = self.money(best - less, 0.0, None)
            self.round([end_question(question) if self._large else question])
        first, last = self._least(), self._enough()
        self.from_m = first if exploration.from_m is None else exploration.from_m
        narrow = self.from_m + exploration.money_tolerance  # a range of one amount would have no box
        self.to_m = (
            max(round_up(last), self.from_m * 1.02 + 1.0) if exploration.to_m is None else max(exploration.to_m, narrow)
        )

    def _whole(self) -> float:
        """Capacity of every project together, t/yr."""
        return sum(p.capacity_tpa for p in self.case.projects)

    def _least(self) -> float:
        """The least money of any plan, if proved; else that of the cheapest known plan."""
        return float(min(p["place"] for p in self.plans))

    def _enough(self) -> float:
        """Where more money buys nothing; of a large case nothing worth a quarter of the tolerance, as closely as the best
        plan of all was looked for."""
        best = max(p["value"] for p in self.plans)
        less = self.known.tolerance / 4 if self._large else 2e-6 * max(1.0, abs(best))
        return float(min(p["place"] for p in self.plans if p["value"] >= best - less))

    def _between(self) -> None:
        if self.to_m - self.from_m <= self.exploration.money_tolerance:
            return
        budgets = sorted({*(self.exploration.budgets or self._grid()), self.to_m})
        budgets = [b for b in budgets if self.from_m <= b <= self.to_m]
        self.round([self.value(*budgets[n : n + CHAIN]) for n in range(0, len(budgets), CHAIN)])

    def _grid(self) -> list[float]:
        """Budgets in between: a few, or many along the curve of the relaxation, even in its length."""
        wide = self.to_m - self.from_m
        if not self._large:
            return [self.from_m + wide * n / 4 for n in (1, 2, 3)]
        amounts = [self.from_m + wide * (n / CURVE) ** 2 for n in range(CURVE + 1)]
        self.round([curve_question(amounts)])
        highs = [self.known.high_below(a, closed=True)[0] for a in amounts]
        known = [h for h in highs if h is not None and h > NEVER]
        if len(known) < len(amounts):
            return [self.from_m + wide * n / (GRID + 1) for n in range(1, GRID + 1)]
        count = min(MOST_GRID, max(GRID, ceil((known[-1] - known[0]) / (RISE * self.known.tolerance))))
        return [self.from_m, *along_curve(amounts, known, count, self.known.tolerance)]

    @property
    def _large(self) -> bool:
        return is_large(self.case)

    def _next(self) -> list[Question]:
        """Questions for the tallest open boxes; none if all are closed."""
        still = [b for b in self.boxes() if b.closed_by == "open"]
        still.sort(key=lambda b: (-_area(b, self.known.tolerance), b.from_m))
        return [self._question(b) for b in still[:ROUND]]

    def _question(self, box: Box) -> Question:
        key = (box.from_m, NEVER if box.low is None else box.low)
        broad = self._large and box.low is not None and box.width > BROAD * (self.to_m - self.from_m)
        if key not in self._tried and not broad:
            self._tried.add(key)
            if box.low is None:
                return self.money(None, box.from_m, box.to_m)
            return self.money(box.low + WITHIN * self.known.tolerance, box.from_m, box.to_m)
        return self.value(box.from_m + box.width / 2)

    def frontier(self) -> Frontier:
        """The frontier as proved so far."""
        boxes = self.known.boxes(self.from_m, self.to_m, fine=True)
        confirmed(self.known, self.plans)
        best = rising(p for p in self.known.plans if p[0] <= self.to_m)
        most = most_of_all(self.case)
        points = [point(self.known, most, place, value, self.plans[number]) for place, value, number in best]
        at_from = [p for p in points if p.budget_m <= self.from_m][-1:]
        kept = (*at_from, *(p for p in points if p.budget_m > self.from_m))
        return Frontier(
            axis=self.axis.name,
            base_m=self.axis.base_m,
            objective=self.case.settings.objective,
            points=kept,
            boxes=tuple(boxes),
            steps=tuple(self.known.steps(boxes)),
            tolerance=self.known.tolerance,
            money_tolerance=self.exploration.money_tolerance,
            solves=self.solves,
            least_m=max((m for v, m in self.known.floors if v == NEVER and isfinite(m)), default=0.0),
            unit=objective_unit(self.case.settings),
        )

    # -- trade-off ---------------------------------------------------------------------------------------------------

    def trade_off(self, rule: str, budgets: Sequence[float], variants: Sequence[Variant]) -> TradeOff:
        """Value and bound at every budget under every value of a rule."""
        self._end = self._whole_end
        question = {"kind": "value", "budgets": list(budgets), "tolerance": self.known.tolerance / 2, "start": None}
        cases = [v.case.model_dump_json().encode() for v in variants]
        answers = dict(self.ask([question] * len(variants), cases))
        cells = tuple(tuple(_cell(answers[n], b) for b in budgets) for n in range(len(variants)))
        return TradeOff(rule, tuple(v.value for v in variants), tuple(budgets), cells)


def _area(box: Box, tolerance: float) -> float:
    return min(box.height, 1e6 * tolerance) * box.width


def _cell(answer: Answer | None, budget: float) -> tuple[float | None, float | None]:
    if answer is None:
        return None, None
    values = [v for v in answer["values"] if v["budget"] == budget and not v.get("infeasible")]
    plans = [p["value"] for p in answer.get("plans", ()) if p["place"] <= budget]
    if not values or not plans:
        return None, None
    best, bound = max(plans), values[0]["bound"]
    return best, best if bound is None else max(bound, best)
