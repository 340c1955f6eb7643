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
    assert (budget.total, budget.project_min, budget.project_max, budget.funder_share, budget.currency) == (
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
    assert (own.funder_share, own.own_share) == (None, 53)
    assert find_budget("Stödet täcker 30 till 50 procent av kostnaderna.").funder_share is None
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
@settings(max_examples=400, deadline=None)
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
@settings(max_examples=200, deadline=None)
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
@settings(max_examples=400, deadline=None)
def test_no_text_raises_and_offsets_hold(text, language):
    for item in find_amounts(text, language):
        assert text[item.start : item.end] == item.text
        assert (item.amount is None) == (item.role is AmountRole.RATE)
    find_budget(text, language)


@pytest.mark.parametrize(
    ("text", "language", "low", "high"),
    [
        ("Stödet är aldrig mer än 300 000 kronor per förening.", "sv", None, 300_000),
        ("Vi ger inte mer än 45 000 kr per ansökan.", "sv", None, 45_000),
        ("Grants are no more than EUR 7,500 per application.", "en", None, 7_500),
        ("Each project may receive not more than £90,000.", "en", None, 90_000),
        ("A grant may not exceed EUR 120 000.", "en", None, 120_000),
        ("Tilskuddet er aldri mer enn 650 000 kroner per prosjekt.", "nb", None, 650_000),
        ("Tilskuddet kan ikke overstige 250.000 kr. pr. projekt.", "da", None, 250_000),
        ("Bidrag under 40 000 kronor beviljas inte.", "sv", 40_000, None),
        ("Ansökningar om mindre än 75 000 kronor tar vi inte upp.", "sv", 75_000, None),
        ("Ansøgninger på under 30.000 kr. behandles ikke.", "da", 30_000, None),
        ("Vi gir ikke tilskudd under 60 000 kroner.", "nb", 60_000, None),
        ("Applications below EUR 8 000 are not considered.", "en", 8_000, None),
        ("Bidrag över 500 000 kronor beviljas inte.", "sv", None, 500_000),
        ("Minstebeløpet er 2 mill. kr per prosjekt.", "nb", 2_000_000, None),
        ("Lägsta belopp är 90 000 kr och högsta belopp är 700 000 kr.", "sv", 90_000, 700_000),
        ("Minimumsbeløbet er 25.000 kr., og det maksimale tilskud er 150.000 kr.", "da", 25_000, 150_000),
        ("Høyeste beløp er kr 410 000,- for hvert tiltak.", "nb", None, 410_000),
        ("Bidrag lämnas med lägst 15 000 kr och högst 95 000 kr.", "sv", 15_000, 95_000),
        ("Varje projekt ska söka minst 3 miljoner kronor.", "sv", 3_000_000, None),
        ("Bidragen ligger mellan 4 000 och 9 000 US-dollar.", "sv", 4_000, 9_000),
        ("Grants worth £3,000-£8,000 support small festivals.", "en", 3_000, 8_000),
        ("Grants range between 50k and 250k EUR.", "en", 50_000, 250_000),
        ("Vi gir mellom NOK 30 000 og NOK 120 000 per tiltak.", "nb", 30_000, 120_000),
        ("Foreninger kan søke fra kr 20 000 og opp til kr 800 000,-.", "nb", 20_000, 800_000),
        ("Ett projekt får högst 9 mkr, vilket motsvarar 3 mkr per år.", "sv", None, 9_000_000),
    ],
)
def test_bounds_for_one_project(text, language, low, high):
    budget = find_budget(text, language)
    assert (budget.total, budget.project_min, budget.project_max) == (None, low, high)


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("Ersättningen är ett fast belopp om 210 000 kronor per kommun.", "sv", 210_000),
        ("Bidraget är 85 000 kronor per kommun.", "sv", 85_000),
        ("Konstnärer kan söka arbetsstipendier om 96 000 kronor.", "sv", 96_000),
        ("Networks of 6 to 9 partners get €720 000 in total.", "en", 720_000),
        ("Each project receives a lump sum of EUR 45,000.", "en", 45_000),
        ("Lump sum: 30 000 euros.", "en", 30_000),
        ("Vouchers worth EUR 12,000 per municipality are handed out.", "en", 12_000),
        ("Cities may request CHF 9'000 per exchange – this is a flat amount.", "en", 9_000),
        ("Tre byer får hver 400.000 DKK.", "da", 400_000),
        ("Vinnarna får 800 000 kronor var.", "sv", 800_000),
        ("Four pilots will each receive NOK 300,000.", "en", 300_000),
        ("Hvem fortjener prisen på 70 000 norske kroner?", "nb", 70_000),
        ("Søg om tilskud på 15.000 kr. per møde.", "da", 15_000),
        ("Tilskuddet er et fast beløp på 55 000 kroner per skole.", "nb", 55_000),
    ],
)
def test_a_fixed_sum_is_both_bounds(text, language, amount):
    budget = find_budget(text, language)
    assert (budget.total, budget.project_min, budget.project_max) == (None, amount, amount)


@pytest.mark.parametrize(
    "text",
    [
        "Högsta bidraget är 80 000 kronor per kommun.",
        "Stödet är cirka 80 000 kronor per kommun.",
        "Support may reach EUR 80 000 per municipality.",
        "I genomsnitt får en kommun 80 000 kronor per kommun.",
    ],
)
def test_a_bound_or_an_estimate_is_no_fixed_sum(text):
    assert find_budget(text, "sv").project_min is None


