"""Which country a text means: read where it can mean one only, and never turned into another place."""

import pytest

from models.countries import country_cure, country_name, iso2, state_of


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("CN", ["China, mainland", "Mainland China", "PR China", "P.R. China", "Inner Mongolia", "Baotou, Inner Mongolia",
                "Bayan Obo (China)", "Jiangxi", "中国", "中華人民共和国", "内蒙古", "Sichuan Sheng"]),
        ("CD", ["DR Congo", "DRC", "Congo-Kinshasa", "Congo, Dem. Rep.", "Democratic Republic of the Congo"]),
        ("AU", ["Western Australia", "Queensland", "Australia (WA)", "オーストラリア", "Australien", "豪州"]),
        ("US", ["USA", "U.S.", "U.S.A.", "United States of America", "Texas", "米国", "Vereinigte Staaten"]),
        ("TR", ["Turkey", "Türkiye", "Turkiye"]),
        ("GB", ["UK", "U.K.", "England", "Great Britain"]),
        ("CI", ["Ivory Coast", "Cote d'Ivoire", "Côte d’Ivoire"]),
        ("ROW", ["RoW", "Rest of the World", "Non-China", "その他"]),
        ("MM", ["Burma", "Myanmar (Burma)"]),
        ("TW", ["Taiwan", "Chinese Taipei", "Republic of China"]),
    ],
)  # fmt: skip
def test_names_of_one_country(code: str, texts: list[str]) -> None:
    assert {text: iso2(text) for text in texts} == dict.fromkeys(texts, code)


@pytest.mark.parametrize(
    "text",
    [
        "Vietnam",
        "VN",
        "vn",
        "Viet Nam",
        "South Korea",
        "Iran",
        "Türkiye",
        "ROW",
        "Congo, The Democratic Republic of the",
    ],
)
def test_plain_names_need_no_word(text: str) -> None:
    name = country_name(text)
    assert name is not None
    assert name.is_plain


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("Korea", "did you mean KR (South Korea) or KP (North Korea)?"),
        ("EU", "name one country, or ROW"),
        ("America", "name one country, or ROW"),
        ("Total", "a total row? Delete it"),
        ("Australia & Japan", "give each country a row of its own"),
        ("RoW (ex China)", "did you mean ROW"),
        ("Chinese region", "did you mean CN (China)?"),
        ("Austrlia", "did you mean AU (Australia)?"),
        ("Untied States", "did you mean US (United States)?"),
        ("Southern Africa", ""),
        ("Kosovo", ""),
        ("Mars", ""),
        ("Punjab", ""),
    ],
)
def test_texts_that_are_no_country(text: str, cure: str) -> None:
    assert iso2(text) is None
    assert cure in country_cure(text)
    assert bool(cure) == bool(country_cure(text))


def test_no_place_of_china_becomes_another_country() -> None:
    import pycountry

    names = {s.name for s in pycountry.subdivisions if s.country_code == "CN"} - {
        "Taiwan Sheng",
        "Macau SAR",
        "Hong Kong SAR",
    }
    short = {name.rsplit(" ", 1)[0] for name in names} - {"Hong Kong", "Macao", "Macau", "Aomen", "Xianggang"}
    for name in names | short:
        assert iso2(name) in (None, "CN"), name
        assert iso2(name) or "CN" in country_cure(name) or not country_cure(name), name


def test_states_show_which_codes_are_states() -> None:
    assert state_of(frozenset(("SA", "WA", "NSW"))) == {"SA": "AU"}
    assert state_of(frozenset(("CA", "MN", "TX"))) == {"CA": "US", "MN": "US"}
    assert state_of(frozenset(("Georgia", "Texas"))) == {"Georgia": "US"}
    assert state_of(frozenset(("SA", "AU", "CA", "MN"))) == {}
