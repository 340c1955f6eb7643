"""Shares that the funder and the applicant pay. The phrases are ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.budget import find_budget
from monitor.language.shares import Shares, find_shares


def shares(text):
    found = find_shares(text)
    return found.funder, found.own


FUNDER = [
    "Stödnivån är {} procent.",
    "Stödandel: högst {} %",
    "EU-stöd {} procent",
    "Bidraget täcker högst {} procent av kostnaderna.",
    "Regionalfonden finansierar högst {} procent.",
    "EU:s medfinansiering är {} procent.",
    "Högst {} procent av kostnaderna kan ersättas.",
    "{} procent finansieras av EU.",
    "Ni kan få bidrag med upp till {} procent av kostnaderna.",
    "Stödnivå\n{} procent",
    "Lump sum grant at a funding rate of {} %.",
    "The co-financing rate is {} %.",
    "The EU grant covers up to {} % of eligible costs.",
    "EU co-funding of {} per cent.",
    "Up to {}% of the costs are reimbursed.",
    "Tilskud på op til {} % af udgifterna.",
    "Puljen dækker {} pct. af omkostningerne.",
    "Støtte inntil {} %",
    "Tilskuddet dekker inntil {} prosent av kostnadene.",
]
OWN = [
    "Medfinansiering {} %",
    "Medfinansiering krävs med minst {} procent.",
    "Egenfinansieringen ska vara minst {} procent.",
    "Egeninsatsen är {} procent av kostnaderna.",
    "Minst {} procent ska finansieras av sökanden.",
    "Kommunen ska själv stå för {} procent av kostnaderna.",
    "EU-stödet kräver medfinansiering med {} procent.",
    "Medfinansiering:\nminst {} procent",
    "Applicants must co-finance at least {} % of the costs.",
    "Co-funding by the applicant: at least {} %",
    "An own contribution of {} % is required.",
    "The applicant's co-financing rate is {} %.",
    "Own co-financing rate: {} %",
    "A co-financing rate of {} % by the beneficiaries.",
    "Projects must provide {}% match funding.",
    "At least {} % must be covered by the applicant.",
    "Egenandelen må være minst {} prosent.",
    "Medfinansiering fra ansøger på mindst {} %.",
    "Projektet kræver egenfinansiering på {} pct.",
]
NEITHER = [
    "The maximum EU contribution is {} % of the call budget.",
    "Bidraget är högst {} procent av utlysningens budget.",
    "Co-financing: {} %",
    "Offentlig medfinansiering {} procent.",
    "National co-financing {} %.",
    "Energiprestandan ska förbättras med minst {} procent.",
    "Pre-financing of {} % is paid at the start.",
    "Minst {} procent av budgeten ska avse ungdomar.",
    "Medfinansiering motsvarande {} procent av bidraget.",
    "Indirekta kostnader ersätts med {} procent.",
    "{} procent av kommunerna har svarat.",
]


@given(text=st.sampled_from(FUNDER), value=st.integers(1, 100))
def test_what_the_funder_pays(text, value):
    found = find_shares(text.format(value))
    assert (found.funder, found.own, found.own_text) == (value, None, "")
    assert str(value) in found.funder_text
    assert found.funder_text in " ".join(text.format(value).split())


@given(text=st.sampled_from(OWN), value=st.integers(1, 100))
def test_what_the_applicant_pays(text, value):
    found = find_shares(text.format(value))
    assert (found.funder, found.own, found.funder_text) == (None, value, "")
    assert str(value) in found.own_text
    assert found.own_text in " ".join(text.format(value).split())


@pytest.mark.parametrize("text", NEITHER)
def test_a_percentage_of_something_else_is_no_share(text):
    assert find_shares(text.format(40)) == Shares()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("EU betalar högst 80 procent, ni minst 20 procent.", (80, 20)),
        ("80 procent EU-stöd och 20 procent egenfinansiering.", (80, 20)),
        ("Egenfinansieringen ska vara minst 20 procent och stödet högst 80 procent.", (80, 20)),
        ("The EU funds 75 %, the beneficiaries 25 %.", (75, 25)),
        ("A maximum co-financing rate of 60%, with the beneficiary contributing 40%", (60, 40)),
        ("Naturvårdsverket betalar 90 procent och kommunen 10 procent.", (90, 10)),
        ("Stödet täcker 40 procent av kostnaderna. Resten är medfinansiering från er eller andra.", (40, None)),
        ("Stödet är 15 miljoner euro och 80 procent av kostnaderna.", (80, None)),
    ],
)
def test_both_in_one_text(text, found):
    assert shares(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Ingen medfinansiering krävs.",
        "Medfinansiering krävs inte.",
        "No co-financing is required.",
        "Det behövs ingen egeninsats.",
    ],
)
def test_that_nothing_is_asked_for_is_a_share_of_nought(text):
    assert shares(text) == (None, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Stödnivå: 20 procent för stora, stödnivå 40 procent för medelstora.",
        "The funding rate is 80 % for municipalities and 50 % for companies.",
        "Stödet täcker 30 till 50 procent av kostnaderna.",
        "Medfinansiering 20 procent. Medfinansiering för företag 40 procent.",
        "Egenfinansiering minst 60 procent. EU betalar högst 60 procent.",
        "Stödnivån är 140 procent.",
    ],
)
def test_two_values_or_a_span_are_not_stated(text):
    assert shares(text) == (None, None)


def test_a_budget_holds_both_with_their_words():
    budget = find_budget(
        "Totalt utlyses 30 miljoner kronor. EU-stödet är högst 40 procent. Medfinansiering krävs med minst 50 procent.", "sv"
    )
    assert (budget.total, budget.funder_share, budget.own_share) == (30_000_000, 40, 50)
    assert (budget.funder_share_text, budget.own_share_text) == (
        "EU-stödet är högst 40 procent",
        "Medfinansiering krävs med minst 50 procent",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Regionalfonden kan stå för högst 30 procent och de sökande svarar själva för minst 70 procent.", (30, 70)),
        ("Statens vegvesen dekker høyst 70 prosent, og kommunen selv må stå for minst 30 prosent av kostnadene.", (70, 30)),
        ("EU-andelen är 75 procent; projektet måste själv stå för minst 25 procent.", (75, 25)),
        ("Ni kan få högst 60 tkr och ska själva bidra med minst 20 procent av budgeten.", (None, 20)),
        ("Beneficiaries must bring at least 15% themselves.", (None, 15)),
        ("Nordic Forum finansierer opptil 40 prosent, og deltakerne bidrar med minst 60 prosent selv.", (40, 60)),
        ("Vi går in med högst 45 procent av kostnaderna.", (45, None)),
        ("CERV pays up to 90 percent.", (90, None)),
        ("Nordisk Forum betaler højst 65 % af et projekt.", (65, None)),
        ("Den egna finansieringen ska vara minst 25 procent.", (None, 25)),
        ("Kommunens egen del är minst hälften.", (None, 50)),
        ("Fonden kräver att mottagaren själv står för minst hälften.", (None, 50)),
        ("Stöd ges med högst halva kostnaden för åtgärderna.", (50, None)),
        ("Grants cover up to half the costs.", (50, None)),
        ("Foreninger kan få tilskud, dog højst halvdelen af budgettet.", (50, None)),
        ("Støtten dekker inntil halvparten av kostnadene.", (50, None)),
        ("Bidraget täcker högst tre fjärdedelar av kostnaderna.", (75, None)),
        ("The Fund may cover the whole budget.", (100, None)),
        ("Støtteprocenten kan ikke overstige 45.", (45, None)),
        ("Støtteprocent: maks. 55 %.", (55, None)),
        ("EU-støtten er højst 50 % af de støtteberettigede udgifter.", (50, None)),
        ("Grants of up to EUR 9 000, at no more than 70% of costs.", (70, None)),
        ("An intervention rate of 55 % applies.", (55, None)),
        ("Maksimal støtte er 8 MNOK per søknad og 20 % av merkostnaden.", (20, None)),
        ("Resterande del, som lägst 15 procent, står kommunen för.", (None, 15)),
    ],
)
def test_who_pays_in_many_words(text, found):
    assert shares(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Under första hälften av 2027 öppnar fonden.",
        "Half of the municipalities applied for a grant.",
        "Boende i huset betalar 10 procent.",
        "EU betalar högst 85 procent. Resten, 15 procent, hittar ni hos andra.",
        "Fonden täcker inte hela kostnaden.",
    ],
)
def test_halves_and_payers_of_something_else_are_no_own_share(text):
    assert find_shares(text).own is None
    assert find_shares(text).funder in (None, 85)


@pytest.mark.parametrize(
    ("text", "funder"),
    [
        ("Svenska och finska partner kan få 70 procent i EU-stöd, norska partner 40 procent i IR-medel.", 70),
        ("Svenske partnere kan få inntil 60 % EU-støtte og norske inntil 45 % IR-midler.", 60),
        ("Støtten er maksimalt 40 prosent på norsk side og 75 prosent på svensk.", 75),
        ("Partners receive up to 85 % from the Programme; Norwegian partners get 40 % from the Programme.", 85),
        ("Danske partnere får 50 procent i støtte, tyske 60 procent.", None),
    ],
)
def test_of_a_rate_for_each_country_the_swedish_one_is_taken(text, funder):
    assert find_shares(text).funder == funder


@pytest.mark.parametrize(
    ("text", "funder"),
    [
        ("Bidraget är högst 40 procent av kostnaderna; för broar gäller 75 procent.", 75),
        ("Stödnivån är högst 30 % för stora företag och 45 % för små.", 45),
        ("The funding rate is 60 %; for islands it rises to 85 %.", 85),
        ("Grant size: max EUR 9 000. Maximum contribution: 55 %, or 70 % where rivers are restored.", 70),
        ("Tilskuddsandelen er inntil 40 prosent, men kan økes til 65 prosent for små kommuner.", 65),
        ("- Broar: högst 40 procent av kostnaderna\n- Fiskvägar och lekbottnar: upp till 85 procent", 85),
        ("Stödet på 30 procent (för små företag 45) går till lådcyklar.", 45),
        ("Vanliga projekt får upp till 40 procent i bidrag medan dammar och diken kan få upp till 80.", 80),
        ("Funding rate: 60% (100% for non-profit organisations).", 100),
        ("The funding rate is 100% for non-profit bodies and 60% for companies.", 100),
        ("Ni kan söka stöd, och bidraget är högst 80 procent av kostnaderna.", 80),
        # One of them is of something else, or of another call.
        ("Bidrag lämnas med högst 40 procent av kostnaden. För dammar gäller högst 80 procent, i en egen utlysning i vår.", 40),
        ("EU-stödet är högst 45 procent, och minst 55 procent ska komma från andra.", 45),
        ("A funding rate of 65%, paid in three instalments (30%, 40%, 30%).", 65),
        ("Bidraget beviljas med högst 70 procent, varav hälften av summan betalas ut i förskott.", 70),
        ("Stödet är högst 50 procent av kostnaderna, och 20 procent av platserna är för flickor.", 50),
        # Without an upper bound nothing tells which of two is meant.
        ("Stödnivån är 30 procent för broar och 50 procent för diken.", None),
        ("Grants amount to up to 20% of the loan.", None),
    ],
)
def test_of_several_upper_bounds_the_highest_is_taken(text, funder):
    assert find_shares(text).funder == funder


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Skolornas kostnader täcks till 90 procent.", (90, None)),
        ("The partner's costs are reimbursed up to 85 %.", (85, None)),
        ("Deltagandet finansieras till 100 procent.", (100, None)),
        ("Companies are funded at no more than 40%, towns at no more than 90%.", (90, None)),
        ("Hur mycket? Upp till 70 procent av investeringen.", (70, None)),
        ("Reimbursement: 65 % of the budget.", (65, None)),
        ("We apply for EUR 90 000 in EU money at 75 % of the costs.", (75, None)),
        ("EUR 30 million in all; 75% co-financing.", (75, None)),
        ("A share of 20% co-financing.", (None, None)),
        ("Co-financing of 60 % is required.", (None, 60)),
        ("Egeninsatsen ska vara minst en fjärdedel.", (None, 25)),
        ("Own contribution: at least a quarter.", (None, 25)),
        ("Administration? Högst 9 % av budgeten.", (None, None)),
        ("Stödnivå? Högst 60 %.", (60, None)),
        ("OH-kostnader ersätts med högst 25 procent.", (None, None)),
        ("Administrationsbidraget kan højst være 7 procent af de samlede udgifter.", (None, None)),
        ("Kommunens kostnader ersätts till 30 procent av kommunen.", (None, 30)),
    ],
)
def test_shares_in_other_words(text, found):
    assert shares(text) == found


PIECES = st.sampled_from(
    [
        "medfinansiering ",
        "EU ",
        "stöd ",
        "funding rate ",
        "ni ",
        "betalar ",
        "80 ",
        "%",
        "procent",
        " och ",
        ", ",
        ". ",
        "\n",
        "av ",
        "kostnader ",
        "(",
        "100",
        "-",
        "till ",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_no_text_raises_and_shares_are_shares(text):
    found = find_shares(text)
    assert found.funder is None or 1 <= found.funder <= 100
    assert found.own is None or 0 <= found.own <= 100
    assert (found.funder_text == "") == (found.funder is None)
    assert (found.own_text == "") == (found.own is None)


LARGE = 10**5


@pytest.mark.parametrize(
    "text",
    [
        "1 % " * (LARGE // 4),
        "medfinansiering " * (LARGE // 16),
        "%" * LARGE,
        "EU betalar 5 procent och " * (LARGE // 25),
        "av " * (LARGE // 3) + "5 %",
        "egen" + " " * LARGE + "insats 5 %",
    ],
)
def test_hostile_text_is_read_to_its_end(text):
    find_budget(text, "sv")
