"""Scan of an ods: streams `content.xml`, which holds all sheets, once and does not keep it."""

import zipfile
from collections.abc import Callable
from xml.parsers import expat

from optimizer.workbook.integrity import Facts, Refused, SheetFacts, Tally, stream, whole
from optimizer.workbook.scan_xlsx import NO_VALUE, error_message
from optimizer.workbook.xml_stream import safe_parser

Attributes = dict[str, str]
_LONGEST = 200
"""Letters of a text that are kept while it is judged."""


def scan(archive: zipfile.ZipFile, is_known: Callable[[str], bool]) -> Facts:
    """Titles of all sheets, and the facts of the wanted ones. All are measured, since all are parsed."""
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in whole(archive, "META-INF/manifest.xml"):
        raise Refused("is encrypted; open it, remove the password and save it again")
    reader = ContentScan()
    for chunk in stream(archive, archive.getinfo("content.xml")):
        reader.feed(chunk)
    facts = reader.finish()
    if not facts.titles:
        raise Refused("is not a spreadsheet, or parts of it are missing; save it again")
    if "mimetype" not in archive.namelist():
        for sheet in facts.sheets.values():
            sheet.is_odd = True
    if len(set(facts.titles)) < len(facts.titles):
        raise Refused("is damaged: two sheets have one name; save it again")
    return Facts(facts.titles, {t: sheet for t, sheet in facts.sheets.items() if is_known(t)}, reads_all=True)


HOLLOW = "a number without its value; open the workbook in the spreadsheet program, type the value and save it"
_NUMBERS = ("float", "percentage", "currency")
_BOOLEANS = ("of:=TRUE()", "of:=FALSE()")
"""Styles by which LibreOffice marks yes and no from an xlsx."""
_MOST_BOOLEANS = 10_000
"""Cells of one repeated element that are noted as yes or no; more of them are read as 1 and 0, which mean the same."""


