"""Fit card: values with the words they were read from, and their wording in Swedish and English."""

import json

import pytest

from monitor.calls import Budget, DeadlineModel, Section
from monitor.digest.fit_wording import UNREAD, fit_lines
from monitor.digest.render import load_templates
from monitor.fit import CardValue, UsualTerms, card_from_json, card_to_json
from monitor.matching.fit_card import fit_card
from monitor.paths import DIGESTS
from monitor.vocabulary import Kind
from tests.matching.rules import a_call, small_rules

SV = load_templates((DIGESTS,)).wording("sv")
EN = load_templates((DIGESTS,)).wording("en")


@pytest.fixture(scope="module")
def rules():
    return small_rules()


def lines(rules, *arguments, wording=SV, **values):
    return {line.key: line for line in fit_lines(fit_card(rules, a_call(*arguments, **values)), wording)}


def value(rules, key, text="", **values):
    return lines(rules, "Utbyten", text, **values)[key].value.replace("\u00a0", " ")


def in_english(rules, key, text="", **values):
    return value(rules, key, text, wording=EN, **values)


def test_nothing_known_says_so_in_every_line(rules):
    card = lines(rules, "Utbyten")
    assert {line.value for line in card.values() if line.key != "municipality"} == {UNREAD}
    assert not any(line.known for line in card.values())
    assert len(card) == 11
    assert {line.value for line in lines(rules, "Utbyten", wording=EN).values() if line.key != "municipality"} == {"Not stated"}


def test_what_is_usual_in_the_programme_is_said_to_be_just_that(rules):
    line = lines(rules, "Utbyten", programme="erasmus")["funder_share"]
    assert line.value == "Står inte. Vanligt i Erasmus+: EU betalar fasta belopp."
    assert not line.known
    line = lines(rules, "Utbyten", programme="erasmus", wording=EN)["funder_share"]
    assert line.value == "Not stated", "what is usual exists in Swedish alone"


def test_the_swedish_contact_comes_from_the_programme(rules):
    assert value(rules, "contact", programme="erasmus") == "MUCF, https://www.mucf.se"


@pytest.mark.parametrize(
    ("budget", "project", "total"),
    [
        (Budget(), UNREAD, UNREAD),
        (Budget(project_max=200_000), "Högst 200 000 euro", UNREAD),
        (Budget(project_min=1_000_000, project_max=2_500_000), "1 miljon euro till 2,5 miljoner euro", UNREAD),
        (
            Budget(project_min=60_000, project_max=60_000, total=6_000_000, grants=100),
            "60 000 euro",
            "6 miljoner euro, omkring 100 projekt",
        ),
        (Budget(project_min=500_000, currency="SEK"), "Minst 500 000 kronor", UNREAD),
        (Budget(total=422_000_000, shared=True), UNREAD, "422 miljoner euro, delas med andra delar av samma utlysning"),
        (Budget(pots=(("A", 1_000_000), ("B", 2_000_000))), UNREAD, "1 miljon euro (A), 2 miljoner euro (B)"),
    ],
)
def test_money_per_project_and_in_total(rules, budget, project, total):
    assert value(rules, "per-project", budget=budget) == project
    assert value(rules, "total", budget=budget) == total


def test_amounts_are_exact_and_readable():
    assert SV.money(1_234_567, "SEK", exact=True).replace("\u00a0", " ") == "1 234 567 kronor"
    assert SV.money(2_800_000_000, "SEK", exact=True).replace("\u00a0", " ") == "2,8 miljarder kronor"
    assert SV.money(15_000, "EUR", exact=True).replace("\u00a0", " ") == "15 000 euro"
    assert EN.money(1_234_567, "SEK", exact=True).replace("\u00a0", " ") == "1,234,567 Swedish kronor"


@pytest.mark.parametrize(
    ("text", "partners"),
    [
        ("Minst tre parter ska delta.", "Minst 3 partner"),
        ("Minst två länder ska delta.", "Minst 2 länder"),
        ("At least three independent legal entities from three different eligible countries.", "Minst 3 partner från 3 länder"),
        ("A minimum of 2 organisations from two different Member States is required.", "Minst 2 partner från 2 länder"),
        ("Små projekt: minst 3 organisationer. Stora: minst 10 organisationer.", UNREAD),
        ("Three partners were funded last year.", UNREAD),
    ],
)
def test_partners_and_countries(rules, text, partners):
    assert value(rules, "partners", text) == partners


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("The project duration is between 12 and 36 months.", "12–36 månader"),
        ("Projects should last 24 months.", "24 månader"),
        ("Projekten ska vara klara inom 15 månader.", "15 månader"),
        ("Projektperioden är 6 till 18 månader.", "6–18 månader"),
        ("Small projects run 12 months. Large projects run 48 months.", UNREAD),
        ("Reports are due after 60 months of the framework.", UNREAD),
    ],
)
def test_duration(rules, text, duration):
    assert value(rules, "duration", text) == duration


