"""The gates: something to apply for, for our place, and open to a municipality."""

from datetime import UTC, datetime

import pytest

from monitor.calls import Deadline, Section
from monitor.matching.engine import judge_call
from monitor.matching.gates import TEXT
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.vocabulary import Kind
from tests.matching.rules import FIT, a_call, match_call, small_rules


@pytest.fixture(scope="module")
def rules():
    return small_rules()


def gates(rules, *arguments, **values):
    return judge_call(rules, a_call(*arguments, **values)).gates


@pytest.mark.parametrize(
    ("title", "text", "values"),
    [
        ("Ungdomsutbyten i Skåne", "", {}),
        ("Ungdomsutbyten", "För Skåne och Värmland.", {}),
        ("Ungdomsutbyten", "Utlysningen är riksomfattande.", {}),
        ("Ungdomsutbyten", "Kommuner och föreningar i Skåne kan söka.", {}),
        ("Ungdomsutbyten", "", {"place": ("Värmland",)}),
        ("Ungdomsutbyten", "For ungdom i Norge.", {"language": "no"}),
        ("Ungdomsutbyten", "", {"identifier": "EuropeAid/186264/DD/ACT/LK"}),
    ],
)
def test_what_is_for_another_place_is_stopped(rules, title, text, values):
    assert gates(rules, title, text, **values).step == "outside"
    assert match_call(rules, a_call(title, text, **values)) == []


@pytest.mark.parametrize(
    ("title", "text", "values"),
    [
        ("Ungdomsutbyten", "", {}),
        ("Ungdomsutbyten", "Ett exempel finns i Skåne.", {}),
        ("Ungdomsutbyten", "Kommuner kan söka. Ett exempel finns i Skåne.", {}),
        ("Ungdomsutbyten i Skåne och Jönköpings län", "", {}),
        ("Skåne informerar om ungdomsutbyten", "Pengarna kan sökas i hela landet.", {}),
        ("Ungdomsutbyten", "Skåne och Värmland var med i fjol.", {"place": ("Jönköpings län", "Skåne")}),
    ],
)
def test_what_is_for_us_too_passes(rules, title, text, values):
    assert gates(rules, title, text, **values).step == ""


def test_what_is_no_offer_is_stopped(rules):
    found = gates(rules, "Ungdomsutbyten", "Vi har en ledig tjänst som samordnare.")
    assert (found.step, found.word) == ("not-a-call", "ledig tjänst")


def test_what_the_text_says_decides_before_the_rows_and_names_its_words(rules):
    found = gates(rules, "Ungdomsutbyten", "Nytt stöd. Kommuner och föreningar kan söka.")
    assert (found.answer, found.rule, found.word, found.score) == ("ja", TEXT, "Kommuner och föreningar kan söka", 90)
    assert found.stated


def test_the_first_row_that_holds_decides_where_the_text_does_not_say_it(rules):
    found = gates(rules, "Ungdomsutbyten", "Stödet lämnas inte ut om endast myndigheter deltar.")
    assert (found.answer, found.rule, found.word, found.stated) == ("nej", "myndigheter", "endast myndigheter", False)


def test_only_agencies_may_apply(rules):
    found = gates(rules, "Ungdomsutbyten", "Endast myndigheter får söka.")
    assert (found.step, found.answer) == ("fit-nej", "nej")


def test_unless_takes_an_answer_back(rules):
    assert gates(rules, "Ungdomsutbyten", "Endast myndigheter i år; kommuner kan söka nästa år.").answer == "ja"


def test_conditions_are_read_where_a_row_asks_for_them(rules):
    conditions = (Section(title="2. Eligible countries", text="Municipalities can apply."),)
    assert gates(rules, "Youth exchange", conditions=conditions).answer == "ja"


def test_a_programmes_usual_answer_weighs_less_than_one_that_was_read(rules):
    usual, read = gates(rules, "Utbyten", programme="erasmus"), gates(rules, "Utbyten", "Kommuner kan söka.")
    assert usual.answer == read.answer == "ja"
    assert usual.score < read.score
    assert "Erasmus+" in usual.reason


def test_what_was_not_read_is_not_guessed(rules):
    assert gates(rules, "Utbyten").answer == "framgår inte"
    assert gates(rules, "Utbyten", programme="horizon").answer == "framgår inte"


def test_news_are_told_even_where_nobody_may_apply(rules):
    news = a_call("Ungdomsutbyten", "Endast myndigheter får söka.", kind=Kind.NEWS)
    assert judge_call(rules, news).gates.answer == "nej"
    assert [match.department for match in match_call(rules, news)] == ["kultur"]


