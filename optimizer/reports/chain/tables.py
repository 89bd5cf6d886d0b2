"""The chain in tables: built and delivered, processes with their feed, recipes."""

from models.case import Case
from models.milestones import middle, milestones
from models.plan import Plan
from optimizer.reports.additionality import has_unaided
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.numbers import by_stage, in_chain_order, links, nameplate, unfed
from optimizer.reports.chain.sankey_links import ribbons
from optimizer.reports.chain.sentences import change, hardest
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import number
from optimizer.reports.language import N_, tr
from optimizer.reports.report_table import Grid, Heading, capital, columns

RICHER = N_(
    "Nameplate counts what a plant is built for; delivered can be more where richer ore passes through, or recycling "
    "adds to it."
)
EXPLAINED = "Delivered: made from feed outside China along the chain. Nameplate: what plants are built for."
"""The two words of a chain, for a screen."""


def chain_tables(case: Case, plan: Plan) -> dict[str, Grid]:
    """The tables of the page's section; empty without a chain."""
    if not has_chain(plan):
        return {}
    return {
        "delivered": delivery_table(case, plan),
        "recipes": recipe_table(case, plan),
        "steps": step_table(case, plan),
        "bottlenecks": bottleneck_table(plan),
        "ribbons": ribbon_table(case, plan),
    }


def delivery_table(case: Case, plan: Plan) -> Grid:
    """One line per demand row: nameplate and deliveries at each milestone, and the gap at the last."""
    years = milestones(case, plan)
    rows = links(plan)
    at = {(row.stage, row.material, row.year): row for row in rows}
    shown = []
    for row in (r for r in rows if r.year == years[-1]):
        of_years = [at[row.stage, row.material, year] for year in years]
        cells = [cell for link in of_years for cell in (link.nameplate, change(link))]
        shown.append((capital(row.name), *cells, row.demand_t, row.gap_t))
    heads: list[Heading] = []
    for year in years:
        heads += [(tr("nameplate {year}", year=year), "share"), (tr("delivered {year}", year=year), "change")]
    heads += [
        (tr("demand {year}", year=years[-1]), "number", "t/yr"), (tr("missing {year}", year=years[-1]), "number", "t/yr"),
    ]  # fmt: skip
    title = tr("Share of demand outside China: nameplate and delivered")
    note = tr("Delivered without and with the plan. {richer}", richer=tr(RICHER))
    return Grid("delivered", title, columns("stage", *heads), tuple(shown), note)


def screen_table(case: Case, plan: Plan) -> Grid:
    """For a screen: delivered at each milestone, without and with the plan; nameplate and gap at the last."""
    years = milestones(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year in years]
    last = [row for row in rows if row.year == years[-1]]
    at = {(row.stage, row.material, row.year): row for row in rows}
    cells = tuple(
        (
            row.name,
            *(change(at[row.stage, row.material, year]) for year in years),
            row.nameplate,
            tr("{tonnes} t/yr", tonnes=number(row.gap_t)),
        )
        for row in last
    )
    met: list[Heading] = [(str(year), "change") for year in years]
    heads = columns(
        "delivered",
        *met,
        (tr("nameplate {year}", year=years[-1]), "share"),
        (tr("gap in {year}", year=years[-1]), "change"),
    )
    return Grid("delivered", "What is delivered", heads, cells)


def funnel_table(case: Case, plan: Plan, year: int) -> Grid:
    """The bars of the flow chart: one line per stage or material."""
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    cells = tuple(
        (
            capital(r.name),
            r.demand_t,
            r.nameplate_t,
            r.nameplate,
            r.delivered_t,
            r.delivered,
            r.gap_t,
        )
        for r in rows
    )
    heads = columns(
        "stage", ("demand", "number", "t/yr"), ("nameplate", "number", "t/yr"), ("nameplate share", "share"),
        ("delivered", "number", "t/yr"), ("delivered share", "share"), ("missing", "number", "t/yr"),
    )  # fmt: skip
    return Grid("flow", tr("Built and delivered in {year}", year=year), heads, cells, RICHER)


