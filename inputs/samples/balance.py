"""The `demand` and `existing` sheets: what factories outside China need, and what there is already."""

from collections.abc import Iterable, Mapping

from .facts import Record, Text, assumptions, facts, the_fact

YEARS = (2024, 2030, 2035, 2040)
"""Years of the demand facts; the tool interpolates between them."""

RECOVERY = {"NdPr": 0.90, "Dy": 0.85, "Tb": 0.84}
"""Concentrate to oxide, `facts_recipes.csv`, "separation, overall"."""

_ALL_USE = "all-use consumption of REO outside China; why not the larger figure: see Notes"
_OXIDE = "oxide that the magnets bought outside China need"


def demand() -> list[Record]:
    """Rows of the `demand` sheet: the stage's own product first, then the magnet elements."""
    rows = [_demand("mine", None, "mined REO", 1.0, _ALL_USE)]
    for element, rate in RECOVERY.items():
        why = f"{_OXIDE}, divided by {rate} recovery: what the concentrate must hold"
        rows.append(_demand("mine", element.lower(), f"{element} oxide", 1 / rate, why))
    rows.append(_demand("separation", None, "mined REO", 1.0, _ALL_USE))
    rows += [_demand("separation", e.lower(), f"{e} oxide", 1.0, _OXIDE) for e in RECOVERY]
    return [*rows, _demand("magnet", None, "NdFeB magnets", 1.0, "magnets that factories outside China buy")]


def _demand(stage: str, material: str | None, fact: str, factor: float, why: str) -> Record:
    fact_of = {year: the_fact("demand", material=fact, region="ex-China", year=str(year)) for year in YEARS}
    return {
        "stage": stage,
        "material": material,
        **{str(year): float(round(float(row["tonnes"]) * factor)) for year, row in fact_of.items()},
        "confidence": fact_of[2030]["confidence"],
        "source": f"facts_demand, {fact}, ex-China: {fact_of[2030]['basis']}",
        "note": why,
    }


SEED = "REO (derived from seed shares)"
SEPARATORS = ("MY", "US", "EE", "IN", "VN", "FR", "JP", "RU", "CA")
OXIDES = {"NdPr oxide": "ndpr", "NdPr oxide, from recycled swarf": "ndpr", "Dy oxide": "dy", "Tb oxide": "tb"}
MAGNET_MAKERS = ("CN", "JP", "VN", "DE", "KR", "ROW")

US_MAGNETS = {"2024": 150.0, "2026": 1500.0, "2028": 3000.0}
"""Output of 2024, then in equal steps to the nameplate of Noveon (2000 t) and Independence (1000 t): estimate."""


def existing(oxides: Iterable[Record]) -> list[Record]:
    """Rows of the `existing` sheet, China included; `oxides`: the separated oxides by material (`oxides.py`)."""
    return [*_mines(), *_separation(), *oxides, *_magnets()]


def _mines() -> list[Record]:
    """Mine production by country, from the seed article (`inputs/facts/README.md`); element shares are estimates of this
    project, rough except for the US and Australia."""
    rows = []
    for ours in assumptions("mine_shares"):
        shares = {key: float(ours[key]) for key in ("share_ndpr", "share_dy", "share_tb")}
        fact = the_fact("baseline", stage="mine", material="REO", country=ours["country"])
        rows.append(_existing(fact, note=f"shares: {ours['note']}", shares=shares))
    return rows


def _separation() -> list[Record]:
    """The shares of the seed article fix China and the sum of the others; plants with known figures have a row each, the
    rest is one row."""
    china = the_fact("baseline", material=SEED, country="CN")
    others = the_fact("baseline", material=SEED, country="ex-China")
    named = [the_fact("baseline", stage="separation", material="REO", country=c) for c in SEPARATORS]
    rest = float(others["tonnes"]) - sum(float(fact["tonnes"]) for fact in named)
    note = (
        "what the seed's share leaves outside China, less the plants named above: ramp-ups and plants without figures"
    )
    return [
        _existing(china, note=f"{_printed('separation')}; the bottom-up estimate of facts_baseline is 350000 t"),
        *(_existing(fact) for fact in named),
        {**_existing(others, note=note), "country": "ROW", "2024": rest},
    ]


def chinas_oxides() -> list[Record]:
    """China's separated oxides by material, recycled swarf too."""
    return [
        _existing(row, material=OXIDES[row["material"]], name=row["material"])
        for row in facts("baseline")
        if row["stage"] == "separation" and row["material"] in OXIDES and row["country"] == "CN"
    ]


def _magnets() -> list[Record]:
    facts_ = [the_fact("baseline", material="NdFeB magnets", country=c) for c in MAGNET_MAKERS]
    rows = [_existing(fact, note=_printed("magnet") if fact["country"] == "CN" else "") for fact in facts_]
    note = "2026 and 2028: steps to the nameplate of Noveon (2000 t) and Independence (1000 t), estimate"
    us = _existing(the_fact("baseline", material="NdFeB magnets", country="US"), note=note)
    return [*rows, {**us, **US_MAGNETS}]


def _printed(stage: str) -> str:
    """China's share of a stage as the seed article prints it; the gap report compares the tonnes with it."""
    (basis,) = (
        r["basis"] for r in facts("baseline") if r["stage"] == stage and r["material"].startswith("share of world")
    )
    return basis


def _existing(
    fact: Text, material: str | None = None, name: str = "", note: str = "", shares: Mapping[str, float] | None = None
) -> Record:
    return {
        "country": fact["country"],
        "stage": fact["stage"],
        "material": material,
        "name": name,
        **(shares or {}),
        "2024": float(fact["tonnes"]),
        "confidence": fact["confidence"],
        "source": fact["basis"],
        "as_of": fact["as_of"],
        "note": note,
    }
