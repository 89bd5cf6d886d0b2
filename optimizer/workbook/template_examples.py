"""The example rows of the template, all named EXAMPLE, and the row of units under each header.

The example project is read and barred. Example rows of other sheets and rows of units are not read, because they would
change the plan.
"""

from models.schema import Programme, Project, Rule, Scenario

NAME = "EXAMPLE"
UNITS = "(unit)"
"""Text in the first column of the row of units."""
_UNIT_WORDS = ("unit", "units", "einheit", "einheiten", "単位")

EXAMPLE = Project(
    row=0,
    id=NAME,
    name="Example separation plant",
    sponsor="Example Ltd",
    country="US",
    stage="separation",
    capacity_tpa=5000,
    shares={"ndpr": 0.2},
    capex_m=600,
    private_share=0.4,
    earliest_fid=2027,
    latest_fid=2032,
    build_years=3,
    ramp=(40, 70, 100),
    esg_e=60,
    esg_s=60,
    esg_g=60,
    status="barred",
    confidence="low",
    source="invented",
    note="An example. It is barred and changes nothing: write over it, or delete the row.",
    measures={"ghg_t": 40000},
)
"""The example project."""

PROGRAMME = Programme(
    row=0, id=NAME, name="Example loan window (not read: write over it)", agency="Example Bank", donor="US",
    instrument="loan", cost_rate=0.1, limit_on="face", max_share=0.5, min_ticket_m=20, countries=("US", "AU"),
    stages=("separation",), envelopes={2026: 500.0, 2027: 500.0},
)  # fmt: skip
RULE = Rule(
    row=0, rule=NAME, measure="esg", aggregate="average", where="stage=separation", sense=">=", value=60,
    note="An example, not read: write over it.",
)  # fmt: skip
SCENARIO = Scenario(row=0, scenario=NAME, probability=0.1, parameter="capex", where="country=US", value=1.2)


def is_example(sheet: str, key: str) -> bool:
    """Whether a row of the template is there to be looked at and not to be read."""
    return key == NAME and sheet != "projects"


def is_units(key: str) -> bool:
    """Whether a row holds the units of its columns."""
    return key.strip("()[]（）").casefold() in _UNIT_WORDS
