"""`inputs/gallium.xlsx`: another mineral, invented, to show that nothing but data changes (see its Notes)."""

from pathlib import Path

from .book import SAYS, SampleSheet, write
from .facts import Record
from .notes import notes

_COLUMNS = (
    "id", "name", "country", "stage", "process", "capacity_tpa", "share_crude_ga", "share_refined_ga", "share_wafers",
    "capex_m", "private_share", "earliest_fid", "build_years",
)  # fmt: skip
_PROJECTS = (
    ("banksia", "Banksia gallium plant", "AU", "crude", "extraction", 60, 1, None, None, 60, 0.5, 2026, 2),
    ("bayou", "Bayou gallium plant", "US", "crude", "extraction", 40, 1, None, None, 50, 0.5, 2026, 2),
    ("hikari", "Hikari refinery", "JP", "refined", "refining", 80, None, 1, None, 40, 0.5, 2026, 2),
    ("maple", "Maple refinery", "CA", "refined", "refining", 40, None, 1, None, 30, 0.5, 2026, 2),
    ("mesa", "Mesa wafers", "US", "wafer", "growth", 100, None, None, 1, 120, 0.5, 2026, 2),
    ("tsubame", "Tsubame wafers", "JP", "wafer", "growth", 50, None, None, 1, 50, 0.5, 2026, 2),
)
_DEMAND = (
    ("crude", "crude_ga", "gross", 160),
    ("refined", "refined_ga", "gross", 140),
    ("wafer", "wafers", "net", 150),
)
_EXISTING = (
    ("CN", "crude", "extraction", None, None, 600),
    ("CN", "refined", "refining", None, None, 400),
    ("CN", "wafer", "growth", None, None, 200),
    ("JP", "crude", "extraction", None, "Old extraction", 10),
    ("JP", "refined", "refining", None, "Old refinery", 20),
    ("JP", "wafer", "growth", None, "Old wafers", 15),
    ("AU", "crude", None, "liquor_ga", "gallium in alumina liquor", 75),
    ("US", "crude", None, "liquor_ga", "gallium in alumina liquor", 25),
    ("JP", "crude", None, "liquor_ga", "gallium in imported liquor", 12),
)
_MADE = {"extraction": "crude_ga", "refining": "refined_ga", "growth": "wafers"}
_PROCESSES = (
    ("extraction", None, "crude", "crude_ga", 1.0, None, ""),
    ("extraction", None, "crude", "liquor_ga", -1.25, None, "80 % of the gallium that passes is taken out"),
    ("refining", "crude", "refined", "refined_ga", 1.0, None, ""),
    ("refining", "crude", "refined", "crude_ga", -1.05, None, "5 % is lost"),
    ("refining", "cuttings", "refined", "refined_ga", 1.0, None, ""),
    ("refining", "cuttings", "refined", "cuttings_ga", -1.111, None, "90 % of the gallium in cuttings comes back"),
    ("growth", None, "wafer", "wafers", 1.0, None, "GaAs: 48 % gallium"),
    ("growth", None, "wafer", "refined_ga", -0.9, None, ""),
    ("growth", None, "wafer", "refined_ga", -0.85, 2032, "thrift: thinner cuts"),
    ("growth", None, "wafer", "cuttings_ga", 0.36, None, "gallium in saw cuttings and rejects"),
)
_SETTINGS = (
    ("first_year", 2026, ""),
    ("last_year", 2035, ""),
    ("stages", "crude; refined; wafer", "the only thing that says which mineral this is"),
    ("objective", "delivered", "coverage by what the chain really delivers; try coverage (nameplate)"),
    ("total_budget_m", 100, "millions of US$, over all years"),
    ("milestones", "2030; 2035", "years that reports show"),
)


def build(path: Path) -> None:
    """Writes the book whole to `path`."""
    about = {"confidence": "invented", "source": "made up for this example"}
    recipe = ("process", "recipe", "stage", "material", "tonnes_per_tonne", "from_year")
    sheets = (
        SampleSheet("projects", [{**dict(zip(_COLUMNS, row, strict=True)), **about} for row in _PROJECTS]),
        SampleSheet("demand", [{"stage": s, "material": m, "basis": b, "2026": t} for s, m, b, t in _DEMAND]),
        SampleSheet("existing", [_existing(row) for row in _EXISTING]),
        SampleSheet("processes", [{**dict(zip(recipe, r, strict=False)), "source": "made up", "note": r[6]} for r in _PROCESSES], SAYS),
        SampleSheet("settings", [{"key": k, "value": v, "note": n} for k, v, n in _SETTINGS], SAYS),
    )  # fmt: skip
    write(path, "Another mineral: gallium, invented", notes("gallium"), sheets)


def _existing(given: tuple[str, str, str | None, str | None, str | None, float]) -> Record:
    row: Record = dict(zip(("country", "stage", "process", "material", "name"), given[:5], strict=True))
    shares = {f"share_{material}": 1.0 if row["process"] == of else None for of, material in _MADE.items()}
    return {**row, **shares, "capacity_tpa": float(given[5]), "source": "made up for this example"}
