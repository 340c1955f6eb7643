"""Words that nearly every call has add points, but never make a match alone and are no reason to show."""

from dataclasses import replace

from monitor.matching.compare import compare
from monitor.matching.engine import PreparedCall, analyse_zones, judge_call
from monitor.matching.explain import Circumstances, why
from monitor.matching.rules.check import check_files
from monitor.matching.rules.files import parse_files
from monitor.matching.rules.load import load_texts
from tests.matching.archived import NOW
from tests.matching.rules import FILES, a_call, match_call

PATHS = """
[theme]
id = "cykel"
title = "Cykelvägar"
departments = ["kultur"]
strategy = ["finansiering"]

[[signal]]
id = "cykel"
words = ["cykelväg", "cycle path", "söka"]
weight = 2

[[signal]]
id = "kommun"
words = ["kommun", "municipalities"]
weight = 3

[[signal]]
id = "backad"
words = ["bidrag"]
needs = ["cykelbana", "söka"]
weight = 3

[[example]]
title = "Kommuner bygger cykelvägar"
match = true
[[example]]
title = "Cycle paths in a municipality"
match = true
[[example]]
title = "Cykelväg i din kommun"
match = true
[[example]]
title = "Musik"
match = false
[[example]]
title = "Kommuner kan söka bidrag"
text = "Kommuner kan söka bidrag."
match = false
"""
GENERIC = 'words = ["kommun", "municipality", "söka", "bidrag"]\n'
TEXTS = {**FILES, "themes/cykel.toml": PATHS, "generic.toml": GENERIC}
RULES = load_texts(TEXTS)


def cycle_result(rules, call):
    return next(result for result in judge_call(rules, call).results if result.theme.theme.id == "cykel")


def test_generic_words_add_points_but_make_no_match():
    call = a_call("Kommuner kan söka bidrag", "Municipalities may apply. Kommunen kan söka.")
    result = cycle_result(RULES, call)
    assert result.points >= RULES.departments["kultur"].threshold
    assert not result.has_word
    assert match_call(RULES, call) == []
    (match,) = match_call(replace(RULES, generic=()), call)
    assert (match.department, [item.generic for item in match.evidence]) == ("kultur", [False] * len(match.evidence))


def test_one_other_word_is_enough_beside_them():
    (match,) = match_call(RULES, a_call("Bidrag till kommuner", "En cykelväg."))
    assert {item.found: item.generic for item in match.evidence} == {"kommuner": True, "cykelväg": False}


def test_a_word_that_says_something_is_the_hit_where_a_generic_one_stands_before_it():
    result = cycle_result(RULES, a_call("För den som söker", "Den som söker får en cykelväg.", summary="Alla får söka."))
    shown = {hit.zone: (RULES.term_texts[hit.term], hit.generic) for hit in result.hits if hit.signal.id == "cykel"}
    assert shown == {"title": ("söka", True), "body": ("cykelväg", False)}


def test_a_generic_word_that_needs_another_word_is_carried_by_it():
    backed = cycle_result(RULES, a_call("Bidrag till bygden", "Till cykelbana och bidrag."))
    alone = cycle_result(RULES, a_call("Bidrag att söka", "Sök bidrag."))
    assert (backed.has_word, alone.has_word) == (True, False)
    assert all(hit.generic for hit in backed.hits)


def test_why_not_says_that_the_words_were_too_general():
    call = a_call("Kommuner kan söka bidrag", "Kommuner kan söka.")
    answer = why(RULES, call, "kultur", Circumstances(now=NOW))
    assert answer.step == "below-threshold"
    assert answer.text == "Bara allmänna ord (söka, kommun, bidrag) talar för temat Cykelvägar; de räcker aldrig ensamma."


def test_a_theme_that_generic_words_could_reach_is_warned_of():
    found = parse_files(TEXTS)
    assert check_files(found) is not None
    assert [str(warning) for warning in found.warnings] == [
        "themes/cykel.toml:8: allmänna ord ger ensamma 17,5 poäng av 6 (söka, kommun, municipalities); "
        "de räcker aldrig utan ett annat ord, så väg dem lägre eller ta bort dem"
    ]
    weak = PATHS.replace("weight = 3", "weight = 1").replace(', "söka"]\nweight = 2', "]\nweight = 4")
    lighter = parse_files({**TEXTS, "themes/cykel.toml": weak})
    check_files(lighter)
    assert (lighter.errors, lighter.warnings) == ([], [])


def test_a_longer_list_of_generic_words_takes_matches_away_in_the_comparison():
    fewer = replace(RULES, generic=("söka", "bidrag"))
    call = a_call("Kommuner i samverkan", "En kommun.")
    outcome = compare(fewer, RULES, [PreparedCall(call, analyse_zones(RULES, call))])
    assert [item.title for item in outcome.departments["kultur"].lost] == [call.title]
