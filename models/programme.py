"""The `programmes` sheet: public money, its instruments, limits and conditions."""

import datetime

from models.columns import Row, as_of_column, column

INSTRUMENTS = ("grant", "loan", "equity", "guarantee", "offtake")
"""Each is declared by its file of `models.instruments`."""


class Programme(Row):
    """A public funding programme: a loan window, a grant, an equity line, a guarantee or an offtake contract."""

    id: str = column("id", "Short unique name.", synonyms=("programme", "program"))
    name: str = column("text", "Name for people; the id where empty.", "")
    agency: str = column("text", "Who runs it: DFC, JOGMEC.", "")
    donor: str = column("country", "Whose public money it is.", "")
    fund: str | None = column(
        "id", "Programmes with one fund name share one set of limits: given in one row, or alike in all.", None
    )
    instrument: str = column(
        "choice", "What the project receives.", choices=INSTRUMENTS, synonyms=("type", "instrument type")
    )
    currency: str | None = column("id", "Currency of this row's money; the base currency where empty.", None)
    price_year: int | None = column("year", "Year of the prices of tickets, totals and real envelopes.", None)
    money: str = column(
        "choice", "Whether year envelopes are nominal or in real prices.", "nominal", choices=("nominal", "real")
    )
    cost_rate: float | None = column(
        "number",
        "Budget cost per unit of face value: the credit-subsidy rate of a loan or guarantee (US: Federal Credit Reform "
        "Act of 1990). Default 1. Below 0: a "
        "window that expects to earn; it needs a limit on face value.",
        None,
        low=-1,
        synonyms=("subsidy rate", "credit subsidy rate", "subsidy cost rate"),
    )
    limit_on: str = column("choice", "What the envelopes and `total_m` limit.", "cost", choices=("cost", "face"))
    max_share: float = column(
        "share", "Most of a project's capital cost that one award may be.", 1.0, synonyms=("maximum share",)
    )
    min_ticket_m: float | None = column(
        "money", "Least face value of an award.", None, unit="millions of `currency`",
        synonyms=("minimum ticket", "minimum ticket size", "min ticket size", "minimum award", "min award"),
    )  # fmt: skip
    max_ticket_m: float | None = column(
        "money", "Most face value of an award.", None, unit="millions of `currency`",
        synonyms=("maximum ticket", "maximum ticket size", "max ticket size", "maximum award", "max award"),
    )  # fmt: skip
    countries: tuple[str, ...] = column(
        "countries", "Where it may finance; everywhere where empty.", (), synonyms=("eligible countries",)
    )
    stages: tuple[str, ...] = column(
        "names", "Stages it may finance; all where empty.", (), synonyms=("eligible stages",)
    )
    carry_over: bool = column(
        "yes_no", "Whether unused envelope moves to the next year.", False,
        synonyms=("carry forward", "carry-over allowed", "rollover", "roll over"),
    )  # fmt: skip
    total_m: float | None = column(
        "money", "Limit over all years, on what `limit_on` says.", None, unit="millions of `currency`"
    )
    total_face_m: float | None = column(
        "money", "Limit on face value over all years.", None, unit="millions of `currency`"
    )
    uncapped: bool = column("yes_no", "yes: the programme really has no limit.", False)
    price_gap_per_t: float | None = column(
        "number", "Offtake: expected price paid above the market.", None, unit="`currency` per t"
    )
    strike_per_t: float | None = column(
        "number",
        "Offtake: price that is guaranteed for a tonne of `material`; its cost is that of an option (Black 1976).",
        None,
        unit="`currency` per t",
        low=0,
    )
    material: str | None = column("id", "Offtake: what the contract counts; the stage's own product where empty.", None)
    upside_share: float = column(
        "share", "Offtake: part of what the market pays above the strike that is paid back.", 0.0
    )
    offtake_years: int | None = column("whole", "Offtake: years of deliveries covered.", None, unit="years")
    offtake_share: float | None = column("share", "Offtake: part of the deliveries covered.", None)
    rate: float | None = column(
        "number", "Real yearly interest of a loan or of guaranteed debt; the return that an equity stake asks: "
        "(1 + quoted) / (1 + inflation) - 1.", None, low=-0.1, high=1,
    )  # fmt: skip
    tenor_years: int | None = column(
        "whole", "Loan, guarantee: years from the decision to the last payment.", None, unit="years"
    )
    grace_years: int | None = column(
        "whole",
        "Loan, guarantee: years from the decision until payments begin; the build where empty.",
        None,
        unit="years",
    )
    as_of: datetime.date | None = as_of_column("the terms and the money")
    envelopes: dict[int, float] = column(
        "money",
        "Money of that year. If any year is given the empty ones are 0.",
        {},
        family="<year>",
        unit="millions of `currency`",
    )
