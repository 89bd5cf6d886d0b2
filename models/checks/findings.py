"""Collect the findings of the checks, and format the words that they share."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.case import Case
from models.columns import Row
from models.faults import Diagnostic
from models.nearest import did_you_mean, nearest
from models.numbers import as_typed as number
from models.schema import SHEETS, Programme, Project
from models.text import Text, joined_and

_SHEET_OF: dict[type[Row], str] = {cls: name for name, cls in SHEETS.items()}
_ORDER = {name: n for n, name in enumerate([*SHEETS, "settings"])}
_MOST_COMPARED = (
    100_000  # comparing words takes about a second for this number, and nobody reads hundreds of suggestions
)
_MOST_LETTERS = 3  # a word that is longer or shorter by more letters is another word

_Place = tuple[int, int]


@dataclass
class Findings:
    """Diagnostics gathered so far, each with its place in the workbook."""

    case: Case
    faults: list[tuple[_Place, Diagnostic]] = field(default_factory=list)
    warnings: list[tuple[_Place, Diagnostic]] = field(default_factory=list)
    _suggested: dict[str, str] = field(default_factory=dict)
    _compared: int = 0

    def fault(self, row: Row, column: str, message: str) -> None:
        """Note a fault at a column of a row."""
        self.faults.append(self._diagnostic(row, column, message))

    def warn(self, row: Row, column: str, message: Text) -> None:
        """Note a warning at a column of a row."""
        self.warnings.append(self._diagnostic(row, column, message))

    def setting_fault(self, key: str, message: str) -> None:
        """Note a fault at a setting."""
        self.faults.append(self._setting_diagnostic(key, message))

    def setting_warn(self, key: str, message: Text) -> None:
        """Note a warning at a setting."""
        self.warnings.append(self._setting_diagnostic(key, message))

    def sheet_warn(self, sheet: str, message: Text) -> None:
        """Note a warning about a whole sheet."""
        layout = self.case.layouts.get(sheet)
        self.warnings.append(((_ORDER[sheet], 0), Diagnostic(cell=layout.title if layout else sheet, message=message)))

    def cell(self, row: Row, column: str) -> str:
        """Address of a column of a row."""
        return self.case.cell(_SHEET_OF[type(row)], row.row, column)

    def first_present(self, row: Row, columns: Iterable[str]) -> str:
        """The first of these columns that the row's sheet has, else the last of them, so that a missing number still has a cell."""
        names = list(columns)
        layout = self.case.layouts.get(_SHEET_OF[type(row)])
        return next((c for c in names if layout and c in layout.letters), names[-1])

    def setting(self, key: str) -> str:
        """Address of a setting, or the option that gave it."""
        return setting_cell(self.case, key)

    def suggest(self, word: str, known: Iterable[str]) -> str:
        """`; did you mean x?` if a known name is near, else ""."""
        if word not in self._suggested and self._compared < _MOST_COMPARED:
            names = [k for k in known if abs(len(k) - len(word)) <= _MOST_LETTERS]
            self._compared += len(names)
            self._suggested[word] = did_you_mean(nearest(word, names))
        return self._suggested.get(word, "")

    def in_order(self) -> tuple[list[Diagnostic], list[Diagnostic]]:
        """Faults and warnings, sheet by sheet and row by row."""
        return _sorted(self.faults), _sorted(self.warnings)

    def _diagnostic(self, row: Row, column: str, message: str) -> tuple[_Place, Diagnostic]:
        place = (_ORDER[_SHEET_OF[type(row)]], row.row)
        return place, Diagnostic(cell=self.cell(row, column), column=column, message=message)

    def _setting_diagnostic(self, key: str, message: str) -> tuple[_Place, Diagnostic]:
        place = (_ORDER["settings"], self.case.setting_rows.get(key, 0))
        return place, Diagnostic(cell=self.setting(key), column=key, message=message)


def setting_cell(case: Case, key: str) -> str:
    """Address of a setting's value, the option that gave it, or its name if neither sheet nor option gives it."""
    origin = case.provenance.get(key, "default")
    if origin.startswith("--"):
        return origin
    return case.setting_cell(key) if key in case.setting_rows else f"settings, {key}"


def millions(findings: Findings, row: Project | Programme, value: float) -> Text:
    """Money of a case in words, with its currency and prices where the row was written in others."""
    s = findings.case.settings
    is_in_base = row.currency in (None, s.base_currency) and row.price_year in (None, s.price_year)
    if is_in_base:
        return Text("{number}", number=number(value))
    return Text(
        "{number} million {currency} of {year}", number=number(value), currency=s.base_currency, year=s.price_year
    )


def listed(words: Iterable[object]) -> str:
    """`a, b and c`.

    >>> listed("abc"), listed("a")
    ('a, b and c', 'a')
    """
    return joined_and(word if isinstance(word, str) else str(word) for word in words)


def _sorted(diagnostics: list[tuple[_Place, Diagnostic]]) -> list[Diagnostic]:
    return [diagnostic for _, diagnostic in sorted(diagnostics, key=lambda pair: pair[0])]
