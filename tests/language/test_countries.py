"""Names and adjectives of countries: in four languages, with capital letters, and Sweden is none of them."""

import re

import pytest

from monitor.language.abroad import are_abroad
from monitor.language.countries import adjective_pattern, code_of, name_pattern, names_by_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Grekland", "GR"),
        ("Hellas", "GR"),
        ("Czech Republic", "CZ"),
        ("TÜRKIYE", "TR"),
        ("Letland", "LV"),
        ("Bosnia and Herzegovina", "BA"),
    ],
)
def test_a_country_is_known_by_its_name_in_each_language(name, code):
    assert code_of(name) == code


@pytest.mark.parametrize("name", ["Sverige", "Sweden", "island region", "Småland", ""])
def test_sweden_and_other_words_are_no_other_country(name):
    assert code_of(name) == ""


def test_each_code_has_names_and_no_name_has_two_codes():
    names = [name.casefold() for names in names_by_code().values() for name in names]
    assert len(names) == len(set(names))
    assert min(map(len, names_by_code().values())) >= 1


@pytest.mark.parametrize("text", ["municipalities in the Netherlands", "kommuner i Island", "kommuner i Tsjekkia"])
def test_a_name_is_found_in_a_text(text):
    assert re.search(rf"\b{name_pattern()}", text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["municipalities in island regions", "kommuner i Polenvägen", "municipalities in Sweden"])
def test_other_words_are_no_name(text):
    assert not re.search(rf"\b{name_pattern()}", text, re.IGNORECASE)


def test_an_adjective_is_found_in_any_case():
    assert re.fullmatch(adjective_pattern(), "NORSKA", 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Municipalities in island regions may apply", False),
        ("Municipalities in Iceland may apply", True),
        ("Norske municipalities may apply", True),
        ("Municipalities in Norway and Sweden may apply", False),
    ],
)
def test_applicants_of_another_country_are_abroad(text, expected):
    begin = text.lower().index("municipalities")
    assert are_abroad(text, (begin, begin + 14), begin + 14, (0, len(text))) is expected
