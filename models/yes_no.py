"""Words for yes and no in the languages of the planners, for cells and for `where`."""

import unicodedata

YES = frozenset(
    (
        "yes",
        "y",
        "true",
        "1",
        "on",
        "ja",
        "j",
        "wahr",
        "oui",
        "vrai",
        "si",
        "sí",
        "vero",
        "có",
        "はい",
        "有",
        "○",
        "✓",
        "✔",
        "☑",
    )
)
NO = frozenset(
    (
        "no",
        "n",
        "false",
        "0",
        "off",
        "nein",
        "falsch",
        "non",
        "faux",
        "falso",
        "không",
        "いいえ",
        "無",
        "×",
        "✗",
        "✘",
        "☐",
    )
)


def as_truth(text: str) -> str | None:
    """`yes` or `no` for TRUE and FALSE, as spreadsheet programs write them; None for other words.

    >>> as_truth("TRUE"), as_truth("ja")
    ('yes', None)
    """
    return {"true": "yes", "false": "no"}.get(text.strip().casefold())


def as_yes_no(text: str) -> str | None:
    """`yes` or `no` for a word that means it, else None. Case, width and spaces are ignored.

    >>> as_yes_no(" TRUE"), as_yes_no("nein"), as_yes_no("１"), as_yes_no("maybe")
    ('yes', 'no', 'yes', None)
    """
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if word in YES:
        return "yes"
    return "no" if word in NO else None
