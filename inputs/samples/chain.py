"""`inputs/allied-chain.xlsx`: the allied sample with recipes, from ore to magnet."""

from pathlib import Path

from . import candidates, chain_balance, money, notes, policy, recipes, trouble
from .allied import CONFIDENCE, COUNTRIES, PROJECTS_SAY
from .balance import RECOVERY
from .book import SAYS, SampleSheet, write
from .facts import Record, assumptions

STAGES = ("mine", "separation", "metal", "magnet")

LEFT_OUT = ("heavy-by-2030", "magnets-2032", "own-risk-beside-support", "two-treasuries")
"""Milestones of nameplate, and rules on the make-up of the money."""

_SAY = {
    **SAYS,
    "low": "Lower end of the coefficient's range.",
    "high": "Upper end of the coefficient's range.",
}


def build(path: Path) -> None:
    """Writes the book whole to `path`."""
    lists = {"confidence": CONFIDENCE, "stage": STAGES}
    sheets = (
        SampleSheet("projects", projects(), PROJECTS_SAY, {**lists, "country": COUNTRIES}),
        SampleSheet("programmes", programmes(), SAYS, {"confidence": CONFIDENCE, "donor": COUNTRIES}),
        SampleSheet("demand", chain_balance.demand(), SAYS, lists),
        SampleSheet("existing", chain_balance.existing(), SAYS, lists),
        SampleSheet("processes", recipes.processes(), _SAY, lists),
        SampleSheet("rules", rules(), SAYS),
        SampleSheet("scenarios", trouble.scenarios(), SAYS),
        SampleSheet("risks", trouble.risks(), SAYS),
        SampleSheet("fx", money.fx(), SAYS),
        SampleSheet("settings", policy.settings("chain_settings"), SAYS),
    )
    write(path, "From ore to magnet outside China", notes.chain(), sheets)


def programmes() -> list[Record]:
    """The programmes of the allied book but for price floors; those that finance separation finance metal makers too."""
    return [
        {**row, "stages": str(row["stages"]).replace("separation", "separation; metal")}
        for row in money.programmes()
        if row["instrument"] != "offtake"
    ]


def rules() -> list[Record]:
    """The rules of the allied workbook on deliveries."""
    return [row for row in policy.rules() if row["rule"] not in LEFT_OUT]


def projects() -> list[Record]:
    """The candidates of the allied book and the metal makers, each with its process and its nameplate by material."""
    ours = {row["id"]: row for row in assumptions("chain_processes")}
    return [_row(project, ours[str(project["id"])]) for project in candidates.projects(STAGES)]


def _row(project: Record, ours: dict[str, str]) -> Record:
    process, shares = ours["process"], _shares(project, ours["process"])
    row: Record = {}
    for key, value in project.items():
        if not key.startswith("share_"):
            row[key] = value
        if key == "stage":
            row["process"] = process
        if key == "capacity_tpa":
            row.update({f"share_{material}": None for material in MATERIALS}, **shares)
    if ours["why"]:
        row["note"] = "; ".join(filter(None, (str(project["note"]), f"process: {ours['why']}")))
    return row


MATERIALS = ("ndpr_oxide", "dy_oxide", "tb_oxide", "ndpr_metal", "magnet_n", "magnet_sh", "magnet_uh")
"""Materials of the demand rows, with a share column each for the nameplate."""
_ELEMENTS = {"ndpr_oxide": ("share_ndpr", "NdPr"), "dy_oxide": ("share_dy", "Dy"), "tb_oxide": ("share_tb", "Tb")}


def _shares(project: Record, process: str) -> Record:
    """Nameplate by material: what the facts say the plant passes through, times the recovery; grades for magnets."""
    if project["stage"] == "metal":
        return {"share_ndpr_metal": 1.0}
    if project["stage"] == "magnet":
        return chain_balance.magnet_shares(process)
    if project["stage"] == "mine" or process == "recycle_to_mixed":
        return {}
    light = process.startswith("sep_light")
    heavy = process == "sep_heavy"
    missing = ["ndpr_oxide"] * (not heavy) + ["dy_oxide", "tb_oxide"] * (not light)
    shares = {}
    for material in missing:
        column, element = _ELEMENTS[material]
        shares[f"share_{material}"] = round(float(str(project[column])) * RECOVERY[element], 5)
    return shares
