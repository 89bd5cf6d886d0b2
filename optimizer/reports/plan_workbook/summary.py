"""Summary: the page to print and forward."""

import re
from math import ceil
from typing import Any

from models.headline import headline_rows
from models.milestones import middle, milestones
from models.plan import CapacityRow
from models.sets import DemandKey
from models.terms import output
from optimizer.fingerprint import fingerprint
from optimizer.reports import binding, plan_summary, rule_sentences, viability
from optimizer.reports.additionality import additionality
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.sentences import delivered_headline, sentences, weakest
from optimizer.reports.data_confidence import sureness
from optimizer.reports.expected_receipts import expected_receipts
from optimizer.reports.formatting import sentence, shorten, stage_name
from optimizer.reports.language import N_, tr
from optimizer.reports.masthead import masthead
from optimizer.reports.plan_workbook import charts, gap
from optimizer.reports.plan_workbook.charts import Block
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.report_table import capital
from optimizer.reports.risk.sentences import brief_sentences as risk_sentences
from optimizer.reports.scrutiny import scrutiny
from optimizer.reports.tables.shared import currency_of
from optimizer.reports.worksheet import Cell, clean, lines_of, tall
from optimizer.version import __version__

NAME = "Summary"
_LAST = 16
"""Last column of the page."""
_LEFT = 9
"""Last column of the tables; the charts are to the right of them."""
_CHARTS = 11
_MILESTONES = 3
"""Milestones in the table; the others are on the sheet Gap."""
_SERIES = 6
"""Stages in a chart."""
_PROJECTS = 8
"""Projects on the page; the sheet Plan has all."""
_RULES = 4
"""Rules in words on the page, those that are not met or at their limit first; the sheet Rules has all."""
_RULE = "#BFBFBF"
_HEAD = 12
"""Characters of a heading that fit into a column of figures."""
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that change the direction of writing; inside a name they would reverse the rest of the sentence."""
_CHART = 235
"""Least height of a chart, pixels."""


def write(writer: PlanWorkbook) -> None:
    """Write the sheet."""
    page = _Page(writer)
    page.title()
    page.headlines()
    top = page.row
    page.coverage_table()
    page.stage_table()
    page.project_table()
    page.sentences()
    page.charts(top)
    page.finish()


class _Page:
    """The page from top to bottom; `row` is the next free row, counted from 0."""

    def __init__(self, writer: PlanWorkbook) -> None:
        self.writer = writer
        self.sheet: Any = writer.sheets[NAME]
        self.row = 0
        self.height: dict[int, int] = {}
        """Row -> height in pixels."""
        self.sheet.hide_gridlines(2)
        self.sheet.set_column_pixels(0, 0, 138)
        self.sheet.set_column_pixels(1, _LEFT, 68)
        self.sheet.set_column_pixels(_LEFT + 1, _LEFT + 1, 14)
        self.sheet.set_column_pixels(_CHARTS, _LAST, 70)

    def line(self, text: str, look: str, *, to: int = _LAST, width: int = 175, height: int = 17, **more: Any) -> None:
        """Write one sentence across the columns up to `to`, as high as its text needs at `width` characters a line."""
        text, form = _TURNS.sub("", text), self.writer.format(look, **more)
        self.sheet.merge_range(self.row, 0, self.row, to, "", form)
        self.writer.put(self.sheet, self.row, 0, text, look, **more)
        self.high(tall(height) * lines_of(text, width))

    def high(self, pixels: int) -> None:
        """Set the height of the current row and go to the next."""
        self.height[self.row] = pixels
        self.sheet.set_row_pixels(self.row, pixels)
        self.row += 1

    def cells(self, values: list[tuple[Cell, str]], *, merge: bool = False, **more: Any) -> None:
        """Write a row of the tables on the left; `merge` makes one cell of the first three."""
        if merge:
            self.sheet.merge_range(
                self.row, 0, self.row, 2, "", self.writer.format(values[0][1], valign="vcenter", **more)
            )
        for at, (value, look) in enumerate(values):
            self.writer.put(self.sheet, self.row, at, value, look, valign="vcenter", **more)
        self.high(_height([value for value, look in values if look == "header"], 18))

    # -- words -----------------------------------------------------------------------------------------------------

    def title(self) -> None:
        s = self.writer.case.settings
        head = masthead(self.writer.case, self.writer.plan)
        self.line(shorten(head.title, 90), "title", height=34)
        if head.margin:
            self.line(head.margin, "sentence", bold=True)
        text = tr(
            "Capacity outside China, {first} to {last}. Money in millions of {currency} at prices of {year}, material in "
            "tonnes a year.",
            first=s.first_year, last=s.last_year, currency=currency_of(self.writer.case), year=s.price_year,
        )  # fmt: skip
        self.line(text, "sentence", font_color="#595959")

    def headlines(self) -> None:
        """The capacity that the plan adds at each milestone, with emphasis on the middle one; then the money."""
        case, plan = self.writer.case, self.writer.plan
        loud = middle(case, plan)
        lead = delivered_headline(case, plan) if has_chain(plan) else plan_summary.headline(case, plan)
        self.line(_arrows(lead), "loud", width=135, height=22)
        for year in self.milestones():
            if year != loud:
                self.line(_arrows(plan_summary.headline(case, plan, year)), "sentence")
        self.line(sentence(plan_summary.money_line(case, plan)), "sentence", bold=True)
        self.high(8)

    def sentences(self) -> None:
        """Weak points, risk, projects left out, confidence in the data, proof, and the origin of the plan."""
        case, plan = self.writer.case, self.writer.plan
        file, digest = plan_summary.input_digest(case, plan)
        chain = [*weakest(case, plan), *sentences(case, plan)[1:]]
        facts = [
            *(chain or plan_summary.weakest(case, plan)),
            *risk_sentences(case, plan),
            *_rules(self.writer),
            *rule_sentences.lines(case, plan, _RULES),
        ]
        private = plan_summary.leverage(plan_summary.totals(case, plan.projects))
        facts += [tr("Private money: {words}.", words=private)] if private else []
        facts += [*additionality(case, plan), *expected_receipts(case, plan), *scrutiny(case, plan)]
        facts += viability.sentences(viability.rows_of(case, plan))
        facts += [shorten(text, 300) for text in binding.lines(case, plan)]
        facts += [shorten(text, 200) for text in plan_summary.left_out(case, plan)]
        facts += [sureness(case, plan), sentence(capital(plan_summary.proof(case, plan)))]
        for text in facts:
            self.line(text, "sentence", to=_LEFT, width=125, height=16)
        self.high(6)
        footer = tr(
            "Fingerprint of the plan: {digits}. Input: {name}, SHA-256 {digest}. Made by mine2magnet {version}.",
            digits=fingerprint(case, plan), name=shorten(file, 60), digest=digest, version=__version__,
        )  # fmt: skip
        self.line(footer, "small", to=_LEFT, width=120, height=13)

    # -- tables ----------------------------------------------------------------------------------------------------

    def milestones(self) -> list[int]:
        """At most three milestones: the first, the middle, the last."""
        years = milestones(self.writer.case, self.writer.plan)
        three = {years[0], middle(self.writer.case, self.writer.plan), years[-1]} if years else set()
        return years if len(years) <= _MILESTONES else sorted(three)

    def coverage_table(self) -> None:
        """Every demand row at the milestones; those of the headline first, for the chart."""
        demand = plan_summary.has_demand(self.writer.plan)
        self.section(tr("Share of demand outside China met") if demand else tr("Capacity outside China, t/yr"))
        words = (tr("without"), tr("with plan"), tr("gap t/yr") if demand else tr("added"))
        for n, year in enumerate(self.milestones()):
            at = 1 + 3 * n
            self.sheet.merge_range(self.row, at, self.row, at + 2, "", self.writer.format("header", align="center"))
            self.writer.put(self.sheet, self.row, at, year, "header", align="center")
        self.writer.put(self.sheet, self.row, 0, None, "header")
        self.high(18)
        self.cells(
            [(tr("stage"), "header"), *((word, "header") for _ in self.milestones() for word in words)], align="center"
        )
        self.first_row = self.row
        for key in self.keys():
            self.cells([(gap.label(key), "text"), *self.figures(key, demand)], bottom=4, bottom_color=_RULE)
        self.high(8)

    def keys(self) -> list[DemandKey]:
        """Demand rows: those of the headline, then the others."""
        rows = plan_summary.rows_of(self.writer.plan, middle(self.writer.case, self.writer.plan))
        first = headline_rows(rows)
        return [DemandKey(r.stage, r.material) for r in (*first, *(r for r in rows if r not in first))]

    def figures(self, key: DemandKey, demand: bool) -> list[tuple[Cell, str]]:
        rows = [self.at(key, year) for year in self.milestones()]
        return [cell for row in rows for cell in (_shares(row) if demand else _tonnes(row))]

    def at(self, key: DemandKey, year: int) -> CapacityRow:
        return next(r for r in plan_summary.rows_of(self.writer.plan, year) if (r.stage, r.material) == key)

    def section(self, text: str) -> None:
        self.cells([(text if at == 0 else None, "section") for at in range(_LEFT + 1)])

    def stage_table(self) -> None:
        """The number of projects of each stage, and their money."""
        writer = self.writer
        self.section(tr("Money by stage, {unit}", unit=writer.unit))
        words = (
            N_("stage"), N_("financed"), N_("of"), N_("new t/yr"), N_("capex"), N_("public"), N_("contingent"),
            N_("private"), N_("face value"), N_("budget cost"),
        )  # fmt: skip
        for at, word in enumerate(map(tr, words)):
            writer.put(
                self.sheet,
                self.row,
                at,
                word,
                "header",
                align="center",
                valign="vcenter",
            )
        self.high(_height(list(map(tr, words)), 28))
        left = [writer.projects[row.id].stage for row in writer.plan.not_financed]
        for stage in self.stages():
            rows = [f for f in writer.plan.projects if writer.projects[f.id].stage == stage]
            tonnes = sum(output(writer.projects[f.id]) for f in rows)
            self.money(capital(stage_name(stage)), plan_summary.totals(writer.case, rows), left.count(stage), tonnes)
        self.money(tr("All"), plan_summary.totals(writer.case, writer.plan.projects), len(left), None, bold=True, top=1)
        self.high(8)

    def project_table(self) -> None:
        """The financed projects that take the most public money, contingent support included."""
        writer = self.writer
        rows = sorted(writer.plan.projects, key=lambda f: (-f.backing_m, f.id))[:_PROJECTS]
        if not rows:
            return
        title = tr("What is financed; public and contingent money in {unit}", unit=writer.unit)
        if len(writer.plan.projects) > len(rows):
            title = tr(
                "What is financed, the {n} largest of {all}; public and contingent money in {unit}",
                n=len(rows), all=len(writer.plan.projects), unit=writer.unit,
            )  # fmt: skip
        self.section(title)
        words = (
            N_("project"), None, None, N_("country"), N_("stage"), N_("FID"), N_("first output"), N_("t/yr"),
            N_("public"), N_("contingent"),
        )  # fmt: skip
        self.cells([(word and tr(word), "header") for word in words], merge=True)
        for f in rows:
            p = writer.projects[f.id]
            self.cells([
                (shorten(p.name or p.id, 50), "text"), (None, "text"), (None, "text"), (p.country, "text"),
                (stage_name(p.stage), "text"), (f.fid_year, "year"), (plan_summary.first_output(p, f.fid_year), "year"),
                (output(p), "round"), (f.public_m, "round"), (f.contingent_m, "round"),
            ], merge=True, bottom=4, bottom_color=_RULE)  # fmt: skip
        self.high(8)

    def stages(self) -> list[str]:
        """Stages of the settings, then any others of projects."""
        known = list(self.writer.case.settings.stages)
        return [*known, *sorted({p.stage for p in self.writer.case.projects} - set(known))]

    def money(self, name: str, t: plan_summary.Totals, left: int, tonnes: Cell, **more: Any) -> None:
        money = (t.capex_m, t.public_m, t.contingent_m, t.private_m, t.face_m, t.cost_m)
        counts: list[tuple[Cell, str]] = [(t.projects, "whole"), (t.projects + left, "whole"), (tonnes, "round")]
        self.cells([(name, "text"), *counts, *((m, "round") for m in money)], bottom=4, bottom_color=_RULE, **more)

    # -- pictures --------------------------------------------------------------------------------------------------

    def charts(self, top: int) -> None:
        """Two charts beside the tables, together as high as the tables."""
        left = [self.height[row] for row in range(top, self.row)]
        while sum(left) < 2 * _CHART:
            self.high(18)
            left.append(18)
        upper = next(n for n in range(len(left)) if sum(left[:n]) >= sum(left) / 2)
        wide = 70 * (_LAST - _CHARTS + 1)
        first, second = sum(left[:upper]) - 6, sum(left[upper:])
        keys = [DemandKey(r.stage, r.material) for r in self.headline()][:_SERIES]
        if keys:
            charts.place(
                self.sheet, (top, _CHARTS), self.before_and_after(keys), (wide, first), tr("without and with the plan")
            )
            charts.place(self.sheet, (top + upper, _CHARTS), self.over_time(keys), (wide, second), tr("year by year"))

    def headline(self) -> list[CapacityRow]:
        rows = plan_summary.rows_of(self.writer.plan, middle(self.writer.case, self.writer.plan))
        return headline_rows(rows)

    def before_and_after(self, keys: list[DemandKey]) -> Any:
        """A column chart without and with the plan at the middle milestone."""
        demand = plan_summary.has_demand(self.writer.plan)
        year = middle(self.writer.case, self.writer.plan)
        measured = tr("share of demand outside China met") if demand else tr("capacity outside China, t/yr")
        chart = charts.column_chart(self.writer, tr("{year}: {what}", year=year, what=measured))
        last, at = self.first_row + len(keys) - 1, 1 + 3 * self.milestones().index(year)
        names = Block(NAME, self.first_row, 0, last, 0)
        for says, column, colour in (
            (tr("without the plan"), at, charts.WITHOUT),
            (tr("with the plan"), at + 1, charts.WITH),
        ):
            cells = Block(NAME, self.first_row, column, last, column)
            more = {"data_labels": charts.labels()} if demand else {}
            charts.columns(chart, says, names, cells, colour, gap=80, overlap=-5, **more)
        charts.axes(chart, charts.PERCENT if demand else charts.WHOLE, most=1 if demand else None)
        return chart

    def over_time(self, keys: list[DemandKey]) -> Any:
        """One line per stage, dashed without the plan."""
        demand = plan_summary.has_demand(self.writer.plan)
        shown = (gap.COVERED, gap.COVERED_BEFORE) if demand else (gap.CAPACITY, gap.CAPACITY_BEFORE)
        chart = charts.line_chart(self.writer, tr("The same by year (dashed: without the plan)"))
        for figure in shown:
            for key, colour in zip(keys, charts.LINES, strict=False):
                cells, name = gap.block(self.writer, figure, key), clean(gap.label(key))
                charts.line(chart, name, gap.years(self.writer), cells, colour, dashed=figure is shown[1])
        each = ceil(len(self.writer.sets.years) / 8)
        charts.axes(chart, charts.PERCENT if demand else charts.WHOLE, most=1 if demand else None, each=each)
        hidden = list(range(len(keys), 2 * len(keys)))
        chart.set_legend({"position": "bottom", "font": charts.font(), "delete_series": hidden})
        return chart

    def finish(self) -> None:
        self.writer.printable(self.sheet, self.row - 1, _LAST, down=1)
        self.sheet.center_horizontally()
        self.sheet.activate()


def _height(heads: list[Cell], least: int) -> int:
    """Height in pixels of a row of headings above columns of figures."""
    lines = max((lines_of(text, _HEAD) for text in heads if isinstance(text, str)), default=1)
    return least if lines == 1 else max(least, tall(16) * lines)


def _shares(row: CapacityRow) -> list[tuple[Cell, str]]:
    return [(plan_summary.covered_before(row), "part"), (row.coverage, "part"), (row.gap_t, "round")]


def _tonnes(row: CapacityRow) -> list[tuple[Cell, str]]:
    there = plan_summary.standing(row)
    return [(there, "round"), (row.capacity_t, "round"), (row.capacity_t - there, "round")]


def _rules(writer: PlanWorkbook) -> list[str]:
    """The number of rules that hold, in words."""
    rows = writer.plan.rules
    return [tr("Rules: {held} of {n} hold.", held=sum(row.holds for row in rows), n=len(rows))] if rows else []


def _arrows(text: str) -> str:
    return text.replace(" -> ", " → ")
