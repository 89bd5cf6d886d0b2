"""`optimizer/demo/first-look.xlsx`: six invented projects that a person can check by hand (see its Notes)."""

from pathlib import Path

from .book import SAYS, SampleSheet, write
from .facts import Record
from .notes import notes

_COLUMNS = ("id", "name", "country", "stage", "capacity_tpa", "capex_m", "private_share", "earliest_fid", "build_years")
_PROJECTS = (
    ("red-ridge", "Red Ridge mine", "AU", "mine", 12000, 300, 0.5, 2026, 2),
    ("blue-creek", "Blue Creek mine", "CA", "mine", 6000, 120, 0.5, 2026, 2),
    ("harbour", "Harbour separation plant", "US", "separation", 10000, 400, 0.5, 2026, 2),
    ("lotus", "Lotus separation plant", "VN", "separation", 5000, 160, 0.5, 2027, 2),
    ("prairie", "Prairie magnets", "US", "magnet", 2500, 400, 0.5, 2026, 2),
    ("kiso", "Kiso magnets", "JP", "magnet", 1250, 120, 0.5, 2026, 2),
)
_DEMAND = (("mine", 20000), ("separation", 20000), ("magnet", 5000))
_EXISTING = (
    ("CN", "mine", 8000),
    ("ROW", "mine", 2000),
    ("CN", "separation", 18000),
    ("ROW", "separation", 2000),
    ("CN", "magnet", 9500),
    ("ROW", "magnet", 500),
)
_RULE: Record = {
    "rule": "new-magnets",
    "measure": "capacity",
    "aggregate": "sum",
    "where": "stage=magnet",
    "year": 2030,
    "sense": ">=",
    "value": 2000,
    "note": "at least 2,000 t a year of new magnets in 2030",
}
_SETTINGS = (
    ("first_year", 2026, ""),
    ("last_year", 2035, "ten years: a plant decided in 2026 and built in two delivers in eight of them"),
    ("total_budget_m", 400, "millions of US$, over all years"),
    ("milestones", "2030; 2035", "years that reports show"),
)


def build(path: Path) -> None:
    """Writes the book whole to `path`."""
    about = {"confidence": "invented", "source": "made up for this example"}
    sheets = (
        SampleSheet("projects", [{**dict(zip(_COLUMNS, row, strict=True)), **about} for row in _PROJECTS]),
        SampleSheet("demand", [{"stage": stage, "2026": tonnes} for stage, tonnes in _DEMAND]),
        SampleSheet("existing", [{"country": c, "stage": s, "capacity_tpa": t} for c, s, t in _EXISTING]),
        SampleSheet("rules", [_RULE]),
        SampleSheet("settings", [{"key": k, "value": v, "note": n} for k, v, n in _SETTINGS], SAYS),
    )
    write(path, "First look: six invented projects", notes("first-look"), sheets)
