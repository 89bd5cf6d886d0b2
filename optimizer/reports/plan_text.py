"""The plan on one screen of 100 columns: gains, cost, payers, projects left out, and proof."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from models.case import Case
from models.headline import headline_rows
from models.milestones import milestones
from models.plan import Plan
from optimizer.fingerprint import fingerprint
from optimizer.reports import binding, viability
from optimizer.reports.additionality import additionality
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.sentences import bottlenecks, delivered_headline, feed, screen_headline, worth
from optimizer.reports.chain.sentences import weakest as chain_weakest
from optimizer.reports.chain.tables import EXPLAINED, screen_table
from optimizer.reports.data_confidence import sureness
from optimizer.reports.expected_receipts import expected_receipts
from optimizer.reports.formatting import fold, number, shorten
from optimizer.reports.funding_matrix import funding_matrix, later_outlays
from optimizer.reports.plan_summary import (
    change,
    headline,
    left_out,
    money_line,
    proof,
    rows_of,
    short_name,
    weakest,
)
from optimizer.reports.risk.sentences import sentences as risk_sentences
from optimizer.reports.rule_sentences import not_met
from optimizer.reports.table_text import height, terminal
from optimizer.reports.timeline import MOST, legend, timeline

ROWS = 40
"""Lines of one screen, including the lines around the plan."""
FEWEST = 4
"""Projects of the timeline that are shown however little room there is."""
_NAMED = 3
"""Projects that are named among those left out."""
FEWER = ((2, 1), (0, 0))
"""Projects of the timeline and of those left out on a screen that is too narrow even then."""
_REASONS = 2
"""Reasons for leaving projects out that a screen with little room counts one by one."""
_MORE = "More (money by programme, binding limits, everybody left out): --verbose, or report.html."

Part = Literal[
    "lead", "money", "risk", "table", "timeline", "funding", "weakest", "feed", "bottlenecks", "worth", "viability",
    "rules", "binding", "additionality", "left out", "sureness", "proof",
]  # fmt: skip
DROPPED: tuple[Part, ...] = ("worth", "funding", "bottlenecks", "binding", "feed", "viability", "additionality")
"""Parts that a small screen leaves out, in this order. The page and `--verbose` show all of them."""


@dataclass(frozen=True)
class _Screen:
    """The text of one plan for one width."""

    case: Case
    plan: Plan
    ascii_only: bool
    width: int

    def parts(self, most: int, brief: bool, named: int = _NAMED) -> Iterator[tuple[Part, list[RenderableType]]]:
        """Every part in the order of the screen; `most` projects of the timeline, `named` of those left out; `brief`:
        long sentences cut short."""
        case, plan = self.case, self.plan
        chain = has_chain(plan)
        yield "lead", self._lines([_lead(case, plan, brief=brief)], "bold")
        yield "money", self._lines([money_line(case, plan)])
        yield "risk", self._lines(risk_sentences(case, plan))
        yield "table", self._table(chain)
        if plan.projects and most:
            yield "timeline", ["", self._timeline(most), _below_timeline(plan, most, self.ascii_only)]
        if (funding := funding_matrix(case, plan, width=self.width)) is not None:
            yield "funding", ["", funding, *self._lines(later_outlays(case, plan))]
        yield (
            "weakest",
            [*([] if brief else [""]), *self._lines(chain_weakest(case, plan) if chain else weakest(case, plan))],
        )
        if chain:
            yield "feed", self._lines(feed(case, plan))
            yield "bottlenecks", self._lines(bottlenecks(case, plan))
            yield "worth", self._lines(worth(case, plan))
        yield "viability", self._lines(viability.sentences(viability.rows_of(case, plan)))
        yield "rules", self._lines(not_met(case, plan))
        yield "binding", self._lines(binding.lines(case, plan))
        yield "additionality", self._lines([*additionality(case, plan), *expected_receipts(case, plan)])
        yield "left out", self._left_out(named, brief=brief)
        yield "sureness", self._lines([sureness(case, plan, brief=brief)])
        yield (
            "proof",
            [
                *self._lines([proof(case, plan)], "bold"),
                Text(f"fingerprint {fingerprint(case, plan)}"),
            ],
        )

    def _lines(self, texts: Iterable[str], style: str = "") -> list[RenderableType]:
        return [Text(fold(text, self.width, "  "), style) for text in texts]

    def _table(self, chain: bool) -> list[RenderableType]:
        if chain:
            return ["", terminal(screen_table(self.case, self.plan)), *self._lines([EXPLAINED])]
        if len(milestones(self.case, self.plan)) > 1:
            return ["", milestone_table(self.case, self.plan)]
        return []

    def _timeline(self, most: int) -> Table:
        return timeline(self.case, self.plan, ascii_only=self.ascii_only, width=self.width, most=most)

    def _left_out(self, named: int, *, brief: bool) -> list[RenderableType]:
        sentences = left_out(self.case, self.plan, most=_REASONS if brief else None)
        lead = sentences[0] if named else sentences[0].removesuffix(", first of them:")
        return self._lines([lead, *(shorten(line, self.width) if brief else line for line in sentences[1 : 1 + named])])


def story(case: Case, plan: Plan, *, ascii_only: bool, width: int, rows: int | None = None) -> list[RenderableType]:
    """The parts of the screen, top to bottom; in at most about `rows` lines, where None shows everything.

    What does not fit is left out in the order of `DROPPED`; the timeline then shows the projects with most support.
    """
    screen = _Screen(case, plan, ascii_only, width)
    whole = _joined(screen.parts(MOST, brief=False))
    if rows is None or height(whole, width) <= rows:
        return whole
    more = Text(fold(_MORE, width, "  "))
    room, dropped, fewest, named = _fitted(screen, rows - height([more], width))
    most = min(MOST, fewest + max(0, room)) if fewest else 0
    return [*_joined(screen.parts(most, brief=True, named=named), dropped), more]


def _fitted(screen: _Screen, rows: int) -> tuple[int, tuple[Part, ...], int, int]:
    """Lines to spare, the parts left out, and the projects of the timeline and of those left out: the first that fits,
    or else the smallest."""
    heights = _heights(screen, FEWEST, _NAMED)
    for n in range(len(DROPPED) + 1):
        room = rows - sum(lines for part, lines in heights.items() if part not in DROPPED[:n])
        if room >= 0:
            return room, DROPPED[:n], FEWEST, _NAMED
    for fewest, named in FEWER:
        heights = _heights(screen, fewest, named)
        room = rows - sum(lines for part, lines in heights.items() if part not in DROPPED)
        if room >= 0:
            break
    return room, DROPPED, fewest, named


def _heights(screen: _Screen, most: int, named: int) -> dict[Part, int]:
    return {part: height(things, screen.width) for part, things in screen.parts(most, brief=True, named=named)}


def _joined(parts: Iterable[tuple[Part, list[RenderableType]]], but: Iterable[Part] = ()) -> list[RenderableType]:
    left = set(but)
    return [thing for name, part in parts if name not in left for thing in part]


def _lead(case: Case, plan: Plan, *, brief: bool) -> str:
    if not has_chain(plan):
        return headline(case, plan)
    return screen_headline(case, plan) if brief else delivered_headline(case, plan).removesuffix(".")


def _below_timeline(plan: Plan, most: int, ascii_only: bool) -> Text:
    more = len(plan.projects) - most
    return legend(ascii_only).append(f"and {more:,} more, in plan.json" if more > 0 else "")


def milestone_table(case: Case, plan: Plan) -> Table:
    """Coverage without and with the plan at every milestone, and what is still missing at the last."""
    years = milestones(case, plan)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    table.add_column("without -> with plan", no_wrap=True, overflow="crop")
    for year in years:
        table.add_column(str(year), justify="right", no_wrap=True, overflow="crop")
    table.add_column(f"gap in {years[-1]}", justify="right", no_wrap=True, overflow="crop")
    at = {(row.stage, row.material, row.year): row for row in plan.capacity}
    named = headline_rows(rows_of(plan, years[-1]))
    for row in named:
        cells = [change(at[row.stage, row.material, year]) for year in years]
        table.add_row(short_name(row), *cells, f"{number(row.gap_t)} t/yr")
    return table
