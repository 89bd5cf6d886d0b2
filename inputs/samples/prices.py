"""The `prices` sheet: expected prices with their range and source, from `assumptions/prices.csv`."""

from .facts import Record, assumptions, number


def prices() -> list[Record]:
    """Rows of the `prices` sheet, US dollars per tonne at prices of 2026."""
    return [
        {
            "material": row["material"],
            "volatility": number(row["volatility"]),
            "reverts_years": number(row["reverts_years"]),
            **path(row["years"]),
            "as_of": row["as_of"],
            "source": f"{row['source']} (range {float(row['low']):,.0f} to {float(row['high']):,.0f})",
        }
        for row in assumptions("prices")
    ]


def path(years: str) -> dict[str, float]:
    """Year -> price, of `2026=105000; 2028=90000`."""
    pairs = (part.split("=") for part in years.split(";"))
    return {year.strip(): float(price) for year, price in pairs}


def at_length(material: str) -> float:
    """The price of a material in the last year given."""
    return next(list(path(row["years"]).values())[-1] for row in assumptions("prices") if row["material"] == material)
