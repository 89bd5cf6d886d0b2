"""The capacity gap in sentences."""

from collections.abc import Iterable

from models.countries import english
from models.gaps import Closing, GapRow, Gaps, Maker, OpenGap
from models.gaps.today import CHINA
from models.headline import headline_rows
from models.sets import DemandKey
from optimizer.reports.formatting import demand_name, money, number, percent
from optimizer.reports.report_table import capital


def name(key: DemandKey) -> str:
    """A demand row for people."""
    return demand_name(key.stage, key.material)


def sentences(gaps: Gaps) -> list[str]:
    """The report in a few lines: what is met, China's share, who makes it today, what would close the rest."""
    year = gaps.milestones[len(gaps.milestones) // 2]
    return [
        *met(gaps, year),
        *delivered(gaps, year),
        *in_scenarios(gaps),
        *china(gaps),
        *behind_existing(gaps),
        *closing_lines(gaps),
        *differences(gaps),
    ]


def met(gaps: Gaps, year: int) -> list[str]:
    """Share of demand met in a year, without and with the plan, for each stage's own product."""
    rows = [row for row in headline_rows(gaps.rows) if row.year == year]
    if not any(row.demand_t > 0 for row in rows):
        words = ", ".join(f"{name(row.key)} {number(row.capacity_t)} t/yr" for row in rows)
        return [f"{year}, capacity outside China: {words}. Nothing is demanded, so nothing is missing."]
    what = "share of demand outside China met" + ("" if gaps.with_plan else " as things stand")
    return [f"{year}, {what}: " + ", ".join(f"{name(row.key)} {change(row, gaps.with_plan)}" for row in rows) + "."]


def delivered(gaps: Gaps, year: int) -> list[str]:
    """Nameplate beside delivered, of a plan with a chain."""
    rows = [
        row for row in headline_rows(gaps.rows) if row.year == year and row.delivered is not None and row.demand_t > 0
    ]
    words = ", ".join(
        f"{name(row.key)} nameplate {percent(row.coverage)} %, delivered {percent(row.delivered or 0.0)} %"
        for row in rows
    )
    return [f"{year}, of the demand outside China: {words}."] if rows else []


def in_scenarios(gaps: Gaps) -> list[str]:
    """What a plan under risk meets of each demand in its worst and best scenario, a line for the last milestone."""
    last, words = gaps.milestones[-1], []
    for row in headline_rows(gaps.rows):
        found = [(r.coverage, s.scenario) for s in gaps.scenarios if (r := s.at(row.stage, row.material, last))]
        if row.year == last and row.demand_t > 0 and found:
            (least, where), (most, _) = min(found), max(found)
            words.append(f"{name(row.key)} {_between(percent(least), where, percent(most))}")
    return [f"{last}, share met over the scenarios of the plan: {', '.join(words)}."] if words else []


def _between(least: str, where: str, most: str) -> str:
    """`33 % (war) to 56 %`, or `56 % in all` where no scenario makes a difference that is shown."""
    return f"{least} % in all" if least == most else f"{least} % ({where}) to {most} %"


def change(row: GapRow, with_plan: bool) -> str:
    """`48 -> 71 %`, or `48 %` without a plan."""
    before = f"{percent(row.coverage_without_plan)} -> " if with_plan else ""
    return f"{before}{percent(row.coverage)} %"


def products(rows: Iterable[GapRow]) -> list[GapRow]:
    """Rows of each stage's own product, of which sources print who makes it; of its materials where it has no row."""
    given = list(rows)
    own = {row.stage for row in given if row.material is None}
    return [row for row in given if row.material is None or row.stage not in own]


def china(gaps: Gaps) -> list[str]:
    """China's share of existing capacity, computed from tonnes, beside what its source prints; of a stage that lists no
    Chinese rows it says so."""
    printed = {maker.key: maker.printed for maker in gaps.makers if maker.country == CHINA}
    first = {row.key: row for row in reversed(gaps.rows)}
    keys = [row.key for row in products(r for r in gaps.rows if r.year == gaps.rows[0].year)]
    words = [_share(key, share, printed.get(key)) for key in keys if (share := first[key].china_share) is not None]
    years = sorted({maker.year for maker in gaps.makers if maker.key in keys})
    when = f" ({', '.join(map(str, years))})" if years else ""
    return [f"China's share today, from the tonnes of existing capacity{when}: {', '.join(words)}."] if words else []


def _share(key: DemandKey, share: float, printed: tuple[str, ...] | None) -> str:
    if printed is None:
        return f"{name(key)} not known, no row of China is given"
    says = f" (its source prints {'; '.join(printed)})" if printed else ""
    return f"{name(key)} {percent(share)} %{says}"


def differences(gaps: Gaps) -> list[str]:
    """Where a source prints another share of the world than its tonnes give."""
    return [
        f'{capital(name(maker.key))}, {english(maker.country)}: the source prints "{"; ".join(maker.differs)}", '
        f"the tonnes give {100 * maker.share:.1f} %; the computed share is used."
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
        words = f"Existing {name(key)} outside China in {of[0].year}, t/yr: {_tonnes(counted, free=True) or 'none'}"
        lines.append(f"{words}; not counted: {_tonnes(others, free=False)}." if others else f"{words}.")
    return lines


def _tonnes(makers: list[Maker], *, free: bool) -> str:
    return ", ".join(f"{english(m.country)} {number(m.free_t if free else m.tonnes)}" for m in makers)


def closing_lines(gaps: Gaps) -> list[str]:
    """What would close each gap of the last milestone, a line a demand row of the headline."""
    shown = {row.key for row in headline_rows(gaps.rows)}
    return [
        f"{capital(name(gap.key))}, {number(gap.gap_t)} t/yr missing in {gap.year}: {closed_by(gap, gaps.with_plan)}."
        for gap in gaps.open
        if gap.key in shown
    ]


def closed_by(gap: OpenGap, with_plan: bool) -> str:
    """Which candidates would close a gap, and at what public support; with a plan those that it leaves out.

    The cheapest per tonne come first; what they require besides is not in the sum.
    """
    which = " left out" if with_plan else ""
    if not gap.closers:
        return f"no candidate{which} delivers it by then"
    if gap.enough is None:
        every = gap.closers[-1]
        many = f"all {len(gap.closers)} candidates{which}" if len(gap.closers) > 1 else f"the one candidate{which}"
        return (
            f"{many} would bring {number(every.so_far_t)} t/yr for {money(every.so_far_m)} of public support and "
            f"leave {number(gap.still_t)} t/yr open"
        )
    last = gap.closers[gap.enough - 1]
    many = f"the {gap.enough} cheapest candidates" if gap.enough > 1 else "the cheapest candidate"
    return f"{many}{which} would close it for {money(last.so_far_m)} of public support"


def closes(closing: Closing, last_year: int) -> str:
    """When a gap closes, in a table cell."""
    if not closing.demanded:
        return "nothing demanded"
    if closing.closes is None:
        return f"not by {last_year}"
    return f"{closing.closes}, open again from {closing.reopens}" if closing.reopens else str(closing.closes)
