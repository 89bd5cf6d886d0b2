"""A document with one number changed, number after number: what an audit must find."""

from collections.abc import Iterator
from typing import Any


def each_number_changed(content: Any) -> Iterator[tuple[str, Any]]:
    """Path of a number and the content with it changed by a thousandth (by one where that is less than one)."""
    for holder, key, path in list(_numbers(content)):
        before = holder[key]
        holder[key] = before + 1 if isinstance(before, int) else before + max(1e-3, abs(before) * 1e-3)
        yield path, content
        holder[key] = before


def _numbers(value: Any, path: str = "") -> Iterator[tuple[Any, Any, str]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        if isinstance(entry, int | float) and not isinstance(entry, bool):
            yield value, key, f"{path}/{key}"
        else:
            yield from _numbers(entry, f"{path}/{key}")
