"""The `settings` sheet: every key with its default, its unit and what it means."""

import datetime

from models.columns import column
from models.frozen import Frozen
from models.objective_names import OBJECTIVES

RISKS = ("none", "expected", "cvar", "worst", "regret", "failures")
FAILURE_UNITS = ("project", "sponsor", "country")
ENGLISH = "en"
LANGUAGES = (ENGLISH, "ja", "de")
"""Languages of the reports as tags of BCP 47: English, Japanese, German."""
MOST_DRAWS = 1_000_000
"""Most draws of scenarios and risks that a plan is made for."""


class Settings(Frozen):
    """The `settings` sheet, one key a row; every key has a default."""

    base_currency: str = column("id", "Currency of all results.", "USD", synonyms=("currency", "reporting currency"))
    price_year: int = column("year", "Year of all prices; first_year where empty.", 2026)
    first_year: int = column("year", "First year of the horizon.", 2026, synonyms=("start year", "from year"))
    last_year: int = column("year", "Last year of the horizon.", 2040, synonyms=("end year", "to year", "horizon"))
    last_fid_year: int = column("year", "Last year in which a decision can fall; last_year where empty.", 2040)
    discount_rate: float = column(
        "number", "Discount on the coverage of later years.", 0.0, low=0, high=1,
        synonyms=("discount", "social discount rate"),
    )  # fmt: skip
    money_discount_rate: float = column(
        "number", "Real yearly rate that discounts the taxpayer's money: what an offtake pays in later years.", 0.0,
        low=0, high=1,
    )  # fmt: skip
    hurdle_rate: float | None = column(
        "number", "Real yearly return that private money asks of a project, (1 + quoted) / (1 + inflation) - 1. Without "
        "one viability is off.", None, low=0, high=1,
    )  # fmt: skip
    debt_rate: float | None = column(
        "number", "Real yearly rate of market debt, against which soft debt is measured; the hurdle rate where empty.",
        None, low=0, high=1,
    )  # fmt: skip
    objective: str = column("choice", "Objective to maximize.", "coverage", choices=OBJECTIVES)
    objective_year: int = column("year", "Year of the `capacity` objective; last_year where empty.", 2040)
    milestones: tuple[int, ...] = column("years", "Years that reports show.", ())
    stages: tuple[str, ...] = column("names", "Stages in the order of the chain.", ("mine", "separation", "magnet"))
    stage_weights: dict[str, float] = column(
        "weights", "Weight of each stage in the plan score; 1 where not named.", {}
    )
    countries: tuple[str, ...] = column("countries", "Where projects may be financed.", ("US", "JP", "AU", "CA", "VN"))
    excluded_countries: tuple[str, ...] = column("countries", "Countries whose capacity never counts.", ("CN",))
    total_budget_m: float | None = column(
        "money_or_none", "Limit on budget cost over all programmes and years; `none` for no limit.", None,
        unit="millions of the base currency", synonyms=("budget", "total budget", "public budget", "overall budget"),
    )  # fmt: skip
    budget_basis: str = column(
        "choice", "When year envelopes are charged: at the decision, or as the money is spent.", "commitment",
        choices=("commitment", "outlay"),
    )  # fmt: skip
    contingency_m: float | None = column(
        "money", "Most that capital calls may add up to in any one scenario, over all years, outside the budget; no limit "
        "where empty.", None, unit="millions of the base currency",
    )  # fmt: skip
    max_programmes: int | None = column(
        "whole", "Most programmes that may support one project, unless its row says otherwise; no limit where empty.",
        None, low=1,
    )  # fmt: skip
    risk: str = column(
        "choice", "Measure of risk to maximize over the scenarios: none (the book as planned), expected, cvar, worst, regret "
        "or failures.", "none", choices=RISKS,
    )  # fmt: skip
    alpha: float = column(
        "share", "Confidence level of cvar: it is the mean of the worst 1 - alpha of probability.", 0.9
    )
    aversion: float = column("share", "Weight of the worst cases in cvar; the expected value has the rest.", 0.5)
    failures: int = column("whole", "Number of projects that fail together under the risk `failures`.", 1)
    failures_by: str = column(
        "choice", "What fails together: a project, all of a sponsor, or all of a country.", "project",
        choices=FAILURE_UNITS,
    )  # fmt: skip
    draws: int = column(
        "whole", "Random draws of scenarios and risks to plan for; 0 for the named scenarios alone.", 0,
        high=MOST_DRAWS,
    )  # fmt: skip
    value_of_information: bool = column(
        "yes_no", "Work out what planning for the scenarios is worth against planning for their mean, and what knowing the "
        "scenario beforehand would be worth: as many searches again as there are scenarios.", False,
    )  # fmt: skip
    review_year: int | None = column(
        "year", "Year from which decisions may differ by scenario; never where empty.", None
    )
    joint_min_share: float = column("share", "`joint`: least part of capex from each of two donors.", 0.1)
    esg_weights: dict[str, float] = column("weights", "Weights of e, s and g in `esg`; equal where empty.", {})
    today: datetime.date | None = column(
        "date", "Day from which the age of dated rows is counted back; the first of January of price_year where empty.", None,
    )  # fmt: skip
    stale_after_months: int = column(
        "whole", "Age from which `check` and the reports call a dated row old.", 18, unit="months"
    )
    title: str = column("text", "Title of the reports; the name of the workbook where empty.", "")
    agency: str = column("text", "Agency that the reports are from.", "", synonyms=("organisation", "organization"))
    author: str = column("text", "Author of the reports.", "", synonyms=("prepared by",))
    report_date: datetime.date | None = column("date", "Date on the reports; the day of the run where empty.", None)
    draft: bool = column("yes_no", "yes: mark every page and sheet that is forwarded as a draft.", False)
    language: str = column(
        "choice", "Language of the page, the workbook and the brief: English, Japanese or German.", ENGLISH,
        choices=LANGUAGES,
    )  # fmt: skip
    ignore_sheets: tuple[str, ...] = column("names", "Sheets not to read although they look like input.", ())