@pytest.mark.parametrize(
    ("text", "language", "total"),
    [
        ("Vi planerar att bevilja 35 mkr.", "sv", 35_000_000),
        ("Myndigheten fördelar 180 mnkr till landets kommuner.", "sv", 180_000_000),
        ("Länsstyrelsen förfogar över 4,2 mkr.", "sv", 4_200_000),
        ("Rådet öppnar en utlysning om 70 miljoner kronor.", "sv", 70_000_000),
        ("Ramen blir 25 miljoner kronor och varje projekt ska söka minst 2 miljoner kronor.", "sv", 25_000_000),
        ("Utlyst belopp är 25 miljoner kronor och högst 2 miljoner kronor per projekt.", "sv", 25_000_000),
        ("We have set aside EUR 2,000,000 for up to 5 projects.", "en", 2_000_000),
        ("The fund holds 0.4 million Swiss francs for 2027.", "en", 400_000),
        ("The agency may grant about 1.5 M€ this year.", "en", 1_500_000),
        ("The pot totals 900,000 pounds.", "en", 900_000),
        ("Puljen rummer 60 mio. kr., heraf 10 mio. kr. til vand.", "da", 60_000_000),
        ("Styrelsen udmelder 18,5 mio. kr.", "da", 18_500_000),
        ("Der er ca. 7 mio. euro i runden.", "da", 7_000_000),
        ("Fonden har reserveret 35 mio. kroner.", "da", 35_000_000),
        ("Puljen lukker, når de 30 millioner er brugt.", "da", 30_000_000),
        ("Direktoratet lyser ut 40 millioner kroner.", "nb", 40_000_000),
        ("Rådet har satt av 300 mill. kr.", "nb", 300_000_000),
        ("Ordningen har 88 mill. kroner i 2027.", "nb", 88_000_000),
        ("Ordningen, som for 2027 er på 3,5 millioner danske kroner, er nordisk.", "nb", 3_500_000),
        ("Fylkeskommunen og regionen gir til sammen 2,4 mill. SEK.", "nb", 2_400_000),
    ],
)
def test_pots_in_many_words(text, language, total):
    assert find_budget(text, language).total == total


@pytest.mark.parametrize(
    "text",
    [
        "22 miljoner kronor och 40 projekt var utfallet förra gången.",
        "Last year the fund handed out EUR 5 million.",
        "Estimated project budget EUR 3.1 million, of which the programme pays a part.",
        "Projektets budget beräknas till 6 miljoner euro.",
        "Beloppen ligger oftast mellan 20 000 och 60 000 kronor och bidrag kan sökas.",
        "På norsk side er det satt av 19 mill. kroner.",
        "Företag med en omsättning på mellan 2 och 10 miljoner euro kan söka.",
        "Stödet är 1 800 kronor per elev.",
        "A host receives 30 euro per artist and day, 20 euro per participant.",
        "Totalkostnaden får inte överstiga 4 miljoner kronor.",
        "Projektets totala kostnad ska vara minst 2 miljoner kronor.",
        "The annual membership fee is EUR 400 per municipality.",
        "Stöd under 20 000 kronor betalas ut direkt, inte i efterskott.",
        "Grants above EUR 50 000 are not paid in advance.",
        "Bidrag över 2 miljoner kronor kräver intyg av revisor.",
    ],
)
def test_sums_that_are_not_the_calls(text):
    budget = find_budget(text, "nb" if "norsk" in text else "sv")
    assert (budget.total, budget.project_min, budget.project_max) == (None, None, None)


def test_a_minimum_above_the_maximum_gives_neither():
    budget = find_budget("Ansök om minst 500 000 kronor. Ett projekt kan få högst 200 000 kronor.", "sv")
    assert (budget.project_min, budget.project_max) == (None, None)


def test_what_is_proposed_is_no_bound():
    assert find_budget("Der lægges op til 45 mio. kr. over to år og støtte på maksimalt 60 procent.", "da").project_max is None


def test_the_title_counts_for_a_total_that_the_text_leaves_out():
    assert find_budget("Ett projekt måste söka minst 1 miljon kronor.", "sv", "Fonden utlyser 55 mnkr").total == 55_000_000
    assert find_budget("Totalt fördelas 50 mnkr.", "sv", "Fonden utlyser 55 mnkr").total == 50_000_000
    assert find_budget("Sök stöd.", "sv", "Högst 2 mnkr per projekt").total is None


@given(
    amount=st.integers(1_000, 10**8),
    bound=st.sampled_from(
        [
            ("no more than", "en", "most"),
            ("not more than", "en", "most"),
            ("at least", "en", "least"),
            ("more than", "en", "least"),
            ("aldrig mer än", "sv", "most"),
            ("mer än", "sv", "least"),
            ("aldri mer enn", "nb", "most"),
            ("ikke mere end", "da", "most"),
            ("mindst", "da", "least"),
        ]
    ),
)
@settings(deadline=None)
def test_a_denied_bound_is_the_other_one(amount, bound):
    words, language, side = bound
    (item,) = find_amounts(f"Support: {words} EUR {amount} per project", language)
    assert (item.least, item.most) == (side == "least", side == "most")
