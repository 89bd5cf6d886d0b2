"""Comparison of a brief with the one that plan.json gives. People may edit a brief, so that a difference is only a note."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

import defusedxml.ElementTree

from models.gaps import gaps
from models.settings import LANGUAGES
from optimizer.files import is_regular
from optimizer.plan_folder.manifest import document_language
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.brief.content import brief
from optimizer.reports.brief.pictures import Picture, shown
from optimizer.reports.brief.render import LIBRARIES, NAMES
from optimizer.reports.language import spoken
from optimizer.verification.documents import Difference
from optimizer.verification.opened import OpenedPlan

MOST_BYTES = 64 << 20
"""Largest brief, and largest part of one, that is read."""
_PARTS = {"docx": re.compile(r"word/document\.xml"), "pptx": re.compile(r"ppt/slides/slide(\d+)\.xml")}
"""Format -> the parts that hold its words."""
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55000000"
    "0a4944415478da63f80f00010101001cb08c990000000049454e44ae426082"
)
"""A picture of one pixel: only words are compared."""


def brief_differences(
    folder: OpenedPlan, answers: Callable[[str], Sequence[AnswerReport]]
) -> Iterator[tuple[str, Difference]]:
    """(file, difference) for each brief in a plan folder whose words are not those that plan.json gives in any language.

    `answers` gives those that were added to the folder, in a language.
    """
    for name in (name for name in NAMES if is_regular(folder.path / name)):
        form = name.rpartition(".")[2]
        if form not in LIBRARIES or find_spec(form) is None:
            yield name, Difference(f"{name} was not compared with plan.json", certain=False)
            continue
        words = _words((folder.path / name).read_bytes()[:MOST_BYTES], form)
        if all(words != _words(_again(folder, form, answers, language), form) for language in _languages(folder)):
            message = f"{name} is not the brief that plan.json gives: it was edited, or made before the last change"
            yield name, Difference(message, certain=False)


def _languages(folder: OpenedPlan) -> list[str]:
    """The languages that a brief may be in, the folder's own first."""
    folder_language = document_language(folder.manifest, folder.case)
    return [folder_language, *(language for language in LANGUAGES if language != folder_language)]


def _again(folder: OpenedPlan, form: str, answers: Callable[[str], Sequence[AnswerReport]], language: str) -> bytes:
    """The brief with the same words and no pictures."""
    with spoken(language):
        return _without_pictures(folder, form, answers(language))


def _without_pictures(folder: OpenedPlan, form: str, answers: Sequence[AnswerReport]) -> bytes:
    report = gaps(folder.case, folder.plan)
    content = brief(folder.case, folder.plan, report, answers)
    pictures = [Picture(f.title, f.description, _PIXEL) for f in shown(folder.case, folder.plan, report)]
    if form == "docx":
        from optimizer.reports.brief.word import word_bytes

        return word_bytes(content, pictures)
    from optimizer.reports.brief.slides import slides_bytes

    return slides_bytes(content, pictures)


def _words(data: bytes, form: str) -> list[str] | None:
    """Every text of a document in its order; None if it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(match, part) for part in archive.infolist() if (match := _PARTS[form].fullmatch(part.filename))]
            if any(part.file_size > MOST_BYTES for _, part in parts):
                return None
            parts.sort(key=lambda pair: int(pair[0][1]) if pair[0].groups() else 0)
            roots = [defusedxml.ElementTree.fromstring(archive.read(part), forbid_dtd=True) for _, part in parts]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, SyntaxError):
        return None
    return [node.text or "" for root in roots for node in root.iter() if node.tag.endswith("}t")]
