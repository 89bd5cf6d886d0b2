"""Numbers and names formatted for people, in terminal, page and worksheets. Files keep the exact numbers."""

import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from rich.cells import cell_len, set_cell_size

from models.case import Case
from models.countries import english
from models.numbers import every_digit
from models.settings import ENGLISH
from optimizer.reports.language import N_, language, localized, territory, tr, tr_n
from optimizer.reports.material_names import material_name

SMALLEST = 5e-7
"""Numbers below this are printed as 0."""
STAGES = {
    "mine": N_("mines"),
    "separation": N_("separation"),
    "metal": N_("metal"),
    "magnet": N_("magnets"),
    "recycling": N_("recycling"),
}
"""A stage that has a name in the catalogues -> its projects, in a sentence."""


def with_unit(amount: str, unit: str) -> str:
    """A number that is written already, with the unit of an objective (`models.objective_units`).

    >>> with_unit("1,200", "t/yr"), with_unit("30.5", "points")
    ('1,200 t/yr', '30.5 points')
    """
    match unit:
        case "points":
            return tr("{value} points", value=amount)
        case "t/yr":
            return tr("{amount} t/yr", amount=amount)
        case "t":
            return tr("{amount} t", amount=amount)
    return tr("{amount} {unit}", amount=amount, unit=tr(unit))


def points(score: float) -> str:
    """A plan score of 0 to 1, or a change of one, as people read it: in points of a hundred.

    >>> points(0.3052), points(0.0061), points(0.00004), points(1.0)
    ('30.5 points', '0.61 points', '0.004 points', '100.0 points')
    """
    value = 100 * score
    if abs(value) >= 0.995:
        return tr("{value} points", value=localized(f"{value:.1f}"))
    return tr("{value} points", value=number(value))


def stage_count(n: int, stage: str) -> str:
    """A number of projects of a stage.

    >>> stage_count(1, "mine"), stage_count(2, "mine"), stage_count(1, "separation")
    ('1 mine', '2 mines', '1 separation')
    """
    if stage not in STAGES:
        return f"{whole(n)} {stage}"
    return tr_n(f"{{n}} {stage}", f"{{n}} {STAGES[stage]}", n)


def stage_name(stage: str) -> str:
    """A stage in a sentence: `mine` is mines, `magnet` magnets; other stages as the workbook names them."""
    return tr(STAGES[stage]) if stage in STAGES else stage


def demand_name(stage: str, material: str | None) -> str:
    """A demand row wherever people read: its stage with its material, or the material alone where that names the stage.

    >>> demand_name("magnet", None), demand_name("separation", "ndpr"), demand_name("metal", "ndpr_metal")
    ('magnets', 'separation (NdPr)', 'NdPr metal')
    """
    if material and stage.casefold() in material.casefold():
        return material_name(material)
    if not material:
        return stage_name(stage)
    return tr("{stage} ({material})", stage=stage_name(stage), material=material_name(material))


def stage_label(stage: str) -> str:
    """A stage beside the name of a project: `mine`, `separation`; other stages as the workbook names them.

    >>> stage_label("mine"), stage_label("refining")
    ('mine', 'refining')
    """
    return tr(stage) if stage in STAGES else stage


def country_name(code: str) -> str:
    """A country for people, in the current language.

    >>> country_name("US"), country_name("VN")
    ('United States', 'Vietnam')
    """
    return territory(code, english(code))


def country_code(code: str) -> str:
    """A country where a sentence has little room: its code in English, its name in other languages.

    >>> country_code("US")
    'US'
    """
    return code if language() == ENGLISH else country_name(code)


def project_names(case: Case) -> dict[str, str]:
    """Project -> its name for people."""
    return {p.id: p.name or p.id for p in case.projects}


def few(names: Sequence[str], most: int) -> str:
    """The first names in a row, and how many more there are.

    >>> few(["a", "b", "c", "d"], 2), few(["a", "b"], 2)
    ('a, b, 2 more', 'a, b')
    """
    more = [tr_n("{n} more", "{n} more", len(names) - most)] if len(names) > most else []
    return listed([*names[:most], *more])


def sentence(text: str) -> str:
    """A sentence with its full stop.

    >>> sentence("All demand is met")
    'All demand is met.'
    """
    return tr("{sentence}.", sentence=text)


def clauses(parts: Iterable[str]) -> str:
    """Parts of a sentence with a semicolon between them, those that are empty left out.

    >>> clauses(["audited", "", "optimal"])
    'audited; optimal'
    """
    return tr("; ").join(filter(None, parts))


def share(part: float) -> str:
    """A share in whole per cent with its sign (`percent`).

    >>> share(0.714)
    '71 %'
    """
    return tr("{number} %", number=percent(part))


