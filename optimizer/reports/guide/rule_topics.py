"""Topics of the rules: each aggregate with an example calculated by hand, which a test repeats with the auditor."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.case import Case
from models.measures import normal_form
from models.rule_words import asks
from models.schema import AGGREGATES, Project, Rule, Settings, Where
from optimizer.reports.guide.topic import Topic

CHAPTER = "Rules"
AUSTRALIA = Where(projects=(("country", (normal_form("AU"),)),))
"""`country=AU`, parsed."""


@dataclass(frozen=True)
class RuleExample:
    """A row of the rules sheet and what it comes to in the example."""

    meaning: str
    row: Rule
    working: str
    value: float | None
    """Attained value if both projects are financed; None if there is no single number."""


def projects() -> tuple[Project, ...]:
    """The two projects of the examples, both financed."""
    common = {"row": 0, "private_share": 0.5, "build_years": 1, "status": "committed"}
    return (
        Project(**common, id="ridge", country="AU", stage="mine", capacity_tpa=400, capex_m=300, esg_e=80, esg_s=80, esg_g=80),
        Project(**common, id="mill", country="US", stage="separation", capacity_tpa=200, capex_m=100, esg_e=50, esg_s=50, esg_g=50),
    )  # fmt: skip


def example_case() -> Case:
    """The example as a case: money for both projects."""
    settings = Settings(
        first_year=2026, last_year=2030, last_fid_year=2026, objective="capacity", objective_year=2030,
        price_year=2026, total_budget_m=200.0,
    )  # fmt: skip
    return Case(
        name="rules",
        settings=settings,
        projects=projects(),
        rules=tuple(e.row for e in EXAMPLES.values()),
        provenance={"total_budget_m": "settings"},
    )


EXAMPLES: dict[str, RuleExample] = {
    "each": RuleExample(
        "Every project by itself must meet the limit. One that does not, or whose cell is empty, is barred before anything "
        "is decided. For numbers of a project's own row only.",
        Rule(row=0, rule="governance floor", measure="esg_g", aggregate="each", sense=">=", value=45),
        "ridge has 80 and mill 50: both may be financed. A project with 40, or without a score, would be barred.",
        None,
    ),
    "sum": RuleExample(
        "The measure added up over the financed projects that `where` picks. Over nothing it is 0.",
        Rule(row=0, rule="Australian capital", measure="capex", aggregate="sum", where="country=AU", picks=AUSTRALIA, sense="<=", value=400),
        "Only ridge is in Australia: 300, and 400 are allowed.",
        300.0,
    ),
    "average": RuleExample(
        "The mean of a number of the projects, each counted by `weight`: the capital cost unless named. Over nothing it holds.",
        Rule(row=0, rule="ESG", measure="esg", aggregate="average", sense=">=", value=60),
        "(300 x 80 + 100 x 50) / (300 + 100) = 72.5, and 60 are asked.",
        72.5,
    ),
    "share": RuleExample(
        "The measure of the projects that `where` picks, as a part of the measure of all financed projects.",
        Rule(row=0, rule="Australia's share", measure="public", aggregate="share", sense="<=", value=0.8,
             where="country=AU", picks=AUSTRALIA),
        "Public money is 150 for ridge and 50 for mill: 150 / 200 = 0.75, and 0.8 is allowed. A cap of 55 % would be the value 0.55.",
        0.75,
    ),
    "ratio": RuleExample(
        "One measure divided by another, `per`: leverage, emissions per tonne.",
        Rule(row=0, rule="leverage", measure="private", aggregate="ratio", per="public", sense=">=", value=0.9),
        "Private money is 150 + 50 = 200, public money 200: 200 / 200 = 1, and 0.9 is asked.",
        1.0,
    ),
}  # fmt: skip
"""Aggregate -> its example."""

MEASURES = {
    "capex": "capital cost, millions",
    "count": "1 for each project",
    "esg": "mean of esg_e, esg_s and esg_g, weighted by the setting esg_weights",
    "any numeric column": "a number of the row: `dy_tb_t`, `ghg_t`, a column of your own",
    "capacity": "tonnes that the plan finances, delivered in `year` (last_year where empty)",
    "capacity_total": "the same with existing and underway capacity; of one stage",
    "award": "face value of awards",
    "public_cost": "budget cost of awards",
    "public": "public money: secured, grants, loans, equity",
    "contingent": "guarantees and offtake",
    "support": "public and contingent together",
    "private": "capital cost less public money",
    "unaided": "private money at its own risk: private less contingent",
    "joint": "capital cost of projects that two donors pay together",
}
"""Measure of a rule -> what it counts."""


def topics() -> Iterator[Topic]:
    """The measures, then each aggregate."""
    rows = "\n".join(f"| {name if ' ' in name else f'`{name}`'} | {words} |" for name, words in MEASURES.items())
    yield Topic(
        "measures",
        "What a rule can count",
        CHAPTER,
        "The column `measure` of the sheet [rules](#rules):\n\n"
        f"| measure | what is counted |\n| --- | --- |\n{rows}\n\n"
        "For `capacity` and `capacity_total` the column `year` is the year of delivery; for the others it means decided in "
        "or before that year. `public_cost`, `award`, `public`, `contingent` and `support` can be narrowed to programmes: "
        "`where` = `programme.donor=JP`.",
        aliases=("measure", "rule-measures"),
    )
    yield from (_aggregate(name) for name in AGGREGATES)


def _aggregate(name: str) -> Topic:
    example, row = EXAMPLES[name], EXAMPLES[name].row
    cells = (row.rule, row.measure, row.aggregate, row.per or "", row.where, row.sense, f"{row.value:g}")
    body = (
        f"{example.meaning}\n\nExample. ridge: a mine in Australia, capital cost 300 M, 400 t/yr, ESG scores 80. mill: a separation "
        "plant in the US, 100 M, 200 t/yr, ESG scores 50. Private money carries half of each.\n\n"
        "| rule | measure | aggregate | per | where | sense | value |\n| --- | --- | --- | --- | --- | --- | --- |\n"
        f"| {' | '.join(cells)} |\n\n"
        f"In words: {asks(row)}.\n\n{example.working}"
    )
    return Topic(f"rule-{name}", f"Rule aggregate {name}", CHAPTER, body, aliases=(name, f"aggregate-{name}"))
