"""Searches for partners, their day to reply, and other items that their words do not name. The texts are ours."""

from datetime import UTC, date, datetime

import pytest

from monitor.collect.article import Article, describe_item
from monitor.language.dates import find_dates
from monitor.language.partner_searches import asks_to_reply, reply_days, seeks_partners
from monitor.sources import Source
from monitor.vocabulary import Kind
from tests.language import kind_told, partner_texts

PUBLISHED = datetime(2026, 11, 20, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


def read(language, title, text):
    """Return the Call that an item of a source of all kinds is read as."""
    source = Source(
        id="mixed",
        kind="page",
        name="Mixed",
        url="https://example.org/",
        language=language,
        publishes=(Kind.CALL, Kind.NEWS, Kind.EVENT, Kind.POLICY, Kind.PARTNER_SEARCH),
    )
    article = Article(title=title, text=text, published=PUBLISHED)
    return describe_item(article, source=source, call_id="a", url="https://example.org/a", now=NOW).call


@pytest.mark.parametrize(
    ("language", "kind", "day", "title", "text"), partner_texts.TEXTS, ids=[row[3] for row in partner_texts.TEXTS]
)
def test_who_prepares_an_application_and_seeks_somebody_is_a_partner_search(language, kind, day, title, text):
    call = read(language, title, text)
    assert (call.kind.value if call else "other") == kind
    if kind == "partner-search" and day is not None:
        assert [deadline.at.date().isoformat() for deadline in call.deadlines] == [day]


@pytest.mark.parametrize(("language", "kind", "day", "title", "text"), kind_told.TEXTS, ids=[row[3] for row in kind_told.TEXTS])
def test_what_is_told_of_money_is_a_call_a_result_a_decision_or_a_meeting(language, kind, day, title, text):
    call = read(language, title, text)
    assert (call.kind.value if call else "other") == kind
    if kind == "policy":
        assert [deadline.at.date().isoformat() for deadline in call.deadlines] == ([day] if day else [])


@pytest.mark.parametrize(
    "text",
    [
        "Kommuner som förbereder en ansökan och saknar partner kan söka planeringsbidrag.",
        "Ni som skriver en ansökan behöver en partner från ett annat land.",
        "The consortium must have at least three partners from three countries.",
        "Saknar ni en partner till er ansökan? Sök i databasen.",
        "If you are preparing a proposal and need a partner, contact us.",
        "Kommuner, der forbereder en ansøgning, skal finde en partner.",
        "Dere må ha minst to partnere i prosjektet.",
    ],
)
def test_words_to_those_who_apply_seek_no_partner(text):
    assert not seeks_partners("Stöd till samarbete", text)


def test_words_far_apart_in_a_long_text_seek_no_partner():
    assert seeks_partners("", "Oulu is preparing a proposal. It is looking for a Nordic town.")
    assert not seeks_partners(
        "", "Oulu is preparing a proposal. " + "The work has many parts. " * 60 + "It is looking for a town."
    )


def test_a_title_that_seeks_and_a_text_that_says_whom_to_write_to():
    assert asks_to_reply("Twin town wanted", "Please write to Maria.")
    assert not asks_to_reply("Twin town wanted", "Apply in the portal.")
    assert not asks_to_reply("Grants for towns", "Please write to Maria.")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Utlysningen stänger den 8 april 2027 men hör av er senast den 22 december.", date(2026, 12, 22)),
        ("Before 16 January 2027, please write to Rita. The call closes on 25 March 2027.", date(2027, 1, 16)),
        ("Svar senest den 5. januar 2027. Ansøgningen skal være inde senest den 23. januar 2027.", date(2027, 1, 5)),
        ("Meld interesse innen 12. januar 2027. Prosjektet starter innen 1. september 2027.", date(2027, 1, 12)),
        ("The application must be in by 4 March 2027.", None),
    ],
)
def test_the_day_to_reply_is_not_that_of_the_call(text, day):
    reference = date(2026, 11, 20)
    found = reply_days(text, find_dates(text, reference=reference), reference)
    assert [item.date for item in found] == ([day] if day else [])
