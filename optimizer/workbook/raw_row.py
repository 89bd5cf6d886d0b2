"""One row of a sheet while it is read."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class RawRow:
    """One row: values by field, families as dicts. A faulty cell leaves a placeholder, so that the other checks run."""

    row: int
    cells: list[Any]
    values: dict[str, Any] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    """Columns of the row that could not be read."""
