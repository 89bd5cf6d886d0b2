"""The one door for text from strangers on its way out: to a terminal, a chart, a cell, a file name.

Names in a workbook may hold what steers a terminal (ESC, BEL, the C1 set of ECMA-48), what turns text around for the
reader (the bidirectional overrides and isolates of Unicode Standard Annex 9), and what no XML, font or encoder takes
(NUL, lone surrogates, noncharacters). Each such character shows as U+FFFD, so that the reader sees that something stood
there. Commands that are suggested are quoted by `optimizer.cli.options.quoted`.
"""

import re
from typing import Any

REPLACEMENT = "\ufffd"
_NEVER = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # C0 but for tab and ends of lines, DEL, C1
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides, isolates
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # lone surrogates, noncharacters
)
_HARMFUL = re.compile(f"[{_NEVER}]")
_HARMFUL_OR_BREAK = re.compile(f"[{_NEVER}\t\n\r\u0085\u2028\u2029]+")
_NO_FILE_NAME = re.compile(f'[{_NEVER}\t\n\r/\\\\:*?"<>|\u2028\u2029]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


def clean(text: str) -> str:
    """Text in which nothing steers a terminal or turns the reading direction; tabs and ends of lines stay.

    >>> clean("a\\x1b[31mred\\x07"), clean("abc\\u202efdp.exe"), clean("two\\nlines\\tand 中文")
    ('a\ufffd[31mred\ufffd', 'abc\ufffdfdp.exe', 'two\\nlines\\tand 中文')
    """
    return _HARMFUL.sub(REPLACEMENT, text)


def one_line(text: str) -> str:
    """The same on one line: runs of breaks and control characters become one blank.

    >>> one_line("Mount\\r\\nWeld\\x02 mine")
    'Mount Weld mine'
    """
    return " ".join(_HARMFUL_OR_BREAK.sub(" ", text).split())


def clean_values(value: Any) -> Any:
    """JSON with every text in it cleaned, keys too; for specifications of charts.

    >>> clean_values({"a\\x02": ["b\\x07", 1]})
    {'a\ufffd': ['b\ufffd', 1]}
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean_values(key): clean_values(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [clean_values(entry) for entry in value]
    return value


def json_text(text: str) -> str:
    """JSON in which harmful characters stand as escapes: nothing steers the terminal that shows it.

    >>> json_text('"a\\x9bb\\u202e"')
    '"a\\\\u009bb\\\\u202e"'
    """
    return _HARMFUL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    return REPLACEMENT if "\ud800" <= letter <= "\udfff" else f"\\u{ord(letter):04x}"  # readers refuse lone surrogates


def file_name(text: str, instead: str = "unnamed") -> str:
    """A name that every file system takes, and that needs no quoting for what a terminal would do with it.

    >>> file_name("a/b:\\x1b c"), file_name("..."), file_name("con.xlsx")
    ('a-b- c', 'unnamed', '-con.xlsx')
    """
    name = _NO_FILE_NAME.sub("-", text).strip(" .")
    return (f"-{name}" if _RESERVED.match(name) else name) or instead
