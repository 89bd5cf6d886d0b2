"""The pure functions of an exploration: a case and a question give the same answer in every process.

Value questions go through their budgets in order on one loaded program: the relaxation stays hot from one budget to the
next, and the plan of one budget begins the search at the next. Money questions hold the value and make the money least.
A program stays loaded in its process; each question first forgets what the one before left behind, so that its answer
depends on nothing else (time limits apart).
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, inf
from typing import Any

from models.audit import audit
from models.case import Case
from models.classes import funding_classes, leaves_out_tickets
from models.decision import single_classes
from models.linear import public_cost
from models.plan import Plan
from models.plan_assembly import decided
from models.program import Program
from models.sets import Sets
from optimizer.analysis.executor import Answer as Answer  # noqa: PLC0414
from optimizer.analysis.frontier.budget_axis import TOTAL, Axis, along, needs
from optimizer.analysis.frontier.budget_range import is_large
from optimizer.analysis.frontier.parametric_program import Chosen, Loaded, Precision, climb, search, up
from optimizer.analysis.frontier.questions import Question
from optimizer.analysis.frontier.tuning import FIRST_SHARE, FIRST_TIMES, KEPT, LEAST_RISE
from optimizer.analysis.processes import STOP
from optimizer.analysis.risk.questions import AskedMeasure, asked_measure
from optimizer.analysis.what_if import program_of
from optimizer.solver.allocation import Awards, NoAwards, fewest_awards, least_awards
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.solve import assemble
from optimizer.solver.standard_form import Vector, compile_program
from optimizer.solver.tolerance import HOLD


@dataclass(frozen=True)
class FrontierTask:
    """One question with everything it depends on."""

    case: bytes
    """case.json of the case."""
    over: str | None
    threads: int
    seed: int
    question: Question
    seconds: float = inf

    def answered(self) -> Answer:
        """The answer, which is the same in every process unless a time limit ends it."""
        return perform(self)


def perform(task: FrontierTask) -> Answer:
    """Answer a question. The answer is the same in every process unless a time limit ends it."""
    return _model(task).answer(task.question, task.seconds)


_models: OrderedDict[tuple[Any, ...], "Model"] = OrderedDict()


def _model(task: FrontierTask) -> "Model":
    key = (task.case, task.over, task.threads, task.seed)
    if key not in _models:
        case = Case.model_validate_json(task.case)
        _models[key] = Model(case, task.over, threads=task.threads, seed=task.seed)
        while len(_models) > KEPT:
            _models.popitem(last=False)
    _models.move_to_end(key)
    return _models[key]


@dataclass
class Model:
    """A case along an axis, ready for questions."""

    case: Case
    over: str | None
    threads: int = 1
    seed: int = 0
    _known: dict[tuple[tuple[str, int], ...], Answer | None] = field(default_factory=dict)

    @cached_property
    def axis(self) -> Axis:
        return Axis.of(self.case, self.over)

    @cached_property
    def sets(self) -> Sets:
        return Sets(self.axis.loaded)

    @cached_property
    def measure(self) -> AskedMeasure | None:
        """The measure that replaces the objective; None: the objective as planned."""
        return asked_measure(self.case, "a frontier")

    @cached_property
    def loaded(self) -> Loaded | None:
        """The loaded program; None if no plan is feasible."""
        return self._load(plain=False)

    @cached_property
    def plain(self) -> Loaded | None:
        """Every project as a class by itself: needed if classes leave out tickets that matter."""
        return self._load(plain=True)

    def _load(self, *, plain: bool, fixed: Chosen | None = None) -> Loaded | None:
        classes = single_classes(self.sets) if plain else funding_classes(self.sets)
        program = program_of(self.measure, self.sets, classes, fixed)
        try:
            matrix = compile_program(program, tolerance=0.0)  # at a step a budget is just met
        except InfeasibleProgram:
            return None
        return Loaded(program, along(program, matrix, self.axis), self.threads, self.seed)

    def answer(self, question: Question, seconds: float) -> Answer:
        """Answer one question."""
        end = Deadline.after(seconds)
        if self.loaded is None:
            return {"infeasible": True, "values": [], "floor": inf, "plan": None}
        if question["kind"] == "curve":
            return self._curve(self.loaded, question, end)
        if question["kind"] == "value":
            return self._values(self.loaded, question, end)
        return self._money(self.loaded, question, end)

    # -- the relaxation ----------------------------------------------------------------------------------------------

    def _curve(self, loaded: Loaded, question: Question, end: Deadline) -> Answer:
        """Tangents of the best value of the relaxation, lowest amount first."""
        loaded.relaxation.forget()
        values = []
        for budget in question["budgets"]:
            if STOP.is_set() or end.is_over:
                break
            relaxed = loaded.relaxed(budget, budget, end.left)
            if relaxed is not None:
                values.append(loaded.bounded(budget, relaxed))
        return {"values": values, "plans": []}

    # -- the best value at an amount of money ------------------------------------------------------------------------

    def _values(self, loaded: Loaded, question: Question, end: Deadline) -> Answer:
        """Solve the budgets in ascending order; None means no limit."""
        loaded.engine.forget()
        loaded.relaxation.forget()
        best = question.get("start")
        values, plans = list[Answer](), list[Answer]()
        for n, budget in enumerate(question["budgets"]):
            rest = end.left
            if STOP.is_set() or end.is_over:
                break
            even = rest / (len(question["budgets"]) - n)
            share = max(even, min(FIRST_SHARE * rest, FIRST_TIMES * even)) if n == 0 else even
            if n == 0 and budget is not None and (first := self._climbed(loaded, budget, question, share)) is not None:
                plans.append(first)
                best = first
            value, plan = self._value(loaded, budget, _precision(question, best), best, Deadline.after(share))
            values.append(value)
            if plan is not None:
                plans.append(plan)
                if best is None or plan["value"] > best["value"]:
                    best = plan
        nothing = best is None and not any(v.get("infeasible") for v in values)
        return {"values": values, "plans": plans, **({"cut": True} if nothing else {})}

    def _climbed(self, loaded: Loaded, budget: float, question: Question, share: float) -> Answer | None:
        """A plan from which to begin at the first budget of a chain, where it is better than the start."""
        start, end = question.get("start"), Deadline.after(share / 3)
        outcome = climb(loaded, budget, tolerance=float(question["tolerance"]), start=start, end=end)
        plan = None if outcome is None or outcome.x is None else self._record(loaded, outcome.x)
        return plan if plan is not None and (start is None or plan["value"] > start["value"]) else None

    def _value(
        self, loaded: Loaded, budget: float | None, precision: Precision, start: Answer | None, end: Deadline
    ) -> tuple[Answer, Answer | None]:
        """Bound and tangent at one budget, and a plan if a better one than the start was found."""
        amount = self.axis.most_m if budget is None else budget
        low = 0.0 if budget is None else budget
        relaxed = loaded.relaxed(low, amount, end.left)
        value: Answer = {"budget": budget, "bound": None}
        if relaxed is not None:
            value = loaded.bounded(budget, relaxed)
            if start is not None and -relaxed.objective - start["value"] <= precision.tolerance:
                return value, None
        outcome, bound = search(loaded, (low, amount), precision, start=start, relaxed=relaxed, end=end)
        if outcome.status == "infeasible":
            return {**value, "infeasible": True}, None
        if bound < inf:
            value["bound"] = min(value["bound"] if value["bound"] is not None else inf, up(bound))
        if outcome.x is None or _is_hardly_better(outcome, start, precision):
            return value, None
        plan = self._record(loaded, outcome.x)
        if plan is None and leaves_out_tickets(loaded.program.classes) and self.plain is not None:
            return self._value(self.plain, budget, precision, start, end.not_before(1.0))
        return value, plan

    # -- the least money for a value ---------------------------------------------------------------------------------

    def _money(self, loaded: Loaded, question: Question, end: Deadline) -> Answer:
        """The least money between `from` and `to` for a value (None: for any plan), with its proved bound."""
        engine, goal, money = loaded.engine, loaded.along.matrix.objectives[0], loaded.along.money
        engine.release()
        engine.forget()
        low, high = float(question["from"]), question["to"]
        loaded.money_between(engine, low, self.axis.most_m if high is None else float(high))
        if question["value"] is not None:
            engine.hold(goal, -float(question["value"]))
        start = question.get("start")
        nodes = question.get("nodes")
        limits = Limits(float(question["gap"]), end.left, nodes, rins=nodes is None)
        outcome = engine.minimize(
            money, limits, start=None if start is None else loaded.vector(start["chosen"]), stop=STOP
        )
        if outcome.status == "infeasible":
            return {"infeasible": True, "floor": None, "plan": None}
        floor = max(low, _down(outcome.bound, float(question["money_tolerance"])))
        if outcome.x is None:
            return {
                "floor": floor,
                "plan": None,
                **({"cut": True} if floor <= low or question["value"] is None else {}),
            }
        plan = self._record(loaded, outcome.x)
        room = max(float(question["money_tolerance"]) / 2, limits.gap * outcome.objective)
        dear = plan is None or plan["place"] > outcome.objective + room
        if dear and leaves_out_tickets(loaded.program.classes) and self.plain is not None:
            plain = self._money(self.plain, question, end.not_before(1.0))
            return {**plain, "floor": None if plain["floor"] is None else max(floor, plain["floor"])}
        return {"floor": floor, "plan": plan, "proved": outcome.status == "optimal"}

    # -- a plan with its place ---------------------------------------------------------------------------------------

    def _record(self, loaded: Loaded, x: Vector) -> Answer | None:
        """The audited plan of a selection at its place on the axis; None where it cannot be paid for or fails the audit."""
        chosen = loaded.chosen(x)
        goal = loaded.along.matrix.objectives[0]
        net = -goal.value(x)
        key = (*sorted(chosen.items()), ("", round(1e7 * net) if awards_count(loaded.program) else 0))
        if key not in self._known:
            self._known[key] = self._worked_out(chosen, net)
        return self._known[key]

    def _worked_out(self, chosen: dict[str, int], net: float) -> Answer | None:
        try:
            place = self._place(chosen, net)
            sets = Sets(self.axis.at(place))
            awards = self._awards(sets, chosen)
        except NoAwards:
            return None
        decision = decided(sets, chosen, awards)
        if self.axis.name == TOTAL:
            place = max(place, float(public_cost(decision)))
        solution = Solution(chosen, awards, -inf, proved=False, tie_break=False)
        make = assemble if self.measure is None else self.measure.unaudited
        plan = make(sets, solution, Options())
        plan = plan.model_copy(update={"audit": audit(sets.case, plan)})
        if plan.audit is None or not plan.audit.passed:
            return None
        value = plan.objective.value - plan.objective.penalty
        return {"place": place, "value": value, "chosen": chosen, "plan": plan.model_dump(mode="json", by_alias=True)}

    def _awards(self, sets: Sets, chosen: dict[str, int]) -> Awards:
        """The awards of a selection; in small cases the fewest, a search that in large ones takes longer than the selection.
        Raises NoAwards."""
        if self.measure is not None:
            return self.measure.awards(sets, chosen)
        return least_awards(sets, chosen) if is_large(self.case) else fewest_awards(sets, chosen).awards

    def _place(self, chosen: dict[str, int], net: float) -> float:
        """The least money on the axis that pays for a selection at its value. Raises NoAwards."""
        if not self.sets.has_programmes:
            return needs(self.case, chosen)
        if (quick := self._quick_place(chosen)) is not None:
            return quick
        fixed = self._load(plain=True, fixed=chosen)
        if fixed is None:
            raise NoAwards
        if awards_count(fixed.program):
            fixed.engine.hold(fixed.along.matrix.objectives[0], -net + HOLD * max(1.0, abs(net)))
        outcome = fixed.engine.minimize(fixed.along.money, Limits(0.0, 60.0))
        if outcome.x is None:
            raise NoAwards
        return _up_to(outcome.objective)

    def _quick_place(self, chosen: Chosen) -> float | None:
        """The same from the loaded program, where its classes leave nothing open but the money."""
        if self.loaded is None or awards_count(self.loaded.program) or leaves_out_tickets(self.loaded.program.classes):
            return None
        if len(self.loaded.integers) > len(self.loaded.program.decision.start):
            return None
        least = self.loaded.least_money(chosen)
        return None if least is None else _up_to(least)


def _precision(question: Question, best: Answer | None) -> Precision:
    """How closely to look for the value of a budget, given the best plan that is known within it."""
    height = question.get("height")
    enough = -inf if height is None or best is None else float(best["value"]) + float(height)
    return Precision(float(question["tolerance"]), enough, question.get("nodes"))


def _is_hardly_better(result: SolveResult, start: Answer | None, precision: Precision) -> bool:
    """Whether a plan is not worth its record, where budgets are solved no further than their boxes need."""
    if start is None or precision.nodes is None:
        return False
    return -result.objective < float(start["value"]) + LEAST_RISE * precision.tolerance


def awards_count(program: Program) -> bool:
    """Whether the value of a selection depends on its awards: by penalties of soft rules, or by who goes on in scenarios."""
    return bool(program.penalties) or program.awards_decide


def _up_to(money_m: float) -> float:
    """A place on the axis, rounded up to the next millionth, but for what the solver's rounding adds."""
    return ceil(max(0.0, money_m) * 1e6 - 1e-3) / 1e6


def plan_of(answer: Answer) -> Plan:
    """The audited plan of a record."""
    return Plan.model_validate(answer["plan"])


def _down(bound: float, money_tolerance: float) -> float:
    """A bound on money, widened for the solver's tolerances."""
    return float(round(bound - min(1e-6 * max(1.0, abs(bound)), money_tolerance / 4), 8))
