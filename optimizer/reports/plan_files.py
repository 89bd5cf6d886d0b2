"""The files of a plan folder: those of the plan itself, and those for people, which can be made again from it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from models.case import Case
from models.plan import Plan
from optimizer.errors import Refusal
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.manifest import document_language
from optimizer.plan_folder.store import PlanFolder, Result, case_json, plan_json, workbook_copy
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.language import in_language, spoken

if TYPE_CHECKING:
    from models.stress import Stress
    from optimizer.reports.html.charts import DrawnFigure

T = TypeVar("T")
EXPLANATION, ALTERNATIVES, STRESS = "explanation.json", "alternatives.json", "stress.json"
ADDED = (EXPLANATION, ALTERNATIVES, STRESS)
"""Files of a plan folder that were asked for after the plan was made."""
STRESS_FILES = ("stress.xlsx", "stress.html")
"""Files about a plan under stress for people, made from stress.json."""


STRESS_MARK = "Stress"
"""Mark of the answer that has its own files."""


def files_of(name: str) -> frozenset[str]:
    """The files of an answer that is added to a plan folder, by the name of its JSON file; none of no answer."""
    return frozenset({name, *(STRESS_FILES if name == STRESS else ())} - {""})


def core_files(result: Result) -> dict[str, bytes]:
    """The files of the plan itself: plan.json, case.json and the workbook's copy. The manifest is added later."""
    return {
        "plan.json": plan_json(result.plan),
        "case.json": case_json(result.case),
        **workbook_copy(result.source),
    }


def people_files(
    case: Case, plan: Plan, answers: Sequence[AnswerReport] = (), language: str = ""
) -> dict[str, Callable[[], bytes]]:
    """File for people -> what makes its content; with sheets and sections for the answers that were added.

    `language`: another than the one of the settings; the answers must be written in it already.
    """
    tongue = language or case.settings.language
    stressed = [answer for answer in answers if answer.mark == STRESS_MARK]
    charts = _Charts(case, plan, stressed)

    def workbook() -> bytes:
        from optimizer.reports.plan_workbook import book_bytes  # its library waits until a plan is written

        return book_bytes(case, plan, answers)

    def page() -> bytes:
        from optimizer.reports.plan_page import page_bytes  # its libraries wait until a plan is written

        return page_bytes(case, plan, answers, charts.of_plan)

    return {
        "plan.xlsx": in_language(tongue, workbook),
        "report.html": in_language(tongue, page),
        **(stress_files(stressed[0], lambda: charts.of_stress, tongue) if stressed else {}),
    }


class _Charts:
    """The charts of both pages of a folder, drawn by one child process when the first page is made: to start it takes
    longer than to draw."""

    def __init__(self, case: Case, plan: Plan, stress: Sequence[AnswerReport]) -> None:
        self._case, self._plan, self._stress = case, plan, stress

    @cached_property
    def _drawn(self) -> "list[list[DrawnFigure]]":
        from optimizer.reports.html.charts import draw_for_page
        from optimizer.reports.plan_page import page_figures
        from optimizer.reports.stress import report

        return draw_for_page(*page_figures(self._case, self._plan), *map(report.page_figures, self._stress))

    @property
    def of_plan(self) -> "list[list[DrawnFigure]]":
        return self._drawn[: len(self._drawn) - len(self._stress)]

    @property
    def of_stress(self) -> "list[DrawnFigure]":
        return self._drawn[-1]


def stress_files(
    answer: AnswerReport, charts: "Callable[[], list[DrawnFigure] | None]" = lambda: None, language: str = ""
) -> dict[str, Callable[[], bytes]]:
    """stress.xlsx and stress.html: what becomes of a plan when things go wrong, as files of their own. `charts`: those of
    the page, where they are drawn with others. `language`: another than the one of the settings."""
    tongue = language or answer.case.settings.language

    def page() -> bytes:
        from optimizer.reports.stress import report

        return report.page_bytes(answer, charts())

    return {
        "stress.xlsx": in_language(tongue, lambda: answer.content("xlsx")),
        "stress.html": in_language(tongue, page),
    }


def answers_of(folder: PlanFolder, language: str = "") -> list[AnswerReport]:
    """The answers that were added to a plan folder, in its language or in another one.

    Refuses an answer that is damaged or about another plan.
    """
    readers = {EXPLANATION: _explanation, ALTERNATIVES: _alternatives, STRESS: _stress}
    with spoken(language or document_language(folder.manifest, folder.case)):
        return [_content(folder, name, read) for name, read in readers.items() if name in folder.files]


def stress_of(folder: PlanFolder) -> "Stress | None":
    """The result of `stress` for a plan; None if it was not run. Refuses a file that is damaged or belongs to another plan."""
    from models.stress import Stress

    if STRESS not in folder.files:
        return None
    return _content(folder, STRESS, lambda _, content: Stress.model_validate_json(content))


def _content(folder: PlanFolder, name: str, read: Callable[[Case, bytes], T]) -> T:
    link = folder.manifest.get("added", {}).get(name, {})
    if link and link.get("stands_on") != fingerprint(folder.case, folder.plan):
        raise Refusal("invalid", f"{folder.path / name} is about another plan: ask again without it")
    try:
        return read(folder.case, folder.files[name])
    except (ValueError, AttributeError, TypeError, RecursionError) as problem:
        raise Refusal(
            "invalid", f"{folder.path / name} is damaged or of another version: it cannot be read"
        ) from problem


def _explanation(case: Case, content: bytes) -> AnswerReport:
    from optimizer.analysis.explain import Explanation
    from optimizer.reports.answers import explanation_text

    return explanation_text.answer(case, Explanation.model_validate_json(content))


def _alternatives(case: Case, content: bytes) -> AnswerReport:
    from optimizer.analysis.alternatives import Alternatives
    from optimizer.reports.answers import alternatives_text

    return alternatives_text.answer(case, Alternatives.model_validate_json(content))


def _stress(case: Case, content: bytes) -> AnswerReport:
    from models.stress import Stress
    from optimizer.analysis.stress.built_in import with_texts
    from optimizer.reports.stress import report

    return report.answer(case, with_texts(case, Stress.model_validate_json(content)))
