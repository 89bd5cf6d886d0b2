"""Country names and codes, from the ISO 3166 data that pycountry keeps.

A name is read if it can mean one country only: an ISO code, an English name, another usual name, a name in German, Japanese
and a few more languages, or a state or province of that country. A fault about an ambiguous name lists all countries that it
may mean. A similar spelling is never read as another place; it is only proposed.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from models.nearest import did_you_mean

REST_OF_WORLD = "ROW"

_SAME = {
    "USA": "US", "UNITED STATES OF AMERICA": "US", "U S": "US", "UK": "GB", "GREAT BRITAIN": "GB", "VIETNAM": "VN",
    "RUSSIA": "RU", "TAIWAN": "TW", "SOUTH KOREA": "KR", "TURKEY": "TR", "TURKIYE": "TR", "PRC": "CN", "BURMA": "MM",
    "UAE": "AE", "KSA": "SA",
    "BRUNEI": "BN", "MOLDOVA": "MD", "VENEZUELA": "VE", "TANZANIA": "TZ", "BOLIVIA": "BO", "SYRIA": "SY", "LAOS": "LA", "IRAN": "IR",
}  # fmt: skip
"""Common names in addition to those of ISO 3166; they are read without a notice."""
_OTHER = {
    "DR CONGO": "CD", "DRC": "CD", "DEMOCRATIC REPUBLIC OF CONGO": "CD", "DEMOCRATIC REPUBLIC OF THE CONGO": "CD",
    "CONGO DEM REP": "CD", "CONGO DR": "CD", "CONGO DRC": "CD", "CONGO KINSHASA": "CD", "DEM REP CONGO": "CD",
    "CONGO DEMOCRATIC REPUBLIC": "CD", "ZAIRE": "CD", "CONGO BRAZZAVILLE": "CG", "REPUBLIC OF THE CONGO": "CG",
    "REPUBLIC OF CONGO": "CG", "CONGO REP": "CG", "CONGO": "CG",
    "CHINA MAINLAND": "CN", "MAINLAND CHINA": "CN", "PR CHINA": "CN", "PEOPLES REPUBLIC OF CHINA": "CN", "CHINA PRC": "CN",
    "CHINA PR": "CN", "CHINA PEOPLES REPUBLIC": "CN", "CHINESE MAINLAND": "CN", "PEOPLE S REPUBLIC OF CHINA": "CN",
    "INNER MONGOLIA": "CN", "NEI MONGOL": "CN", "BAYAN OBO": "CN", "BAOTOU": "CN", "GANZHOU": "CN", "TIBET": "CN",
    "XINJIANG": "CN", "SICHUAN": "CN", "JIANGXI": "CN", "GUANGDONG": "CN", "FUJIAN": "CN", "HUNAN": "CN", "HUBEI": "CN",
    "GUANGXI": "CN", "YUNNAN": "CN", "SHANDONG": "CN", "ZHEJIANG": "CN", "JIANGSU": "CN", "SHANXI": "CN", "SHAANXI": "CN",
    "GANSU": "CN", "QINGHAI": "CN", "NINGXIA": "CN", "HEBEI": "CN", "HENAN": "CN", "LIAONING": "CN", "JILIN": "CN",
    "HEILONGJIANG": "CN", "ANHUI": "CN", "GUIZHOU": "CN", "HAINAN": "CN", "CHONGQING": "CN", "BEIJING": "CN",
    "SHANGHAI": "CN", "TIANJIN": "CN", "MANCHURIA": "CN",
    "KOREA SOUTH": "KR", "REPUBLIC OF KOREA": "KR", "S KOREA": "KR", "ROK": "KR", "KOREA REP": "KR", "KOREA REPUBLIC": "KR",
    "NORTH KOREA": "KP", "KOREA NORTH": "KP", "N KOREA": "KP", "DPRK": "KP",
    "IVORY COAST": "CI", "COTE DIVOIRE": "CI", "COTE D IVOIRE": "CI", "CZECH REPUBLIC": "CZ", "SWAZILAND": "SZ",
    "MACEDONIA": "MK", "CAPE VERDE": "CV", "HOLLAND": "NL", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB",
    "NORTHERN IRELAND": "GB", "BRITAIN": "GB", "EAST TIMOR": "TL", "PALESTINE": "PS", "VATICAN": "VA",
    "KYRGYZ REPUBLIC": "KG", "SLOVAK REPUBLIC": "SK", "RUSSIAN FED": "RU", "MYANMAR BURMA": "MM", "SAUDI": "SA",
    "GREENLAND DENMARK": "GL", "THE NETHERLANDS": "NL", "UNITED STATES US": "US", "UNITED STATES USA": "US",
    "ALASKA": "US", "QUEBEC": "CA", "LABRADOR": "CA", "GREAT BRITAIN UK": "GB", "BHARAT": "IN", "CHINESE TAIPEI": "TW",
    "REPUBLIC OF CHINA": "TW", "TAIWAN CHINA": "TW", "TAIWAN PROVINCE OF CHINA": "TW", "VIET NAM SR": "VN",
}  # fmt: skip
"""Other usual names, and Chinese places that the trade names; they are read with a notice that names the country."""
_SEVERAL = {"KOREA": ("KR", "KP"), "GUINEA EQUATORIAL": ("GQ",), "SUDAN SOUTH": ("SS",), "SAMOA US": ("AS",)}
"""Ambiguous names -> the countries that the fault proposes; they are never read."""
_NO_COUNTRY = frozenset(
    ("EU", "EUROPE", "EUROPEAN UNION", "AMERICA", "AMERICAS", "NORTH AMERICA", "SOUTH AMERICA", "LATIN AMERICA", "AFRICA",
     "ASIA", "OCEANIA", "CENTRAL ASIA", "SOUTHEAST ASIA", "SOUTH EAST ASIA", "MIDDLE EAST", "SCANDINAVIA", "NORDICS",
     "OTHER", "OTHERS", "VARIOUS", "MULTIPLE", "GLOBAL", "INTERNATIONAL", "UNKNOWN", "ALLIED", "ALLIES", "QUAD", "G7")
)  # fmt: skip
_WORLD = re.compile(
    r"(rest of (the )?world|row|other countries|non ?china|outside china|ex ?china|world ex(cluding)? china|world without china)",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(grand |sub ?)?(total|sum|summe|gesamt|world|average)s?( .*)?|合計|計|小計", re.IGNORECASE)
_LANGUAGES = ("ja", "de", "zh_CN", "fr", "es", "pt", "ko", "vi")
_TRANSLATED = {"中華人民共和国": "CN", "中國": "CN", "豪州": "AU", "アメリカ": "US", "アメリカ合衆国": "US", "韓国": "KR", "北朝鮮": "KP",
               "オーストラリア": "AU", "英国": "GB", "台湾": "TW", "内モンゴル": "CN", "内蒙古": "CN", "包頭": "CN", "包头": "CN",
               "USA": "US", "Großbritannien": "GB", "Südkorea": "KR", "Innere Mongolei": "CN", "その他": REST_OF_WORLD,
               "Übrige Welt": REST_OF_WORLD, "Rest der Welt": REST_OF_WORLD}  # fmt: skip
_SHORTEST = 5
"""Least letters of a name that is compared: shorter names are all similar to one another."""


@dataclass(frozen=True)
class CountryName:
    """The reading of a text as a country."""

    code: str
    is_plain: bool
    """Whether it is a code or an English name of the country itself, so that no notice is needed."""


@cache
def iso2(text: str) -> str | None:
    """ISO-2 code of a code or name in any case, ROW for the rest of the world; None if it is neither."""
    name = country_name(text)
    return name.code if name else None


@cache
def country_name(text: str) -> CountryName | None:
    """The one country that a text can mean, and whether the text is its plain name."""
    word = " ".join(unicodedata.normalize("NFKC", text).split())
    plain = _plain(word)
    if plain in (REST_OF_WORLD, "REST OF WORLD", "REST OF THE WORLD"):
        return CountryName(REST_OF_WORLD, True)
    if plain in _SAME:
        return CountryName(_SAME[plain], True)
    if plain in _OTHER:
        return CountryName(_OTHER[plain], False)
    if plain in _SEVERAL or plain in _NO_COUNTRY:
        return None
    if code := _iso(word) or (_iso(plain) if word.count(".") > 1 else None):  # U.S., U.A.E.
        return CountryName(code, True)
    if _WORLD.fullmatch(plain):
        return CountryName(REST_OF_WORLD, False)
    if code := _bracketed(word) or _translations().get(word.casefold()) or _of_place(plain):
        return CountryName(code, False)
    return None


def _iso(word: str) -> str | None:
    import pycountry  # heavy: wait until the first country is read

    if word.isdecimal():  # numeric codes are no names
        return None
    try:
        return str(pycountry.countries.lookup(word).alpha_2)
    except LookupError:
        return None


def _plain(word: str) -> str:
    """Capitals without accents and punctuation: `Côte d'Ivoire` as COTE D IVOIRE, `U.S.` as US."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    letters = re.sub(r"(?<=\b\w)\.(?=\w\b|\s|$)", "", letters.replace("ı", "i"))
    return " ".join(re.sub(r"[^\w]+", " ", letters).upper().split()).removeprefix("THE ")


