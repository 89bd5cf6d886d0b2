"""Numbers and names of a stress as text."""

from models.case import Case
from models.objective_units import objective_unit
from models.stress import Stress
from optimizer.reports.formatting import few, number, project_names, with_unit
from optimizer.reports.language import localized


class StressWording:
    """Words and units of one case for the numbers of a stress."""

    def __init__(self, case: Case, stress: Stress) -> None:
        self.case, self.stress = case, stress
        self.unit = objective_unit(case.settings)
        self._names = project_names(case)

    def value(self, value: float) -> str:
        """A value of the objective with its unit: points out of 100, or tonnes."""
        return with_unit(self.plain(value), self.unit)

    def plain(self, value: float) -> str:
        """A value without its unit, for text in which the unit follows."""
        return localized(f"{100 * value:z.1f}") if self.unit == "points" else number(value)

    def amount(self, value: float) -> float:
        """A value for tables, points to four decimals; stress.json has every digit."""
        return round(100 * value, 4) + 0.0 if self.unit == "points" else value

    def name(self, project: str) -> str:
        """The name of a project."""
        return self._names.get(project, project)

    def names(self, ids: tuple[str, ...], most: int = 3) -> str:
        """A list of projects; those beyond the first few are counted."""
        return few([self.name(i) for i in ids], most)
