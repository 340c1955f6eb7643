"""Two rule sets side by side, the signals' table, and answers that become examples."""

import tomllib

import pytest

from monitor.errors import RuleErrors
from monitor.matching.compare import compare
from monitor.matching.engine import PreparedCall, analyse_zones
from monitor.matching.feedback import add_example, theme_for
from monitor.matching.report import report
from monitor.matching.rules.load import load_texts
from tests.matching.rules import ENERGY, FILES, FIT, YOUTH, a_call, match_call, small_rules


@pytest.fixture(scope="module")
def rules():
    return small_rules()


def with_texts(rules, *calls):
    return [PreparedCall(call, analyse_zones(rules, call)) for call in calls]


def test_compare_lists_gained_lost_and_unchanged_with_what_made_the_difference(rules):
    new = small_rules(
        ungdom=YOUTH.replace('"youth exchange"]', '"youth exchange", "youth club"]'),
        energi=ENERGY.replace('"energy efficiency", ', "").replace("Energy efficiency in public", "Energy renovation in public"),
    )
    calls = with_texts(
        rules, a_call("Youth club night"), a_call("Energy efficiency"), a_call("Youth exchange"), a_call("Nothing")
    )
    outcome = compare(rules, new, calls)
    kultur, teknik = outcome.departments["kultur"], outcome.departments["teknik"]
    assert [item.title for item in kultur.gained] == ["Youth club night"]
    assert kultur.gained[0].because == ("”Youth club” (utbyte: 8 p, här 0 p)", "0 av 6 poäng")
    assert [item.title for item in kultur.lost] == [item.title for item in teknik.lost] == ["Energy efficiency"]
    assert (kultur.unchanged, teknik.unchanged, outcome.calls) == (1, 0, 4)
    assert (outcome.old, outcome.new) == (rules.version, new.version)


def test_compare_agrees_with_two_matches(rules):
    new = small_rules(fit=FIT.replace('words = ["Skåne"]', 'words = ["Skåne", "Europa"]'))
    calls = [a_call("Ungdomsutbyten i Europa"), a_call("Ungdomsutbyten"), a_call("Energieffektivisering i Europa")]
    outcome = compare(rules, new, with_texts(rules, *calls))
    lost = {(name, item.title) for name, change in outcome.departments.items() for item in change.lost}
    before = {(match.department, call.title) for call in calls for match in match_call(rules, call)}
    after = {(match.department, call.title) for call in calls for match in match_call(new, call)}
    assert lost == before - after != set()
    assert all("stoppas: Gäller Skåne" in item.because[0] for change in outcome.departments.values() for item in change.lost)


def test_compare_names_a_veto_and_a_threshold(rules):
    vetoed = small_rules(ungdom=YOUTH.replace('"researchers only"', '"researchers only", "night"'))
    calls = with_texts(rules, a_call("Youth exchange night"))
    assert compare(rules, vetoed, calls).departments["kultur"].lost[0].because == ("veto ”night”",)
    strict = small_rules(
        departments=FILES["departments.toml"].replace('name = "Kultur och fritid"', 'name = "K"\nthreshold = 8.0')
    )
    calls = with_texts(rules, a_call("Stöd", "Ungdomsutbyten för ungdom."))
    assert compare(rules, strict, calls).departments["kultur"].lost[0].because == ("6 av 8 poäng",)


def test_report_counts_hits_alone_decisive_and_unwanted(rules):
    calls = [
        a_call("Youth exchange"),
        a_call("Youth exchange for young people"),
        a_call("Stöd", "A youth exchange for young people."),
        a_call("Stöd", "Young people."),
    ]
    outcome = report(rules, with_texts(rules, *calls), {("test", "Youth exchange"): frozenset({"kultur"})})
    rows = {(row.theme, row.signal): row for row in outcome.signals}
    exchange, young = rows["ungdom", "utbyte"], rows["ungdom", "unga"]
    assert (exchange.hits, exchange.alone, exchange.decisive, exchange.unwanted) == (3, 1, 3, 1)
    assert (young.hits, young.alone, young.decisive, young.unwanted) == (3, 0, 1, 0)
    assert "energi: energi" in outcome.dead
    assert outcome.calls == 4


def test_t65_report_finds_signals_that_are_too_broad_and_signals_that_say_the_same(rules):
    theme = YOUTH.replace("[[veto]]", '[[signal]]\nid = "samma"\nwords = ["youth exchanges abroad"]\nweight = 1\n\n[[veto]]')
    rules = small_rules(ungdom=theme)
    calls = [a_call(f"Youth exchanges abroad {number}") for number in range(6)] + [
        a_call(f"Other {number}") for number in range(20)
    ]
    outcome = report(rules, with_texts(rules, *calls), {})
    assert outcome.overlapping == [("ungdom: utbyte", "ungdom: samma", 1.0)]
    assert outcome.broad == ["ungdom: utbyte", "ungdom: samma"]


THEME = "# Temats egen kommentar\n" + YOUTH.replace("weight = 4", "weight = 4  # räcker i rubriken")


def test_an_answer_becomes_an_example_that_the_rules_must_honour(rules):
    text = "Inledning om annat. " * 80 + "Här ordnas ett ungdomsutbyte med tre länder. " + "Slutord. " * 50
    call = a_call("Stöd till skolor", text, programme="erasmus", identifier="ERASMUS-EDU-2026")
    assert theme_for(rules, call, "kultur") == "ungdom"
    changed = add_example(THEME, rules, call, match=False, note="kultur svarade inte-for-oss 2026-05-20")
    assert changed.startswith(THEME.rstrip())
    added = tomllib.loads(changed)["example"][-1]
    assert added["match"] is False
    assert added["text"] == "Här ordnas ett ungdomsutbyte med tre länder."
    with pytest.raises(RuleErrors, match="'Stöd till skolor' ska inte träffa, men gör det"):
        load_texts({**FILES, "themes/ungdom.toml": changed})
    vetoed = changed.replace('"researchers only"', '"researchers only", "skola"')
    assert load_texts({**FILES, "themes/ungdom.toml": vetoed}).version != rules.version


def test_the_same_answer_twice_is_one_example(rules):
    call = a_call("Ungdomsutbyten i norr")
    once = add_example(THEME, rules, call, match=True, note="")
    assert once != THEME
    assert add_example(once, rules, call, match=True, note="") == once


def test_an_answer_on_a_call_that_no_theme_knows_has_no_theme(rules):
    assert theme_for(rules, a_call("Stål"), "kultur") is None
    assert theme_for(rules, a_call("For young people"), "kultur") == "ungdom"