def _bracketed(word: str) -> str | None:
    """The country of `Australia (WA)` or `Bayan Obo (China)`: the one that a single part names."""
    match = re.fullmatch(r"([^()\[\]]+)[(\[]([^()\[\]]+)[)\]]", word) or re.fullmatch(r"([^,]+),([^,]+)", word)
    if not match:
        return None
    whole = {_plain(part) for part in match.groups()}
    codes = {
        code
        for part in whole
        if (code := _SAME.get(part) or _OTHER.get(part) or (_iso(part) if len(part) > 3 else None))
    }
    return codes.pop() if len(codes) == 1 and not whole & {"EX", "EXCLUDING", "WITHOUT", "NOT"} else None


@cache
def _translations() -> dict[str, str]:
    """Names of countries in other languages -> code, where all languages agree."""
    import gettext

    import pycountry

    known: dict[str, set[str]] = defaultdict(set)
    for language in _LANGUAGES:
        names = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        for country in pycountry.countries:
            for name in {country.name, getattr(country, "common_name", country.name)}:
                known[names.gettext(name).casefold()].add(str(country.alpha_2))
    known |= {name.casefold(): {code} for name, code in _TRANSLATED.items()}
    return {name: next(iter(codes)) for name, codes in known.items() if len(codes) == 1}


