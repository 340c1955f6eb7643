"""Numbers in words, as sums of money are written."""

from decimal import Decimal

import pytest

from monitor.language.money import find_amounts
from monitor.language.number_words import parse_number


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("syv", 7),
        ("otte", 8),
        ("åtte", 8),
        ("elleve", 11),
        ("femten", 15),
        ("tyve", 20),
        ("tjue", 20),
        ("halvtreds", 50),
        ("femti", 50),
        ("hundrede", 100),
    ],
)
def test_danish_and_norwegian_numbers(words, value):
    assert parse_number(words) == Decimal(value)


@pytest.mark.parametrize("words", ["halvanden", "halvannen", "halvannan", "en och en halv"])
def test_one_and_a_half(words):
    assert parse_number(words) == Decimal("1.5")


@pytest.mark.parametrize("text", ["It matters to millions of people", "The fire destroyed houses", "Ni kan söka stöd"])
def test_words_of_another_language_make_no_sum(text):
    assert find_amounts(text, "en") == []
