"""Alternatives to a plan as sentences and tables."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from models.case import Case
from models.objective_units import objective_unit
from optimizer.analysis.alternatives import Alternative, Alternatives
from optimizer.reports.answers.explanation_sentences import Words
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.formatting import demand_name, fold, listed, number, sentence
from optimizer.reports.language import localized, spaced, tr, tr_c, tr_n
from optimizer.reports.masthead import titled
from optimizer.reports.report_table import Grid, Verbatim, capital, columns
from optimizer.reports.table_text import fitted, terminal
from optimizer.reports.tables.shared import money_unit

_MORE = "More (every portfolio, how often each project appears): --verbose, or --out FILE.html, .xlsx or .md."


def data(alternatives: Alternatives) -> dict[str, Any]:
    """The alternatives for programs: `mine2magnet.alternatives/1`."""
    return alternatives.model_dump(mode="json", by_alias=True)


def title(case: Case) -> str:
    """The title of the report."""
    return titled(case, "Other portfolios")


def lead(case: Case, alternatives: Alternatives) -> list[str]:
    """The number of alternatives, and their required distance from the best value."""
    words, near = Words(case, objective_unit(case.settings)), localized(f"{100 * alternatives.within:g}")
    count = len(alternatives.portfolios)
    if not count and not alternatives.complete:
        return [
            tr(
                "No other portfolio within {near} % of the best was found before it was stopped or time ended.",
                near=near,
            )
        ]
    best = words.value(alternatives.best)
    if not count:
        lines = [tr("No other portfolio comes within {near} % of the best, {best}.", near=near, best=best)]
    else:
        lines = [
            tr_n(
                "One markedly different portfolio comes within {near} % of the best, {best}. Each is audited.",
                "{n} markedly different portfolios come within {near} % of the best, {best}. Each is audited.",
                count, near=near, best=best,
            )
        ]  # fmt: skip
    if not alternatives.complete:
        lines.append(
            tr(
                "Not complete: it was stopped, or time ended. There may be more portfolios, or some that differ more; "
                "--time-limit allows more time."
            )
        )
    if alternatives.common_within:
        lines.append(
            tr_n(
                "Another portfolio may have one project less in common with each before it, on average.",
                "Another portfolio may have up to {n} projects less in common with each before it, on average.",
                alternatives.common_within,
            )
        )
    if alternatives.value_within >= 5e-4:
        lines.append(
            tr(
                "Of those with as few projects in common, each is within {near} % of the best.",
                near=localized(f"{100 * alternatives.value_within:.1f}"),
            )
        )
    return lines


def answer(case: Case, alternatives: Alternatives) -> AnswerReport:
    """The report for files."""
    lines = lead(case, alternatives)
    lines += [_paragraph(sentences(case, n, other)) for n, other in enumerate(alternatives.portfolios, 1)]
    return AnswerReport("Other", case, title(case), lines, tables(case, alternatives), data(alternatives))


def sentences(case: Case, number_: int, other: Alternative) -> list[str]:
    """One portfolio: how it differs, what it gains, what it gives up."""
    words = Words(case, objective_unit(case.settings))
    gains, gives = _changes(case, other)
    nothing = tr("nothing that is counted")
    return [
        tr(
            "{place}. {n} projects, {differs} different from the plan; {behind} behind the best.",
            place=number_, n=len(other.plan.projects), differs=other.differs, behind=words.value(other.behind),
        ),
        f"- {sentence(words.swap(other.swap))}",
        tr("- gains: {parts}", parts=listed(gains) or nothing),
        tr("- gives up: {parts}", parts=listed(gives) or nothing),
    ]  # fmt: skip


def _paragraph(lines: Sequence[str]) -> str:
    """The sentences of one portfolio behind one another."""
    first, swap, *changes = (capital(line.removeprefix("- ")) for line in lines)
    return spaced(first, swap, *map(sentence, changes))


def _changes(case: Case, other: Alternative) -> tuple[list[str], list[str]]:
    """Changes for better and for worse: coverage at milestones, budget cost."""
    points = sorted(other.coverage.items(), key=lambda pair: -abs(pair[1]))
    gains = [_of_demand(name, v) for name, v in points if v >= 5e-4]
    gives = [_of_demand(name, v) for name, v in points if v <= -5e-4]
    money = number(abs(other.cost_m))
    if other.cost_m <= -5e-3:
        gains.append(tr("{amount} {unit} of budget cost saved", amount=money, unit=money_unit(case)))
    elif other.cost_m >= 5e-3:
        gives.append(tr("{amount} {unit} of budget cost more", amount=money, unit=money_unit(case)))
    return gains, gives


def _of_demand(key: str, change: float) -> str:
    """A change of coverage, of a demand row and a year such as `separation ndpr 2030`."""
    row, _, year = key.rpartition(" ")
    stage, _, material = row.partition(" ")
    name = f"{demand_name(stage, material or None)} {year}"
    return tr("{name} {change} % of demand", name=name, change=localized(f"{100 * change:+z.1f}"))


def tables(case: Case, alternatives: Alternatives) -> list[Grid]:
    """The portfolios beside each other, and how often each project appears."""
    words = Words(case, objective_unit(case.settings))
    rows = tuple(
        (n, words.value(p.behind), len(p.plan.projects), p.differs, p.cost_m, words.swap(p.swap))
        for n, p in enumerate(alternatives.portfolios, 1)
    )
    heads = columns(
        ("no.", "whole"), "behind the best", ("projects", "whole"), ("different", "whole"),
        ("budget cost more, M", "number"), "against the plan",
    )  # fmt: skip
    count = len(alternatives.portfolios) + 1
    often = tuple((words.name(i), n, n / count) for i, n in alternatives.appears.items())
    appear = columns(
        "project",
        (tr("in how many of {count}", count=count), "whole"),
        (Verbatim(tr_c("a share", "part")), "share"),
    )
    return [
        Grid("Portfolios", "Other portfolios, each unlike those before", heads, rows, empty="None is near enough."),
        Grid("Projects", "How often each project appears, the plan counted too", appear, often),
    ]


def story(case: Case, alternatives: Alternatives, *, width: int, rows: int | None = None) -> list[RenderableType]:
    """The parts of the screen, top to bottom; in at most about `rows` lines, where None shows everything."""
    often, portfolios = tables(case, alternatives)[1], len(alternatives.portfolios)
    if rows is None:
        return _parts(case, alternatives, width, portfolios, often)
    shapes = [(portfolios, shown) for shown in (len(often.rows), *range(min(12, len(often.rows) - 1), -1, -1))]
    shapes += [(n, 0) for n in range(portfolios - 1, 0, -1)]
    return fitted(
        (_parts(case, alternatives, width, n, replace(often, rows=often.rows[:shown])) for n, shown in shapes),
        rows, width, _MORE,
    )  # fmt: skip


def _parts(case: Case, alternatives: Alternatives, width: int, portfolios: int, often: Grid) -> list[RenderableType]:
    """The first portfolios, and how often each project appears, where the table has rows."""
    parts: list[RenderableType] = [Text(fold(line, width, "  "), "bold") for line in lead(case, alternatives)]
    for n, other in enumerate(alternatives.portfolios[:portfolios], 1):
        parts += ["", *(Text(fold(line, width, "   ")) for line in sentences(case, n, other))]
    return [*parts, "", Text(often.title, "bold"), terminal(often)] if portfolios and often.rows else parts
