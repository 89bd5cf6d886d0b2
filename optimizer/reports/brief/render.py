"""The brief of a plan in each of its formats, as the bytes of a whole file."""

from collections.abc import Sequence
from importlib.util import find_spec

from models.case import Case
from models.gaps import gaps
from models.plan import Plan
from optimizer.errors import Refusal
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.language import spoken

NAMES = ("brief.docx", "brief.pptx", "brief.pdf")
"""Files of a plan folder that hold its brief. They are the reader's to edit: no manifest records them."""
LIBRARIES = {"docx": "python-docx", "pptx": "python-pptx"}
"""Format, which is the module that writes it too -> its package; both come with the extra `office`."""


def require(form: str) -> None:
    """Refuses a format whose library is not installed, with the command that installs it."""
    if form in LIBRARIES and find_spec(form) is None:
        install = "pip install 'mine2magnet[office]'"
        raise Refusal("usage", f"a brief as {form} needs the package {LIBRARIES[form]}: install it with `{install}`")


def brief_bytes(
    case: Case,
    plan: Plan,
    form: str,
    answers: Sequence[AnswerReport] = (),
    template: bytes | None = None,
    *,
    language: str = "",
) -> bytes:
    """The brief as docx, pptx or pdf; `template` is the content of a file of that format, already judged.

    `language`: another than the one of the settings. Raises Refusal where what writes the format is not installed.
    """
    require(form)
    with spoken(language or case.settings.language):
        return _content(case, plan, form, answers, template)


def _content(case: Case, plan: Plan, form: str, answers: Sequence[AnswerReport], template: bytes | None) -> bytes:
    if form == "pdf":
        from optimizer.reports.brief.paper import pdf_bytes

        return pdf_bytes(case, plan, answers)
    from optimizer.reports.brief.content import brief
    from optimizer.reports.brief.pictures import pictures
    from optimizer.reports.html.charts import PAGE, PAPER

    report = gaps(case, plan)
    content = brief(case, plan, report, answers)
    if form == "docx":
        from optimizer.reports.brief.word import word_bytes

        return word_bytes(content, pictures(case, plan, report, PAPER), template)
    from optimizer.reports.brief.slides import slides_bytes

    return slides_bytes(content, pictures(case, plan, report, PAGE), template)
