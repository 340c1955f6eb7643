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


SEPARATORS = [" ", "\u00a0", "\u202f", ".", ""]
UNITS = [(" kr", "SEK"), (" kronor", "SEK"), ("kr", "SEK"), (" SEK", "SEK"), (" euro", "EUR"), (" €", "EUR"), (" EUR", "EUR")]


@given(amount=st.integers(1, 10**10), separator=st.sampled_from(SEPARATORS), unit=st.sampled_from(UNITS))
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


@pytest.mark.parametrize(
    ("text", "language", "amounts"),
    [
        ("Myndigheten avsätter totalt 90 miljoner kronor till 14 kommuner.", "sv", [(90_000_000, "SEK")]),
        ("30 miljoner kronor och 8 projekt", "sv", [(30_000_000, "SEK")]),
        ("EUR 9 million and 4 projects", "en", [(9_000_000, "EUR")]),
        ("SEK 50 000 to 1 200 schools", "en", [(50_000, "SEK")]),
        ("40 000 euro till 1 800 kommuner", "sv", [(40_000, "EUR")]),
        ("3 000 000 kronor - 2 år", "sv", [(3_000_000, "SEK")]),
        ("5 miljoner kronor till 2029", "sv", [(5_000_000, "SEK")]),
        ("70 miljoner kronor till 4 miljoner hushåll", "sv", [(70_000_000, "SEK")]),
        ("200.000 kr. til 9 kommuner", "da", [(200_000, "DKK")]),
        ("4000 kr och 1984 = 5984 kr", "sv", [(4_000, "SEK"), (5_984, "SEK")]),
        ("Del 3 – 20 miljoner kronor", "sv", [(20_000_000, "SEK")]),
        ("2028 - 3 miljoner kronor", "sv", [(3_000_000, "SEK")]),
    ],
)
def test_a_count_behind_a_sum_is_no_money(text, language, amounts):
    found = find_amounts(text, language)
    assert [(item.amount, item.currency) for item in found] == amounts
    assert all(item.amount_max is None for item in found)


def test_a_sum_beside_a_share_is_kept():
    found = find_amounts("Bidraget är högst 8 miljoner euro och 60 procent av kostnaderna.", "sv")
    assert [(item.amount, item.rate) for item in found] == [(8_000_000, None), (None, 60)]


@pytest.mark.parametrize(
    ("text", "language", "amount", "currency"),
    [
        ("NOK 6 miljoner", "sv", 6_000_000, "NOK"),
        ("DKK 3 miljoner per projekt", "sv", 3_000_000, "DKK"),
        ("USD 4 miljoner", "sv", 4_000_000, "USD"),
        ("CHF 7 miljoner", "sv", 7_000_000, "CHF"),
        ("US$2,5 miljarder", "sv", 2_500_000_000, "USD"),
        ("DKK 400,000", "en", 400_000, "DKK"),
        ("GBP 7,500.00", "en", 7_500, "GBP"),
        ("£3 million", "en", 3_000_000, "GBP"),
        ("$1.5m", "en", 1_500_000, "USD"),
        ("PLN 40 000", "en", 40_000, "PLN"),
        ("40 000 zł", "en", 40_000, "PLN"),
        ("250 schweizerfranc", "sv", 250, "CHF"),
        ("900 000 norska kronor", "sv", 900_000, "NOK"),
        ("2 miljoner danska kronor", "sv", 2_000_000, "DKK"),
        ("8 millioner svenske kroner", "nb", 8_000_000, "SEK"),
        ("5 million US dollars", "en", 5_000_000, "USD"),
        ("Støtte\nkr 400 000", "nb", 400_000, "NOK"),
        ("kr 400 000", "sv", 400_000, "SEK"),
        ("kr. 400.000", "da", 400_000, "DKK"),
        ("250.000,- DKK", "da", 250_000, "DKK"),
        ("250.000,- kr.", "da", 250_000, "DKK"),
        ("400 kr", "nb", 400, "NOK"),
        ("25kr", "nb", 25, "NOK"),
        ("2,5 mio. kr.", "da", 2_500_000, "DKK"),
        ("3 mia. kr.", "da", 3_000_000_000, "DKK"),
        ("4 mill. kr", "nb", 4_000_000, "NOK"),
        ("300 tkr", "nb", 300_000, "NOK"),
        ("500 t.kr.", "da", 500_000, "DKK"),
        ("to millioner kroner", "nb", 2_000_000, "NOK"),
        ("6 MNOK", "nb", 6_000_000, "NOK"),
        ("900 TSEK", "sv", 900_000, "SEK"),
        ("tkr 900", "sv", 900_000, "SEK"),
        ("3 M€", "en", 3_000_000, "EUR"),
        ("Belopp (SEK): 300 000", "sv", 300_000, "SEK"),
        ("2.419, 60 €", "", 2_420, "EUR"),
        ("24 kr 80 öre", "sv", 25, "SEK"),
        ("Tilskud op til 300.000 kr. pr. projekt", "", 300_000, "DKK"),
        ("Støtten er inntil 300 000 kr", "", 300_000, "NOK"),
    ],
)
def test_every_currency_is_read_as_it_is(text, language, amount, currency):
    (item,) = find_amounts(text, language)
    assert (item.amount, item.amount_max, item.currency) == (amount, None, currency)


