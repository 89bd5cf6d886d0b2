"""Overrides: changes on the command line that leave the workbook as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Overrides:
    """Changes to a workbook as it is read: settings by name, and projects that must or must not be financed."""

    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Setting -> (value as typed, where it came from, such as `--budget`)."""
    include: tuple[str, ...] = ()
    """Ids of projects whose status becomes committed."""
    exclude: tuple[str, ...] = ()
    """Ids of projects whose status becomes barred."""
