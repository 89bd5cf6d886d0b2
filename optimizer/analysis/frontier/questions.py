"""The questions of an exploration, as plain data, and the keys under which a journal keeps their answers."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.analysis.executor import Answer
from optimizer.analysis.frontier.tuning import END_GAP, END_NODES, NODES, PART_OF_BOX

Question = Mapping[str, Any]
"""One of these; see `value_question`, `money_question` and `curve_question`."""
WITHIN = 1 - 1e-6
"""Part of the tolerance within which a question looks for proof: what rounding adds to the height of its box stays within."""


def curve_question(budgets: Sequence[float]) -> Question:
    """The question for tangents of the relaxation at these budgets, in ascending order."""
    return {"kind": "curve", "budgets": list(budgets)}


def value_question(
    budgets: Sequence[float | None], tolerance: float, start: Answer | None, *, large: bool = False
) -> Question:
    """The question for the best value at budgets in ascending order; None means no limit.

    `tolerance`: largest height of a box; `start`: the best known plan within the first budget. In a large case a budget is
    solved no further than its boxes need: until the bound closes the box from the plan before it, until a plan is within
    a part of the tolerance from its bound, or for `NODES` branch-and-bound nodes where a plan is known.
    """
    question = {"kind": "value", "budgets": list(budgets), "start": _start(start)}
    if not large:
        return {**question, "tolerance": tolerance / 4}
    nodes = None if start is None else NODES  # few nodes may not find a first plan
    return {**question, "tolerance": PART_OF_BOX * tolerance, "height": WITHIN * tolerance, "nodes": nodes}


def money_question(
    value: float | None, between: tuple[float, float | None], start: Answer | None, money_tolerance: float, most: float
) -> Question:
    """The question for the least money, between two amounts, that reaches a value (None: of any plan).

    `most`: money of the case, from which the relative gap follows that is as close as `money_tolerance`.
    """
    from_m, to_m = between
    return {
        "kind": "money",
        "value": value,
        "from": from_m,
        "to": to_m,
        "money_tolerance": money_tolerance,
        "gap": money_tolerance / 4 / max(1.0, from_m, most),
        "start": _start(start),
    }


def end_question(question: Question) -> Question:
    """The question for the end of the range of a large case, which is rounded up and need not be proved more closely."""
    return {**question, "gap": END_GAP, "nodes": END_NODES}


def question_key(case_json: bytes, over: str | None, solver: tuple[int, int], question: Question) -> str:
    """The key of a question about a case on an axis, with the threads and seed of the solver."""
    text = json.dumps([over, *solver, question], sort_keys=True)
    return hashlib.sha256(case_json + text.encode()).hexdigest()


def _start(plan: Answer | None) -> Answer | None:
    return None if plan is None else {"value": plan["value"], "chosen": plan["chosen"]}
