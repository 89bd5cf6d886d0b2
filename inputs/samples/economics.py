"""What a project costs to run and what buyers pay it: estimates with their range, from `assumptions/economics.csv`.

A plant that buys feed pays a share of the magnet oxides in it, at the long-run prices of the `prices` sheet. Costs
that a study states stand in `assumptions/economics_projects.csv`, by project; by-products in `assumptions/byproducts.csv`.
"""

from .facts import Record, Text, assumptions, number
from .prices import at_length

MATERIALS = ("ndpr", "dy", "tb")
SAYS = {
    "opex_basis": "Where the operating cost comes from, and its range.",
    "byproduct_basis": "Where the earnings of by-products come from, and their range.",
}
"""Header comments of the columns that the schema does not name."""
_STEP = 100.0


def economics(fact: Text) -> Record:
    """`opex_per_t`, `payable`, `byproduct_per_t` and their basis, of a row of the facts."""
    known = next((row for row in assumptions("economics_projects") if row["id"] == fact["id"]), None)
    return {**(_stated(known) if known else _estimated(fact)), **_byproduct(fact)}


def _stated(row: Text) -> Record:
    costs = {key: float(row[key]) for key in ("opex_per_t", "low", "high")}
    return _record(costs["opex_per_t"], costs["low"], costs["high"], row)


def _estimated(fact: Text) -> Record:
    row = _row_of(fact)
    feed = float(row["feed_share"]) * _contained(fact)
    return _record(*(feed + float(row[key]) for key in ("processing_per_t", "low", "high")), row)


def _row_of(fact: Text) -> Text:
    """The row of a stage and feed, else of the stage."""
    rows = {(row["stage"], row["feed"]): row for row in assumptions("economics")}
    return rows.get((fact["stage"], fact["feed"])) or rows[fact["stage"], ""]


def _byproduct(fact: Text) -> Record:
    """Earnings of by-products; 0 with the reason if none are counted."""
    stated = next((row for row in assumptions("byproducts") if row["id"] == fact["id"]), None)
    if stated is None:
        return {"byproduct_per_t": 0.0, "byproduct_basis": f"0 to 0: {_row_of(fact)['byproduct_basis']}"}
    ends = f"{float(stated['low']):,.0f} to {float(stated['high']):,.0f}" if stated["high"] else "range not known"
    return {"byproduct_per_t": float(stated["byproduct_per_t"]), "byproduct_basis": f"{ends}: {stated['basis']}"}


def _contained(fact: Text) -> float:
    """Value of the magnet oxides in a tonne of what passes through, US dollars."""
    if fact["stage"] == "magnet":
        return 0.0
    return sum(float(fact[f"{m}_share"]) * at_length(m) for m in MATERIALS)


def _record(cost: float, low: float, high: float, row: Text) -> Record:
    basis = f"{_rounded(low):,.0f} to {_rounded(high):,.0f}: {row['basis']}"
    return {
        "opex_per_t": _rounded(cost),
        "payable": number(row["payable"]),
        "opex_basis": basis,
    }


def _rounded(cost: float) -> float:
    return _STEP * round(cost / _STEP)
