"""The capacity gap in tables: what is met, who makes it, what a plan adds, what would close the rest."""

from models.case import Case
from models.gaps import Gaps, ScenarioGaps
from models.sets import DemandKey
from optimizer.reports import reason_words
from optimizer.reports.closed_words import scenario_name, word
from optimizer.reports.formatting import country_name, listed, project_names
from optimizer.reports.gaps.sentences import change, china_share, closes, differences, name
from optimizer.reports.language import spaced, tr
from optimizer.reports.report_table import Grid, Heading, Verbatim, columns
from optimizer.reports.tables.shared import money_unit


def tables(case: Case, gaps: Gaps) -> list[Grid]:
    """Every table of the report, in reading order."""
    planned = [added_table(case, gaps)] if gaps.with_plan else []
    delivered = [delivered_table(gaps)] if gaps.has_chain else []
    return [
        milestone_table(gaps),
        *([scenario_table(gaps)] if gaps.scenarios else []),
        *delivered,
        today_table(gaps),
        country_table(gaps),
        *planned,
        open_table(case, gaps),
        closer_table(case, gaps),
        year_table(gaps),
    ]


def milestone_table(gaps: Gaps) -> Grid:
    """One line per demand row: China's share, coverage at the milestones, and the gap at the last."""
    last, end = gaps.milestones[-1], gaps.rows[-1].year
    at = {(row.key, row.year): row for row in gaps.rows}
    shown = [
        (
            name(c.key),
            china_share(gaps, at[c.key, last]),
            *(
                change(at[c.key, year], gaps.with_plan) if at[c.key, year].demand_t > 0 else "–"
                for year in gaps.milestones
            ),
            at[c.key, last].demand_t,
            at[c.key, last].gap_t,
            closes(c, end),
        )
        for c in gaps.closings
    ]
    note = tr("Demand outside China that capacity outside China meets; as things stand.")
    if gaps.with_plan:
        note = tr("Demand outside China that capacity outside China meets; without and with the plan.")
    return Grid(
        "Milestones",
        "What is met and what is missing",
        columns(
            "stage",
            ("China's share today", "share"),
            *((tr("met {year}", year=year), "change") for year in gaps.milestones),
            (tr("demand {year}", year=last), "number", "t/yr"),
            (tr("missing {year}", year=last), "number", "t/yr"),
            "first year without a gap",
        ),
        tuple(shown),
        note,
    )


def scenario_table(gaps: Gaps) -> Grid:
    """One line per demand row: what a plan under risk meets at the last milestone as planned, and in each scenario."""
    last = gaps.milestones[-1]
    rows = [row for row in gaps.rows if row.year == last and row.demand_t > 0]
    shown = [(name(r.key), r.coverage, *(_met(s, r.key, last) for s in gaps.scenarios)) for r in rows]
    heads: list[Heading] = [
        ("nameplate as planned", "share"),
        *((Verbatim(scenario_name(s.scenario)), "share") for s in gaps.scenarios),
    ]
    return Grid(
        "Scenarios",
        tr("What the plan meets in {year}, scenario by scenario", year=last),
        columns("stage", *heads),
        tuple(shown),
        "Every other table is the plan as planned. Scenarios count what a chain delivers where the objective counts that.",
    )


def _met(scenario: ScenarioGaps, key: DemandKey, year: int) -> float | None:
    row = scenario.at(key.stage, key.material, year)
    return None if row is None else row.coverage


def delivered_table(gaps: Gaps) -> Grid:
    """One line per demand row: nameplate and delivered at the milestones, of a plan with a chain."""
    at = {(row.key, row.year): row for row in gaps.rows}
    shown = []
    for c in gaps.closings:
        rows = [at[c.key, year] for year in gaps.milestones]
        missing = rows[-1].demand_t - (rows[-1].delivered_t or 0.0)
        shown.append((name(c.key), *(share for r in rows for share in (r.coverage, r.delivered)), missing))
    heads: list[Heading] = [
        heading
        for year in gaps.milestones
        for heading in ((tr("nameplate {year}", year=year), "share"), (tr("delivered {year}", year=year), "share"))
    ]
    note = tr("Delivered: with feed from outside China. The rest of the nameplate runs on Chinese feed or stands idle.")
    return Grid(
        "Delivered",
        "What is built and what is delivered",
        columns("stage", *heads, (tr("not delivered {year}", year=gaps.milestones[-1]), "number", "t/yr")),
        tuple(shown),
        note,
    )


def today_table(gaps: Gaps) -> Grid:
    """Producers today, including China and other countries that do not count."""
    rows = tuple(
        (
            name(m.key),
            m.year,
            country_name(m.country),
            m.tonnes,
            m.share,
            tr("yes") if m.counts else tr("no"),
            m.free_t,
            "; ".join(m.printed),
            listed(map(word, m.confidence)),
            "; ".join(m.sources),
        )
        for m in gaps.makers
    )
    return Grid(
        "Today",
        "Who makes it today",
        columns(
            "stage",
            ("year", "year"),
            "country",
            ("capacity", "number", "t/yr"),
            ("share, from tonnes", "part"),
            "counts as outside China",
            ("free for demand outside China", "number", "t/yr"),
            "share as printed by the source",
            "confidence",
            "source and note",
        ),
        rows,
        spaced(tr("Shares are computed from the tonnes."), *differences(gaps)),
        "The workbook lists no existing capacity.",
    )


