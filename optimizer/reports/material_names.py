"""Names of materials with chemical symbols."""

import re
from functools import cache

from optimizer.reports.language import tr_c

_RARE_EARTHS = ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Sc", "Y")
_SYMBOL = {symbol.casefold(): symbol for symbol in (*_RARE_EARTHS, "Fe", "Co", "B", "Ga")}
_COMPOUND = re.compile(rf"ga|(?:{'|'.join(_RARE_EARTHS).casefold()})(?:{'|'.join(_SYMBOL)}){{0,3}}")
"""Gallium, or a rare earth with others and with what magnets hold besides: `ndpr`, `smco`, `ndfeb`."""
_ABBREVIATIONS = {"reo": "REO", "treo": "TREO", "mrec": "MREC", "ree": "REE"}


MATERIAL_WORDS = (
    "oxide", "metal", "alloy", "magnet", "scrap", "conc", "concentrate", "ore", "crude", "refined", "mixed",
)  # fmt: skip
"""Words in names of materials that the catalogues have, under the context `a material`."""


def material_name(material: str) -> str:
    """A material of the workbook as a chemist writes it; other words as the workbook has them.

    >>> material_name("ndpr"), material_name("dy_oxide"), material_name("refined_ga"), material_name("magnet_sh")
    ('NdPr', 'Dy oxide', 'refined Ga', 'magnet sh')
    """
    words = (_in_symbols(word) for word in material.replace("_", " ").split())
    return " ".join(tr_c("a material", word) if word in MATERIAL_WORDS else word for word in words)


@cache
def _in_symbols(word: str) -> str:
    lower = word.casefold()
    if lower in _ABBREVIATIONS:
        return _ABBREVIATIONS[lower]
    if not _COMPOUND.fullmatch(lower):
        return word
    return re.sub("|".join(_SYMBOL), lambda symbol: _SYMBOL[symbol[0]], lower)
