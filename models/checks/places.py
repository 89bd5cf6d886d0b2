"""Places of projects: a latitude without its longitude, or the reverse."""

from models.checks.findings import Findings
from models.sets import Sets
from models.text import Text


def check(findings: Findings, _sets: Sets) -> None:
    """Warn of each project that has only one of the two."""
    for p in findings.case.projects:
        if (p.latitude is None) != (p.longitude is None):
            given, lacking = ("latitude", "longitude") if p.longitude is None else ("longitude", "latitude")
            findings.warn(
                p,
                given,
                Text(
                    "{name} has a {given} and no {lacking}: the map shows it at the centre of {country}; fill both",
                    name=p.id,
                    given=given,
                    lacking=lacking,
                    country=p.country,
                ),
            )