def test_a_cascade_call_is_known_by_its_own_key_not_by_its_parents_identifier():
    rules = small_rules(
        fit=FIT.replace(
            "[[answer]]",
            '[[answer]]\nid = "vidare"\nanswer = "som partner"\nreason = "Vidare."\nidentifier = ["*CASCADE*"]\n\n[[answer]]',
            1,
        )
    )
    call = a_call("Utbyten", call_id="123CASCADEen", identifier="HORIZON-X-2026")
    assert judge_call(rules, call).gates.rule == "vidare"


def test_answers_may_ask_for_the_type_of_action():
    row = '[[answer]]\nid = "forskning"\nanswer = "nej"\nreason = "Forskning."\naction = ["*research*"]\n\n'
    rules = small_rules(fit=FIT.replace("[[answer]]", row + "[[answer]]", 1))
    assert gates(rules, "Utbyten", action="HORIZON Research and Innovation Actions").answer == "nej"
    assert gates(rules, "Utbyten", action="HORIZON Coordination and Support Actions").answer == "framgår inte"


@pytest.fixture(scope="module")
def shipped():
    return load_rules(RULES)


@pytest.mark.parametrize(
    ("text", "answer", "reason"),
    [
        ("Kommuner kan söka.", "ja", "Texten säger att kommuner kan söka."),
        ("Vem: kommuner och kommunala bolag", "ja", "Texten säger att kommuner kan söka."),
        ("Offentliga aktörer kan söka.", "ja", "Texten säger att offentliga organisationer kan söka."),
        ("Alla juridiska personer kan söka.", "ja", "Texten säger att alla slags organisationer kan söka."),
        ("Förskolor kan söka.", "ja", "Texten säger att skolor eller deras huvudmän kan söka."),
        ("Kommuner kan delta som partner.", "som partner", "Texten säger att kommuner kan vara med som partner."),
        ("Kommuner kan inte söka.", "nej", "Texten säger att kommuner inte kan söka."),
        (
            "Endast företag som är anmälda operatörer kan söka. Kommunens roll är att svara på frågor.",
            "nej",
            "Bara företag får söka.",
        ),
        ("Lärosäten kan söka.", "nej", "Texten nämner bara universitet och forskare som sökande."),
        (
            "Only small and medium-sized companies may apply. Public authorities are not eligible.",
            "nej",
            "Texten säger att offentliga organisationer inte kan söka.",
        ),
    ],
)
def test_what_the_text_says_of_applicants_is_the_answer(shipped, text, answer, reason):
    found = gates(shipped, "Nytt stöd", text)
    assert (found.answer, found.stated) == (answer, True)
    assert found.reason == reason
    assert found.word in text


def test_companies_of_the_municipality_are_named_as_they_are(shipped):
    found = gates(shipped, "Stöd till reservkraft", "Kommunala bolag kan söka.")
    assert (found.answer, found.owned, found.reason) == ("ja", True, "Texten säger att kommunala bolag kan söka.")
    found = gates(shipped, "Stöd till reservkraft", "Kommuner och kommunala bolag kan söka.")
    assert (found.answer, found.owned, found.reason) == ("ja", False, "Texten säger att kommuner kan söka.")


def test_the_publishers_own_field_goes_before_the_text(shipped):
    found = gates(shipped, "Nytt stöd", "Företag kan söka.", applicants=("Kommuner", "Företag"))
    assert (found.answer, found.word, found.stated) == ("ja", "Kommuner", True)
    assert gates(shipped, "Nytt stöd", "Kommuner kan söka.", applicants=("Företag",)).answer == "nej"


@pytest.mark.parametrize(
    "text", ["Kommunens roll är att svara på frågor.", "Till nytta för kommuner.", "Projekt i kommuner och län."]
)
def test_the_mention_of_municipalities_is_no_answer(shipped, text):
    found = gates(shipped, "Nytt stöd", text)
    assert (found.answer, found.stated) == ("framgår inte", False)


def test_a_guess_by_identifier_or_title_is_not_stated(shipped):
    by_code = gates(shipped, "Cooperation", identifier="CREA-CULT-2027-COOP-1")
    by_title = gates(shipped, "Housing for older people", identifier="ESF-2027-X")
    assert by_code.answer == by_title.answer == "som partner"
    assert not by_code.stated
    assert not by_title.stated
    assert not gates(shipped, "Utbyten", programme="life").stated


