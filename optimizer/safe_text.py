"""The one door for text from strangers on its way out: to a terminal, a chart, a cell, a file name.

Names in a workbook may hold what steers a terminal (ESC, BEL, the C1 set of ECMA-48), what turns text around for the
reader (the bidirectional overrides and isolates of Unicode Standard Annex 9), and what no XML, font or encoder takes
(NUL, lone surrogates, noncharacters). Each such character shows as U+FFFD, so that the reader sees that something stood
there. Commands that are suggested are quoted by `optimizer.cli.options.quoted`.
"""

import re
from typing import Any

REPLACEMENT = "\ufffd"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
"""C0 but for tab and ends of lines, DEL, C1, lone surrogates, noncharacters: no document holds them."""
_TURNING = "\u202a-\u202e\u2066-\u2069"
"""Bidirectional embeddings, overrides and isolates: harmless in a cell or a paragraph of their own, not in a printed line."""
_UNPRINTABLE = re.compile(f"[{_CONTROL}]")
_HARMFUL = re.compile(f"[{_CONTROL}{_TURNING}]")
_HARMFUL_OR_BREAK = re.compile(f"[{_CONTROL}{_TURNING}\t\n\r\u2028\u2029]+")
_NO_FILE_NAME = re.compile(f'[{_CONTROL}{_TURNING}\t\n\r/\\\\:*?"<>|\u2028\u2029]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


def printable(text: str) -> str:
    """Text as a page, a cell or a chart can hold it; tabs and ends of lines stay, and so does the direction of writing.

    >>> printable("a\\x1b[31mred\\x07"), printable("two\\nlines\\tand 中文")
    ('a�[31mred�', 'two\\nlines\\tand 中文')
    """
    return _UNPRINTABLE.sub(REPLACEMENT, text)


def clean(text: str) -> str:
    """Text for a terminal: `printable`, without marks that change the direction of the text beside it.

    >>> clean("a\\x1b[31mred\\x07"), clean("abc\\u202efdp.exe")
    ('a�[31mred�', 'abc�fdp.exe')
    """
    return _HARMFUL.sub(REPLACEMENT, text)


def one_line(text: str) -> str:
    """The same on one line: runs of breaks and control characters become one blank.

    >>> one_line("Mount\\r\\nWeld\\x02 mine")
    'Mount Weld mine'
    """
    return " ".join(_HARMFUL_OR_BREAK.sub(" ", text).split())


def printable_values(value: Any) -> Any:
    """JSON with every text in it printable, keys too; for specifications of charts.

    >>> printable_values({"a\\x02": ["b\\x07", 1]})
    {'a\ufffd': ['b\ufffd', 1]}
    """
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable_values(key): printable_values(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [printable_values(entry) for entry in value]
    return value


def json_text(text: str) -> str:
    """JSON in which harmful characters are escaped: nothing steers the terminal that shows it.

    >>> json_text('"a\\x9bb\\u202e"')
    '"a\\\\u009bb\\\\u202e"'
    """
    return _HARMFUL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    letter = match[0]
    return REPLACEMENT if "\ud800" <= letter <= "\udfff" else f"\\u{ord(letter):04x}"  # readers refuse lone surrogates


def file_name(text: str, instead: str = "unnamed") -> str:
    """A name that every file system takes, and that needs no quoting for what a terminal would do with it.

    >>> file_name("a/b:\\x1b c"), file_name("..."), file_name("con.xlsx")
    ('a-b- c', 'unnamed', '-con.xlsx')
    """
    name = _NO_FILE_NAME.sub("-", text).strip(" .")
    return (f"-{name}" if _RESERVED.match(name) else name) or instead
