"""Why and why not: the step at which a call fell out, what is missing, and what was found."""

from datetime import date, datetime, timedelta, timezone

import pytest

from monitor.calls import Deadline
from monitor.matching.explain import Circumstances, why, why_all
from monitor.vocabulary import Kind
from tests.matching.rules import ENERGY, YOUTH, a_call, small_rules

NOW = datetime(2026, 5, 20, 12, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture(scope="module")
def rules():
    return small_rules()


def answer(rules, call, department="kultur", **circumstances):
    return why(rules, call, department, Circumstances(now=NOW, **circumstances))


def test_a_match_names_themes_words_places_weights_and_version(rules):
    found = answer(rules, a_call("Youth exchange", "For young people."))
    assert found.step == "matched"
    assert found.text == "Den går till Kultur och fritid. Tema: Ungdomsutbyten."
    assert [(item.found, item.zone, item.points) for item in found.evidence] == [
        ("Youth exchange", "title", 8),
        ("young people", "body", 2),
    ]
    assert (found.points, found.threshold, found.rule_version) == (10, 6, rules.version)
    assert found.level == "trolig"


def test_not_in_the_archive(rules):
    found = answer(rules, None)
    assert found.step == "not-in-archive"
    assert "finns inte i arkivet" in found.text


def test_not_current_because_the_deadline_has_passed(rules):
    call = a_call("Youth exchange", deadlines=(Deadline(at=datetime(2026, 3, 1, 17, tzinfo=NOW.tzinfo)),))
    found = answer(rules, call)
    assert found.step == "not-current"
    assert "sista ansökningsdag var 1 mars 2026" in found.text


def test_not_current_because_it_vanished(rules):
    found = answer(
        rules, a_call("Youth exchange"), vanished=datetime(2026, 4, 2, tzinfo=NOW.tzinfo), told={"kultur": date(2026, 3, 9)}
    )
    assert found.step == "not-current"
    assert (
        found.text == "Den är inte aktuell: den försvann från källan 2 april 2026. Kultur och fritid fick veta det 9 mars 2026."
    )


def test_not_a_call_because_of_its_kind(rules):
    found = answer(rules, a_call("Youth and sport", kind=Kind.NEWS))
    assert found.step == "not-a-call"
    assert found.text.startswith("Nyheter kräver fler poäng; den här fick för få.")


def test_news_that_reach_are_matched(rules):
    assert answer(rules, a_call("Youth exchange", kind=Kind.NEWS)).step == "matched"


def test_not_a_call_because_of_what_it_says(rules):
    found = answer(rules, a_call("Ungdomsutbyten", "En ledig tjänst."))
    assert (found.step, found.text) == ("not-a-call", "Det är en ledig tjänst. (”ledig tjänst”)")


def test_vetoed(rules):
    found = answer(rules, a_call("Youth exchange", "For researchers only."))
    assert (found.step, found.text) == ("vetoed", "Temat Ungdomsutbyten stoppas av vetot ”researchers only”.")


def test_below_the_threshold_by_how_much_and_what_is_missing(rules):
    found = answer(rules, a_call("Stöd", "For young people in Europe."))
    assert (found.step, found.points, found.short) == ("below-threshold", 2, 4)
    assert [item.signal for item in found.missing] == ["utbyte", "program"]
    assert found.text == (
        "Temat Ungdomsutbyten fick 2 av 6 poäng; 4 saknas. "
        "Det som saknas kan vara till exempel: ungdomsutbyte, youth exchange (4 p); erasmus (2 p)."
    )


def test_below_the_threshold_and_vetoed_as_well(rules):
    found = answer(rules, a_call("Stöd", "Young people, researchers only."))
    assert found.step == "below-threshold"
    assert found.text.endswith("Dessutom stoppar vetot ”researchers only”.")


def test_below_the_threshold_without_a_word(rules):
    found = answer(rules, a_call("Stål och rymd"))
    assert (found.step, found.short, found.evidence) == ("below-threshold", 6, ())
    assert "Inga ord" in found.text


def test_outside_our_place(rules):
    found = answer(rules, a_call("Ungdomsutbyten i Skåne"))
    assert (found.step, found.text) == ("outside", "Gäller Skåne, inte Jönköpings län.")


def test_fit_no(rules):
    found = answer(rules, a_call("Ungdomsutbyten", "Endast myndigheter får söka."))
    assert found.step == "fit-nej"
    assert found.text == "Kommunen kan inte delta. Bara statliga myndigheter får söka. Det står: ”Endast myndigheter får söka”."


def test_already_told(rules):
    found = answer(rules, a_call("Youth exchange"), told={"kultur": date(2026, 5, 12)})
    assert (found.step, found.text) == ("told", "Kultur och fritid fick veta det 12 maj 2026.")


def test_switched_off_department():
    off = small_rules(
        departments='[[department]]\nid = "kultur"\nname = "Kultur"\nenabled = false\n[[department]]\nid = "teknik"\nname = "T"'
    )
    assert answer(off, a_call("Youth exchange")).step == "switched-off"


def test_switched_off_draft():
    draft = small_rules(ungdom=YOUTH.replace("sdgs = [4]", 'sdgs = [4]\nstate = "draft"'))
    found = answer(draft, a_call("Youth exchange"))
    assert (found.step, found.text) == ("switched-off", "Temat som skulle ta den är ett utkast och används inte än.")


def test_switched_off_without_recipient(rules):
    found = answer(rules, a_call("Youth exchange"), recipients=frozenset({"teknik"}))
    assert found.step == "switched-off"
    assert "Ingen mottagare" in found.text


def test_all_departments_those_that_get_it_first(rules):
    found = why_all(rules, a_call("Youth exchange"), Circumstances(now=NOW))
    assert [(item.department, item.step) for item in found] == [("kultur", "matched"), ("teknik", "below-threshold")]


def test_an_unknown_department_is_an_error(rules):
    with pytest.raises(KeyError):
        answer(rules, a_call("Youth exchange"), "okänd")


def test_a_theme_that_yields_names_who_gets_the_call_instead():
    rules = small_rules(
        ungdom=YOUTH.replace("sdgs = [4]", "sdgs = [4]\nyields = true"),
        energi=ENERGY.replace('departments = ["teknik", "kultur"]', 'departments = ["teknik"]'),
    )
    call = a_call("Youth exchange on energieffektivisering in public buildings", "energieffektivisering, public buildings")
    found = answer(rules, call)
    teknik = rules.departments["teknik"].name
    assert found.step == "yielded"
    assert found.text.startswith(f"Ämnet hör till {teknik} (temat ")
    assert found.text.endswith("), som får den i stället.")
