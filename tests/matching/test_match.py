"""Points, thresholds, vetoes, one match per department with all its reasons, and evidence that points into the text."""

import pytest

from monitor.calls import call_zones
from monitor.matching.engine import judge_call
from monitor.matching.levels import level_of, relevance_of
from monitor.vocabulary import Kind
from tests.matching.rules import ENERGY, YOUTH, a_call, match_call, small_rules


@pytest.fixture(scope="module")
def rules():
    return small_rules()


def departments(rules, call):
    return [match.department for match in match_call(rules, call)]


def points(rules, call, theme):
    return {r.theme.theme.id: r.points for r in judge_call(rules, call).results}.get(theme, 0)


def test_a_signal_counts_once_per_field_whatever_the_number_of_mentions(rules):
    once = a_call("Nytt stöd", "Ett ungdomsutbyte.")
    often = a_call("Nytt stöd", "Ett ungdomsutbyte. " * 50)
    assert points(rules, once, "ungdom") == points(rules, often, "ungdom")


def test_a_word_in_the_title_weighs_more_than_in_the_text_and_that_more_than_in_what_stands_around(rules):
    title = points(rules, a_call("Youth exchange"), "ungdom")
    text = points(rules, a_call("Stöd", "youth exchange"), "ungdom")
    around = points(rules, a_call("Stöd", parent_title="Youth exchange"), "ungdom")
    assert (title, text, around) == (8, 4, 2)


def test_summary_and_text_are_one_field(rules):
    both = a_call("Stöd", "youth exchange", summary="youth exchange")
    assert points(rules, both, "ungdom") == 4


def test_a_long_text_does_not_win_by_length(rules):
    short = a_call("Stöd till energieffektivisering")
    long = a_call("Stöd till energieffektivisering", "Texten fortsätter om annat. " * 2000)
    assert match_call(rules, short) == match_call(rules, long)


def test_a_signal_counts_only_where_it_may(rules):
    assert points(rules, a_call("Stöd", parent_title="Young people"), "ungdom") == 0


def test_a_signal_that_needs_company_counts_only_with_it(rules):
    assert points(rules, a_call("Public buildings"), "energi") == 0
    assert points(rules, a_call("Public buildings", "They use much energy."), "energi") == 4


def test_a_programme_alone_never_carries_a_call_over_the_threshold():
    generous = small_rules(ungdom=YOUTH.replace('programme = ["erasmus"]\nweight = 2', 'programme = ["erasmus"]\nweight = 10'))
    alone = a_call("Call for proposals 2026", programme="43353764")
    assert points(generous, alone, "ungdom") == 0
    assert departments(generous, alone) == []
    assert departments(generous, a_call("Young people", programme="43353764")) == ["kultur"]


def test_a_word_that_speaks_against_does_not_let_a_programme_through():
    theme = YOUTH.replace('programme = ["erasmus"]\nweight = 2', 'programme = ["erasmus"]\nweight = 10').replace(
        "[[veto]]", '[[signal]]\nid = "mot"\nwords = ["finance"]\nweight = -1\n\n[[veto]]'
    )
    assert departments(small_rules(ungdom=theme), a_call("Stöd", "finance", programme="erasmus")) == []


def test_the_programme_is_known_by_code_by_id_and_by_how_the_identifier_begins(rules):
    for values in ({"programme": "43353764"}, {"programme": "erasmus"}, {"identifier": "ERASMUS-YOUTH-2026-X"}):
        assert rules.programme_of(a_call("Stöd", **values)).id == "erasmus"
    assert rules.programme_of(a_call("Stöd", programme="cascade:HORIZON")).id == "horizon"
    assert rules.programme_of(a_call("Stöd", programme="99999999")) is None


def test_words_can_be_held_to_a_programme():
    theme = YOUTH.replace("weight = 4", 'weight = 4\nprogramme = ["erasmus"]').replace(
        "match = true", 'match = true\nprogramme = "erasmus"'
    )
    rules = small_rules(ungdom=theme)
    assert departments(rules, a_call("Youth exchange")) == []
    assert departments(rules, a_call("Youth exchange", programme="erasmus")) == ["kultur"]


