"""The page that answers "why did we not get it?" for a title, identifier, key or address."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.calls import load_call
from monitor.archive.left_out import LeftOutItem, store_left_out
from tests.web.conftest import page_of
from tests.web.sample import NOW

WORDS = ("wetland restoration", "våtmarker", "adaptation to climate change", "läsfrämjandet i biblioteken", "vätmarker")


def title_of(site):
    with open_archive(site.config.archive) as archive:
        return load_call(archive.db, "norden", "norden-001").title


def test_a_title_leads_to_the_call(browser, site):
    answer = browser.get("/hitta", params={"vad": title_of(site).upper()})
    assert answer.status_code == 303
    assert answer.headers["location"] == page_of(site, "norden", "norden-001")


def test_part_of_a_title_offers_those_that_are_like_it(browser, site):
    words = title_of(site).split()
    answer = browser.get("/hitta", params={"vad": " ".join(words[:3])})
    assert answer.status_code == 200
    offered = answer.text.partition("Menar du någon av de här?")[2]
    assert 1 <= offered.count('href="/u/') <= 6


def test_a_stranger_is_said_to_be_one_and_the_sources_are_named(browser):
    answer = browser.get("/hitta", params={"vad": "Något som ingen källa har visat"})
    assert answer.status_code == 404
    assert "ingen av källorna har visat den" in answer.text
    assert 'href="/kallor"' in answer.text
    assert "monitor" not in answer.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("words", WORDS)
def test_words_that_no_title_has_are_searched_for_in_both_languages(browser, words):
    answer = browser.get("/hitta", params={"vad": words})
    assert answer.status_code == 200
    assert "finns inte i arkivet" not in answer.text
    offered = answer.text.partition("men sökningen hittar")[2]
    assert 1 <= offered.count('href="/u/') <= 6


def test_an_identifier_of_nothing_is_said_to_be_missing_and_words_of_nothing_are_not(browser):
    for name in ("HORIZON-CL9-2099", "https://example.org/nej", "/u/99999", "2099-00123"):
        assert "Den finns inte i arkivet" in browser.get("/hitta", params={"vad": name}).text
    for words in ("kvantgravitation", "covid-19xyz", "pingvinforskning på Antarktis"):
        text = browser.get("/hitta", params={"vad": words}).text
        assert "Den finns inte i arkivet" not in text
        assert "Skriv adressen eller beteckningen" in text


def test_an_item_that_was_left_out_is_said_to_be_with_its_reason(browser, site):
    with open_archive(site.config.archive) as archive, archive.db.atomic():
        call = load_call(archive.db, "norden", "norden-001")
        aside = replace(
            call, call_id="https://example.org/jobb", title="Vi söker en projektledare", url="https://example.org/jobb"
        )
        store_left_out(archive.db, "norden", {}, {aside.call_id: LeftOutItem("platsannons", aside)}, NOW - timedelta(days=3))
    answer = browser.get("/hitta", params={"vad": "https://www.example.org/jobb/"})
    assert answer.status_code == 200
    assert "Den lästes men lämnades utanför" in answer.text
    assert "platsannons" in answer.text
    assert "It was read but left out" in browser.get("/hitta", params={"vad": "vi söker en projektledare", "lang": "en"}).text
