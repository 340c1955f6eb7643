"""The gates: something to apply for, for our place, and open to a municipality."""

import pytest

from monitor.calls import Kind, Section
from monitor.matching.judgement import judge_call
from monitor.matching.match import match_call
from tests.matching.rules import FIT, a_call, small_rules


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


def test_the_first_answer_that_holds_decides_and_names_its_word(rules):
    found = gates(rules, "Ungdomsutbyten", "Kommuner kan söka.")
    assert (found.answer, found.rule, found.word, found.score) == ("ja", "kommuner", "kommuner kan söka", 90)


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