def process_table(case: Case, plan: Plan, year: int) -> Grid:
    """Every process with capacity in a year: what of it is fed from outside China."""
    rows = [row for row in in_chain_order(case, plan.processes) if row.year == year and nameplate(row) > 0]
    cells = tuple(
        (
            r.process, word(r.stage), r.existing_t, r.underway_t, r.financed_t,
            *(() if r.unaided_t is None else (r.unaided_t,)), nameplate(r), r.used_t,
            min(1.0, r.used_t / nameplate(r)), unfed(r),
        )
        for r in rows
    )  # fmt: skip
    unaided: list[Heading] = [("without support", "number", "t/yr")] if has_unaided(plan) else []
    heads = columns(
        "process", "stage", ("existing", "number", "t/yr"), ("underway", "number", "t/yr"),
        ("financed", "number", "t/yr"), *unaided, ("nameplate", "number", "t/yr"), ("fed", "number", "t/yr"), ("fed", "share"),
        ("on Chinese feed or idle", "number", "t/yr"),
    )  # fmt: skip
    note = tr("Of a mine, the last column is ore that no plant outside China takes.")
    return Grid("processes", tr("Processes in {year}: fed from outside China, or not", year=year), heads, cells, note)


def bottleneck_table(plan: Plan) -> Grid:
    """The material that holds each year back most: of the final product, and of the score."""
    shortages = plan.worth.shortages if plan.worth else ()
    rows = []
    for year in sorted({s.year for s in shortages}):
        short = [s for s in shortages if s.year == year]
        final, score = hardest(short), max(short, key=lambda s: s.delivered_gain)
        rows.append((year, final.material, final.magnets_gain_t, score.material, 100 * score.delivered_gain))
    heads = columns(
        ("year", "year"), "for the final product", ("more of it", "number", "t"), "for the score",
        ("more delivered, points of that year's score", "exact"),
    )  # fmt: skip
    note = tr("With all of that material that plants could take, everything else as planned.")
    return Grid("bottlenecks", "The bottleneck material of each year", heads, tuple(rows), note, "No feed holds back.")


def ribbon_table(case: Case, plan: Plan) -> Grid:
    """Flows at the middle milestone: the ribbons of the flow chart."""
    year = middle(case, plan)
    rows = [row for row in by_stage(case, links(plan)) if row.year == year]
    cells = tuple(
        (
            capital(rows[r.source].name),
            capital(rows[r.target].name),
            r.used_t,
            r.made_t,
        )
        for r in ribbons(case, plan, rows, year)
    )
    heads = columns("from", "to", ("goes in", "number", "t/yr"), ("comes out", "number", "t/yr"))
    note = tr(
        "A product is put down to the input of which most is taken; of several products each has its weight's part."
    )
    return Grid("ribbons", tr("What feeds what in {year}", year=year), heads, cells, note, "Nothing flows.")


def step_table(case: Case, plan: Plan) -> Grid:
    """The additional deliveries from a step of each process, by year."""
    steps = plan.worth.steps if plan.worth else ()
    years = set(milestones(case, plan))
    shown = [s for s in steps if s.year in years]
    rows = tuple((s.process, word(s.stage), s.year, s.step_t, 100 * s.delivered_gain, s.magnets_gain_t) for s in shown)
    heads = columns(
        "process", "stage", ("year", "year"), ("more capacity", "number", "t/yr"),
        ("more delivered, points of that year's score", "exact"), ("more of the final product", "number", "t"),
    )  # fmt: skip
    note = tr("A hundredth of the stage's capacity more of one process alone, all else as planned.")
    return Grid("steps", "What more capacity would deliver", heads, rows, note, "Not worked out.")


def recipe_table(case: Case, plan: Plan) -> Grid:
    """Runs of each recipe at the milestones."""
    years = milestones(case, plan)
    run = {(r.process, r.recipe, r.year): r.run_t for r in plan.runs}
    names = dict.fromkeys((r.process, r.recipe) for r in plan.runs if r.run_t > 0)
    rows = tuple((g, r or "", *(run[g, r, year] for year in years)) for g, r in names)
    heads = columns("process", ("recipe", "id"), *((str(year), "number", "t/yr") for year in years))
    return Grid("recipes", "What runs by which recipe", heads, rows, "", "Nothing runs.")
