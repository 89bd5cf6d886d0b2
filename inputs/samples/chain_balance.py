"""The `demand` and `existing` sheets of the chain book: by material and magnet grade, by process or by material."""

from collections.abc import Iterator

from .balance import RECOVERY, YEARS
from .facts import Record, Text, assumptions, number, the_fact
from .ores import ores
from .recipes import METAL_OF, OXIDE_OF, grades, smelting

_MADE = "oxide that the magnets bought outside China need"


def demand() -> list[Record]:
    """Rows of the `demand` sheet: mined REO, oxides and metal as they are made, magnets as they leave the chain."""
    mined = _demand("mine", None, "mined REO", 1.0, "all-use consumption of REO outside China, as in allied-candidates")
    oxides = [
        _demand("separation", oxide, f"{element} oxide", 1.0, _MADE, basis="gross")
        for element, oxide in OXIDE_OF.items()
    ]
    oxide = smelting("NdPr").value
    why = f"{_MADE}, made into metal at {oxide:.4f} t oxide per t"
    metal = _demand("metal", METAL_OF["NdPr"], "NdPr oxide", 1 / oxide, why, basis="gross")
    return [mined, *oxides, metal, *_magnets()]


def _magnets() -> Iterator[Record]:
    for row in assumptions("chain_grades"):
        part = float(row["part_of_demand"])
        why = f"{part:.0%} of the magnets that factories outside China buy; {row['why']}"
        yield _demand("magnet", row["grade"], "NdFeB magnets", part, why, basis="net")


def _demand(
    stage: str, material: str | None, fact: str, factor: float, why: str, *, basis: str | None = None
) -> Record:
    fact_of = {year: the_fact("demand", material=fact, region="ex-China", year=str(year)) for year in YEARS}
    return {
        "stage": stage,
        "material": material,
        "basis": basis,
        **{str(year): float(round(float(row["tonnes"]) * factor)) for year, row in fact_of.items()},
        "confidence": fact_of[2030]["confidence"],
        "source": f"facts_demand, {fact}, ex-China: {fact_of[2030]['basis']}",
        "note": why,
    }


def existing() -> list[Record]:
    """Rows of the `existing` sheet, from `assumptions/chain_existing.csv` and the facts it points at."""
    rows = [_existing(ours) for ours in assumptions("chain_existing")]
    years = sorted({key for row in rows for key in row if key.isdigit()})
    ends = ("confidence", "source", "as_of", "note")
    heads = [key for row in rows for key in row if not key.isdigit() and key not in ends]
    return [{key: row.get(key) for key in (*dict.fromkeys(heads), *years, *ends)} for row in rows]


def _existing(ours: Text) -> Record:
    fact = _fact(ours)
    per = _per(ours["per"])
    tonnes = {} if fact is None else {"2024": _rounded(float(fact["tonnes"]) / per)}
    later = (part.split("=") for part in ours["years"].split(";") if part)
    tonnes |= {year.strip(): _rounded(float(amount) / per) for year, amount in later}
    return {
        "country": ours["country"],
        "stage": ours["stage"],
        "process": ours["process"],
        "material": ours["material"],
        "name": ours["name"],
        "allied_share": number(ours["allied_share"]),
        **_shares(ours, fact),
        **tonnes,
        "confidence": ours["confidence"] or (fact["confidence"] if fact else "low"),
        "source": fact["basis"] if fact else f"assumption: {ours['why']}",
        "as_of": ours["as_of"] or (fact["as_of"] if fact else ""),
        "note": ours["why"] if fact else "",
    }


def _fact(ours: Text) -> Text | None:
    if not ours["fact"]:
        return None
    return the_fact("baseline", stage=ours["stage"], material=ours["fact"], country=ours["country"])


def _per(ore: str) -> float:
    """t oxide from a tonne of REO of an ore: turns oxide into what passes through the plant. 1 where none is named."""
    return ores()[ore].ndpr.value * RECOVERY["NdPr"] if ore else 1.0


def _rounded(tonnes: float) -> float:
    return round(tonnes, 1)


def _shares(ours: Text, fact: Text | None) -> Record:
    """What a plant's nameplate counts for the demand rows by material; of China's for its share today."""
    if ours["material"]:
        return {}
    if ours["stage"] == "metal":
        return {"share_ndpr_metal": 1.0}
    if ours["stage"] == "magnet":
        return magnet_shares(ours["process"])
    return _oxides(ours, fact) if ours["stage"] == "separation" and ours["process"] else {}


def _oxides(ours: Text, fact: Text | None) -> Record:
    """NdPr oxide per tonne passing through: the ore's where one is named, else the output of the facts."""
    if ours["process"] == "sep_heavy":
        ore = ores()["mt_weld"]
        rates = {"dy_oxide": ore.dy.value * RECOVERY["Dy"], "tb_oxide": ore.tb.value * RECOVERY["Tb"]}
        return {f"share_{oxide}": round(rate / ore.heavy.value, 4) for oxide, rate in rates.items()}
    if ours["per"]:
        return {"share_ndpr_oxide": round(_per(ours["per"]), 4)}
    known = [r for r in _ndpr_of(ours["country"]) if fact is not None]
    rate = float(known[0]["tonnes"]) / float(fact["tonnes"]) if known and fact else TYPICAL
    return {"share_ndpr_oxide": round(rate, 4)}


TYPICAL = 0.2
"""NdPr oxide per tonne of REO that passes through, of plants whose oxides the facts do not give: estimate."""


def _ndpr_of(country: str) -> list[Text]:
    try:
        return [the_fact("baseline", material="NdPr oxide", country=country)]
    except ValueError:
        return []


def magnet_shares(process: str) -> Record:
    """Nameplate by grade: a plant that makes every grade counts in the parts of the demand."""
    if process == "magnet_heavy_free":
        return {"share_magnet_sh": 1.0}
    if process == "magnet_from_scrap":
        return {"share_magnet_n": 1.0}
    parts = {row["grade"]: float(row["part_of_demand"]) for row in assumptions("chain_grades")}
    return {f"share_{grade}": parts[grade] for grade in grades()}
