"""The brief as PDF: the page's own print view, made by a browser that is installed."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from models.case import Case
from models.gaps import gaps
from models.plan import Plan
from optimizer.errors import Refusal
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.brief.content import brief
from optimizer.reports.brief.pictures import shown
from optimizer.reports.html.charts import draw_for_page
from optimizer.reports.html.render import render

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
"""Commands of browsers that print without a window."""
SECONDS = 120
_QUIET = ("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--no-pdf-header-footer")


def pdf_bytes(case: Case, plan: Plan, answers: Sequence[AnswerReport] = ()) -> bytes:
    """The content of brief.pdf. Raises Refusal where no browser is installed, or where it does not print."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise Refusal(
            "usage",
            "a brief as pdf needs Chromium, Chrome or Edge on the PATH: install one, or print report.html, or ask for docx",
        )
    with tempfile.TemporaryDirectory(prefix="mine2magnet-") as folder:
        page, paper = Path(folder) / "brief.html", Path(folder) / "brief.pdf"
        page.write_bytes(page_bytes(case, plan, answers))
        _print(browser, page, paper)
        return paper.read_bytes()


def page_bytes(case: Case, plan: Plan, answers: Sequence[AnswerReport] = ()) -> bytes:
    """The brief alone as a page."""
    report = gaps(case, plan)
    content = brief(case, plan, report, answers)
    (figures,) = draw_for_page(shown(case, plan, report))
    return render("brief.html", head=content.head, brief=content, brief_figures=figures).encode("utf-8", "replace")


def _print(browser: str, page: Path, paper: Path) -> None:
    """Print a page of the package, in which nothing is fetched and all scripts are hashed."""
    command = [browser, *_QUIET, f"--user-data-dir={page.parent / 'profile'}", f"--print-to-pdf={paper}", page.as_uri()]
    for sandbox in ((), ("--no-sandbox",)):  # root in a container has no sandbox; the page is our own file
        attempt = [*command[:1], *sandbox, *command[1:]]
        try:
            done = subprocess.run(attempt, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):  # it does not start, or it hangs
            break
        if done.returncode == 0 and paper.is_file():
            return
    raise Refusal("failed", f"{Path(browser).name} could not print the brief: print report.html, or ask for docx")