def country_table(gaps: Gaps) -> Grid:
    """Capacity outside China by country at the milestones."""
    rows = tuple(
        (
            name(c.key), c.year, country_name(c.country), c.existing_t, c.underway_t, c.financed_t,
            *((c.unaided_t,) if gaps.has_unaided else ()), c.capacity_t,
        )
        for c in gaps.countries
    )  # fmt: skip
    return Grid(
        "Countries",
        "Capacity outside China by country",
        columns(
            "stage",
            ("year", "year"),
            "country",
            ("existing", "number", "t/yr"),
            ("underway", "number", "t/yr"),
            ("financed by the plan", "number", "t/yr"),
            *unaided_heads(gaps),
            ("together", "number", "t/yr"),
        ),
        rows,
        "At the milestones, where there is any.",
    )


def unaided_heads(gaps: Gaps) -> tuple[Heading, ...]:
    """The column of what goes ahead without support, where anything does."""
    return (("without support", "number", "t/yr"),) if gaps.has_unaided else ()


def added_table(case: Case, gaps: Gaps) -> Grid:
    """The capacity that each financed project adds."""
    names = project_names(case)
    rows = tuple(
        (
            name(a.key), names[a.id], a.id, a.fid_year, a.first_output, a.tonnes,
            *((a.anyway_t,) if gaps.has_unaided else ()), a.public_m,
        )
        for a in gaps.additions
    )  # fmt: skip
    anyway: tuple[Heading, ...] = (("of it without support", "number", "t/yr"),) if gaps.has_unaided else ()
    year = gaps.milestones[-1]
    return Grid(
        "Added",
        "What the plan adds",
        columns(
            "stage",
            "project",
            ("id", "id"),
            ("decision", "year"),
            ("first output", "year"),
            (tr("in {year}", year=year), "number", "t/yr"),
            *anyway,
            ("support", "number", money_unit(case)),
        ),
        rows,
        "Support is that of the whole project, public and contingent.",
        "The plan finances nothing that delivers by then.",
    )


def open_table(case: Case, gaps: Gaps) -> Grid:
    """Gaps that remain at the last milestone, and whether the projects left out could close them."""
    rows = tuple(
        (
            name(g.key),
            g.year,
            g.demand_t,
            g.gap_t,
            len(g.closers),
            g.enough,
            g.closers[(g.enough or len(g.closers)) - 1].so_far_m if g.closers else None,
            g.still_t,
            g.barred,
        )
        for g in gaps.open
    )
    return Grid(
        "Open",
        "What stays open",
        columns(
            "stage",
            ("year", "year"),
            ("demand", "number", "t/yr"),
            ("missing", "number", "t/yr"),
            ("candidates left out", "whole"),
            ("needed to close it", "whole"),
            ("their public support", "number", money_unit(case)),
            ("open with all of them", "number", "t/yr"),
            ("barred besides", "whole"),
        ),
        rows,
        "The cheapest per tonne are taken first; what they require besides is not in the sum. Where all of them fall "
        "short, the support is that of all of them.",
        "Nothing is missing at the last milestone.",
    )


def closer_table(case: Case, gaps: Gaps, most: int | None = None) -> Grid:
    """The projects left out that would close each gap, the cheapest per tonne first."""
    names = project_names(case)
    rows = tuple(
        (
            name(g.key),
            names[c.id],
            c.id,
            c.tonnes,
            c.so_far_t,
            c.need_m,
            c.so_far_m,
            c.least_cost_m,
            ", ".join(c.also_needs),
            tr(reason_words.of_one(case, c.reason)),
        )
        for g in gaps.open
        for c in g.closers[:most]
    )
    return Grid(
        "Closers",
        "Candidates left out that would close it",
        columns(
            "stage",
            "project",
            ("id", "id"),
            (tr("in {year}", year=gaps.milestones[-1]), "number", "t/yr"),
            ("with those above", "number", "t/yr"),
            ("public support", "number", money_unit(case)),
            ("with those above", "number", money_unit(case)),
            ("budget cost at least", "number", money_unit(case)),
            "also needs",
            "left out because",
        ),
        rows,
        "Each decided at its best time, cheapest per tonne first. A plan weighs them against every rule and budget.",
        "No project left out could close a gap.",
    )


def year_table(gaps: Gaps) -> Grid:
    """Every demand row in every year."""
    shares = {row.key: china_share(gaps, row) for row in gaps.rows}
    rows = tuple(
        (
            word(r.stage),
            r.material or "",
            r.year,
            r.demand_t,
            r.existing_t,
            r.underway_t,
            r.financed_t,
            *((r.unaided_t,) if gaps.has_unaided else ()),
            r.covered_t,
            r.gap_t,
            r.coverage,
            shares[r.key],
            *((r.delivered_t, r.delivered) if gaps.has_chain else ()),
        )
        for r in gaps.rows
    )
    delivered: list[Heading] = [("delivered", "number", "t/yr"), ("delivered", "share")]
    return Grid(
        "Years",
        "Every year",
        columns(
            "stage",
            "material",
            ("year", "year"),
            ("demand outside China", "number", "t/yr"),
            ("existing", "number", "t/yr"),
            ("underway", "number", "t/yr"),
            ("financed", "number", "t/yr"),
            *unaided_heads(gaps),
            ("covered", "number", "t/yr"),
            ("gap", "number", "t/yr"),
            ("coverage", "share"),
            ("China's share today", "share"),
            *(delivered if gaps.has_chain else ()),
        ),
        rows,
        "Gap: missing tonnes a year. An empty material is the stage's own product.",
    )