def test_identifiers_are_compared_by_pattern_and_without_case():
    theme = YOUTH.replace('programme = ["erasmus"]', 'identifier = ["ERASMUS-YOUTH-*"]')
    rules = small_rules(ungdom=theme)
    assert departments(rules, a_call("Young people", "Young people", identifier="erasmus-youth-2026-x")) == ["kultur"]
    assert departments(rules, a_call("Young people", identifier="ERASMUS-SPORT-2026")) == []


def test_a_veto_rules_a_theme_out_whatever_speaks_for_it(rules):
    assert departments(rules, a_call("Youth exchange")) == ["kultur"]
    assert departments(rules, a_call("Youth exchange", "Open to researchers only.")) == []


def test_the_threshold_is_the_departments_own(rules):
    between = a_call("Stöd", "energieffektivisering i offentliga byggnader")
    assert points(rules, between, "energi") == 6
    assert departments(rules, between) == ["kultur"]


@pytest.fixture(scope="module")
def yielding():
    """The small rules, where the theme of youth yields to those of other departments."""
    return small_rules(
        ungdom=YOUTH.replace("sdgs = [4]", "sdgs = [4]\nyields = true"),
        energi=ENERGY.replace('departments = ["teknik", "kultur"]', 'departments = ["teknik"]'),
    )


def test_a_theme_that_yields_sends_nothing_that_a_theme_of_another_department_clearly_takes(rules, yielding):
    both = a_call("Youth exchange on energieffektivisering in public buildings", "energieffektivisering, public buildings")
    assert set(departments(rules, both)) == {"kultur", "teknik"}
    assert departments(yielding, both) == ["teknik"]
    assert judge_call(yielding, both).reached(yielding.departments["kultur"]) == ()


def test_a_theme_that_yields_sends_what_nobody_else_takes_or_another_barely_reaches(yielding):
    assert departments(yielding, a_call("Youth exchange")) == ["kultur"]
    barely = a_call("Youth exchange on energieffektivisering")
    assert points(yielding, barely, "energi") == yielding.departments["teknik"].threshold
    assert set(departments(yielding, barely)) == {"kultur", "teknik"}


def test_a_subject_in_passing_is_for_the_department_that_the_call_is_about():
    rules = small_rules(energi=ENERGY.replace('departments = ["teknik", "kultur"]', 'departments = ["teknik"]'))
    title = "Energieffektivisering in public buildings"
    passing = a_call(title, "energieffektivisering, public buildings. Also for a youth exchange and young people.")
    assert points(rules, passing, "ungdom") == rules.departments["kultur"].threshold
    assert points(rules, passing, "energi") >= 2 * rules.departments["teknik"].threshold
    assert departments(rules, passing) == ["teknik"]
    named = a_call(f"{title} and a youth exchange", "energieffektivisering, public buildings")
    assert set(departments(rules, named)) == {"kultur", "teknik"}


ONE_WORD = (
    YOUTH
    + """
[[signal]]
id = "lager"
words = ["camp"]
weight = 3

[[signal]]
id = "lager-i-ord"
words = ["camp*"]
weight = 2
"""
)


@pytest.mark.parametrize(
    ("title", "text", "sent"),
    [
        ("{} at a summer camp", "", {"teknik"}),
        ("{} at a summer camp", "For young people.", {"kultur", "teknik"}),
        ("{} and a youth exchange", "", {"kultur", "teknik"}),
        ("Energieffektivisering at a summer camp", "", {"kultur", "teknik"}),
        ("A summer camp", "", {"kultur"}),
    ],
)
def test_one_word_of_little_weight_is_no_subject_beside_one_that_a_department_strongly_has(title, text, sent):
    rules = small_rules(ungdom=ONE_WORD, energi=ENERGY.replace('departments = ["teknik", "kultur"]', 'departments = ["teknik"]'))
    a_title = title.format("Energieffektivisering in public buildings")
    strong = " Energieffektivisering, public buildings." if title.startswith("{}") else ""
    assert set(departments(rules, a_call(a_title, text + strong))) == sent