class ContentScan:
    """Streams `content.xml`: positions with their repetitions, error cells, formulas without a value, hidden rows."""

    def __init__(self) -> None:
        self.facts = Facts([], {})
        self._sheet = SheetFacts()
        self._title = ""
        self._depth = 0
        self._row = self._next_row = 0
        self._column = self._next_column = 0
        self._is_hollow = False
        self._row_hidden = self._has_formula = self._has_value = self._has_text = self._is_error = False
        self._measured = (0, 0)
        self._tally = Tally()
        self._text = ""
        self._letters = self._blanks = 0
        """Letters of the cell's text, with the spaces that a separate element represents."""
        self._starts: dict[str, Callable[[Attributes], None]] = {
            "table:table": self._start_table, "table:table-row": self._start_row,
            "table:table-cell": self._start_cell, "table:covered-table-cell": self._start_cell,
            "table:table-column": self._start_column, "text:p": self._start_text, "text:s": self._spaces,
        }  # fmt: skip
        self._parser = safe_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartCdataSectionHandler = self._parser.CommentHandler = self._odd

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            raise Refused(f"is damaged: its content breaks off ({error}); save it again") from error

    def finish(self) -> Facts:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused(f"is damaged: its content breaks off ({error}); save it again") from error
        return self.facts

    def _start(self, tag: str, attributes: Attributes) -> None:
        start = self._starts.get(tag)
        if start is not None and (self._depth <= 1 or tag == "table:table"):
            start(attributes)

    def _end(self, tag: str) -> None:
        if tag == "table:table":
            self._depth -= 1
            if self._depth == 0:
                self._tally.cells += self._measured[0] * self._measured[1]
        elif self._depth == 1 and tag in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()

    def _start_table(self, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        self._tally.add_sheet()
        self._title = attributes.get("table:name", "")
        self._sheet = SheetFacts()
        self.facts.titles.append(self._title)
        self.facts.sheets[self._title] = self._sheet
        self._next_row = self._next_column = 0
        self._measured = (0, 0)

    def _start_row(self, attributes: Attributes) -> None:
        self._row = self._next_row
        self._next_row += _count(attributes, "table:number-rows-repeated")
        self._next_column = 0
        self._row_hidden = attributes.get("table:visibility", "visible") != "visible"

    def _start_cell(self, attributes: Attributes) -> None:
        self._column = self._next_column
        self._next_column += _count(attributes, "table:number-columns-repeated")
        self._has_value = "office:value-type" in attributes
        self._has_formula = "table:formula" in attributes
        self._is_error = attributes.get("calcext:value-type") == "error"
        kind = attributes.get("office:value-type")
        self._is_hollow = kind in _NUMBERS and "office:value" not in attributes
        is_boolean = kind == "boolean" or attributes.get("table:formula") in _BOOLEANS
        if is_boolean and self._repeated() <= _MOST_BOOLEANS:
            self._sheet.booleans.update(
                (row + 1, column)
                for row in range(self._row, self._next_row)
                for column in range(self._column, self._next_column)
            )
        self._text, self._letters, self._blanks = "", 0, 0
        self._has_text = False
        if self._repeated() > 1 or self._has_formula or self._is_error:
            self._parser.CharacterDataHandler = self._add_text
        if self._has_value or self._has_formula:
            self._measure()
        down = _count(attributes, "table:number-rows-spanned")
        right = _count(attributes, "table:number-columns-spanned")
        if down > 1 or right > 1:
            self._tally.add_merged(self._title)
            self._sheet.merged.append((self._row + 1, self._column, self._row + down, self._column + right - 1))

    def _repeated(self) -> int:
        """The number of cells that the element represents."""
        return (self._next_row - self._row) * (self._next_column - self._column)

    def _measure(self) -> None:
        rows, columns = max(self._measured[0], self._next_row), max(self._measured[1], self._next_column)
        if (rows, columns) != self._measured:
            self._tally.check_extent(self._title, rows, columns)
            self._measured = (rows, columns)
        if self._row_hidden and self._sheet.hidden_rows[-1:] != [self._row + 1]:
            self._sheet.hidden_rows.append(self._row + 1)

    def _odd(self, *_: object) -> None:
        self._sheet.is_odd = True

    def _add_text(self, text: str) -> None:
        self._letters += len(text)
        if len(self._text) < _LONGEST:
            self._text += text

    def _end_cell(self) -> None:
        self._parser.CharacterDataHandler = None
        text = self._text.strip()
        self._tally.add_text(self._title, (self._letters + self._blanks) * self._repeated())
        message = ""
        if self._is_hollow:
            message = HOLLOW
        elif self._has_formula and not self._has_value and not self._has_text:
            message = NO_VALUE
        elif text.startswith(("#", "Err:")) and (self._has_formula or self._is_error):
            message = error_message(text)
        elif self._has_text and not self._has_value and not self._has_formula:
            self._odd()  # a text without a type, which spreadsheet programs show and the reader takes for empty
        if message:
            self._tally.add_faulty(self._title, self._repeated())
            for row in range(self._row + 1, self._next_row + 1):
                for column in range(self._column, self._next_column):
                    self._sheet.cells[row, column] = message

    def _start_text(self, _attributes: Attributes) -> None:
        self._has_text = True  # LibreOffice writes a formula's empty text so, without a type
        self._measure()

    def _spaces(self, attributes: Attributes) -> None:
        self._blanks += _count(attributes, "text:c")
        self._tally.check_text(self._title, self._blanks)

    def _start_column(self, attributes: Attributes) -> None:
        first, count = self._next_column, _count(attributes, "table:number-columns-repeated")
        self._next_column += count
        if attributes.get("table:visibility", "visible") != "visible" and self._next_row == 0:
            self._sheet.hide_columns(first, count)


def _count(attributes: Attributes, name: str) -> int:
    return max(1, int(attributes.get(name, "1")))