def test_the_share_is_taken_from_the_source_or_quoted_from_the_text(rules):
    assert value(rules, "funder_share", budget=Budget(funder_share=60)) == "Högst 60 procent"
    assert value(rules, "own_share", budget=Budget(own_share=35)) == "Minst 35 procent"
    assert value(rules, "own_share", budget=Budget(own_share=0)) == "Ingenting"
    two = "Stödnivå: 20 procent för stora, stödnivå 40 procent för medelstora."
    assert value(rules, "funder_share", two) == value(rules, "own_share", two) == UNREAD


def test_no_words_stand_under_the_other_ones_label(rules):
    own = "Medfinansieringen ska uppgå till 53 procent."
    assert value(rules, "own_share", own) == "Minst 53 procent (så står det: ”Medfinansieringen ska uppgå till 53 procent”)"
    assert value(rules, "funder_share", own) == UNREAD
    funder = "Lump sum grant at a funding rate of 80 %."
    assert value(rules, "funder_share", funder) == "Högst 80 procent (så står det: ”funding rate of 80 %”)"
    line = lines(rules, "Utbyten", funder)["own_share"]
    assert line.value == "Står inte. Minst 20 procent blir kvar, om finansiären betalar högst 80."
    assert not line.known


def test_the_one_who_pays_is_called_the_eu_only_where_the_eu_published_the_call(rules):
    budget = Budget(funder_share=80)
    assert lines(rules, "Utbyten", budget=budget)["funder_share"].label == "Finansiären betalar"
    portal = lines(rules, "Utbyten", budget=budget, url="https://ec.europa.eu/topic/X")
    assert portal["funder_share"].label == "EU betalar"
    assert portal["own_share"].value == "Står inte. Minst 20 procent blir kvar, om EU betalar högst 80."
    assert lines(rules, "Utbyten", budget=budget, url="https://[broken")["funder_share"].label == "Finansiären betalar"


def test_one_date_is_one_stage_only_where_somebody_says_so(rules):
    single = DeadlineModel.SINGLE
    line = lines(rules, "Utbyten", deadline_model=single)["stage"]
    assert (line.value, line.known) == ("Troligen ett steg (står inte i texten)", False)
    assert value(rules, "stage", "Ansökan görs i ett steg.", deadline_model=single) == "Ett steg: hela ansökan på en gång"
    assert lines(rules, "Utbyten", deadline_model=single, url="https://ec.europa.eu/topic/X")["stage"].known
    assert value(rules, "stage", deadline_model=single, kind=Kind.PARTNER_SEARCH) == UNREAD
    assert value(rules, "stage", deadline_model=DeadlineModel.CUT_OFFS).startswith("Troligen ett steg, med flera")


def test_stages(rules):
    assert value(rules, "stage", deadline_model=DeadlineModel.TWO_STAGE).startswith("Två steg")
    assert value(rules, "stage", deadline_model=DeadlineModel.ROLLING).endswith("löpande")
    assert value(rules, "stage") == UNREAD


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"identifier": "TOWNS-2027-1"}, "Troligen, som partner (står inte i texten). Kommuner är ofta med."),
        (
            {"title": "Lights for harbour towns"},
            "Troligen, som partner (står inte i texten). Rubriken gäller sådant som kommuner arbetar med.",
        ),
        ({"programme": "life"}, "Troligen, som partner (står inte i texten). Så brukar det vara i LIFE."),
        ({"programme": "erasmus"}, "Troligen (står inte i texten). Så brukar det vara i Erasmus+."),
    ],
)
def test_a_guess_about_who_may_take_part_says_so(rules, values, shown):
    title = values.pop("title", "Lights")
    card = fit_card(rules, a_call(title, **values))
    line = next(line for line in fit_lines(card, SV) if line.key == "municipality")
    assert (line.value, line.known, card.guessed) == (shown, False, True)


def test_the_conditions_are_read_too(rules):
    conditions = (Section(title="3. Other eligible conditions", text="At least two partners from two eligible countries."),)
    assert value(rules, "partners", conditions=conditions) == "Minst 2 partner från 2 länder"


def test_applicants_are_shown_in_the_sources_words(rules):
    assert value(rules, "applicants", applicants=("Kommuner", "Föreningar")) == "Kommuner; Föreningar"


