"""The `programmes` and `fx` sheets: real programmes with working rare-earth envelopes.

A programme's rates, shares and tickets come from `facts_programmes.csv`; its envelope is a stated part of a stated
figure, in equal parts over the years named, in `assumptions/programmes.csv`.
"""

from .facts import PER_USD, Record, Text, assumptions, number, the_fact

INFLATION = {"USD": 0.02, "AUD": 0.025, "CAD": 0.02, "JPY": 0.02}
"""The central banks' targets (the Australian one is the middle of 2 to 3 %): envelopes are nominal."""

STEP = {"USD": 5.0, "AUD": 5.0, "CAD": 5.0, "JPY": 500.0}
"""Envelopes are rounded to this, so that they are not mistaken for exact."""


def programmes() -> list[Record]:
    """Rows of the `programmes` sheet."""
    return [_row(ours, the_fact("programmes", programme=ours["programme"])) for ours in assumptions("programmes")]


def _row(ours: Text, fact: Text) -> Record:
    years = range(int(ours["first"]), int(ours["last"]) + 1)
    envelope = yearly(float(ours["base_m"]) * float(ours["part"]) / len(years), STEP[fact["currency"]])
    offtake = fact["instrument"] == "offtake"
    return {
        "id": ours["id"],
        "name": fact["programme"],
        "agency": fact["agency"],
        **{key: ours[key] for key in ("donor", "fund")},
        "instrument": fact["instrument"],
        "currency": fact["currency"],
        "cost_rate": None
        if offtake
        else round((float(fact["credit_cost_low"]) + float(fact["credit_cost_high"])) / 2, 4),
        "limit_on": ours["limit_on"],
        "max_share": number(fact["max_share_of_project_cost"]),
        "min_ticket_m": number(ours["min_ticket_m"]),
        "max_ticket_m": number(ours["max_ticket_m"]),
        **{key: ours[key] for key in ("countries", "stages", "carry_over")},
        **{key: number(ours[key]) for key in ("strike_per_t", "price_gap_per_t", "offtake_years", "offtake_share")},
        "material": ours["material"],
        **{key: number(ours[key]) for key in ("upside_share", "rate", "tenor_years")},
        **{str(year): envelope for year in years},
        "confidence": fact["confidence"],
        "source": fact["basis"],
        "as_of": fact["as_of"],
        "note": _note(ours, fact, years),
    }


def yearly(amount: float, step: float) -> float:
    """The nearest multiple of a step, at least one step.

    >>> yearly(73.2, 5.0), yearly(1.0, 5.0)
    (75.0, 5.0)
    """
    return max(step, step * round(amount / step))


def _note(ours: Text, fact: Text, years: range) -> str:
    when = f"in equal parts {years[0]} to {years[-1]}" if len(years) > 1 else f"all in {years[0]} and carried over"
    rate = f"cost_rate: middle of {fact['credit_cost_low']} to {fact['credit_cost_high']}"
    if ours["price_basis"]:
        rate = f"strike_per_t: {ours['price_basis']}"
    elif ours["terms_basis"]:
        rate += f"; rate (real) and tenor: {ours['terms_basis']}"
    return (
        f"working assumption: {float(ours['part']) * 100:g} % of {fact['currency']} {float(ours['base_m']):,.0f}m "
        f"({ours['base']}), {when}, rounded; limited on {ours['why_limit']}; {rate}; "
        f"rules of the programme: {fact['notable_rules']}"
    )


def fx() -> list[Record]:
    """Rows of the `fx` sheet."""
    note = "rates of the facts (A$1 = US$0.65, C$1 = US$0.72, JPY150 = US$1); inflation: the central bank's target"
    return [
        {"currency": currency, "per_base": round(rate, 6), "inflation": INFLATION[currency], "source": note}
        for currency, rate in PER_USD.items()
    ]
