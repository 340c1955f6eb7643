"""Budgets of calls in running text: what is handed out in all, and for one project. The phrases are ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.budget import find_budget
from monitor.language.money import find_amounts


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
        ("Minsta bidrag till vanliga projekt är 30 000 kronor.", "sv", 30_000, None),
        ("Lägsta stöd för ett projekt är 100 000 kronor.", "sv", 100_000, None),
        ("Det minsta stödet till ett projekt är 50 000 kronor.", "sv", 50_000, None),
        ("Minsta belopp ni kan söka är 20 000 kronor.", "sv", 20_000, None),
        ("Det lägsta beloppet som en kommun kan få är 20 000 kronor.", "sv", 20_000, None),
        ("Det minste tilskuddet til et prosjekt er 50 000 kroner.", "nb", 50_000, None),
        ("Mindste tilskud til et projekt er 50.000 kr.", "da", 50_000, None),
        ("The minimum grant for ordinary projects is EUR 30 000.", "en", 30_000, None),
        ("The lowest amount that can be applied for is EUR 10 000.", "en", 10_000, None),
        ("The smallest grant for a project is EUR 5,000 and the largest EUR 60,000.", "en", 5_000, 60_000),
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


@pytest.mark.parametrize(
    ("language", "text", "total", "low", "high"),
    [
        ("da", "Fonden giver støtte til otte projekter med op til 1,5 mio. kr. til hver.", None, None, 1_500_000),
        ("sv", "Vi delar ut stöd till sex kommuner med högst 700 000 kronor till varje.", None, None, 700_000),
        ("sv", "Fyra anslag om vardera 15 MSEK delas ut.", None, 15_000_000, 15_000_000),
        ("sv", "Totalt delas 30 miljoner kronor ut, 6 miljoner kronor till vart och ett av projekten.", 30_000_000, 6_000_000, 6_000_000),
        ("nb", "Rammen er 12 mill. kroner, og det deles ut 600 000 kroner til hver av de utvalgte kommunene.", 12_000_000, 600_000, 600_000),
        ("en", "The fund will award twelve parks EUR 20,000 each.", None, 20_000, 20_000),
        # Whether each of them applies or hands it out in turn is not said.
        ("sv", "Regeringen fördelar 2 miljoner kronor till varje region.", None, None, None),
        ("da", "Der uddeles 5 mio. kr. til hver af de fem regioner.", None, None, None),
        ("en", "The programme allocates EUR 2 million to each county.", None, None, None),
        ("nb", "Fondet deler ut 300 000 kroner per dugnad.", None, None, None),
        # These stay the pot.
        ("sv", "Myndigheten fördelar 40 miljoner kronor till kommuner i hela landet.", 40_000_000, None, None),
        ("en", "The fund allocates EUR 3 million to towns, and each project is led by a town.", 3_000_000, None, None),
        ("sv", "Kommuner kan söka del av 30 miljoner kronor.", 30_000_000, None, None),
        ("sv", "Stiftelsen fördelar 8 miljoner kronor per år.", 8_000_000, None, None),
        ("sv", "Vi fördelar 40 miljoner kronor per år, totalt 160 miljoner kronor.", 160_000_000, None, None),
        ("sv", "Verket fördelar 40 miljoner kronor per år i fyra år.", None, None, None),
        ("da", "Hver kommune kan få op til 1 mio. kr. om året i tre år.", None, None, None),
        ("en", "Each partner may receive EUR 200,000, and each project up to EUR 1.2 million.", None, None, 1_200_000),
        ("sv", "Sökbart belopp: 300–900 tkr.", None, 300_000, 900_000),
        ("nb", "Søknadsbeløp: 2–6 mill. kroner.", None, 2_000_000, 6_000_000),
        ("en", "Charities can ask for between £3,000 and £9,000.", None, 3_000, 9_000),
    ],
)  # fmt: skip
def test_what_each_of_several_gets_is_never_the_pot(language, text, total, low, high):
    budget = find_budget(text, language)
    assert (budget.total, budget.project_min, budget.project_max) == (total, low, high)


@pytest.mark.parametrize(
    ("language", "text", "total"),
    [
        ("sv", "Stiftelsen delar två gånger om året ut 7 miljoner kronor.", 7_000_000),
        ("nb", "Vi deler ut 4 mill. kr i høst.", 4_000_000),
        ("nb", "Stiftelsen gir bort 3 millioner i år.", 3_000_000),
        ("sv", "Enligt beslutet disponerar myndigheten 19 miljoner för broar.", 19_000_000),
        ("da", "Vejdirektoratet har 55 millioner kroner til stier næste år.", 55_000_000),
        ("sv", "Medel för kalenderåret: 11,5 mnkr.", 11_500_000),
        ("sv", "Anslaget för 2028 uppgår till 64 mnkr.", 64_000_000),
        ("sv", "Pengarna, 6 miljoner kronor, är reserverade för byalag.", 6_000_000),
        ("sv", "Omgång 2 har en budget om 48 Mkr.", 48_000_000),
        ("sv", "Verket planerar att utlysa cirka 33 miljoner kronor.", 33_000_000),
        ("en", "Altogether EUR 2.4 million may be awarded.", 2_400_000),
        ("en", "How many? Thirty grants, which makes DKK 2.1 million.", 2_100_000),
        ("en", "EUR 45 million from the ERDF; up to EUR 4 million per project.", 45_000_000),
        ("sv", "Fem miljoner kronor. Så mycket finns det för trygga parker.", 5_000_000),
        # What is left of a larger sum, and what is added to it or was there before.
        ("da", "Af de oprindelige 40 mio. kr. er der 12,5 mio. kr. tilbage.", 12_500_000),
        ("sv", "Fonden har 700 000 kronor kvar av ursprungligen 3 miljoner.", 700_000),
        ("sv", "Styrelsen har avsatt ytterligare 3 miljoner kronor, så att potten nu är 9 miljoner kronor.", 9_000_000),
        ("sv", "Styrelsen har avsatt ytterligare 3 miljoner kronor.", 3_000_000),
        ("en", "The total envelope equals EUR 6.5 million, up from EUR 3 million in the first round.", 6_500_000),
        ("en", "Indicative budget of the topic: EUR 14 million, out of EUR 160 million for all topics.", 14_000_000),
        ("en", "Up to EUR 1.2 million is available per consortium out of a budget of EUR 36 million.", 36_000_000),
        # None of these is the pot.
        ("sv", "Projekt över 20 miljoner kronor i totalkostnad kräver en bilaga.", None),
        ("sv", "Ett projekt bör ha en total budget på minst 2 miljoner kronor.", None),
        ("sv", "Under 2026 har 41 företag fått del av sammanlagt 5 miljoner kronor.", None),
        ("en", "There are 30 to hand out, EUR 150 000 altogether.", 150_000),
        ("nb", "Komiteen deler ut såkornmidler på inntil 70 000 kroner.", None),
        ("sv", "Det är 3 dagar kvar att söka.", None),
        ("en", "Total budget: EUR 8 000 000 of which EUR 3 000 000 for strand A and EUR 5 000 000 for strand B.", 8_000_000),
        ("sv", "Budgeten är 9 miljoner kronor, varav 4 miljoner till skolor och 5 miljoner till förskolor.", 9_000_000),
    ],
)
def test_pots_in_further_words(language, text, total):
    assert find_budget(text, language).total == total


def test_a_pot_before_its_call_is_read_in_a_title():
    assert find_budget("Apply now.", "en", "The lab launches NOK 35 million call on wood").total == 35_000_000


@pytest.mark.parametrize(
    ("language", "text", "low", "high"),
    [
        ("da", "Der kan højst gives 3 mio. kr. pr. havn.", None, 3_000_000),
        ("da", "Støtten kan højst udgøre 70.000 kr. pr. rejse.", None, 70_000),
        ("sv", "Bidraget kan aldrig bli större än 240 000 kronor.", None, 240_000),
        ("en", "The trust pays in parts, but nobody receives more than €7,000.", None, 7_000),
        ("en", "Support: EUR 210 000 at the most.", None, 210_000),
        ("sv", "Bidragstak: 300 tkr första året, dock sammanlagt aldrig mer än 800 tkr för hela projektet.", None, 800_000),
        ("en", "Up to SEK 300,000 per municipality and school year, but never above SEK 700,000 to one municipality.", None, 700_000),
        ("en", "How much: from 3 000 up to 9 000 euros", 3_000, 9_000),
        ("da", "Bevillingerne er på 20.000 til 90.000 kr.", 20_000, 90_000),
        ("da", "Vi giver fra 20.000 til 90.000 kr.", 20_000, 90_000),
        ("en", "Projects are expected to request between EUR 2 and 4 million.", 2_000_000, 4_000_000),
        ("sv", "Stöd under 15 000 kr betalas inte ut.", 15_000, None),
        # One of several fixed sums.
        ("sv", "Klubbarna kan få 20 000, 40 000 eller 60 000 kronor beroende på storlek.", 20_000, 60_000),
        ("sv", "Stipendiet är på 5 000, 8 000 eller 12 000 kronor.", 5_000, 12_000),
        ("en", "Grants are fixed: EUR 500, 900 or 1 400 depending on the way.", 500, 1_400),
        ("sv", "Bidraget ligger alltid i något av följande steg: 5 000, 15 000 eller 45 000 kronor.", 5_000, 45_000),
        ("sv", "Små grupper kan få 20 000 eller 40 000 euro, stora 90 000, 120 000 eller 300 000 euro.", None, None),
        # Everybody gets the same.
        ("en", "We pay a lump sum of EUR 7,300 for each twinning meeting.", 7_300, 7_300),
        ("en", "Each school receives a lump sum of EUR 30 000 in two instalments (EUR 10 000 in May, EUR 20 000 in June).", 30_000, 30_000),
        ("en", "We offer five residencies, each with a stipend of EUR 1,900.", 1_900, 1_900),
        ("en", "The voucher's value is EUR 2,500 for everyone (it used to vary between EUR 900 and EUR 8,000).", 2_500, 2_500),
        ("en", "What can you get? DKK 70,000 as a flat amount. In 2026 it was DKK 55,000.", 70_000, 70_000),
        ("sv", "Priset är 60 000 kronor och ett diplom.", 60_000, 60_000),
        ("sv", "En check är på 40 000 kronor.", 40_000, 40_000),
        ("sv", "Varje bidrag är 7 000 kronor.", 7_000, 7_000),
        ("sv", "Summan för varje by är 30 000 kr.", 30_000, 30_000),
        ("en", "Each of the three winners receives EUR 40 000, and each runner-up EUR 15 000.", 15_000, 40_000),
        ("en", "Each of the three winners receives EUR 40 000, others up to EUR 15 000.", None, None),
        ("en", "Each of the five projects receives exactly € 8 000 000.", 8_000_000, 8_000_000),
        ("sv", "Per insats betalas 25 000 kronor ut, aldrig mer och aldrig mindre.", 25_000, 25_000),
        # None of these is one project's.
        ("sv", "Varje by får 30 000 kronor om året i två år, tillsammans 60 000 kronor.", None, None),
        ("en", "Eligible costs per project must be between EUR 60 000 and EUR 300 000.", None, None),
        ("sv", "Totalkostnad per projekt: minst 2 miljoner kronor.", None, None),
        ("da", "Omkostninger pr. projekt skal være mindst 500.000 kr.", None, None),
        ("sv", "Priset är 900 kronor per deltagare.", None, None),
        ("da", "Revisorudgifter op til 30.000 kr. kan indgå.", None, None),
        ("en", "Grants: SEK 2–4 million per year and project.", None, None),
    ],
)  # fmt: skip
def test_one_projects_money_in_further_words(language, text, low, high):
    budget = find_budget(text, language)
    assert (budget.total, budget.project_min, budget.project_max) == (None, low, high)
