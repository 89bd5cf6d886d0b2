"""`inputs/allied-candidates.xlsx`: the real projects, programmes, demand and rules."""

from pathlib import Path

from . import balance, candidates, economics, money, notes, oxides, policy, prices, trouble
from .book import SAYS, SampleSheet, write

CONFIDENCE = ("high", "medium", "low")
COUNTRIES = ("US", "JP", "AU", "CA", "VN")

PROJECTS_SAY = {
    "feed": "What the plant takes in. Can be used in the `where` of a rule.",
    "dy_tb_t": "Dy and Tb at full capacity, t/yr of oxide: capacity x (share_dy + share_tb). The heavy rule's measure.",
    "public_support": "Public support known, with letters and conditions. Only what `secured_m` holds is counted.",
    "esg_notes": "Words that the ESG rubric reads. See Notes.",
}


def build(path: Path) -> None:
    """Writes the book whole to `path`."""
    lists = {"confidence": CONFIDENCE, "stage": candidates.STAGES}
    sheets = (
        SampleSheet(
            "projects",
            candidates.projects(with_prices=True),
            PROJECTS_SAY | economics.SAYS,
            {**lists, "country": COUNTRIES},
        ),
        SampleSheet("programmes", money.programmes(), SAYS, {"confidence": CONFIDENCE, "donor": COUNTRIES}),
        SampleSheet("demand", balance.demand(), SAYS, lists),
        SampleSheet("existing", oxides.existing(), SAYS, lists),
        SampleSheet("prices", prices.prices(), SAYS),
        SampleSheet("rules", policy.rules(), SAYS),
        SampleSheet("scenarios", trouble.scenarios(), SAYS),
        SampleSheet("risks", trouble.risks(), SAYS),
        SampleSheet("fx", money.fx(), SAYS),
        SampleSheet("settings", policy.settings(), SAYS),
    )
    write(path, "Candidates of the rare-earth chain outside China", notes.allied(), sheets)
