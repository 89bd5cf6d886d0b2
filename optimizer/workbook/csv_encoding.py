"""Decode a csv file as UTF-8, UTF-16, Windows-1252 or Shift-JIS; refuse any other encoding.

Most files do not declare their encoding, and a wrong guess garbles names. The reader refuses a file whose encoding is
not certain and explains how to save it as UTF-8.
"""

import re

from models.text import Text

CURE = 'open it in the spreadsheet program and save it as "CSV UTF-8"'
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_SAMPLE = 4096
_APOSTROPHES = "’–—·‐"
"""Marks that occur between letters in Western texts."""


class UnknownEncoding(ValueError):
    """Raised when the encoding of a file is not certain; the message names the cure."""


def decode(data: bytes) -> tuple[str, Text | None]:
    """The text, and a notice about how it was decoded (None for UTF-8 and files with a byte order mark).

    Raises UnknownEncoding.

    >>> decode("é".encode()), decode("é".encode("utf-16"))
    (('é', None), ('é', None))
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strict(data, name), None
    if name := _utf_16_without_mark(data[:_SAMPLE]):
        return _strict(data, name), Text("is UTF-16 without a byte order mark; read as such")
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return _legacy(data)


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise UnknownEncoding(f"is damaged: it starts as {name.upper()} and is not ({error.reason}); {CURE}") from error


def _utf_16_without_mark(sample: bytes) -> str:
    """Every second byte of ASCII text is 0; headers and numbers are ASCII, names need not be."""
    for name, zeros, others in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if len(zeros) > 1 and zeros.count(0) > 0.3 * len(zeros) and others.count(0) < 0.05 * len(others):
            return name
    return ""


def _legacy(data: bytes) -> tuple[str, Text]:
    japanese, western = _try(data, "cp932"), _try(data, "cp1252")
    if japanese and _is_japanese(japanese):
        return japanese, Text("is not UTF-8; read as Shift-JIS (Windows-932), so check the names")
    if western and _is_western(western) and not (japanese and _may_be_japanese(japanese)):
        return western, Text("is not UTF-8; read as Windows-1252, so check the accents")
    raise UnknownEncoding(f"is not UTF-8, and its encoding cannot be told; {CURE}")


def _try(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return ""


def _is_japanese(text: str) -> bool:
    """Whether all that is not ASCII is kana, kanji or Japanese punctuation, and some words of it stand together.

    Western accents decode as half-width katakana or as lone rare kanji, so that neither is taken as proof.
    """
    foreign = [one for one in text if ord(one) > 127]
    words = re.findall(r"[ぁ-ヿ]{2,}|[一-鿿々ー]{2,}", text)
    return bool(words) and all(_is_common_japanese(one) for one in foreign)


def _is_common_japanese(one: str) -> bool:
    """Hiragana, katakana, punctuation and full-width forms; kanji of the first level of JIS X 0208, with few others."""
    if "\u3000" <= one <= "\u30ff" or "\uff01" <= one <= "\uff5e" or one in "ー－―‐～…‘’“”①②③④⑤℃×÷±°→○●△▲□■◎※":
        return True
    return "\u4e00" <= one <= "\u9fff" and one.encode("cp932")[0] < 0x99


def _may_be_japanese(text: str) -> bool:
    """Whether some Japanese stands together, or alone between marks, where a Western letter would join its word."""
    return re.search(r"[ぁ-ヿ一-鿿]{2}|(?<![A-Za-z])[ぁ-ヿ一-鿿](?![A-Za-z])", text) is not None


def _is_western(text: str) -> bool:
    """Whether accents stand in words and signs beside them: `Québec`, `10 °C`, and not `“ú–{` or `Wa³brzych`."""
    if re.search(r"[^\x00-\x7f]{3}", text):
        return False
    for match in re.finditer(r"[^\x00-\x7f]", text):
        one, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if not one.isalpha() and one not in _APOSTROPHES and before.isalpha() and after.isalpha():
            return False
    return not re.search(r"[\x80-\x9f]", text)
