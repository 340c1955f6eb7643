"""The fit card: facts in plain Swedish, and "Framgår inte" where the text does not say."""

import pytest

from monitor.calls import Budget, DeadlineModel, Section
from monitor.matching.fit_card import UNREAD, fit_card, money
from monitor.vocabulary import Kind
from tests.matching.rules import a_call, small_rules


@pytest.fixture(scope="module")
def rules():
    return small_rules()


def lines(rules, *arguments, **values):
    return {line.key: line for line in fit_card(rules, a_call(*arguments, **values)).lines}


def value(rules, key, text="", **values):
    return lines(rules, "Utbyten", text, **values)[key].value.replace("\u00a0", " ")


def test_nothing_known_says_so_in_every_line(rules):
    card = fit_card(rules, a_call("Utbyten"))
    assert {line.value for line in card.lines if line.key != "municipality"} == {UNREAD}
    assert len(card.unread) == len(card.lines) == 11


def test_what_is_usual_in_the_programme_is_said_to_be_just_that(rules):
    line = lines(rules, "Utbyten", programme="erasmus")["funder_share"]
    assert line.value == "Framgår inte. Brukar i Erasmus+ vara: EU betalar fasta belopp."
    assert not line.known


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
    assert money(1_234_567, "SEK").replace("\u00a0", " ") == "1 234 567 kronor"
    assert money(2_800_000_000, "SEK").replace("\u00a0", " ") == "2,8 miljarder kronor"
    assert money(15_000, "EUR").replace("\u00a0", " ") == "15 000 euro"


@pytest.mark.parametrize(
    ("text", "partners"),
    [
        ("Minst tre parter ska delta.", "Minst 3 parter"),
        ("Minst två länder ska delta.", "Minst 2 länder"),
        ("At least three independent legal entities from three different eligible countries.", "Minst 3 parter från 3 länder"),
        ("A minimum of 2 organisations from two different Member States is required.", "Minst 2 parter från 2 länder"),
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
    assert line.value == "Framgår inte. Minst 20 procent blir kvar, om finansiären betalar högst 80."
    assert not line.known


def test_the_one_who_pays_is_called_the_eu_only_where_the_eu_published_the_call(rules):
    budget = Budget(funder_share=80)
    assert lines(rules, "Utbyten", budget=budget)["funder_share"].label == "Finansiären betalar"
    portal = lines(rules, "Utbyten", budget=budget, url="https://ec.europa.eu/topic/X")
    assert portal["funder_share"].label == "EU betalar"
    assert portal["own_share"].value == "Framgår inte. Minst 20 procent blir kvar, om EU betalar högst 80."
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
    line = next(line for line in card.lines if line.key == "municipality")
    assert (line.value, line.known, card.guessed) == (shown, False, True)


def test_the_conditions_are_read_too(rules):
    conditions = (Section(title="3. Other eligible conditions", text="At least two partners from two eligible countries."),)
    assert value(rules, "partners", conditions=conditions) == "Minst 2 parter från 2 länder"


def test_applicants_are_shown_in_the_sources_words(rules):
    assert value(rules, "applicants", applicants=("Kommuner", "Föreningar")) == "Kommuner; Föreningar"


@pytest.mark.parametrize(
    ("text", "answer", "shown"),
    [
        ("Kommuner kan söka.", "ja", "Ja. Texten säger att kommuner kan söka."),
        ("Endast myndigheter får söka.", "nej", "Nej. Bara statliga myndigheter får söka."),
        ("", "framgår inte", "Framgår inte. Texten säger inte vem som kan delta."),
    ],
)
def test_whether_a_municipality_may_take_part(rules, text, answer, shown):
    card = fit_card(rules, a_call("Utbyten", text))
    assert card.municipality == answer
    assert next(line.value for line in card.lines if line.key == "municipality") == shown