def few_more(names: Sequence[str], most: int) -> str:
    """The first names in a row, and how many more there are.

    >>> few_more(["a", "b", "c"], 2), few_more(["a", "b"], 2)
    ('a, b and 1 more', 'a, b')
    """
    if len(names) <= most:
        return listed(names)
    return tr("{names} and {n} more", names=listed(names[:most]), n=whole(len(names) - most))


def listed(parts: Iterable[str]) -> str:
    """Parts of a list in a sentence, with the comma of the current language.

    >>> listed(["a", "b"])
    'a, b'
    """
    return tr(", ").join(parts)


def money(millions: float, currency: str = "") -> str:
    """
    >>> money(4980.4, "USD"), money(0.25), money(0.0)
    ('4,980 M USD', '0.25 M', '0 M')
    """
    if not currency:
        return tr("{amount} M", amount=number(millions))
    return tr("{amount} M {currency}", amount=number(millions), currency=currency)


def whole(n: int) -> str:
    """A count with its thousands apart.

    >>> whole(12345)
    '12,345'
    """
    return localized(f"{n:,}")


def number(value: float) -> str:
    """Whole from 10 on, else two significant digits; 0 for less than half a millionth, which is no unit that anybody
    counts.

    >>> number(12345.6), number(9.96), number(0.0312), number(-0.0), number(-4e-9), number(0.00004)
    ('12,346', '10', '0.031', '0', '0', '0.00004')
    """
    if abs(value) < SMALLEST:
        return "0"
    if abs(value) >= 9.95:
        return localized(f"{round(value):,}")
    return localized(format(Decimal(f"{value:.2g}"), "f"))


def money_to_cents(money_m: float) -> str:
    """Money with the digits that a place on the axis needs.

    >>> money_to_cents(1234.5678), money_to_cents(60.0)
    ('1,234.57 M', '60 M')
    """
    return tr("{amount} M", amount=localized(f"{money_m:,.2f}".rstrip("0").rstrip(".")))


def four_digits(value: float) -> str:
    """Four digits; thousands whole, with separators.

    >>> four_digits(1234.5), four_digits(0.12345)
    ('1,234', '0.1235')
    """
    return localized(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}")


def digits(value: float) -> str:
    """Whole from 1,000 on, else two decimals, and two significant digits below 0.1; 0 below a ten-millionth.

    >>> digits(0.8349), digits(62500.0), digits(0.0), digits(0.00012)
    ('0.83', '62,500', '0', '0.00012')
    """
    if value == 0 or abs(value) < 1e-7:
        return "0"
    if abs(value) >= 1000:
        return localized(f"{value:,.0f}")
    return localized(f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}")


def rounded_off(value: float) -> str:
    """A present value to the hundredth, whole from 1,000 on.

    >>> rounded_off(123.0769230769), rounded_off(1234.5), rounded_off(50.0)
    ('123.08', '1,234', '50')
    """
    return localized(every_digit(round(value, 0 if abs(value) >= 1000 else 2)))


def rounded_outward(value: float, up: bool, decimals: int) -> str:
    """A bound rounded so that it stays true: up or down; whole from 1,000 on.

    >>> rounded_outward(412.34, False, 1), rounded_outward(71.01, True, 1), rounded_outward(5200.2, True, 1)
    ('412.3', '71.1', '5,201')
    """
    scale = 1.0 if abs(value) >= 1000 else 10.0**decimals
    turned = math.ceil(value * scale - 1e-6) if up else math.floor(value * scale + 1e-6)
    return localized(every_digit(turned / scale))


def percent(share: float) -> str:
    """A share in whole per cent; never 100 while something is missing, never 0 while something is there.

    >>> percent(0.714), percent(0.9999), percent(0.0001), percent(1.0)
    ('71', '99', '1', '100')
    """
    whole = round(share * 100)
    if whole == 100 and share < 1 - 1e-9:
        whole = 99
    if whole == 0 and share > 1e-9:
        whole = 1
    return str(whole)


def proved_within(gap: float) -> str:
    """The distance within which a plan is proved, rounded up to two digits so that the claim is true.

    >>> proved_within(0.00034), proved_within(0.0431), proved_within(0.0)
    ('proved within 0.034 % of the best possible', 'proved within 4.4 % of the best possible', \
'proved within 0 % of the best possible')
    """
    per_cent = max(0.0, gap) * 100
    shown = "0"
    if per_cent >= 1e-6:
        digits = 1 - math.floor(math.log10(per_cent))
        shown = f"{math.ceil(per_cent * 10**digits - 1e-9) / 10**digits:.{max(digits, 0)}f}"
    return tr("proved within {number} % of the best possible", number=localized(shown))


