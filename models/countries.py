"""Country names and codes, from the ISO 3166 data that pycountry keeps."""

from functools import cache

REST_OF_WORLD = "ROW"


@cache
def iso2(text: str) -> str | None:
    """ISO-2 code of a code or English name in any case, ROW for the rest of the world; None where it is neither."""
    import pycountry  # heavy: wait until the first country is read

    word = " ".join(text.split())
    if word.upper() in (REST_OF_WORLD, "REST OF WORLD", "REST OF THE WORLD"):
        return REST_OF_WORLD
    usual = {
        "USA": "US", "UK": "GB", "VIETNAM": "VN", "RUSSIA": "RU", "TAIWAN": "TW", "SOUTH KOREA": "KR", "TURKEY": "TR",
        "PRC": "CN", "UNITED STATES OF AMERICA": "US", "GREAT BRITAIN": "GB", "BURMA": "MM",
    }  # fmt: skip
    plain = word.upper().replace(".", "").removeprefix("THE ")
    if plain in usual:
        return usual[plain]
    if word.count(".") > 1:
        word = plain  # U.S., U.A.E.
    try:
        return str(pycountry.countries.lookup(word).alpha_2)
    except LookupError:
        return None


def english(code: str) -> str:
    """English short name of an ISO-2 code; the code where it is unknown."""
    import pycountry

    if code == REST_OF_WORLD:
        return "Rest of the world"
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country else code