def test_words_that_name_two_subjects_take_a_call_from_neither():
    shared = ENERGY.replace('departments = ["teknik", "kultur"]', 'departments = ["teknik"]')
    own = ENERGY.replace('departments = ["teknik", "kultur"]', 'departments = ["kultur"]\nyields = true')
    rules = small_rules(energi=shared, ungdom=own.replace('id = "energi"', 'id = "ungdom"'))
    call = a_call("Energieffektivisering in public buildings", "energieffektivisering, public buildings")
    assert set(departments(rules, call)) == {"kultur", "teknik"}


def test_a_department_that_is_switched_off_gets_nothing():
    off = small_rules(
        departments="""
[[department]]
id = "kultur"
name = "Kultur"
[[department]]
id = "teknik"
name = "Teknik"
enabled = false
"""
    )
    assert departments(off, a_call("Energieffektivisering")) == ["kultur"]


def test_a_draft_is_checked_and_never_matched():
    draft = small_rules(ungdom=YOUTH.replace("sdgs = [4]", 'sdgs = [4]\nstate = "draft"'))
    assert departments(draft, a_call("Youth exchange")) == []
    assert departments(draft.with_drafts, a_call("Youth exchange")) == ["kultur"]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_matched_not_only_calls(rules, kind):
    assert departments(rules, a_call("Youth exchange", kind=kind)) == ["kultur"]


def test_t01_several_themes_for_one_department_are_one_match_with_all_reasons(rules):
    call = a_call("Youth exchange on energy efficiency", "Young people and energy renovation.")
    matches = match_call(rules, call)
    assert [match.department for match in matches] == ["kultur", "teknik"]
    kultur = matches[0]
    assert {theme.id for theme in kultur.themes} == {"ungdom", "energi"}
    assert {(item.theme, item.signal) for item in kultur.evidence} == {
        ("ungdom", "utbyte"),
        ("ungdom", "unga"),
        ("energi", "energi"),
    }
    assert kultur.relevance == relevance_of(max(theme.points for theme in kultur.themes), 6)


def test_evidence_points_at_the_words_in_the_original_text(rules):
    text = "Enligt EU, t.ex. förordning 2021/817, ges stöd (jfr www.example.se).\nHär, i Småland: två ungdoms­utbyten 2026!"
    call = a_call("Sök stöd", text, programme="erasmus")
    (match,) = match_call(rules, call)
    words = [item for item in match.evidence if item.zone != "programme"]
    assert {item.found for item in words} == {"ungdoms­utbyten"}
    for item in words:
        assert call_zones(call)[item.zone][item.start : item.end] == item.found
    (programme,) = [item for item in match.evidence if item.zone == "programme"]
    assert (programme.start, programme.points) == (-1, 2)


def test_a_match_names_the_rules_it_was_made_with(rules):
    (match,) = match_call(rules, a_call("Youth exchange"))
    assert match.rule_version == rules.version


def test_relevance_is_half_at_the_threshold_and_grows_but_never_reaches_a_hundred():
    assert [relevance_of(p, 6) for p in (0, 6, 12, 600)] == [0, 50, 75, 99]
    assert relevance_of(-5, 6) == 0


def test_the_level_says_both_numbers_in_a_word():
    assert level_of(90, 90) == "stark"
    assert level_of(90, 50) == "trolig"
    assert level_of(65, 65) == "trolig"
    assert level_of(55, 90) == "svag"
    assert level_of(90, 10) == "svag"


def test_t59_short_words_are_whole_words():
    theme = ENERGY.replace('"energy renovation"', '"energy renovation", "AI", "el"')
    rules = small_rules(energi=theme)
    assert points(rules, a_call("Maintenance, main element"), "energi") == 0
    assert points(rules, a_call("ai fini, elever"), "energi") == 0
    assert points(rules, a_call("AI för fler"), "energi") == 8
    assert points(rules, a_call("Billig el"), "energi") == 8


def test_t61_swedish_letters_are_letters_of_their_own():
    theme = ENERGY.replace('"energy renovation"', '"energy renovation", "vård", "får"')
    rules = small_rules(energi=theme)
    assert points(rules, a_call("Vard far"), "energi") == 0
    assert points(rules, a_call("Vården"), "energi") == 8


def test_t58_an_unknown_programme_is_matched_by_its_words(rules):
    assert departments(rules, a_call("Youth exchange", programme="47777777", identifier="NEWPROG-2028-X")) == ["kultur"]
