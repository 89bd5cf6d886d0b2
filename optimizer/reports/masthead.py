"""The head of every page and sheet: title, agency, author, date, draft mark."""

from dataclasses import dataclass
from datetime import date, datetime

from models.case import Case
from models.plan import Plan
from optimizer.plan_folder.manifest import CREATED
from optimizer.reports.formatting import listed, shorten
from optimizer.reports.language import N_, long_date, tr
from optimizer.safe_text import printable

DRAFT = N_("Draft")
FILE_DATE = datetime(2026, 1, 1)  # noqa: DTZ001  the file formats hold no time zone
"""Fixed creation date of every workbook and document, so that the same numbers give the same file."""
_LONGEST = 160
"""Letters of a title on a page."""


@dataclass(frozen=True)
class Masthead:
    """The head of a report."""

    title: str
    byline: str
    """Agency, author and date, as far as they are known."""
    draft: bool

    @property
    def margin(self) -> str:
        """One line for the margin of a printed sheet; empty where nothing is known."""
        return "   ".join(filter(None, (tr(DRAFT).upper() if self.draft else "", self.byline)))


def name_of(case: Case) -> str:
    """The case's name for people: the title that the planner gives, else the name of the workbook."""
    return shorten(printable(case.settings.title or case.name), _LONGEST)


def titled(case: Case, kind: str) -> str:
    """The title of a report about a case: what it is, and of what. `kind` is in the catalogues."""
    return tr("{what}: {name}", what=tr(kind), name=name_of(case))


def masthead(case: Case, plan: Plan | None = None, what: str = N_("Financing plan")) -> Masthead:
    """The head of a report; a plan with its own title has only that title."""
    given = case.settings.title and plan is not None
    return Masthead(name_of(case) if given else titled(case, what), byline(case, plan), case.settings.draft)


def byline(case: Case, plan: Plan | None) -> str:
    """`Ministry of Mines, A. Planner, 28 November 2026`."""
    s, day = case.settings, reported_on(case, plan)
    words = [shorten(printable(text), _LONGEST) for text in (s.agency, s.author) if text.strip()]
    return listed([*words, *([long_date(day)] if day else [])])


def reported_on(case: Case, plan: Plan | None) -> date | None:
    """The date of a report: the setting, else the day (UTC) on which the plan was made; None where nothing records it."""
    if case.settings.report_date is not None:
        return case.settings.report_date
    created = plan.manifest.get(CREATED) if plan is not None else None
    try:
        return datetime.fromisoformat(str(created)).date() if created else None
    except ValueError:
        return None