def shorten(text: str, width: int) -> str:
    """Text cut to a width in columns of a terminal (an East Asian character takes two), with dots where something is missing.

    >>> shorten("Kalgoorlie processing", 12), shorten("南鳥島レアアース泥の採掘", 12)
    ('Kalgoorli...', '南鳥島レ...')
    """
    text = " ".join(text.split())
    return text if cell_len(text) <= width else set_cell_size(text, width - 3).rstrip() + "..."


_TOGETHER = re.compile(r"(?<=\d) (?=M\b|%|t/yr\b)|(?<=M) (?=[A-Z]{3}\b)|(?<=\w) (?=[\d,]+ ->)|(?<=\d) (?=->)|(?<=->) ")
"""Spaces at which no line is broken: between a number and its unit, and in a change with what changes."""


_INSIDE = re.compile(r"(?<=\w[-/])(?=\w)")
"""Places at which a word that is too long for a line may be broken: after a hyphen or a slash."""


def pieces(text: str) -> list[str]:
    """Words that are never broken if the column is wide enough.

    >>> pieces("heavy-rare-earth mine/concentrator")
    ['heavy-', 'rare-', 'earth', 'mine/', 'concentrator']
    """
    return [part for word in text.split() for part in _INSIDE.split(word)]


def broken(text: str, width: int) -> str:
    """Text in lines of at most `width`: units kept beside their numbers, words that are too long broken after a hyphen.

    >>> print(broken("down to 280 M USD at arafura-nolans-mine", 14))
    down to
    280 M USD at
    arafura-
    nolans-mine
    """
    lines = [""]
    for word in _TOGETHER.sub("\u00a0", " ".join(text.split())).split(" "):
        words = [word] if cell_len(word) <= width else word.split("\u00a0")
        for part in (p for w in words for p in _parted(w, width)):
            joined = part if not lines[-1] or part.startswith("\0") else f" {part}"
            joined = joined.removeprefix("\0")
            if cell_len(lines[-1] + joined) <= width:
                lines[-1] += joined
            else:
                lines.append(joined.lstrip())
    return "\n".join(filter(None, lines)).replace("\u00a0", " ")


def _parted(word: str, width: int) -> list[str]:
    """A word, or its parts where it is too long; all but the first marked as belonging to the one before."""
    if cell_len(word) <= width:
        return [word]
    return [part if n == 0 else f"\0{part}" for n, part in enumerate(_INSIDE.split(word))]


def fold(text: str, width: int, indent: str = "") -> str:
    """Text in lines of at most `width`, units kept beside their numbers; later lines are indented.

    >>> print(fold("mines 57 -> 100 %, separation 36 -> 67 %", 30, "  "))
    mines 57 -> 100 %,
      separation 36 -> 67 %
    """
    joined = _TOGETHER.sub("\u00a0", text)
    if cell_len(joined) == len(joined):
        lines = textwrap.wrap(joined, width, subsequent_indent=indent, break_on_hyphens=False)
    else:
        lines = list(_wrapped_by_cells(joined, width, indent))
    return "\n".join(lines).replace("\u00a0", " ")


def _wrapped_by_cells(text: str, width: int, indent: str) -> Iterator[str]:
    """Lines of at most `width` columns; a word of wide characters may be broken anywhere, as East Asian text is.

    >>> list(_wrapped_by_cells("Yamato 大和マグネット plant", 12, "  "))
    ['Yamato 大和', '  マグネット', '  plant']
    """
    line = ""
    for token in re.findall(r" +|[^ ]+", text):
        rest = token
        while rest.strip() and cell_len(line) + cell_len(rest) > width:
            if cell_len(rest) > len(rest) or not line.strip():
                fits = max(_fitting(rest, width - cell_len(line)), 0 if line.strip() else 1)
                line, rest = line + rest[:fits], rest[fits:]
            yield line.rstrip()
            line = indent
        line += rest if rest.strip() or line.strip() or not line else ""
    if line.strip():
        yield line.rstrip()


def _fitting(text: str, width: int) -> int:
    """The number of characters of a text that fit into a width."""
    taken = 0
    for n, character in enumerate(text):
        taken += cell_len(character)
        if taken > width:
            return n
    return len(text)


def count(n: int, noun: str) -> str:
    """A number of things, the noun in the plural unless there is one. The catalogues have `{n} fault` and `{n} faults`.

    >>> count(1, "fault"), count(1200, "fault")
    ('1 fault', '1,200 faults')
    """
    return tr_n(f"{{n}} {noun}", f"{{n}} {noun}s", n)
