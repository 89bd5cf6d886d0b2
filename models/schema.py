"""Every sheet and column of a workbook: a column is defined here, or in the file of a sheet that is imported here.

A sheet is a frozen, closed pydantic class, one object a row; a column is a field of it, made by `column`.
`check` reads by this file, `template` writes from it and the manual prints it. Meanings and units are the
field descriptions; money is in millions, material in tonnes a year, shares run from 0 to 1.

In the rows of a `Case` money is in millions of the base currency at the case's price year (see `models.money`);
`currency` and `price_year` then keep what the cell was written in.
"""

import datetime

from pydantic import Field

from models.columns import Row, as_of_column, column
from models.frozen import Frozen
from models.objective_names import CAPACITY_OBJECTIVES as CAPACITY_OBJECTIVES
from models.objective_names import CHAIN_OBJECTIVES as CHAIN_OBJECTIVES
from models.objective_names import OBJECTIVE_UNITS as OBJECTIVE_UNITS
from models.objective_names import OBJECTIVES as OBJECTIVES
from models.programme import INSTRUMENTS as INSTRUMENTS
from models.programme import Programme as Programme
from models.settings import RISKS as RISKS
from models.settings import Settings as Settings
from models.supply_and_demand import Coefficient as Coefficient
from models.supply_and_demand import Demand as Demand
from models.supply_and_demand import Existing as Existing
from models.supply_and_demand import Price as Price


class Where(Frozen):
    """A parsed `where`: every clause must hold (and); a clause holds when the value is one of its values (or).

    `projects` clauses compare a project's column, `programmes` clauses a programme's column (`programme.donor=JP`);
    values are in the column's own normal form (ISO-2 for countries, lower case for text, `str` of the number). In
    `scenarios` the clauses of `projects` compare the columns of the sheet that the parameter changes.
    """

    projects: tuple[tuple[str, tuple[str, ...]], ...] = ()
    programmes: tuple[tuple[str, tuple[str, ...]], ...] = ()


STATUSES = ("candidate", "committed", "underway", "barred")
AGGREGATES = ("each", "sum", "average", "share", "ratio")
AWARD_MEASURES = ("award", "public_cost", "public", "private", "contingent", "support", "unaided", "joint")
DELIVERY_MEASURES = ("capacity", "capacity_total")
PARAMETERS = (
    "delay_years", "capacity", "capex", "private_share", "fails", "price", "demand", "existing", "budget",
)  # fmt: skip
"""Parameters that a row of `scenarios` can change."""
COMMON = ("project", "sponsor", "country", "stage", "all")
"""Units of `risks` that can share one draw."""