@pytest.mark.parametrize(
    "text",
    [
        "CZK 6 miljoner",
        "6 miljoner CZK",
        "6 miljoner isländska kronor",
        "A$6 million",
        "CAD 500,000",
        "$500 CAD",
        "¥6 million",
        "5.-10. marts",
        "30 öre",
    ],
)
@pytest.mark.parametrize("language", ["", "sv", "en", "da"])
def test_a_currency_that_is_not_known_gives_nothing(text, language):
    assert find_amounts(text, language) == []


def test_a_krona_in_an_english_text_about_a_neighbour_is_not_swedish():
    assert [item.currency for item in find_amounts("Grants of up to 400 000 kr for partners in Norway", "en")] == [""]


@pytest.mark.parametrize(
    "text", ["I dag är folkmängden 31 miljoner.", "Landet har 31 miljoner invånare.", "Av 12 miljoner bor hälften i städer."]
)
def test_people_are_no_money(text):
    assert find_amounts(text, "sv") == []


@pytest.mark.parametrize(
    "text",
    [
        "Högst 400 000 500 000 600 000 700 000 kr per projekt",
        "Högst 400 000 500 000 kr per projekt",
        "Budget totalt per år 110 000 120 000 130 000 140 000 150 000 160 000",
        "Budget: 2" + " 000" * 11 + " kronor",
        "Budget 20" + " 000" * 6 + " EUR",
        "Budget 2000000000000000 miljoner kronor",
        "400\u00a0000 500\u00a0000 kr",
        "1" * 400 + " kr",
    ],
)
def test_cells_are_never_joined_and_no_sum_is_beyond_all_bounds(text):
    assert find_amounts(text, "sv") == []
    assert find_budget(text, "sv").total is None


@pytest.mark.parametrize("separator", [" | ", "\t", "\n"])
def test_a_cell_ends_a_number(separator):
    found = find_amounts(separator.join(["Högst", "400 000", "500 000 kr"]), "sv")
    assert [item.amount for item in found] == [500_000]


def test_the_same_row_of_currencies_is_read_from_its_own_side():
    before = find_amounts("Lot 1 EUR 500 000, Lot 2 EUR 600 000", "en")
    assert [item.amount for item in before] == [500_000, 600_000]
    assert [item.amount for item in find_amounts("EUR 5 000 EUR 10 000", "en")] == [5_000, 10_000]
    assert [item.amount for item in find_amounts("500 000 SEK 600 000 SEK", "sv")] == [500_000, 600_000]


