"""Today's makers: existing capacity by country, China's share of its tonnes, and the shares that sources print."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from models.frozen import Frozen
from models.gaps.keys import report_keys
from models.schema import Existing
from models.sets import DemandKey, Sets
from models.terms import existing_share, existing_tonnes, interpolate

CHINA = "CN"


class Maker(Frozen):
    """One country's existing capacity of a demand row, in the first year that the rows name."""

    stage: str
    material: str | None
    year: int
    country: str
    tonnes: float
    """All its capacity, whether it counts as outside China or not."""
    share: float | None
    """Share of all existing capacity; None without existing capacity."""
    counts: bool
    """Whether the country's capacity counts as outside China."""
    free_t: float
    """Capacity that may serve demand outside China; 0 if the country does not count."""
    plants: tuple[str, ...]
    confidence: tuple[str, ...]
    sources: tuple[str, ...]
    printed: tuple[str, ...]
    """Shares of the world that the sources print in words."""
    differs: tuple[str, ...]
    """Entries of `printed` that disagree with the tonnes."""

    @property
    def key(self) -> DemandKey:
        return DemandKey(self.stage, self.material)


def first_year_of(sets: Sets, key: DemandKey) -> int:
    """The first year that the existing rows of a demand row name; the first year of the horizon if they name none."""
    years = [year for row in rows_of(sets, key) for year in row.years]
    return min(years, default=sets.case.settings.first_year)


def rows_of(sets: Sets, key: DemandKey) -> list[Existing]:
    """Existing rows that contain some of a demand row, of every country, counted or not."""
    return [r for r in sets.case.existing if r.stage == key.stage and existing_share(r, key.material) > 0]


def all_tonnes(row: Existing, key: DemandKey, year: int) -> float:
    """Whole capacity of a row, t/yr, whether or not it serves demand outside China."""
    return (interpolate(row.years, year) if row.years else row.capacity_tpa or 0.0) * existing_share(row, key.material)


def china_share(sets: Sets, key: DemandKey) -> float | None:
    """China's share of the tonnes of all rows in the first year with capacity; None without any."""
    year = first_year_of(sets, key)
    tonnes = [(row.country, all_tonnes(row, key, year)) for row in rows_of(sets, key)]
    world = sum(t for _, t in tonnes)
    return sum(t for country, t in tonnes if country == CHINA) / world if world > 0 else None


def makers(sets: Sets) -> tuple[Maker, ...]:
    """Countries behind existing capacity, demand row by demand row, the largest first."""
    return tuple(maker for key in report_keys(sets) for maker in _makers(sets, key))


def _makers(sets: Sets, key: DemandKey) -> Iterable[Maker]:
    year = first_year_of(sets, key)
    rows: dict[str, list[Existing]] = {}
    for row in rows_of(sets, key):
        rows.setdefault(row.country, []).append(row)
    tonnes = {c: sum(all_tonnes(r, key, year) for r in of) for c, of in rows.items()}
    world = sum(tonnes.values())
    for country in sorted(rows, key=lambda c: (-tonnes[c], c)):
        yield _maker(sets, key, rows[country], tonnes[country] / world if world > 0 else None)


def _maker(sets: Sets, key: DemandKey, rows: list[Existing], share: float | None) -> Maker:
    year, counts = first_year_of(sets, key), sets.counts(rows[0])
    printed = [p for row in rows for p in printed_shares(f"{row.source}; {row.note}")]
    return Maker(
        stage=key.stage,
        material=key.material,
        year=year,
        country=rows[0].country,
        tonnes=sum(all_tonnes(r, key, year) for r in rows),
        share=share,
        counts=counts,
        free_t=sum(existing_tonnes(r, year) * existing_share(r, key.material) for r in rows) if counts else 0.0,
        plants=_distinct(r.name for r in rows),
        confidence=_distinct(r.confidence for r in rows),
        sources=_distinct(text for r in rows for text in (r.source, r.note)),
        printed=_distinct(p.text for p in printed),
        differs=_distinct(p.text for p in printed if share is not None and not p.low <= 100 * share <= p.high),
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


class Printed(NamedTuple):
    """A share of the world as a source prints it, with the range of per cents that its wording and digits allow."""

    text: str
    low: float
    high: float


_PRINTED = re.compile(
    r"(?:\b(about|over|above|more than|under|below|less than)\s+)?"
    r"(\d+(?:\.\d+)?)(?:\s*(?:-|–|to)\s*(\d+(?:\.\d+)?))?\s*%\s+of\s+"
    r"(?:the\s+)?(?:world|mining|separation|(?:NdFeB\s+)?magnets)\b",
    re.IGNORECASE,
)


def printed_shares(text: str) -> list[Printed]:
    """Shares that a source or a note prints, as "N % of world" or of a stage, each with its rounding.

    >>> [p[1:] for p in printed_shares("85-90 % of separation; above 90 % of the world; 12 % of Asia")]
    [(84.5, 90.5), (90.0, 100.0)]
    """
    return [_printed(match) for match in _PRINTED.finditer(text)]


def _printed(match: re.Match[str]) -> Printed:
    word, first, last = (match[1] or "").casefold(), match[2], match[3] or match[2]
    half = 0.5 * 10 ** -len(first.partition(".")[2])
    if word in ("over", "above", "more than"):
        return Printed(match[0], float(first), 100.0)
    if word in ("under", "below", "less than"):
        return Printed(match[0], 0.0, float(first))
    slack = 2 * half if word == "about" else half
    return Printed(match[0], float(first) - slack, float(last) + slack)
