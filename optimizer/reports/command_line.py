"""Commands that a report proposes, as they are typed."""

import re
from pathlib import Path

from optimizer.workbook.overrides import Overrides

_PLAIN = re.compile(r"[\w./:\\~+,=@%-]+")


def quoted(path: Path | str) -> str:
    """A path as it is typed on a command line, there and here.

    >>> quoted("outputs/book-01"), quoted("my book.xlsx")
    ('outputs/book-01', '"my book.xlsx"')
    """
    text = path.as_posix() if isinstance(path, Path) else path
    return text if _PLAIN.fullmatch(text) else f'"{text}"'


def typed(changes: Overrides) -> str:
    """The options that make these changes, as they are typed after a verb and its workbook.

    >>> typed(Overrides({"total_budget_m": ("3 bn", "--budget"), "last_year": ("2040", "--set last_year")}, ("ridge",)))
    ' --budget "3 bn" --set last_year=2040 --include ridge'
    """
    words = []
    for key, (text, origin) in changes.settings.items():
        words += ["--set", quoted(f"{key}={text}")] if origin.startswith("--set") else [origin, quoted(text)]
    words += [word for i in changes.include for word in ("--include", quoted(i))]
    words += [word for i in changes.exclude for word in ("--exclude", quoted(i))]
    return "".join(f" {word}" for word in words)
