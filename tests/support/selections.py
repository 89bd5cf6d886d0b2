"""Every selection of a case at once: an array has one element a selection."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.case import Case
from models.schema import Project

NEVER = np.inf
"""Decision year of a project that is not financed."""


@dataclass(frozen=True)
class Selections:
    """The decision years of all selections of a case, by project."""

    case: Case
    count: int
    free: tuple[Project, ...]
    """Projects that are decided."""
    years: Mapping[str, np.ndarray]
    """Project that is decided or underway -> its decision years; -NEVER for one that is underway."""

    def year(self, project: str) -> np.ndarray:
        """Decision year of a project in each selection; NEVER where it is not financed."""
        years = self.years.get(project)
        return np.full(self.count, NEVER) if years is None else years

    def is_underway(self, project: str) -> bool:
        return any(p.id == project and p.status == "underway" for p in self.case.projects)
