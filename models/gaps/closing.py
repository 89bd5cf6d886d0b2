"""The year in which a gap closes, and whether it stays closed."""

from collections.abc import Iterable
from itertools import groupby

from models.frozen import Frozen
from models.gaps.rows import GapRow
from models.sets import DemandKey

TOLERANCE = 1e-6
"""Share of the demand below which a gap is ignored: capacities are sums of rounded numbers."""


class Closing(Frozen):
    """Development of the gap of one demand row over the horizon."""

    stage: str
    material: str | None
    demanded: bool
    """Whether anything is demanded in any year."""
    closes: int | None
    """First year without a gap; None if there is a gap in every year."""
    reopens: int | None
    """First later year with a gap; None if the gap stays closed."""

    @property
    def key(self) -> DemandKey:
        return DemandKey(self.stage, self.material)


def is_open(row: GapRow) -> bool:
    """Whether a row has a gap."""
    return row.gap_t > TOLERANCE * max(1.0, row.demand_t)


def closings(rows: Iterable[GapRow]) -> tuple[Closing, ...]:
    """One closing for each demand row, in the order of the rows; years without demand are ignored."""
    return tuple(_closing(key, list(of)) for key, of in groupby(rows, key=lambda row: row.key))


def _closing(key: DemandKey, rows: list[GapRow]) -> Closing:
    demanded = [row for row in rows if row.demand_t > 0]
    closes = next((row.year for row in demanded if not is_open(row)), None)
    after = [row.year for row in demanded if closes is not None and row.year > closes and is_open(row)]
    return Closing(
        stage=key.stage,
        material=key.material,
        demanded=bool(demanded),
        closes=closes,
        reopens=min(after, default=None),
    )
