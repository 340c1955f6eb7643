"""Sums, rates and budgets in running text. The phrases are ours."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.budget import find_budget
from monitor.language.money import AmountRole, find_amounts


@pytest.mark.parametrize(
    ("text", "amount", "top", "currency"),
    [
        ("5 miljoner kronor", 5_000_000, None, "SEK"),
        ("10 milj", 10_000_000, None, "SEK"),
        ("1 milj. euro", 1_000_000, None, "EUR"),
        ("2 mkr", 2_000_000, None, "SEK"),
        ("7,5 mnkr", 7_500_000, None, "SEK"),
        ("350 tkr", 350_000, None, "SEK"),
        ("1,2 mdkr", 1_200_000_000, None, "SEK"),
        ("50 MSEK", 50_000_000, None, "SEK"),
        ("3 MEUR", 3_000_000, None, "EUR"),
        ("5 M€", 5_000_000, None, "EUR"),
        ("39\u00a0000\u00a0000 kr", 39_000_000, None, "SEK"),
        ("39\u202f000\u202f000 kr", 39_000_000, None, "SEK"),
        ("840 000kr", 840_000, None, "SEK"),
        ("60.000 euro", 60_000, None, "EUR"),
        ("€ 173.800.000", 173_800_000, None, "EUR"),
        ("EUR 8,455.00", 8_455, None, "EUR"),
        ("€4.5 million", 4_500_000, None, "EUR"),
        ("EUR 1,500 million", 1_500_000_000, None, "EUR"),
        ("€250k", 250_000, None, "EUR"),
        ("2.8 miljarder kronor", 2_800_000_000, None, "SEK"),
        ("1 543 miljoner kronor", 1_543_000_000, None, "SEK"),
        ("1,543 miljoner kronor", 1_543_000, None, "SEK"),
        ("tolv miljoner kronor", 12_000_000, None, "SEK"),
        ("tjugofem miljoner euro", 25_000_000, None, "EUR"),
        ("två och en halv miljon kronor", 2_500_000, None, "SEK"),
        ("en halv miljard", 500_000_000, None, "SEK"),
        ("hundra tusen kronor", 100_000, None, "SEK"),
        ("half a billion euros", 500_000_000, None, "EUR"),
        ("twenty-five million euro", 25_000_000, None, "EUR"),
        ("mellan 100 000 kr och 400 000 kr", 100_000, 400_000, "SEK"),
        ("7 500−25 000 €", 7_500, 25_000, "EUR"),
        ("20 - 40 miljoner", 20_000_000, 40_000_000, "SEK"),
        ("500 000 till 2 miljoner kronor", 500_000, 2_000_000, "SEK"),
        ("between EUR 1 and EUR 2 million", 1_000_000, 2_000_000, "EUR"),
        ("between EUR 400,000.00 and EUR 1,000,000.00", 400_000, 1_000_000, "EUR"),
        ("mellan 50 och 100 tkr", 50_000, 100_000, "SEK"),
    ],
)
def test_amounts(text, amount, top, currency):
    found = find_amounts(text)
    (item,) = found
    assert (item.amount, item.amount_max, item.currency) == (amount, top, currency)
    assert item.text == text[item.start : item.end]


@pytest.mark.parametrize(
    "text",
    [
        "10 miljoner invånare",
        "en miljon ton koldioxid",
        "kl. 12.00 den 3 maj 2026",
        "3 400 kommuner",
        "förordning 1313/2013/EU",
        "2021–2027",
        "18-30 år",
        "sidan 5",
        "1 Gbit/s",
    ],
)
def test_what_is_no_money(text):
    assert find_amounts(text) == []


@pytest.mark.parametrize(
    ("text", "rate", "low"),
    [
        ("40 procent av kostnaderna", 40, None),
        ("högst 75 %", 75, None),
        ("30 till 50 procent", 50, 30),
        ("80 per cent", 80, None),
        ("12,5%", Decimal("12.5"), None),
    ],
)
def test_a_percentage_is_a_rate_and_never_an_amount(text, rate, low):
    (item,) = find_amounts(text)
    assert (item.role, item.amount, item.currency) == (AmountRole.RATE, None, "")
    assert (item.rate, item.rate_from) == (rate, low)


def test_the_same_sum_in_another_currency_is_not_counted_twice():
    (item,) = find_amounts("nästan 70 000 euro (över 700 000 SEK)")
    assert (item.amount, item.currency) == (70_000, "EUR")
    assert [(other.amount, other.currency) for other in item.others] == [(700_000, "SEK")]


def test_a_currency_that_is_not_stated_is_not_made_up():
    assert [item.currency for item in find_amounts("Budgeten är 5 miljoner euro. Av dem går 2 miljoner till städer.")] == [
        "EUR",
        "",
    ]
    assert find_amounts("2 millioner kroner")[0].currency == ""
    assert find_amounts("2 millioner kroner", "nb")[0].currency == "NOK"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Utlyst belopp: 39 000 000 kr", AmountRole.TOTAL),
        ("Totalt utlyses 300 miljoner kronor", AmountRole.TOTAL),
        ("Myndigheten avsätter 12 miljoner kronor", AmountRole.TOTAL),
        ("The total budget is EUR 8 million", AmountRole.TOTAL),
        ("Energimyndigheten utlyser högst 850 miljoner kronor", AmountRole.TOTAL),
        ("Ett projekt kan få högst 2 miljoner kronor", AmountRole.PROJECT),
        ("max 600 000 kr per projekt", AmountRole.PROJECT),
        ("Bidraget är 15 000 euro per kommun", AmountRole.PROJECT),
        ("Contribution per project between EUR 8,455.00 and EUR 50,745.00", AmountRole.PROJECT),
        ("Bolaget omsätter ca 100 msek", AmountRole.UNKNOWN),
    ],
)
def test_roles(text, role):
    assert [item.role for item in find_amounts(text)] == [role]


def test_budget_of_a_call():
    budget = find_budget(
        "Utlysta medel 36 miljoner kronor. Ett projekt kan få mellan 500 000 och 2 000 000 kronor. Regionalfonden finansierar högst 40 procent av kostnaderna."
    )
    assert (budget.total, budget.project_min, budget.project_max, budget.rate, budget.currency) == (
        36_000_000,
        500_000,
        2_000_000,
        40,
        "SEK",
    )
    assert "36 miljoner kronor" in budget.text


def test_budget_leaves_empty_what_is_not_stated_or_contradicts_itself():
    assert find_budget("Kommuner kan söka stöd.").text == ""
    two = find_budget("Totalt utlyses 300 miljoner kronor. Utlysta medel: 200 miljoner kronor.")
    assert two.total is None
    own = find_budget("Medfinansieringen ska uppgå till 53 procent. Energiprestandan ska förbättras med minst 20 procent.")
    assert own.rate is None
    assert find_budget("Stödet täcker 30 till 50 procent av kostnaderna.").rate is None
    caps = find_budget("Små projekt kan få högst 100 000 kr. Stora projekt kan få högst 900 000 kr.")
    assert (caps.project_min, caps.project_max) == (None, None)


def test_a_pot_is_never_also_the_money_for_one_project():
    budget = find_budget(
        "Myndigheten utlyser bredbandsstöd på 1,6 miljarder kronor\nTotalt fördelas 1,6 miljarder kronor under året."
    )
    assert (budget.total, budget.project_max) == (1_600_000_000, None)


SEPARATORS = [" ", "\u00a0", "\u202f", ".", ""]
UNITS = [(" kr", "SEK"), (" kronor", "SEK"), ("kr", "SEK"), (" SEK", "SEK"), (" euro", "EUR"), (" €", "EUR"), (" EUR", "EUR")]


@given(amount=st.integers(1, 10**10), separator=st.sampled_from(SEPARATORS), unit=st.sampled_from(UNITS))
@settings(max_examples=300, deadline=None)
def test_any_amount_with_any_separator_comes_back(amount, separator, unit):
    words, currency = unit
    found = find_amounts(f"Utlyst belopp: {amount:,}".replace(",", separator) + words)
    assert [(item.amount, item.currency) for item in found] == [(amount, currency)]


@given(
    tenths=st.integers(1, 99_999),
    scale=st.sampled_from([("miljoner kronor", 10**6), ("miljarder euro", 10**9), ("mkr", 10**6), ("tkr", 10**3)]),
)
@settings(deadline=None)
def test_any_decimal_with_any_scale_comes_back(tenths, scale):
    words, factor = scale
    whole, tenth = divmod(tenths, 10)
    (item,) = find_amounts(f"cirka {whole},{tenth} {words}")
    assert item.amount == tenths * factor // 10


@given(low=st.integers(1, 10**6), more=st.integers(1, 10**6), link=st.sampled_from(["–", " - ", " till ", "−"]))
@settings(deadline=None)
def test_any_span_comes_back(low, more, link):
    (item,) = find_amounts(f"{low:,}{link}{low + more:,} euro".replace(",", " "))
    assert (item.amount, item.amount_max) == (low, low + more)


PIECES = st.sampled_from(
    [
        *" \n.,:%€$-–()0123456789",
        "kr ",
        "miljoner ",
        "mkr",
        "euro ",
        "EUR",
        "tio ",
        "en halv ",
        "till ",
        "och ",
        "1 000 ",
        "per projekt",
        "procent",
        "٣",
        "\u00a0",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)), st.sampled_from(["", "sv", "en", "nb"]))
@settings(max_examples=400, deadline=None)
def test_no_text_raises_and_offsets_hold(text, language):
    for item in find_amounts(text, language):
        assert text[item.start : item.end] == item.text
        assert (item.amount is None) == (item.role is AmountRole.RATE)
    find_budget(text, language)
