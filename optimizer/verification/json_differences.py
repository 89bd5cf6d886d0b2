"""Differences of two JSON values, in words."""

from collections.abc import Iterator, Mapping


def differences(stated: object, true: object, says: str, where: str = "") -> Iterator[str]:
    """The differences between two JSON values, in words: `projects 3 capex_m is 1200.0, the workbook gives 1300.0`."""
    if isinstance(stated, Mapping) and isinstance(true, Mapping):
        for key in dict.fromkeys((*stated, *true)):
            yield from differences(stated.get(key), true.get(key), says, f"{where} {key}".strip())
    elif isinstance(stated, list | tuple) and isinstance(true, list | tuple):
        if len(stated) != len(true):
            yield f"{where} has {len(stated)} entries, {says} {len(true)}"
        for number, (one, other) in enumerate(zip(stated, true, strict=False), start=1):
            yield from differences(one, other, says, f"{where} {_title(one, number)}".strip())
    elif type(stated) is not type(true) or stated != true:
        yield f"{where} is {stated!r}, {says} {true!r}"


def _title(row: object, number: int) -> str:
    """A row's own name if it has one, else its place."""
    keys = ("id", "rule", "currency") if isinstance(row, Mapping) else ()
    return next((str(row[key]) for key in keys if isinstance(row, Mapping) and row.get(key)), str(number))
