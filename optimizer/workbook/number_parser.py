"""Numbers as people write them: what a text that is not a number most likely means, to be proposed and never taken."""

import re
import unicodedata


def proposed_number(text: str) -> float | None:
    """The number that a text most likely means: letters that look like digits, separators, currencies and units.

    >>> [proposed_number(text) for text in ("12OO", "1 200", "1,200", "1.200,5", "US$ 40", "1.2bn", "0,4", "soon")]
    [1200.0, 1200.0, 1200.0, 1200.5, 40.0, 1200.0, 0.4, None]
    >>> [proposed_number(text) for text in ("(300)", "−300", "１２００", "20 kt")]
    [-300.0, -300.0, 1200.0, 20000.0]
    """
    text = re.sub(r"[\s'’_]", "", unicodedata.normalize("NFKC", text).replace("−", "-"))
    text = re.sub(r"\(([\d.,]+)\)", r"-\1", text)  # as accountants write it
    found = re.fullmatch(
        r"(?P<sign>[+-]?)(?P<lead>[^\dOolI.,+-]*)(?P<digits>[\dOolISB][\dOolISB.,]*)(?P<unit>[^\d.,+-]*)", text
    )
    if not found or not re.search(r"\d", found["digits"]):
        return None
    number = _digits(found["digits"].translate(str.maketrans("OolISB", "001158")))
    scale = {"bn": 1000.0, "b": 1000.0, "billion": 1000.0, "kt": 1000.0, "ktpa": 1000.0, "kt/yr": 1000.0}.get(
        found["unit"].casefold(), 1.0
    )
    return None if number is None else number * scale * (-1 if found["sign"] == "-" else 1)


def _digits(text: str) -> float | None:
    for thousands, decimal in ((",", "."), (".", ",")):
        grouped = re.fullmatch(rf"\d{{1,3}}(\{thousands}\d{{3}})+(\{decimal}\d+)?", text)
        if grouped and (thousands == "," or decimal in text or text.count(".") > 1):
            return float(text.replace(thousands, "").replace(decimal, "."))
    text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"\d+\.?\d*|\.\d+", text, re.ASCII) else None
