"""What a planner changes on the command line, without touching the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Overrides:
    """Changes to a workbook as it is read: settings by name, projects to finance for certain or not at all."""

    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Setting -> (value as typed, where it came from, such as `--budget`)."""
    include: tuple[str, ...] = ()
    """Ids of projects whose status becomes committed."""
    exclude: tuple[str, ...] = ()
    """Ids of projects whose status becomes barred."""
