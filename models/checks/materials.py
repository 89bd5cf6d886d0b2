"""Find columns `share_<material>` of a material that no other sheet names; likely a misspelling."""

from difflib import SequenceMatcher

from models.checks.findings import Findings
from models.nearest import did_you_mean
from models.schema import Existing, Project
from models.sets import Sets
from models.text import Text

_CLOSE = 0.85
"""Likeness of two spellings of one material (`ndp`, `ndpr`: 0.86); dysprosium is not `dytb` (0.67)."""


def check(findings: Findings, _sets: Sets) -> None:
    """A spelling that is nearly a known material is a fault, any other unknown one a warning, once a column."""
    case = findings.case
    named = (
        [row.material for row in case.demand]
        + [row.material for row in case.existing]
        + [row.material for row in case.processes]
    )
    known = {material for material in named if material}
    if not known:
        return
    counted = {name for rule in case.rules for name in (rule.measure, rule.per, rule.weight) if name}
    unused: dict[tuple[type, str], Project | Existing] = {}
    rows: tuple[Project | Existing, ...] = (*case.projects, *case.existing)
    for row in rows:
        for material in row.shares.keys() - known:
            if f"share_{material}" not in counted:
                unused.setdefault((type(row), material), row)
    for (_, material), row in unused.items():
        _name(findings, row, material, known)


def _name(findings: Findings, row: Project | Existing, material: str, known: set[str]) -> None:
    column = f"share_{material}"
    near = max(known, key=lambda name: (_likeness(material, name), name))
    if _likeness(material, near) >= _CLOSE:
        message = f"no demand, existing capacity or process names {material}{did_you_mean(f'share_{near}')}"
        findings.fault(row, column, message)
    else:
        unused = Text(
            "no demand, existing capacity or process names {material}: this column changes no plan", material=material
        )
        findings.warn(row, column, unused)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold()[:60], other.casefold()[:60], autojunk=False).ratio()