def test_a_part_of_a_programme_for_others_outweighs_a_general_word(shipped):
    text = "Any organisation can apply."
    assert gates(shipped, "Grants", text).answer == "ja"
    assert gates(shipped, "Grants", text, identifier="ERC-2027-STG").answer == "nej"
    assert gates(shipped, "Grants", "Municipalities can apply.", identifier="ERC-2027-STG").answer == "ja"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Kommuner og foreninger i de nordiske lande kan søge."),
        ("da", "Ansøgere fra EU's medlemslande kan søge puljen."),
        ("da", "Danske og svenske kommuner kan søge om tilskud."),
        ("nb", "Kommuner i Norden kan søke. Søknadsfrist er 1. mars."),
        ("no", "Svenske kommuner kan delta som partnere. Fylkeskommunen gir råd."),
        ("nb", "Søkere fra alle medlemsland kan søke støtte."),
        ("fi", "Pohjoismaiset kunnat voivat hakea tukea."),
        ("sv", "Kommuner i de nordiska länderna kan söka. Kontakt: Nordisk kulturkontakt i Helsingfors."),
    ],
)
def test_a_call_that_invites_the_nordic_countries_or_the_eu_is_for_us_too(shipped, language, text):
    assert gates(shipped, "Samarbejde om kultur", text, language=language).step != "outside"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Danske kommuner kan søge puljen."),
        ("nb", "Kommuner kan få støtte til å ta vare på natur. Søknadsfrist er 1. mars."),
        ("nb", "Norske kommuner kan søke. Svenske kommuner kan ikke søke."),
        ("da", "Kommuner kan søge. Siden findes på svensk."),
        ("fi", "Kunnat voivat hakea tukea."),
        ("sv", "Kommuner i Egentliga Finland kan söka."),
    ],
)
def test_a_national_call_of_another_country_stays_outside(shipped, language, text):
    assert gates(shipped, "Tilskud til natur", text, language=language).step == "outside"


def test_another_interreg_area_stays_outside_in_any_language(shipped):
    text = "Kommuner og organisationer fra Danmark, Sverige og Norge kan søge."
    assert gates(shipped, "Interreg Øresund-Kattegat-Skagerrak", text, language="da").step == "outside"


def test_a_county_boards_grant_for_villages_is_no_other_municipalitys_own_grant(shipped):
    title = "Bygdemedel från Länsstyrelsen"
    ours = gates(shipped, title, "Kommuner, föreningar och byalag kan söka.")
    assert (ours.step, ours.answer) == ("", "ja")
    others = gates(shipped, title, "Byalag och föreningar kan söka.")
    assert (others.step, others.answer) == ("fit-nej", "nej")


@pytest.mark.parametrize(
    "text",
    [
        "Staden letar efter en svensk kommun för ett nätverk om vatten.",
        "Vi söker två kommuner som vill vara med i projektet.",
        "Svenska kommuner är särskilt välkomna.",
    ],
)
def test_who_is_sought_in_a_partner_search_joins_as_a_partner(shipped, text):
    call = a_call("Partner sökes", text, kind=Kind.PARTNER_SEARCH, language="sv")
    assert judge_call(shipped, call).gates.answer == "som partner"


def test_a_call_that_tells_when_decisions_are_expected_is_still_a_call(shipped):
    text = "Utlysningen pågår till 5 mars 2027. Kommuner och föreningar är behöriga. Beslut väntas i juni 2027."
    assert judge_call(shipped, a_call("Åttonde omgången", text, language="sv")).gates.step == ""


QUESTIONS = "Frågor och svar om krisberedskap"


def test_a_page_of_questions_and_answers_that_can_be_applied_for_is_a_call(shipped):
    day = Deadline(at=datetime(2027, 1, 31, 23, 59, tzinfo=UTC))
    text = "Vem kan söka? Alla kommuner, var och en eller tillsammans. När stänger ansökan? Den 31 januari 2027."
    assert judge_call(shipped, a_call(QUESTIONS, text, deadlines=(day,), language="sv")).gates.answer == "ja"
    assert judge_call(shipped, a_call(QUESTIONS, text, language="sv")).gates.step == "not-a-call"
    firms = text.replace("Alla kommuner, var och en eller tillsammans", "Bara företag")
    assert judge_call(shipped, a_call(QUESTIONS, firms, deadlines=(day,), language="sv")).gates.step == "not-a-call"


def test_news_of_grants_are_stopped_and_a_call_with_a_last_day_is_none(shipped):
    day = Deadline(at=datetime(2027, 1, 31, 23, 59, tzinfo=UTC))
    title, text = "Landsbygdsfonden firar tio år", "Så här ser projekten ut."
    stopped = judge_call(shipped, a_call(title, text, kind=Kind.NEWS, language="sv")).gates
    assert (stopped.step, stopped.rule) == ("not-a-call", "hur-det-gick")
    assert judge_call(shipped, a_call(title, text, deadlines=(day,), language="sv")).gates.rule != "hur-det-gick"