@pytest.mark.parametrize(
    ("text", "answer", "shown"),
    [
        ("Kommuner kan söka.", "ja", "Ja. Texten säger att kommuner kan söka."),
        ("Endast myndigheter får söka.", "nej", "Nej. Bara statliga myndigheter får söka."),
        ("", "framgår inte", "Står inte. Texten säger inte vem som kan delta."),
    ],
)
def test_whether_a_municipality_may_take_part(rules, text, answer, shown):
    card = fit_card(rules, a_call("Utbyten", text))
    assert card.municipality == answer
    assert next(line.value for line in fit_lines(card, SV) if line.key == "municipality") == shown


@pytest.mark.parametrize(
    ("key", "text", "values", "english"),
    [
        ("municipality", "Kommuner kan söka.", {}, "Yes. The text says that municipalities can apply."),
        ("municipality", "", {"programme": "life"}, "Probably, as partner (the text does not say)"),
        ("partners", "Minst tre parter från två länder.", {}, "At least 3 partners from 2 countries"),
        ("partners", "Minst en partner ska delta.", {}, "At least 1 partner"),
        ("duration", "Projekttiden är 6 till 18 månader.", {}, "6–18 months"),
        ("duration", "Projekttiden är 24 månader.", {}, "24 months"),
        ("duration", "Projekttiden är 1 månad, högst 1 månader.", {}, "1 month"),
        ("funder_share", "", {"budget": Budget(funder_share=60)}, "At most 60 per cent"),
        ("own_share", "", {"budget": Budget(own_share=0)}, "Nothing"),
        ("own_share", "", {"budget": Budget(funder_share=80)}, "Not stated. At least 20 per cent remain if at most 80 are paid."),
        ("stage", "", {"deadline_model": DeadlineModel.SINGLE}, "Probably one stage (the text does not say)"),
        ("total", "", {"budget": Budget(total=6_000_000, grants=100)}, "6 million euros, about 100 projects"),
        ("per-project", "", {"budget": Budget(project_min=1_000, project_max=2_000)}, "1,000 euros to 2,000 euros"),
    ],
)
def test_the_same_values_are_worded_in_english(rules, key, text, values, english):
    assert in_english(rules, key, text, **values) == english


def test_values_come_with_the_words_they_were_read_from(rules):
    text = "Kommuner kan söka. Minst tre parter från två länder. Projekttiden är 6 till 18 månader. Ansökan görs i ett steg."
    card = fit_card(rules, a_call("Utbyten", text, deadline_model=DeadlineModel.SINGLE))
    assert (card.municipality, card.guessed, card.quote) == ("ja", False, "Kommuner kan söka")
    assert card.partners == CardValue(3, "Minst tre parter")
    assert card.countries == CardValue(2, "från två länder")
    assert card.months == CardValue((6, 18), "Projekttiden är 6 till 18 månader")
    assert card.stage == CardValue(DeadlineModel.SINGLE, "ett steg")
    guessed = fit_card(rules, a_call("Utbyten", programme="life", deadline_model=DeadlineModel.SINGLE))
    assert (guessed.guessed, guessed.quote) == (True, "")
    assert guessed.stage == CardValue(DeadlineModel.SINGLE, inferred=True)
    assert isinstance(guessed.usual, UsualTerms)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("Kommuner kan söka. Minst tre parter från två länder. Projekttiden är 24 månader. Ansökan görs i ett steg.", {}),
        ("Stödnivån är 80 procent av kostnaderna.", {"programme": "erasmus", "applicants": ("Kommuner",)}),
        ("", {"deadline_model": DeadlineModel.SINGLE, "budget": Budget(total=6_000_000, funder_share=40, currency="SEK")}),
    ],
)
def test_a_stored_card_is_read_back_whole(rules, text, values):
    call = a_call("Utbyten", text, **values)
    card = fit_card(rules, call)
    assert card_from_json(json.loads(json.dumps(card_to_json(card))), call.budget) == card


def test_a_card_of_an_earlier_version_gives_what_it_held_as_values():
    stored = {
        "municipality": "som partner",
        "why": "Texten säger att kommuner kan vara med som partner.",
        "guessed": False,
        "shares": {"funder": 80, "own": None, "funder_text": "80 %", "own_text": ""},
        "lines": [{"key": "partners", "label": "Partner och länder", "value": "Minst 2 parter", "known": True}],
    }
    shown = {line.key: line.value for line in fit_lines(card_from_json(stored, Budget()), SV)}
    assert shown == {
        "municipality": "Ja, som partner. Texten säger att kommuner kan vara med som partner.",
        "funder_share": "Högst 80 procent (så står det: ”80 %”)",
        "own_share": "Står inte. Minst 20 procent blir kvar, om finansiären betalar högst 80.",
    }
    assert [line.key for line in fit_lines(card_from_json({}, Budget()), EN)] == ["municipality", "funder_share", "own_share"]