def _of_place(plain: str) -> str | None:
    """The country that a state or province lies in, if it is the only one with a place of this name."""
    codes = _places().get(plain, frozenset())
    return next(iter(codes)) if len(codes) == 1 and len(plain) >= _SHORTEST else None


@cache
def _places() -> dict[str, frozenset[str]]:
    """States and provinces of ISO 3166-2 -> the countries that have one of this name."""
    import pycountry

    known: dict[str, set[str]] = defaultdict(set)
    for place in pycountry.subdivisions:
        known[_plain(place.name)].add(str(place.country_code))
    return {name: frozenset(codes) for name, codes in known.items()}


def english(code: str) -> str:
    """English short name of an ISO-2 code; the code where it is unknown."""
    import pycountry

    if code == REST_OF_WORLD:
        return "Rest of the world"
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country else code


def country_cure(text: str) -> str:
    """The end of a message about a text that is no country: what it most likely means, if anything.

    >>> country_cure("Austrlia"), country_cure("Korea")
    ('; did you mean AU (Australia)?', '; did you mean KR (South Korea) or KP (North Korea)?')
    >>> country_cure("Total"), country_cure("EU"), country_cure("Mars")
    ('; a total row? Delete it', '; name one country, or ROW for the rest of the world', '')
    """
    plain = _plain(unicodedata.normalize("NFKC", text))
    if plain in _SEVERAL:
        return _did_you_mean(_SEVERAL[plain])
    if plain in _NO_COUNTRY:
        return "; name one country, or ROW for the rest of the world"
    if re.search(r"[&/+;]|\b(and|und)\b", text, re.IGNORECASE):
        return "; give each country a row of its own"
    if _TOTAL.fullmatch(plain):
        return "; a total row? Delete it"
    if "TAIWAN" in plain:
        return _did_you_mean(("TW",))
    if re.search(r"\b(CHINA|CHINESE)\b|中国|中國", plain):
        return _did_you_mean(
            (REST_OF_WORLD if re.search(r"\b(EX|NON|OUTSIDE|EXCL\w*|WITHOUT|NOT)\b", plain) else "CN",)
        )
    return _did_you_mean(_alike(plain))


