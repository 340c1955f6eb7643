"""What an article is, by its words. The articles are ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.kinds import guess_kind
from monitor.vocabulary import Kind

CALLS = [
    ("Stöd till laddstationer", "Kommuner kan söka stöd för publika laddstationer. Sista ansökningsdag är 4 maj 2026."),
    (
        "Nytt bidrag för bibliotek",
        "Snart införs ett bidrag för digitala bibliotekstjänster. Stödet är högst 50 procent av kostnaderna.",
    ),
    (
        "LIFE: sub-programme circular economy",
        "The call for proposals is open. Deadline: 22 September 2026. Eligible applicants are public bodies.",
    ),
    ("Utlysning: klimatanpassning", "Vem kan söka? Kommuner och regioner. Hur mycket? Högst 2 miljoner kronor per projekt."),
    ("Town twinning", "Deadline 18.09.2026 17:00. Call budget EUR 4,000,000. Contribution per project up to EUR 50,000."),
    (
        "Statsbidrag för läxhjälp",
        "Vilka kan rekvirera? Kommuner som är skolhuvudmän. Rekvisitionen ska ha kommit in senast den 1 november.",
    ),
]
NEWS = [
    ("Tolv kommuner får miljoner till cykelvägar", "Tolv kommuner har beviljats stöd på sammanlagt 40 miljoner kronor."),
    ("Stort intresse för utlysningen", "Det kom in 120 ansökningar när utlysningen var öppen. Beslut väntas i höst."),
    ("Programmet har godkänts", "EU-kommissionen har godkänt programmet för perioden."),
    ("Ansökningsomgången pausas", "Myndigheten skjuter upp omgången som skulle ha öppnat den 5 maj."),
]
EVENTS = [
    (
        "Informationsträff om Erasmus+",
        "Vi bjuder in till ett digitalt informationsmöte den 12 maj.\nPlats: Teams\nAnmälan senast den 8 maj via länken.",
    ),
    ("Europadagen på torget", "Europadagen firas den 9 maj med tal, musik och tårta. Programmet börjar klockan 12."),
    ("Save the date: annual conference", "Join us in Malmö. The conference takes place on 4 October. Register by 1 September."),
]
OTHERS = [
    (
        "Vi söker en EU-samordnare",
        "Kommunen söker en samordnare till utvecklingsavdelningen. Ansök senast 3 april. Skicka ditt CV.",
    ),
    (
        "Ansök till kurser på komvux",
        "Studiestart 11 augusti. Ansökningsperiod 1 april–15 maj. Sista svarsdag 1 juli. Behörighet krävs.",
    ),
    (
        "Aktivitetsbidrag för föreningar",
        "Bidragsberättigade föreningar kan söka aktivitetsbidrag. Sista ansökningsdag 25 augusti. Använd e-tjänsten.",
    ),
    ("Vanliga frågor om bidraget", "Vem kan söka? Se respektive utlysning. När är sista ansökningsdag? Det står på varje sida."),
    ("Om fonden", "Här beskrivs hur fonden arbetar och vilka som sitter i styrelsen."),
]


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        *((*row, Kind.CALL) for row in CALLS),
        *((*row, Kind.NEWS) for row in NEWS),
        *((*row, Kind.EVENT) for row in EVENTS),
        *((*row, None) for row in OTHERS),
        (
            "Polish town is looking for partners",
            "We are looking for partners for a Erasmus+ project on youth work.",
            Kind.PARTNER_SEARCH,
        ),
        (
            "Fransk kommun söker partner",
            "En kommun i Bretagne söker partner till ett ungdomsutbyte. Ansökan lämnas in i oktober.",
            Kind.PARTNER_SEARCH,
        ),
        ("Förslag till förordning om avfall, COM(2026) 12", "Kommissionen föreslår nya regler.", Kind.POLICY),
    ],
)
def test_kinds(title, text, kind):
    found, reason = guess_kind(title, text, Kind.CALL, "sv")
    assert found is kind, reason
    assert reason


def test_the_usual_kind_tips_the_scale_but_does_not_decide():
    title, text = "Kommissionen presenterar en strategi för städer", "Strategin träder i kraft 2027."
    assert guess_kind(title, text, Kind.POLICY)[0] is Kind.POLICY
    assert guess_kind("Nytt om städer", "Texten handlar om torg och parker.", Kind.NEWS)[0] is Kind.NEWS
    assert guess_kind("Nytt om städer", "Texten handlar om torg och parker.", Kind.CALL)[0] is None
    assert (
        guess_kind("Nytt om städer", "Texten handlar om torg och parker.", Kind.CALL, url="https://example.se/nyheter/stader")[0]
        is Kind.NEWS
    )
    assert guess_kind(*CALLS[0], Kind.NEWS)[0] is Kind.CALL
    assert guess_kind(*OTHERS[0], Kind.NEWS)[0] is None


def test_a_language_without_known_words_keeps_the_usual_kind():
    assert guess_kind("Haku aukeaa", "Kunnat voivat hakea avustusta.", Kind.CALL, "fi")[0] is Kind.CALL


def test_an_article_that_mentions_a_law_is_no_policy():
    assert (
        guess_kind(
            "Bidrag till lokala energikontor", "Stödet ges enligt förordning (EU) 2021/1057. Kommuner kan söka.", Kind.CALL
        )[0]
        is Kind.CALL
    )


@given(st.text(), st.text(), st.sampled_from(list(Kind)))
@settings(deadline=None)
def test_no_text_raises(title, text, default):
    guess_kind(title, text, default, url=title)
