"""The capacity gap in sentences."""

from collections.abc import Iterable, Sequence

from models.gaps import Closing, GapRow, Gaps, Maker, OpenGap
from models.gaps.today import CHINA
from models.headline import headline_rows
from models.sets import DemandKey
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.formatting import (
    clauses,
    country_name,
    demand_name,
    listed,
    money,
    number,
    percent,
    sentence,
    share,
)
from optimizer.reports.language import localized, tr, tr_n
from optimizer.reports.report_table import capital


def name(key: DemandKey) -> str:
    """A demand row for people."""
    return demand_name(key.stage, key.material)


def sentences(gaps: Gaps, dropped: Sequence[str] = ()) -> list[str]:
    """The report in a few lines: what is met, China's share, who makes it today, what would close the rest.

    `dropped`: `existing` leaves out who makes it today, `differences` where a source prints another share.
    """
    year = gaps.milestones[len(gaps.milestones) // 2]
    return [
        *met(gaps, year),
        *delivered(gaps, year),
        *in_scenarios(gaps),
        *china(gaps),
        *([] if "existing" in dropped else behind_existing(gaps)),
        *closing_lines(gaps),
        *([] if "differences" in dropped else differences(gaps)),
    ]


def met(gaps: Gaps, year: int) -> list[str]:
    """Share of demand met in a year, without and with the plan, for each stage's own product."""
    rows = [row for row in headline_rows(gaps.rows) if row.year == year]
    if not any(row.demand_t > 0 for row in rows):
        words = listed(tr("{name} {amount} t/yr", name=name(row.key), amount=number(row.capacity_t)) for row in rows)
        return [
            tr(
                "{year}, capacity outside China: {words}. There is no demand, so nothing is missing.",
                year=year,
                words=words,
            )
        ]
    changes = listed(tr("{name} {change}", name=name(row.key), change=change(row, gaps.with_plan)) for row in rows)
    if gaps.with_plan:
        return [sentence(tr("{year}, share of demand outside China met: {changes}", year=year, changes=changes))]
    text = tr("{year}, share of demand outside China met as things stand: {changes}", year=year, changes=changes)
    return [sentence(text)]


def delivered(gaps: Gaps, year: int) -> list[str]:
    """Nameplate beside delivered, of a plan with a chain."""
    rows = [
        row for row in headline_rows(gaps.rows) if row.year == year and row.delivered is not None and row.demand_t > 0
    ]
    words = listed(
        tr(
            "{name} nameplate {nameplate}, delivered {delivered}",
            name=name(row.key), nameplate=share(row.coverage), delivered=share(row.delivered or 0.0),
        )
        for row in rows
    )  # fmt: skip
    return [tr("{year}, of the demand outside China: {words}.", year=year, words=words)] if rows else []


def in_scenarios(gaps: Gaps) -> list[str]:
    """Coverage of each demand in the worst and best scenario of a plan under risk, a line for the last milestone."""
    last, words = gaps.milestones[-1], []
    for row in headline_rows(gaps.rows):
        coverages = [(r.coverage, s.scenario) for s in gaps.scenarios if (r := s.at(row.stage, row.material, last))]
        if row.year == last and row.demand_t > 0 and coverages:
            (least, where), (most, _) = min(coverages), max(coverages)
            between = _between(share(least), scenario_name(where), share(most))
            words.append(tr("{name} {change}", name=name(row.key), change=between))
    if not words:
        return []
    return [tr("{year}, share met over the scenarios of the plan: {words}.", year=last, words=listed(words))]


def _between(least: str, where: str, most: str) -> str:
    """`33 % (war) to 56 %`, or `56 % in all` where no scenario makes a difference that is shown."""
    if least == most:
        return tr("{share} in all", share=least)
    return tr("{least} ({where}) to {most}", least=least, where=where, most=most)


def change(row: GapRow, with_plan: bool) -> str:
    """`48 -> 71 %`, or `48 %` without a plan."""
    if not with_plan:
        return share(row.coverage)
    return tr("{before} -> {after} %", before=percent(row.coverage_without_plan), after=percent(row.coverage))


def products(rows: Iterable[GapRow]) -> list[GapRow]:
    """Rows of each stage's own product, of which sources print who makes it; of its materials where it has no row."""
    given = list(rows)
    own_product = {row.stage for row in given if row.material is None}
    return [row for row in given if row.material is None or row.stage not in own_product]


def china(gaps: Gaps) -> list[str]:
    """China's share of existing capacity, computed from tonnes, beside what its source prints; of a stage that lists no
    Chinese rows it says so."""
    printed = {maker.key: maker.printed for maker in gaps.makers if maker.country == CHINA}
    first = {row.key: row for row in reversed(gaps.rows)}
    keys = [row.key for row in products(r for r in gaps.rows if r.year == gaps.rows[0].year)]
    words = [_share(key, part, printed.get(key)) for key in keys if (part := first[key].china_share) is not None]
    years = sorted({maker.year for maker in gaps.makers if maker.key in keys})
    if not words:
        return []
    if not years:
        return [tr("China's share today, from the tonnes of existing capacity: {words}.", words=listed(words))]
    return [
        tr(
            "China's share today, from the tonnes of existing capacity ({years}): {words}.",
            years=listed(map(str, years)),
            words=listed(words),
        )
    ]


def china_share(gaps: Gaps, row: GapRow) -> float | None:
    """China's share of existing capacity as tables show it; None where no row of China is given, so that it is not known."""
    listed_rows = any(maker.country == CHINA and maker.key == row.key for maker in gaps.makers)
    return row.china_share if listed_rows else None


def _share(key: DemandKey, part: float, printed: tuple[str, ...] | None) -> str:
    if printed is None:
        return tr("{name} not known, no row of China is given", name=name(key))
    if not printed:
        return tr("{name} {number} %", name=name(key), number=percent(part))
    return tr(
        "{name} {number} % (its source prints {printed})",
        name=name(key), number=percent(part), printed="; ".join(printed),
    )  # fmt: skip


def differences(gaps: Gaps) -> list[str]:
    """Sources that print a share of the world that differs from their tonnes."""
    return [
        tr(
            '{name}, {country}: the source prints "{printed}", the tonnes give {number} %; the computed share is used.',
            name=capital(name(maker.key)),
            country=country_name(maker.country),
            printed="; ".join(maker.differs),
            number=localized(f"{100 * maker.share:.1f}"),
        )
        for maker in gaps.makers
        if maker.differs and maker.share is not None
    ]


def behind_existing(gaps: Gaps) -> list[str]:
    """Countries behind the existing capacity of each stage's own product, and those that do not count."""
    shown = {row.key for row in products(gaps.rows)}
    lines = []
    for key in dict.fromkeys(maker.key for maker in gaps.makers if maker.key in shown):
        of = [maker for maker in gaps.makers if maker.key == key and maker.tonnes > 0]
        if not of:
            continue
        counted, others = [m for m in of if m.counts], [m for m in of if not m.counts]
        words = tr(
            "Existing {name} outside China in {year}, t/yr: {countries}",
            name=name(key), year=of[0].year, countries=_tonnes(counted, free=True) or tr("none"),
        )  # fmt: skip
        left = tr("not counted: {countries}", countries=_tonnes(others, free=False)) if others else ""
        lines.append(sentence(clauses((words, left))))
    return lines


def _tonnes(makers: list[Maker], *, free: bool) -> str:
    return listed(
        tr("{name} {amount}", name=country_name(m.country), amount=number(m.free_t if free else m.tonnes))
        for m in makers
    )


def closing_lines(gaps: Gaps) -> list[str]:
    """Projects that would close each gap of the last milestone, one line per demand row of the headline."""
    shown = {row.key for row in headline_rows(gaps.rows)}
    return [
        tr(
            "{name}, {gap} t/yr missing in {year}: {closed_by}.",
            name=capital(name(gap.key)),
            gap=number(gap.gap_t),
            year=gap.year,
            closed_by=closed_by(gap, gaps.with_plan),
        )
        for gap in gaps.open
        if gap.key in shown
    ]


def closed_by(gap: OpenGap, with_plan: bool) -> str:
    """Candidates that would close a gap, with their public support; with a plan, only those that it leaves out.

    The cheapest per tonne come first; what they require besides is not in the sum.
    """
    if not gap.closers:
        if with_plan:
            return tr("no candidate left out delivers it by then")
        return tr("no candidate delivers it by then")
    if gap.enough is None:
        every = gap.closers[-1]
        return tr(
            "{candidates} would bring {amount} t/yr for {money} of public support and leave {rest} t/yr open",
            candidates=_all(len(gap.closers), with_plan), amount=number(every.so_far_t), money=money(every.so_far_m),
            rest=number(gap.still_t),
        )  # fmt: skip
    last = gap.closers[gap.enough - 1]
    return tr(
        "{candidates} would close it for {money} of public support",
        candidates=_cheapest(gap.enough, with_plan), money=money(last.so_far_m),
    )  # fmt: skip


def _all(n: int, with_plan: bool) -> str:
    if with_plan:
        return tr_n("the one candidate left out", "the {n} candidates left out", n)
    return tr_n("the one candidate", "the {n} candidates", n)


def _cheapest(n: int, with_plan: bool) -> str:
    if with_plan:
        return tr_n("the cheapest candidate left out", "the {n} cheapest candidates left out", n)
    return tr_n("the cheapest candidate", "the {n} cheapest candidates", n)


def closes(closing: Closing, last_year: int) -> str:
    """When a gap closes, in a table cell."""
    if not closing.demanded:
        return tr("nothing demanded")
    if closing.closes is None:
        return tr("not by {year}", year=last_year)
    if closing.reopens:
        return tr("{year}, open again from {again}", year=closing.closes, again=closing.reopens)
    return str(closing.closes)