def _did_you_mean(codes: tuple[str, ...]) -> str:
    names = {"KR": "South Korea", "KP": "North Korea"}
    listed = [f"{code} ({names.get(code) or english(code)})" for code in codes]
    return did_you_mean(*listed)


def _alike(plain: str) -> tuple[str, ...]:
    """The country whose name differs by a typing error; None if a second country is nearly as similar."""
    if len(plain) < _SHORTEST or len(plain) > 60:
        return ()
    import pycountry

    names = {_plain(getattr(c, "common_name", c.name)): str(c.alpha_2) for c in pycountry.countries} | _SAME | _OTHER
    most = 2 if len(plain) > 2 * _SHORTEST else 1
    scores: dict[str, float] = {}
    for name, code in names.items():
        if len(name) >= _SHORTEST and abs(len(name) - len(plain)) <= most and _edits(plain, name) <= most:
            scores[code] = max(SequenceMatcher(None, plain, name, autojunk=False).ratio(), scores.get(code, 0.0))
    best = sorted(scores, key=lambda code: -scores[code])
    return tuple(best[:1]) if len(best) < 2 or scores[best[0]] > scores[best[1]] else ()


def _edits(one: str, other: str) -> int:
    """Letters changed, left out, put in, or swapped with their neighbour, to make one text of another (restricted
    Damerau-Levenshtein distance)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 < j and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


# -- columns of states -------------------------------------------------------------------------------------------------

_STATES = {
    "AU": frozenset(("NSW", "QLD", "SA", "TAS", "VIC", "WA", "NT", "ACT")),
    "CA": frozenset(("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")),
    "US": frozenset((
        "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA",
        "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK",
        "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
    )),
}  # fmt: skip
"""Abbreviations of states and provinces, some of which are codes of other countries too."""


def state_of(texts: frozenset[str]) -> dict[str, str]:
    """Texts of a column that are names of countries but are meant as states -> the country of those states.

    SA is Saudi Arabia, but among WA, NSW and QLD it is South Australia; Georgia is a state beside Texas and Nevada. A column
    shows that states are meant only if it also holds states whose names mean no country.

    >>> state_of(frozenset(("SA", "WA", "QLD"))), state_of(frozenset(("Georgia", "Texas"))), state_of(frozenset(("SA", "US")))
    ({'SA': 'AU'}, {'Georgia': 'US'}, {})
    """
    doubtful = {text for text in texts if _iso(text.strip()) is not None}
    states = {text: _states(text) for text in texts}
    sure = set().union(*(states[text] for text in texts - doubtful)) if texts - doubtful else set()
    return {
        text: country for text in sorted(doubtful) for country in sorted(states[text] & sure) if country != iso2(text)
    }


def _states(text: str) -> set[str]:
    """Countries that have a state or province of this name or abbreviation."""
    code = text.strip().upper()
    short = {country for country, states in _STATES.items() if code in states}
    return short or (set(_places().get(_plain(text), ())) if len(code) >= _SHORTEST else set())
