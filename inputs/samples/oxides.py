"""Separated NdPr, Dy and Tb of the plants that run today, by country: the same plants and years as in the chain book.

The chain book counts plants by what passes through them; here the same nameplates stand as oxides, so that both books
say the same of what there is without a plan.
"""

from . import balance, chain_balance
from .facts import Record

OXIDES = {"share_ndpr_oxide": "ndpr", "share_dy_oxide": "dy", "share_tb_oxide": "tb"}


def existing() -> list[Record]:
    """Rows of the `existing` sheet of the book without recipes."""
    rows = chain_balance.existing()
    separated = [row for row in rows if row["stage"] == "separation" and row["country"] != "CN"]
    plants = [oxide for row in separated if row["process"] for oxide in _of_plant(row)]
    supplied = [row for row in separated if row["material"] in ("dy_oxide", "tb_oxide")]
    others = [_row(row, str(row["material"]).removesuffix("_oxide"), 1.0) for row in supplied]
    return balance.existing([*balance.chinas_oxides(), *plants, *others])


def _of_plant(row: Record) -> list[Record]:
    shares = {OXIDES[key]: float(str(value)) for key, value in row.items() if key in OXIDES and value is not None}
    return [_row(row, material, share) for material, share in shares.items()]


def _row(row: Record, material: str, share: float) -> Record:
    tonnes = {
        key: round(float(str(value)) * share, 1) for key, value in row.items() if key.isdigit() and value is not None
    }
    return {
        "country": row["country"],
        "stage": "separation",
        "material": material,
        "name": row["name"],
        **tonnes,
        **{key: row[key] for key in ("confidence", "source", "as_of", "note")},
    }
