"""Reads an agency's template for Word or slides. Templates are not trusted: each is checked before a library opens it."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import defusedxml.ElementTree

from optimizer.errors import Refusal
from optimizer.files import is_regular
from optimizer.safe_text import one_line

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 32 << 20, 128 << 20, 3_000
"""Largest template, packed and unpacked, and the parts that it may have."""
MOST_XML = 16 << 20
"""Largest part that is parsed."""
_TYPES = "[Content_Types].xml"
_MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.",
}
_DOCUMENT = {"docx": "document.main+xml", "pptx": "presentation.main+xml"}
"""Content type of the main part of a document; that of a template (.dotx, .potx) has `template` instead."""


class BadTemplate(Refusal):
    """A file that is not a template of its format, or that is harmful. Names the file and the cure."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__("invalid", f"the template {path} {problem}")


def read_template(path: Path, form: str) -> bytes:
    """The bytes of a template that a library may open. Raises BadTemplate, and OSError where it cannot be read."""
    if not path.exists():
        raise BadTemplate(path, "is not there")
    if not is_regular(path):
        raise BadTemplate(path, "is not a file")
    if path.stat().st_size > MOST_BYTES:
        raise BadTemplate(path, f"is larger than {MOST_BYTES >> 20} MB")
    data = path.read_bytes()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for problem in _problems(archive, form):
                raise BadTemplate(path, problem)
            return _as_document(archive, data, form)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, OSError) as problem:
        raise BadTemplate(path, f"is not a .{form} file: {one_line(str(problem)) or 'it cannot be read'}") from problem


def _problems(archive: zipfile.ZipFile, form: str) -> Iterator[str]:
    """The first fault of an archive."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        yield f"unpacks to more than {MOST_UNPACKED >> 20} MB or {MOST_PARTS:,} parts"
    if len(set(names)) != len(names) or _TYPES not in names:
        yield f"is not a .{form} file"
    if any(part.flag_bits & 1 for part in parts):
        yield "is protected by a password: save it without one"
    types = archive.read(_TYPES).decode("utf-8", "replace")
    if "macroEnabled" in types or any("vbaproject" in name.casefold() for name in names):
        yield f"has macros: save it as a plain .{form} file"
    if _MAIN[form] not in types or not any(kind in types for kind in (_DOCUMENT[form], "template.main+xml")):
        yield f"is not a .{form} file"
    yield from _harmful(archive)


def _harmful(archive: zipfile.ZipFile) -> Iterator[str]:
    """XML that declares entities, and links by which opening the document would fetch something."""
    for part in archive.infolist():
        name = part.filename
        if not name.endswith((".xml", ".rels")):
            continue
        if part.file_size > MOST_XML:
            yield f"has a part of more than {MOST_XML >> 20} MB: {one_line(name)}"
            return
        try:
            root = defusedxml.ElementTree.fromstring(archive.read(part), forbid_dtd=True)
        except (defusedxml.ElementTree.ParseError, defusedxml.DefusedXmlException):
            yield f"is damaged or declares entities: {one_line(name)}"
            return
        if name.endswith(".rels") and any(_fetches(link.attrib) for link in root):
            yield "links to a file elsewhere, which would be fetched when it is opened: embed it"


def _fetches(link: dict[str, str]) -> bool:
    """Whether a relationship leads out of the file and is followed without a click."""
    return link.get("TargetMode") == "External" and not link.get("Type", "").endswith("/hyperlink")


def _as_document(archive: zipfile.ZipFile, data: bytes, form: str) -> bytes:
    """A .dotx or .potx as the document that it makes; other files as they are."""
    types = archive.read(_TYPES)
    kind = f"{_MAIN[form]}template.main+xml".encode()
    if kind not in types:
        return data
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as document:
        for part in archive.infolist():
            content = archive.read(part)
            if part.filename == _TYPES:
                content = types.replace(kind, f"{_MAIN[form]}{_DOCUMENT[form]}".encode())
            document.writestr(part.filename, content)
    return stream.getvalue()