class Project(Row):
    """A candidate mine, separation plant, metal plant or magnet factory."""

    id: str = column(
        "id",
        "Short unique name that other cells point at.",
        synonyms=("project id", "code", "id no", "id number", "project no", "project code"),
    )
    name: str = column("text", "Name for people; the id where empty.", "", synonyms=("project", "project name"))
    sponsor: str = column("text", "Company or agency behind the project.", "", synonyms=("company", "owner"))
    country: str = column(
        "country",
        "Where the plant stands: ISO-2 code or English name.",
        synonyms=("location", "host country", "country code"),
    )
    latitude: float | None = column(
        "degrees", "North of the equator; south is negative. For the map alone, as `longitude`: the centre of the country "
        "where empty.", None, unit="degrees", low=-90, high=90, synonyms=("lat",),
    )  # fmt: skip
    longitude: float | None = column(
        "degrees", "East of Greenwich; west is negative.", None, unit="degrees", low=-180, high=180,
        synonyms=("lon", "long", "lng"),
    )  # fmt: skip
    stage: str = column("id", "Step of the chain: mine, separation, magnet, or a stage that `settings` names.")
    process: str | None = column("id", "Process of the `processes` sheet that the plant runs.", None)
    capacity_tpa: float = column(
        "number", "Nameplate output of the stage's product at full ramp.", unit="t/yr", low=0,
        synonyms=("capacity", "capacity t/yr", "capacity tpy", "nameplate", "nameplate capacity", "annual capacity",
                  "production capacity", "output", "annual output"),
    )  # fmt: skip
    shares: dict[str, float] = column(
        "share", "Part of the capacity that is this material (`share_ndpr`).", {}, family="share_<material>"
    )
    allied_share: float = column("share", "Part of the output that is free to serve demand outside China.", 1.0)
    capex_m: float = column(
        "money", "Overnight capital cost.", unit="millions of `currency`",
        synonyms=("capex", "cost", "capital cost", "capex usd m", "total capex", "capital expenditure"),
    )  # fmt: skip
    currency: str | None = column("id", "Currency of this row's money; the base currency where empty.", None)
    price_year: int | None = column("year", "Year of the prices of this row's money; the case's where empty.", None)
    private_share: float = column(
        "share", "Most of the capital cost that private money will carry.", 0.0, synonyms=("private",)
    )
    secured_m: float = column("money", "Public money already obligated.", 0.0, unit="millions of `currency`")
    requested_m: float | None = column(
        "money", "Public support that the project asks for, at most capital cost less secured money; stands for "
        "`private_share`.", None, unit="millions of `currency`",
        synonyms=("requested", "amount requested", "requested amount", "support requested", "requested support", "ask",
                  "funding ask", "funding request", "funding requested", "requested funding", "public support requested"),
    )  # fmt: skip
    opex_per_t: float | None = column(
        "number", "Cash cost of a tonne of the stage's product; with a hurdle rate it switches viability on.", None,
        unit="`currency` per t", low=0,
    )  # fmt: skip
    payable: float = column("share", "Part of the contained value that the buyer pays.", 1.0)
    premium: float = column(
        "number", "What a certified clean and secure tonne fetches above the market: 0.1 is 10 %.", 0.0, low=-1
    )
    byproduct_per_t: float = column(
        "number", "Earnings of by-products per tonne of the product.", 0.0, unit="`currency` per t"
    )
    hurdle_rate: float | None = column(
        "number", "Real yearly return that private money asks, (1 + quoted) / (1 + inflation) - 1; the setting's where "
        "empty.", None, low=0, high=1,
    )  # fmt: skip
    earliest_fid: int | None = column(
        "year", "First year in which the final investment decision can fall; the first year of the horizon where "
        "empty. For an underway project the year in which it fell.", None, synonyms=("earliest", "earliest start", "fid year",
        "fid", "fid date", "start year", "decision year", "investment decision", "final investment decision"),
    )  # fmt: skip
    latest_fid: int | None = column(
        "year", "Last year of the decision; `last_fid_year` where empty.", None, synonyms=("latest", "latest start")
    )
    unaided_fid: int | None = column(
        "year", "Year in which the project goes ahead without public support; never where empty. Its capacity then counts "
        "without being financed, support is judged by what it adds to that (additionality, EBRD 2018), and the window ends "
        "the year before.", None,
        synonyms=("unaided", "unaided year", "counterfactual fid", "fid without support", "fid without public support"),
    )  # fmt: skip
    build_years: int = column(
        "whole", "Years from decision to first output.", 3, unit="years",
        synonyms=("build", "build time", "build period", "construction", "construction time", "construction years",
                  "construction period", "construction duration"),
    )  # fmt: skip
    ramp: tuple[float, ...] = column(
        "ramp", "Output in the years after the build, in per cent of nameplate: `40;70;100`. The last step holds.", (100.0,), unit="%",
        synonyms=("ramp up", "ramp profile", "ramp up profile", "ramp up years", "ramp up period"),
    )  # fmt: skip
    life_years: int = column(
        "whole", "Years of output after the build.", 25, unit="years", low=1,
        synonyms=("life", "lifetime", "mine life", "operating life", "life of mine", "lom", "project life",
                  "operating years", "service life"),
    )  # fmt: skip
    max_programmes: int | None = column(
        "whole", "Most programmes that may support the project; the setting's where empty.", None, low=1
    )
    esg_e: float | None = column(
        "score", "Environmental score.", None, unit="0 to 100",
        synonyms=("e", "e score", "env", "environment", "environmental", "environmental score"),
    )  # fmt: skip
    esg_s: float | None = column(
        "score", "Social score.", None, unit="0 to 100", synonyms=("s", "s score", "social", "social score")
    )  # fmt: skip
    esg_g: float | None = column(
        "score", "Governance score.", None, unit="0 to 100",
        synonyms=("g", "g score", "gov", "governance", "governance score"),
    )  # fmt: skip
    requires: tuple[tuple[str, ...], ...] = column(
        "alternatives", "Ids that must be decided no later: `a; b` all of them, `a|b` any of them.", ()
    )
    excludes: tuple[str, ...] = column("ids", "Ids that cannot be financed beside this one.", ())
    together: tuple[str, ...] = column("ids", "Ids that are decided in the same year or not at all.", ())
    group: str | None = column("id", "Of the projects with one group name at most one is financed.", None)
    status: str = column(
        "choice", "candidate; committed (must be financed); underway (already financed, no decision); barred.",
        "candidate", choices=STATUSES,
    )  # fmt: skip
    confidence: str = column("text", "How sure the row's numbers are: high, medium, low.", "")
    source: str = column("text", "Where the numbers come from.", "")
    as_of: datetime.date | None = as_of_column()
    note: str = column("text", "Anything a reader should know.", "")
    measures: dict[str, float] = column(
        "number", "Any further numeric column is a measure that rules can use.", {}, family="<measure>"
    )
    texts: dict[str, str] = column("text", "Any further text column can be used in `where`.", {}, family="<text>")


class Outlay(Row):
    """A project's spending by year after its final investment decision."""

    id: str = column("id", "Id of the project.")
    years: dict[int, float] = column(
        "money", "Spending k years after the decision; the row adds up to the capital cost.", {},
        family="year_<k>", unit="millions of the project's `currency`",
    )  # fmt: skip


