"""Commands that a report proposes, as they are typed."""

import os
import re
import shlex
from pathlib import Path

from optimizer.workbook.overrides import Overrides

_PLAIN = re.compile(r"[\w./:\\~+,=@%-]+")


def quoted(path: Path | str) -> str:
    """A word quoted for the command line of this system, so that nothing in it is executed or expanded.

    A path that begins with a hyphen is written as `./-name`, so that it is not taken for an option.

    >>> quoted("outputs/book-01"), quoted(Path("-x.xlsx"))
    ('outputs/book-01', './-x.xlsx')
    """
    text = path.as_posix() if isinstance(path, Path) else path
    if isinstance(path, Path) and text.startswith("-"):
        text = f"./{text}"
    if _PLAIN.fullmatch(text) and not text.startswith("~"):
        return text
    return for_windows(text) if os.name == "nt" else shlex.quote(text)


def for_windows(text: str) -> str:
    """A word as cmd and PowerShell both take it; where it holds `$`, a backtick or `%`, as PowerShell takes it.

    >>> for_windows("my book.xlsx"), for_windows("Q3 $(x).xlsx")
    ('"my book.xlsx"', "'Q3 $(x).xlsx'")
    """
    if re.search(r"[$`%\"']", text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


OPTIONS_OF_ALL = ("--budget", "--objective")
"""Options that change a setting, and that every verb which reads a workbook has."""


def typed(changes: Overrides) -> str:
    """The options that make these changes, as they are typed after a verb and its workbook.

    Options of one verb alone, such as --risk of `solve`, are typed as the setting that they change.

    >>> typed(Overrides({"total_budget_m": ("3 bn", "--budget"), "last_year": ("2040", "--set last_year")}, ("ridge",)))
    " --budget '3 bn' --set last_year=2040 --include ridge"
    >>> typed(Overrides({"language": ("ja", "--language")}))
    ' --set language=ja'
    """
    words = []
    for key, (text, origin) in changes.settings.items():
        words += [origin, quoted(text)] if origin in OPTIONS_OF_ALL else ["--set", quoted(f"{key}={text}")]
    words += [word for i in changes.include for word in ("--include", quoted(i))]
    words += [word for i in changes.exclude for word in ("--exclude", quoted(i))]
    return "".join(f" {word}" for word in words)
