"""The timeline of a plan: one line per financed project, its build and its ramp, year by year."""

from rich.table import Table
from rich.text import Text

from models.case import Case
from models.plan import Financed, Plan
from models.schema import Project
from models.terms import ramp_share
from optimizer.reports.formatting import number, shorten

MOST = 30
"""Maximum number of lines of the timeline; further projects are counted."""

_BESIDE = 10 + 2 + 9 + 4 + 6
"""Width of stage, country, support, year and the spaces between them."""
_LONGEST_NAME, _SHORTEST_NAME = 36, 14

_GLYPHS = {"build": ("░", "-", "yellow"), "ramp": ("▒", "=", "cyan"), "full": ("█", "#", "green")}
"""State of a plant in a year -> its glyph in UTF-8, its glyph in ASCII, and its colour."""


def timeline(case: Case, plan: Plan, *, ascii_only: bool, width: int, most: int = MOST) -> Table:
    """A table by decision year, then by stage; if there are more than `most` projects, those with the most support.

    Support: public money and contingent awards, millions.
    """
    stages = {stage: n for n, stage in enumerate(case.settings.stages)}
    projects = {p.id: p for p in case.projects}
    largest = sorted(plan.projects, key=lambda f: (-f.backing_m, f.id))[:most]
    order = sorted(largest, key=lambda f: (f.fid_year, stages.get(projects[f.id].stage, 99), f.id))
    years = range(case.settings.first_year, case.settings.last_year + 1)
    room = width - _BESIDE
    glyphs = 2 if room - 2 * len(years) >= _SHORTEST_NAME else 1
    names = max(_SHORTEST_NAME, min(_LONGEST_NAME, room - glyphs * len(years)))
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold", pad_edge=False)
    for heading, right in (("financed", False), ("stage", False), ("in", False), ("support M", True), ("FID", False)):
        table.add_column(heading, justify="right" if right else "left", no_wrap=True, overflow="crop")
    table.add_column(_scale(years, glyphs), no_wrap=True, overflow="crop")
    for financed in order:
        bar = _bar(projects[financed.id], financed, years, glyphs, ascii_only=ascii_only)
        table.add_row(*_cells(projects[financed.id], financed, names), bar)
    return table


def _cells(project: Project, financed: Financed, names: int) -> tuple[str, ...]:
    return (
        shorten(project.name or project.id, names),
        shorten(project.stage, 10),
        project.country,
        number(financed.backing_m),
        str(financed.fid_year),
    )


def _scale(years: range, width: int) -> str:
    """A scale with every fifth year above its first glyph.

    >>> _scale(range(2026, 2041), 2)
    '2026    2030      2035      2040'
    """
    line = str(years[0])
    for year in years:
        at = (year - years[0]) * width
        if year % 5 == 0 and at > len(line):
            line = line.ljust(at) + str(year)
    return line


def state(project: Project, since_fid: int) -> str | None:
    """State of a plant `since_fid` years after its decision: build, ramp, full, or nothing."""
    if since_fid < 0:
        return None
    if since_fid < project.build_years:
        return "build"
    share = ramp_share(project, since_fid)
    if share == 0:
        return None
    return "full" if share >= project.ramp[-1] / 100 else "ramp"


def _bar(project: Project, financed: Financed, years: range, width: int, *, ascii_only: bool) -> Text:
    bar = Text()
    for year in years:
        now = state(project, year - financed.fid_year)
        utf8, plain, colour = _GLYPHS[now] if now else ("·", ".", "dim")
        bar.append((plain if ascii_only else utf8) * width, colour)
    return bar


def legend(ascii_only: bool) -> Text:
    """The meaning of the glyphs."""
    words = (("build", "build"), ("ramp", "ramp-up"), ("full", "full output"))
    text = Text("")
    for key, word in words:
        utf8, plain, colour = _GLYPHS[key]
        text.append((plain if ascii_only else utf8) * 2, colour).append(f" {word}  ")
    return text
