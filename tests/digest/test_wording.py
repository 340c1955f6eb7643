"""Words, dates and money as people write them; facts; what is left of hostile text."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calls import Budget, Call, DeadlineModel
from monitor.digest.facts import date_keys, dates_changed, has_passed, is_earlier, number_fact, read_facts
from monitor.digest.model import Audience, Told
from monitor.digest.render import load_templates
from monitor.digest.rows import CallRows
from monitor.digest.view import weeks_between
from monitor.digest.wording import capital, distinct_words, first_sentences, iso_week
from monitor.errors import MailError
from monitor.fit import FitCard
from monitor.language.one_line import clean, shorten
from monitor.language.shares import Shares
from monitor.paths import DIGESTS
from tests.mailing import MONDAY, STOCKHOLM, a_call

SV = load_templates((DIGESTS,)).wording("sv")
EN = load_templates((DIGESTS,)).wording("en")


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("amount", "currency", "swedish", "english"),
    [
        (60_000, "EUR", "60 000 euro", "60,000 euros"),
        (999_999, "SEK", "999 999 kronor", "999,999 Swedish kronor"),
        (1_000_000, "SEK", "1 miljon kronor", "1 million Swedish kronor"),
        (1_500_000, "EUR", "1,5 miljoner euro", "1.5 million euros"),
        (12_345_678, "EUR", "12,35 miljoner euro", "12.35 million euros"),
        (2_000_000_000, "EUR", "2 miljarder euro", "2 billion euros"),
        (500, "CHF", "500 schweiziska franc", "500 Swiss francs"),
        (500, "CZK", "500 CZK", "500 CZK"),
    ],
)
def test_money(amount, currency, swedish, english):
    assert plain(SV.money(amount, currency)) == swedish
    assert plain(EN.money(amount, currency)) == english


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("2026-06-25", "torsdag 25 juni"),
        ("2027-01-07", "torsdag 7 januari 2027"),
        ("2026-06-25T17:00+02:00", "torsdag 25 juni kl. 17.00"),
        ("2026-06-25T23:30+00:00", "fredag 26 juni kl. 01.30"),
        ("2026-12-01T17:00+01:00", "tisdag 1 december kl. 17.00"),
        ("rolling", "löpande, utan sista dag"),
    ],
)
def test_dates_in_words(key, words):
    assert plain(SV.date_key(key, MONDAY)) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 5, 31), "har gått ut"),
        (date(2026, 6, 1), "i dag"),
        (date(2026, 6, 2), "i morgon"),
        (date(2026, 6, 13), "om 12 dagar"),
    ],
)
def test_days_left(day, words):
    assert SV.days_left(day, MONDAY) == words
    assert SV.days_left(date(2026, 6, 3), datetime(2026, 6, 1, 23, 59, tzinfo=STOCKHOLM)) == "om 2 dagar"


def test_lists_and_numbers():
    assert SV.join([]) == ""
    assert SV.join(["a"]) == "a"
    assert SV.join(["a", "b", "c"]) == "a, b och c"
    assert (SV.say("count.new", n=1), SV.say("count.new", n=3)) == ("1 ny utlysning", "3 nya utlysningar")
    with pytest.raises(MailError, match=r"sv.po: the phrase 'finns.inte' is missing"):
        SV.say("finns.inte")
    with pytest.raises(MailError, match="asks for a value"):
        SV.say("subject.quiet", name="x")


def test_weeks():
    assert iso_week(date(2026, 12, 31)) == "2026-W53"
    assert iso_week(date(2027, 1, 3)) == "2026-W53"
    assert weeks_between("2026-W51", "2027-W02") == ["2026-W52", "2026-W53", "2027-W01"]
    assert weeks_between("2026-W22", "2026-W23") == []
    assert SV.week("2027-W02") == "2"


def test_sentences():
    assert first_sentences("Ett. Två! Tre?") == "Ett. Två!"
    assert first_sentences("Mötet är kl. 12 den 3 maj. Välkommen.") == "Mötet är kl. 12 den 3 maj. Välkommen."
    assert (
        first_sentences("Stöd, t.ex. Erasmus, kan sökas. Det ges av EU. Mer.") == "Stöd, t.ex. Erasmus, kan sökas. Det ges av EU."
    )
    assert first_sentences("") == ""
    assert len(first_sentences("ord " * 200)) <= 280
    text = "Sista ansökningsdag är den 22 december 2026. Stödet går till skolbibliotek. Högst 100 000 kronor per projekt. Alla kan söka."
    assert first_sentences(text, told=["22 december 2026", "100 000"]) == "Stödet går till skolbibliotek. Alla kan söka."
    kept = "Den som vill bygga ett skolbibliotek kan söka pengar till den 22 december 2026 hos länets kontor."
    assert first_sentences(kept, told=["22 december 2026"]) == kept


def test_words_that_say_the_same_are_named_once():
    assert distinct_words(["Town Twinning", "town", "kommuner", "Kommunen", "EU"], 4) == ["Town Twinning", "kommuner", "EU"]


@given(st.text())
def test_clean_text_is_one_harmless_line(text):
    found = clean(text)
    assert clean(found) == found
    assert not set(found) & set("\n\r\t\x00\u202e\u2066\u2028")
    found.encode()


@given(st.text(min_size=1), st.integers(2, 300))
def test_shortened_text_is_short(text, limit):
    assert len(shorten(clean(text), limit)) <= limit
    assert capital(text)[1:] == text[1:] or len(text[:1].upper()) != 1


def test_a_fact_that_comes_true_again_bears_a_number():
    assert number_fact("deadline:2026-06-25", frozenset()) == "deadline:2026-06-25"
    told = frozenset({"deadline:2026-06-25", "deadline:2026-06-25#2"})
    assert number_fact("deadline:2026-06-25", told) == "deadline:2026-06-25#3"
    facts = ["coming", "deadline:2026-06-25", "deadline:", "deadline:2026-06-25#2", "withdrawn", "back", "budget:7"]
    known = read_facts(Told(fact=fact, at=MONDAY) for fact in facts)
    assert known.dates == ("2026-06-25",)
    assert (known.told, known.opened, known.withdrawn) == (True, False, False)
    assert known.events == {7}


def test_keys_of_dates():
    assert date_keys(a_call("1", "2026-06-25")) == ("2026-06-25",)
    assert date_keys(a_call("1", "2026-06-25T17:00")) == ("2026-06-25T17:00+02:00",)
    assert date_keys(a_call("1")) == ()
    assert date_keys(a_call("1", deadline_model=DeadlineModel.ROLLING)) == ("rolling",)


CASES = [
    # told, now true, changed, earlier
    (("2026-08-28",), ("2026-08-28",), False, False),
    (("2026-08-28",), ("2026-08-14",), True, True),
    (("2026-08-28",), ("2026-09-14",), True, False),
    (("2026-08-28",), ("2026-05-01",), True, True),
    (("2026-05-28",), (), False, False),
    (("2026-05-28",), ("2026-06-25",), True, False),
    (("2026-05-28", "2026-09-01"), ("2026-09-01",), False, False),
    (("2026-08-28",), (), True, False),
    ((), ("2026-08-28",), True, False),
    (("rolling",), ("2026-08-28",), True, True),
    (("2026-08-28",), ("rolling",), True, False),
    (("2026-08-28",), ("2026-08-28T17:00+02:00",), False, False),
    (("2026-08-28T17:00+02:00",), ("2026-08-28T12:00+02:00",), True, True),
    (("2026-08-28T12:00+02:00",), ("2026-08-28T17:00+02:00",), True, False),
    (("2026-08-28",), ("2026-08-28", "2026-11-01"), True, False),
    (("2026-08-28", "2026-11-01"), ("2026-08-28",), True, False),
    (("2026-08-28", "2026-11-01"), ("2026-08-28", "2026-10-01"), True, True),
]


@pytest.mark.parametrize(("told", "current", "changed", "earlier"), CASES)
def test_what_is_a_change_and_what_is_earlier(told, current, changed, earlier):
    assert dates_changed(told, current, MONDAY) is changed
    assert is_earlier(told, current, MONDAY) is earlier


def test_a_day_is_over_when_the_day_is():
    last = datetime(2026, 6, 25, 23, 59, tzinfo=STOCKHOLM)
    assert not has_passed("2026-06-25", last)
    assert has_passed("2026-06-25", datetime(2026, 6, 26, 0, 0, tzinfo=STOCKHOLM))
    assert has_passed("2026-06-25T17:00+02:00", datetime(2026, 6, 25, 15, 1, tzinfo=UTC))
    assert not has_passed("rolling", last)


def rows_of(language, *, company=False):
    audience = Audience(department="", name="", municipality="", contact="", base_url="", company=company)
    return CallRows({"sv": SV, "en": EN}[language], audience, MONDAY)


@pytest.mark.parametrize(
    ("language", "shares", "said"),
    [
        ("sv", Shares(own=0), "Ni behöver inte betala någon egen del"),
        ("sv", Shares(funder=80), "Finansiären betalar högst 80 procent, ni minst 20"),
        ("sv", Shares(own=30), "Finansiären betalar högst 70 procent, ni minst 30"),
        ("sv", Shares(funder=100), "Finansiären betalar högst 100 procent"),
        ("sv", Shares(own=100), "Ni betalar minst 100 procent"),
        ("sv", Shares(), ""),
        ("en", Shares(own=0), "You need not pay any part"),
        ("en", Shares(funder=80, own=20), "The funder pays at most 80 per cent, you at least 20"),
    ],
)
def test_who_pays_is_a_sentence_of_its_own(language, shares, said):
    call = Call(source="s", call_id="1", title="t", url="https://example.se/")
    assert rows_of(language).who_pays(call, FitCard(municipality="ja", shares=shares)) == said


GUESSED = "Det är vår bedömning; det står inte i texten."


@pytest.mark.parametrize(
    ("card", "company", "brief", "full", "pays"),
    [
        (FitCard(municipality="ja"), False, "ni kan söka", "Ja", "ni minst 20"),
        (FitCard(municipality="ja"), True, "kommunen kan söka", "Ja", "den som söker minst 20"),
        (
            FitCard(municipality="ja", owned=True),
            False,
            "kommunens bolag kan söka",
            "Ja, kommunens bolag",
            "den som söker minst 20",
        ),
        (
            FitCard(municipality="ja", owned=True),
            True,
            "kommunens bolag kan söka",
            "Ja, kommunens bolag",
            "den som söker minst 20",
        ),
        (
            FitCard(municipality="som partner", owned=True, reason="Texten säger att kommunala bolag kan vara med som partner."),
            False,
            "kommunens bolag kan vara med som partner",
            "Ja, kommunens bolag som partner. Texten säger att kommunala bolag kan vara med som partner.",
            "den som söker minst 20",
        ),
        (
            FitCard(municipality="som partner", guessed=True),
            True,
            "kommunen troligen som partner",
            f"Troligen, som partner. {GUESSED}",
            "",
        ),
        (FitCard(municipality="framgår inte"), False, "", "", "den som söker minst 20"),
        (
            FitCard(municipality="nej", reason="Bara företag får söka."),
            True,
            "bara företag får söka",
            "Nej. Bara företag får söka.",
            "den som söker minst 20",
        ),
        (FitCard(municipality="nej"), False, "inte för kommuner", "Nej", "den som söker minst 20"),
        (
            FitCard(municipality="som partner", guessed=True, reason="Ämnet är kommunalt. Om ni får söka står inte i texten."),
            True,
            "kommunen troligen som partner",
            f"Troligen, som partner. {GUESSED}",
            "",
        ),
    ],
)
def test_you_is_said_only_where_the_reader_may_apply(card, company, brief, full, pays):
    rows, call = rows_of("sv", company=company), Call(source="s", call_id="1", title="t", url="https://example.se/")
    assert (rows.may_apply_short(card), rows.may_apply(card)) == (brief, full)
    assert pays in rows.who_pays(call, replace(card, shares=Shares(funder=80)))
    labels = [row.label for row in rows.call(call, card)]
    assert ("Kan kommunen söka" if company else "Kan vi söka") in labels or not full


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(project_max=200_000, total=9_000_000), "högst 200 000 euro per projekt"),
        (Budget(project_min=30_000, project_max=60_000), "30 000 till 60 000 euro per projekt"),
        (Budget(total=6_000_000), "6 miljoner euro totalt"),
        (Budget(), ""),
    ],
)
def test_money_in_few_words_says_of_what_it_is_the_money(budget, said):
    assert rows_of("sv").amount_short(budget).replace("\u00a0", " ") == said


def test_a_guess_in_english_says_whose_it_is_where_the_reason_is_swedish():
    rows = rows_of("en")
    card = FitCard(municipality="ja", guessed=True, reason="Kommuner leder sällan de här projekten.")
    assert rows.may_apply(card) == "Probably. This is our judgement; the text does not say."


def test_swedish_words_of_the_rules_are_marked_in_english():
    call = Call(source="s", call_id="1", title="t", url="https://example.se/")
    card = FitCard(municipality="ja", contact=("UHR för utbildning, MUCF för ungdom och idrott",))
    row = rows_of("en").call(call, card)[-1]
    assert row.value.endswith("Help in Sweden:")
    assert (row.tail, row.tail_language) == ("UHR för utbildning, MUCF för ungdom och idrott.", "sv")
    row = rows_of("sv").call(call, card)[-1]
    assert row.value.endswith("Hjälp i Sverige: UHR för utbildning, MUCF för ungdom och idrott.")
    assert row.tail == ""
