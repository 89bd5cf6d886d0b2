"""The sheets `demand`, `existing`, `prices` and `processes`."""

import datetime

from models.columns import Row, as_of_column, column


class Demand(Row):
    """Demand that capacity outside China must cover: for a stage's own product, or one material of the stage."""

    stage: str = column("id", "Stage whose product is demanded.")
    material: str | None = column("id", "Material; the stage's own product where empty.", None)
    weight: float | None = column(
        "number",
        "Weight of the row in the plan score; its stage's weight over the rows of the stage where empty.",
        None,
        low=0,
    )
    basis: str | None = column(
        "choice",
        "With a chain: gross (all that is made) or net (what leaves the chain).",
        None,
        choices=("gross", "net"),
    )
    years: dict[int, float] = column(
        "number",
        "Demand of that year; linear between given years, flat outside.",
        {},
        family="<year>",
        unit="t/yr",
        low=0,
    )


class Existing(Row):
    """Capacity there is already, or a material that is supplied from outside the chain."""

    country: str = column("country", "Any ISO-2 country, or ROW.")
    stage: str = column("id", "Stage of the capacity.")
    process: str | None = column("id", "Process that it runs.", None)
    material: str | None = column("id", "Material, where the row counts a material and not a plant.", None)
    name: str = column("text", "Plant or company.", "")
    shares: dict[str, float] = column(
        "share", "Part of the capacity that is this material.", {}, family="share_<material>"
    )
    allied_share: float = column("share", "Part of the output that is free to serve demand outside China.", 1.0)
    years: dict[int, float] = column(
        "number",
        "Capacity of that year; linear between given years, flat outside.",
        {},
        family="<year>",
        unit="t/yr",
        low=0,
    )
    capacity_tpa: float | None = column(
        "number", "Capacity of every year.", None, unit="t/yr", low=0, synonyms=("capacity", "nameplate")
    )
    confidence: str = column("text", "How sure the number is.", "")
    source: str = column("text", "Where the number comes from.", "")
    as_of: datetime.date | None = as_of_column()
    note: str = column("text", "Anything a reader should know.", "")


class Price(Row):
    """The expected price of a material, or of a stage's own product, year by year."""

    material: str = column("id", "A material, or a stage's name for that stage's own product.")
    currency: str | None = column("id", "Currency of the prices; the base currency where empty.", None)
    price_year: int | None = column("year", "Year of the prices of this row; the case's where empty.", None)
    volatility: float = column("number", "Standard deviation of the yearly logarithmic return.", 0.0, low=0, high=5)
    reverts_years: int | None = column(
        "whole", "Years after which the variance of the price stops growing; never where empty.", None, unit="years"
    )
    source: str = column("text", "Where the numbers come from.", "")
    as_of: datetime.date | None = as_of_column()
    years: dict[int, float] = column(
        "number", "Price of that year; linear between given years, flat outside.", {}, family="<year>",
        unit="`currency` per t", low=0,
    )  # fmt: skip


class Coefficient(Row):
    """One coefficient of a recipe: tonnes of a material made or used per tonne that a process runs."""

    process: str = column("id", "Process, as in `projects` and `existing`.")
    recipe: str | None = column("id", "One of the ways in which the process can run.", None)
    stage: str = column("id", "Stage of the process.")
    material: str = column("id", "Material made (> 0) or used (< 0).")
    tonnes_per_tonne: float = column("number", "Tonnes made (> 0) or used (< 0) per tonne run.", unit="t/t")
    capacity_use: float | None = column("number", "Capacity that one tonne run takes. Default 1.", None, low=0)
    from_year: int | None = column("year", "First year of this coefficient; always where empty.", None)
    source: str = column("text", "Where the number comes from.", "")
