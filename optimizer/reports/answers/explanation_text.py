"""An explanation as sentences and tables: for the screen, and for the files that are made on request."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from models.case import Case
from models.sets import Sets
from optimizer.analysis.explain.explanation import Explanation, ProjectStory
from optimizer.analysis.what_if import Span
from optimizer.reports import reason_words
from optimizer.reports.answers.explanation_sentences import CELLS, Words
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.answers.scenario_sentences import in_scenarios
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import fold, sentence
from optimizer.reports.language import N_, localized, tr, translated
from optimizer.reports.masthead import titled
from optimizer.reports.plan_summary import by_measure
from optimizer.reports.report_table import Grid, capital, columns
from optimizer.reports.table_text import fitted, terminal
from optimizer.reports.tables.shared import money_unit

_MORE = "More rows: --verbose, or --out FILE.html, .xlsx or .md."
NAMED = 2
"""Projects that a cell of a table names on the screen; files name more."""

SHOWN = (20, 16, 14, 12, 10, 8, 6, 4, 3, 2, 1)
"""Numbers of rows of each table that are tried for the screen."""
FULL_ROWS = 6
"""Rows of each table below which the screen has the narrow tables instead."""

_VALUES = {"capacity": N_("added capacity"), "magnets": N_("magnets delivered")}
"""Name of the value of an objective; the others are plan scores."""


LACKING = (
    N_("the rules for its money change in kind with it"),
    N_("what it delivers without support changes with it"),
    N_("not worked out: a limit does not change in proportion to it"),
    N_("its country is not among those that may be financed"),
    N_("in a chain it is not worked out what more of one plant delivers"),
    N_("the most of each programme grows with it, and their number is limited"),
    N_("another cell of it is empty"),
    N_("no value of it is enough"),
)
"""Why `optimizer.analysis.explain.thresholds` states no threshold of a cell."""


def data(explanation: Explanation) -> dict[str, Any]:
    """The explanation for programs: `mine2magnet.explanation/1`."""
    return explanation.model_dump(mode="json", by_alias=True)


def title(case: Case) -> str:
    """The title of the report."""
    return titled(case, "Why this plan")


def lead(case: Case, explanation: Explanation) -> list[str]:
    """The best value, to which all other values refer."""
    words = Words(case, explanation.unit)
    value_name = tr(_VALUES.get(explanation.objective, N_("plan score"))) + by_measure(case)
    best = words.value(explanation.best)
    lines = [tr("Best {what}: {best}. Losses and gains are changes of it.", what=value_name, best=best)]
    if len(explanation.projects) > 1:
        lines.append(
            tr(
                "Projects by kind: {core} core (in every plan within {near} % of the best), {borderline} borderline (neither "
                "is proved), {exterior} exterior (in none of them).",
                near=localized(f"{100 * explanation.within:g}"),
                **{v: sum(s.verdict == v for s in explanation.projects) for v in ("core", "borderline", "exterior")},
            )
        )
    if not explanation.complete:
        lines.append(tr("Not complete: it was stopped, or time ended before some questions were answered."))
    return lines


def answer(case: Case, explanation: Explanation) -> AnswerReport:
    """The report for files."""
    lines = lead(case, explanation)
    if is_of_one(explanation):
        lines += [capital(x.removeprefix("- ")) for x in sentences(case, explanation, explanation.projects[0])]
    return AnswerReport("Why", case, title(case), lines, tables(case, explanation, exact=True), data(explanation))


def is_of_one(explanation: Explanation) -> bool:
    """Whether one project was asked about, not the plan."""
    return len(explanation.projects) == 1 and not explanation.limits


# -- one project -----------------------------------------------------------------------------------------------------


def sentences(case: Case, explanation: Explanation, story: ProjectStory) -> list[str]:
    """The whole explanation of one project."""
    words = Words(case, explanation.unit)
    lines = [_fate(words, story), *_without_support(case, story), *_lost(words, story)]
    if story.asked or story.verdict == "exterior":
        lines.append(sentence(capital(words.verdict(story, explanation.within))))
    lines += _changes(words, story)
    if story.thresholds or story.no_threshold:
        lines.append(
            tr("Price and support at which it would leave the plan:")
            if story.financed
            else tr("Price and support at which it would enter:")
        )
    lines += [f"- {words.threshold(t, financed=story.financed)}" for t in story.thresholds]
    lines += [f"- {tr(kind)}: {tr(why)}" for kind, why in story.no_threshold.items()]
    if budgets := words.budgets(story.at_budgets, (b.part for b in explanation.budgets)):
        lines.append(sentence(capital(budgets)))
    elif story.asked and not explanation.budgets:
        lines.append(
            tr("To see at which budgets it is in the best plan, run `mine2magnet explain PLAN PROJECT --full`.")
        )
    return [*lines, *in_scenarios(words, story.in_scenarios)]


def _fate(words: Words, story: ProjectStory) -> str:
    name = words.name(story.id)
    if story.financed:
        return tr("{name}: financed, decided in {year}.", name=name, year=story.fid_year)
    return tr(
        "{name}: not financed; {reason}: {detail}.",
        name=name, reason=tr(reason_words.of_one(words.case, story.reason)), detail=translated(story.detail),
    )  # fmt: skip


def _changes(words: Words, story: ProjectStory) -> list[str]:
    """The single changes that let a project in, and the cells of which no change does."""
    lines = []
    if story.changes:
        lines.append(
            tr("Smallest single changes that let it in, each alone:")
            if all(c.is_least for c in story.changes)
            else tr("Single changes that let it in, each alone:")
        )
    project = words.by_id[story.id]
    lines += [
        tr("- {change} (then decided in {year})", change=words.change(c, project), year=c.fid_year)
        for c in story.changes
    ]
    return lines + [f"- {tr(CELLS.get(column, column))}: {tr(why)}" for column, why in story.unchanged.items()]


def _without_support(case: Case, story: ProjectStory) -> list[str]:
    """Year in which a financed project would go ahead without support. For one left out its reason has it."""
    year = Sets(case).unaided_fids.get(story.id) if story.financed else None
    if year is None:
        return []
    return [tr("Without support it would go ahead in {year}: only what comes earlier is gained.", year=year)]


def _lost(words: Words, story: ProjectStory) -> list[str]:
    if not story.asked:
        return []
    if story.loss is None:
        return [
            tr("Without it no plan satisfies the rules.")
            if story.financed
            else tr("No plan that satisfies the rules includes it.")
        ]
    loss, swap = words.value(story.loss), words.swap(story.swap)
    line = (
        tr("Without it the best plan loses {loss}.", loss=loss)
        if story.financed
        else tr("Forcing it in loses {loss}.", loss=loss)
    )
    if story.loss.low < -1e-9 and story.loss.high <= 1e-9:
        gain = words.value(Span(low=-story.loss.high, high=-story.loss.low))
        line = tr("It is committed: without it the best plan would gain {gain}.", gain=gain)
    if not story.financed and story.loss.high <= 1e-9:
        line = tr("An equally good plan includes it: the tie-break left it out.")
    consequence = (
        tr("What takes its place: {swap}.", swap=swap)
        if story.financed
        else tr("What it displaces: {swap}.", swap=swap)
    )
    return [line, consequence]


# -- progress ------------------------------------------------------------------------------------------


def known_line(case: Case, explanation: Explanation, story: ProjectStory) -> str:
    """The results for one project so far, in one line."""
    words = Words(case, explanation.unit, NAMED)
    if story.financed:
        return f"{words.name(story.id)}, financed in {story.fid_year}: lost without it: {words.loss(story)}"
    reason = tr(reason_words.of_one(case, story.reason))
    return f"{words.name(story.id)}, {reason}: lost by forcing it in: {words.loss(story)}"


def known_table(case: Case, explanation: Explanation) -> RenderableType:
    """The results for every project so far, the widest interval first."""
    words = Words(case, explanation.unit, NAMED)
    stories = sorted(explanation.projects, key=lambda s: (s.asked, not s.financed, s.id))
    rows = tuple(
        (words.name(s.id), s.fid_year or tr(reason_words.of_one(case, s.reason)), s.verdict, words.loss(s))
        for s in stories
    )
    return terminal(
        Grid("Known", "", columns("project", "decided or reason", "kind", "lost without it, or with it"), rows)
    )


# -- tables ----------------------------------------------------------------------------------------------------------


def tables(case: Case, explanation: Explanation, *, exact: bool = False) -> list[Grid]:
    """Every table of the report; those of which there is nothing are left out. `exact`: with every interval as numbers,
    for files."""
    words = Words(case, explanation.unit) if exact else Words(case, explanation.unit, NAMED)
    makers = (financed, left_out, limits, budgets, overrides)
    results = [make(words, explanation) for make in makers]
    return [_with_numbers(*result, explanation.unit) if exact else result[0] for result in results if result[0].rows]


TableWithIntervals = tuple[Grid, Sequence[Span | None]]
"""A table, and the interval that each of its rows says in words."""


def _with_numbers(grid: Grid, spans: Sequence[Span | None], unit: str) -> Grid:
    """The table with two columns more: the ends of the intervals, in full."""
    times = 100.0 if unit == "points" else 1.0
    ends = ((None, None) if s is None else (times * s.low, times * s.high) for s in spans)
    heads = columns(("at least", "exact", unit), ("at most", "exact", unit))
    rows = tuple((*row, *end) for row, end in zip(grid.rows, ends, strict=True))
    return replace(grid, columns=(*grid.columns, *heads), rows=rows)


def financed(words: Words, explanation: Explanation) -> TableWithIntervals:
    """Financed projects, the dearest to lose first."""
    stories = _ordered(explanation, financed=True)
    rows = tuple(
        (words.name(s.id), s.fid_year, word(s.verdict), words.loss(s), words.swap(s.swap) if s.loss else "")
        for s in stories
    )
    heads = columns("project", ("decided", "year"), "kind", "lost without it", "what takes its place")
    return Grid("Financed", "Financed: what each project is worth", heads, rows), [s.loss for s in stories]


def left_out(words: Words, explanation: Explanation) -> TableWithIntervals:
    """Projects left out, the cheapest to force in first."""
    stories = _ordered(explanation, financed=False)
    rows = tuple(
        (
            words.name(s.id), tr(reason_words.of_one(words.case, s.reason)), word(s.verdict), words.loss(s), _least(words, s),
            words.swap(s.swap) if s.loss else "",
        )
        for s in stories
    )  # fmt: skip
    heads = columns("project", "reason", "kind", "lost by forcing it in", "change that lets it in", "displaces")
    return Grid("Left out", "Left out: what would change it", heads, rows), [s.loss for s in stories]


def _ordered(explanation: Explanation, *, financed: bool) -> list[ProjectStory]:
    def weight(s: ProjectStory) -> tuple[bool, float, str]:
        loss = s.loss.high if s.loss is not None else float("inf")
        return (not s.asked, -loss if financed else loss, s.id)

    return sorted((s for s in explanation.projects if s.financed is financed), key=weight)


def _least(words: Words, story: ProjectStory) -> str:
    """The changes, the smallest part of its present value first."""
    if story.asked and story.loss is not None and story.loss.high <= 1e-9:
        return tr("none: an equally good plan includes it")
    project = words.by_id[story.id]
    changes = sorted(story.changes, key=lambda c: c.change / max(abs(c.now or 0.0), 1e-9))
    return tr("; or ").join(words.change(c, project) for c in changes) or "-"


def limits(words: Words, explanation: Explanation) -> TableWithIntervals:
    """Rules and money that bind, the step worth most first."""
    ordered = sorted(explanation.limits, key=lambda x: (-x.worth.high, x.name))
    rows = tuple((words.step(x), words.value(x.worth), words.swap(x.swap) if x.worth.low > 0 else "") for x in ordered)
    heads = columns("a step more", "is worth", "what changes in the plan")
    title = tr("Rules and envelopes that may bind, and the value of one more step")
    return Grid("Limits", title, heads, rows), [x.worth for x in ordered]


def budgets(words: Words, explanation: Explanation) -> TableWithIntervals:
    """The best plans with other budgets."""
    here = next((set(b.projects) for b in explanation.budgets if b.part == 1.0), set())
    rows = tuple(
        (
            tr("{number} %", number=f"{100 * b.part:.0f}"),
            b.budget_m,
            tr("no plan") if b.value is None else words.value(b.value),
            len(b.projects),
            words.names(sorted(set(b.projects) - here)) or "-",
            "-" if b.value is None else words.names(sorted(here - set(b.projects))) or "-",
        )
        for b in explanation.budgets
    )
    unit = money_unit(words.case)
    heads = columns("money", ("total budget", "amount", unit), "value", ("financed", "whole"), "joins", "leaves")
    title = tr("The best plan with more or less of all the money")
    return Grid("Budgets", title, heads, rows), [b.value for b in explanation.budgets]


def overrides(words: Words, explanation: Explanation) -> TableWithIntervals:
    """The costs of the planner's own decisions."""
    rows: list[tuple[Any, ...]] = []
    spans: list[Span | None] = []
    for o in explanation.overrides.alone:
        moved = words.swap(o.swap) if o.cost and o.cost.low > 0 else ""
        rows.append((words.name(o.id), word(o.status), o.source, words.override(o), moved))
        spans.append(o.cost)
    if explanation.overrides.together is not None and len(rows) > 1:
        rows.append((tr("all together"), "", "", words.value(explanation.overrides.together), ""))
        spans.append(explanation.overrides.together)
    heads = columns("project", "decision", "made at", "costs", "what changes in the plan without it")
    return Grid("Overrides", "What the planner's own decisions cost", heads, tuple(rows)), spans


