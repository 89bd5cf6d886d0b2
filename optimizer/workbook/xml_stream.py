"""A streaming XML parser for untrusted files."""

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from optimizer.workbook.integrity import Refused

ENTITIES = "defines entities of its own, which no spreadsheet program does; save it again"


def safe_parser() -> Any:
    """An expat parser that refuses document types, so that no entity can be defined. Raises Refused while it parses."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: Any) -> int:
        raise Refused(ENTITIES)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


def parse(parser: Any, chunks: Iterable[bytes], part: str, is_done: Callable[[], bool] | None = None) -> None:
    """Feed a parser, to the end or until `is_done()`. Raises Refused, naming `part`, where the XML breaks off."""
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            if is_done is not None and is_done():
                return
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused(f"is damaged: {part} ({error}); save it again") from error


def local(tag: str) -> str:
    """The name of an element without its prefix."""
    return tag.rpartition(":")[2]