@pytest.mark.parametrize(
    ("text", "language", "role"),
    [
        ("Der er afsat 20 mio. kr. til puljen", "da", AmountRole.TOTAL),
        ("Puljen er på i alt 20 mio. kr.", "da", AmountRole.TOTAL),
        ("Det lyses ut 20 millioner kroner", "nb", AmountRole.TOTAL),
        ("Rammen er 20 millioner kroner", "nb", AmountRole.TOTAL),
        ("Der kan søges om tilskud på op til 300.000 kr. pr. projekt", "da", AmountRole.PROJECT),
        ("Hvert prosjekt kan få inntil 300 000 kroner", "nb", AmountRole.PROJECT),
        ("Each project may receive at most EUR 300 000", "en", AmountRole.PROJECT),
    ],
)
def test_roles_in_the_neighbours_languages(text, language, role):
    assert [item.role for item in find_amounts(text, language)] == [role]


LARGE = 10**5


@pytest.mark.parametrize(
    "text",
    [
        "1" * LARGE,
        "a" * LARGE,
        "000 " * (LARGE // 4),
        "1 kr " * (LARGE // 10),
        "1-" * (LARGE // 2),
        "en miljon " * (LARGE // 10),
        "1" + " " * LARGE + "kr",
        "1 % " * (LARGE // 4),
    ],
)
def test_hostile_text_is_read_to_its_end(text):
    find_amounts(text, "sv")


CODES = ["SEK", "NOK", "DKK", "EUR", "USD", "GBP", "CHF", "PLN"]
KRONA = {"sv": "SEK", "da": "DKK", "nb": "NOK"}
COUNTS = [
    "",
    " till 12 kommuner",
    " to 12 projects",
    " til 12 kommuner",
    " - 3 år",
    " och 40 projekt",
    " and 6 partners",
    " till 2029",
    ".",
]
LABELS = ["", "Belopp: ", "Högst ", "Up to ", "Støtte inntil ", "Tilskud på op til ", "Rad ett\n"]


@given(
    amount=st.integers(1, 10**9),
    separator=st.sampled_from([" ", "\u00a0", "."]),
    code=st.sampled_from(CODES),
    leads=st.booleans(),
    language=st.sampled_from(["sv", "en", "da", "nb", ""]),
    label=st.sampled_from(LABELS),
    count=st.sampled_from(COUNTS),
)
def test_any_amount_in_any_currency_and_language_with_any_count_behind(amount, separator, code, leads, language, label, count):
    figures = f"{amount:,}".replace(",", separator)
    text = label + (f"{code} {figures}" if leads else f"{figures} {code}") + count
    found = find_amounts(text, language)
    assert [(item.amount, item.amount_max, item.currency) for item in found] == [(amount, None, code)]


@given(
    amount=st.integers(1, 10**9),
    word=st.sampled_from(["kr", "kroner", "kr."]),
    language=st.sampled_from(["da", "nb"]),
    count=st.sampled_from(COUNTS),
)
def test_a_bare_krona_follows_the_language(amount, word, language, count):
    (item,) = find_amounts(f"{amount:,} {word}{count}".replace(",", "."), language)
    assert (item.amount, item.currency) == (amount, KRONA[language])


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
        "000 ",
        "NOK ",
        "US$",
        "mio. ",
        ",- ",
        "between ",
        "٣",
        "\u00a0",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)), st.sampled_from(["", "sv", "en", "nb"]))
def test_no_text_raises_and_offsets_hold(text, language):
    for item in find_amounts(text, language):
        assert text[item.start : item.end] == item.text
        assert (item.amount is None) == (item.role is AmountRole.RATE)
    find_budget(text, language)


def test_no_project_gets_more_is_an_upper_bound():
    found = find_budget("Utlysningens budget är 24 miljoner kronor och inget projekt får mer än 4 miljoner kronor.")
    assert (found.project_min, found.project_max) == (None, 4_000_000)