class Rule(Row):
    """One policy rule: a floor, a cap, a milestone, a share."""

    rule: str = column("id", "Name of the rule, used in every message.")
    measure: str = column("id", "What is counted: capex, count, esg, any numeric column, capacity, capacity_total, "
                          "award, public_cost, public, private, contingent, support, unaided, joint.")  # fmt: skip
    aggregate: str = column("choice", "each, sum, average, share or ratio.", choices=AGGREGATES)
    per: str | None = column("id", "ratio: the measure in the denominator.", None)
    weight: str | None = column("id", "average: the weight; capex where empty.", None)
    where: str = column("where", "Which projects: `country=VN|AU; stage=mine`; all where empty.", "")
    picks: Where = Field(default_factory=Where, description="`where`, parsed.")
    for_each: str | None = column(
        "id", "The rule holds for every value of this column by itself: country, sponsor, stage, any text column; "
        "donor for measures of awards.", None,
    )  # fmt: skip
    year: int | None = column("year", "capacity: the year of delivery; other measures: decided in or before it.", None)
    sense: str = column("choice", "Direction.", choices=(">=", "<="))
    value: float = column(
        "number", "Limit, in the measure's unit (a share for `share` and `ratio`).", synonyms=("limit", "threshold")
    )
    hard: bool = column("yes_no", "no: may be broken at `penalty`.", True)
    holds: str = column(
        "text", "Where a hard rule on capacity holds under a measure of risk: `plan` (as planned, where empty), `always` (in every "
        "scenario) or the least probability of the scenarios in which it holds.", "",
    )  # fmt: skip
    penalty: float | None = column(
        "number", "Plan-score points lost per unit of shortfall.", None, low=0, synonyms=("penalties",)
    )
    note: str = column("text", "Anything a reader should know.", "")


class Scenario(Row):
    """One change in one scenario; the rows of one scenario act together: factors multiply, delays add."""

    scenario: str = column("id", "Name of the scenario; `as planned` is the book unchanged.")
    probability: float | None = column(
        "share",
        "Probability of the scenario, in one of its rows. Without one it is a stress, outside every mean.",
        None,
    )
    parameter: str = column("choice", "What changes.", choices=PARAMETERS)
    where: str = column(
        "where", "Which rows change; all where empty. Columns of projects; of demand, existing or programmes (budget) "
        "for a parameter of theirs; `material=` for price.", "",
    )  # fmt: skip
    picks: Where = Field(default_factory=Where, description="`where`, parsed.")
    value: float = column("number", "Factor; whole years for delay_years; 1 for fails.")
    from_year: int | None = column(
        "year", "First year of the change: of decisions for delay_years, capex and private_share, of output, demand or "
        "money for the others. From the start where empty.", None,
    )  # fmt: skip
    to_year: int | None = column("year", "Last year of the change; to the end where empty.", None)
    note: str = column("text", "Basis of the number, and anything a reader should know.", "")


class Risk(Row):
    """Risks of a kind of project; a project takes the first row that selects it."""

    where: str = column("where", "Which projects: `country=VN|AU; stage=mine`; all where empty.", "")
    picks: Where = Field(default_factory=Where, description="`where`, parsed.")
    p_fail: float = column("share", "Probability that a project never delivers.", 0.0)
    delay: tuple[tuple[int, float], ...] = column(
        "delays", "Years of delay, each with its probability in per cent: `0:25; 1:35; 2:25; 3:15`. Never late where "
        "empty.", (), unit="years:%",
    )  # fmt: skip
    overrun: float = column("number", "Median factor on the capital cost.", 1.0, low=0)
    overrun_sigma: float = column("number", "Standard deviation of the logarithm of that factor.", 0.0, low=0)
    common: str = column(
        "choice", "Who shares one draw: each project by itself, or all of one sponsor, country, stage, or all.",
        "project", choices=COMMON,
    )  # fmt: skip
    source: str = column("text", "Where the numbers come from.", "")


class Fx(Row):
    """An exchange rate and the inflation of its currency."""

    currency: str = column("id", "Currency code: AUD.")
    per_base: float = column(
        "number", "Units of this currency for one unit of the base currency.",
        synonyms=("rate", "exchange rate", "fx rate"),
    )  # fmt: skip
    inflation: float = column("number", "Yearly inflation of this currency.", 0.0, low=-0.5, high=1.0)


class ColumnName(Row):
    """Maps an agency's own header to ours."""

    ours: str = column("id", "Our column name.")
    theirs: str = column("id", "The header in this workbook.")
    scale: float | None = column(
        "number", "Factor from the agency's numbers to ours: 0.001 where thousands stand for our millions. Default 1.",
        None, low=1e-12, synonyms=("factor", "multiplier", "multiply by", "unit", "units", "conversion"),
    )  # fmt: skip


SHEETS: dict[str, type[Row]] = {
    "projects": Project,
    "programmes": Programme,
    "outlays": Outlay,
    "demand": Demand,
    "existing": Existing,
    "prices": Price,
    "processes": Coefficient,
    "rules": Rule,
    "scenarios": Scenario,
    "risks": Risk,
    "fx": Fx,
    "columns": ColumnName,
}
"""Sheet name -> class of its rows. `settings` is apart: one key a row, see `Settings`."""