# -- the screen ------------------------------------------------------------------------------------------------------


def story(case: Case, explanation: Explanation, *, width: int, rows: int | None = None) -> list[RenderableType]:
    """The parts of the screen, top to bottom: of one project its sentences, of a plan its tables; of those as many rows
    as fit in `rows` lines, where None shows everything."""
    parts: list[RenderableType] = [Text(fold(line, width, "  "), "bold") for line in lead(case, explanation)]
    if is_of_one(explanation):
        return [
            *parts,
            "",
            *(Text(fold(x, width, "  ")) for x in sentences(case, explanation, explanation.projects[0])),
        ]
    grids = tables(case, explanation)
    most = max((len(grid.rows) for grid in grids), default=0)
    if rows is None:
        return [*parts, *_beginnings(grids, most)]
    narrow = _narrow(case, explanation)
    shapes = [(grids, most), *((grids, shown) for shown in SHOWN if FULL_ROWS <= shown < most)]
    shapes += [(narrow, most), *((narrow, shown) for shown in SHOWN if shown < most)]
    shapes += [(narrow[:n], 1) for n in range(len(narrow) - 1, 0, -1)]
    return fitted(([*parts, *_beginnings(*shape)] for shape in shapes), rows, width, _MORE)


def _narrow(case: Case, explanation: Explanation) -> list[Grid]:
    """The tables with ids for names and without what moves beside a project, so that a row takes one line."""
    words = _Ids(case, explanation.unit, NAMED)
    grids = [make(words, explanation)[0] for make in (financed, left_out, limits, budgets, overrides)]
    return [_without_last(grid) if grid.name in ("Financed", "Left out") else grid for grid in grids if grid.rows]


def _without_last(grid: Grid) -> Grid:
    """A table without its last columns: the last one, and others before it that say nothing of any project."""
    count = len(grid.columns) - 1
    while all(row[count - 1] in ("", "-") for row in grid.rows):
        count -= 1
    return replace(grid, columns=grid.columns[:count], rows=tuple(row[:count] for row in grid.rows))


class _Ids(Words):
    """Words in which a project is its id alone."""

    def name(self, project: str) -> str:
        """The id."""
        return project


def _beginnings(grids: Sequence[Grid], shown: int) -> list[RenderableType]:
    """The first rows of some tables, each below its title."""
    parts: list[RenderableType] = []
    for grid in grids:
        few = Grid(grid.name, grid.title, grid.columns, grid.rows[:shown])
        cut = f" (first {shown} of {len(grid.rows)})" if len(grid.rows) > shown else ""
        parts += ["", Text(f"{grid.title}{cut}", "bold"), terminal(few)]
    return parts
