"""Sample feeds and sites, as a feed reader and a link reader see them."""

import re
from datetime import date

import feedparser
import pytest
from parsel import Selector

from monitor.demo import samples
from monitor.demo.feeds import content_type, render_feed
from monitor.demo.pages import render_article, render_list

TODAY = date(2026, 5, 20)
BASE = "http://127.0.0.1:9000"
FEEDS = [publisher for publisher in samples.load_publishers() if publisher.kind == "feed"]
SITES = [publisher for publisher in samples.load_publishers() if publisher.kind == "page"]


@pytest.mark.parametrize("publisher", FEEDS, ids=lambda publisher: publisher.form)
def test_a_feed_reader_finds_every_item_with_its_letters(publisher):
    headers = {"content-type": content_type(publisher), "content-location": BASE + publisher.path}
    found = feedparser.parse(render_feed(publisher, BASE, TODAY, samples.SECOND_READING), response_headers=headers)
    assert found.version == {"rss": "rss20", "atom": "atom10", "rdf": "rss10"}[publisher.form]
    # text/xml without a charset means ASCII to the letter of the law; readers override it, as they have to for real feeds.
    assert not found.bozo or isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride)
    assert {entry.title for entry in found.entries} == {item.title for item in publisher.items}
    assert {entry.link.removeprefix(BASE) for entry in found.entries} == {item.link for item in publisher.items}


def test_one_feed_is_latin_1_and_leaves_dates_out():
    publisher = next(publisher for publisher in FEEDS if publisher.form == "rdf")
    raw = render_feed(publisher, BASE, TODAY, samples.SECOND_READING)
    assert b'encoding="iso-8859-1"' in raw
    assert "översättning".encode("latin-1") in raw
    entries = feedparser.parse(raw).entries
    assert {bool(entry.get("updated")) for entry in entries} == {True, False}


@pytest.mark.parametrize("publisher", SITES, ids=lambda publisher: publisher.form)
def test_a_list_page_links_to_its_articles_and_to_other_things(publisher):
    page = render_list(publisher, TODAY, samples.SECOND_READING)
    links = set(Selector(page).css("a::attr(href)").getall())
    articles = {link for link in links if re.search(publisher.links, link)}
    assert articles == {item.link for item in publisher.items}
    assert links - articles


@pytest.mark.parametrize("publisher", SITES, ids=lambda publisher: publisher.form)
def test_an_article_page_holds_its_text_with_dates_and_headings(publisher):
    for item in publisher.items:
        page = Selector(render_article(publisher, item, TODAY))
        assert page.css("h1::text").get() == item.title
        assert len(page.css("h2")) == item.text.count("## ")
        words = " ".join(page.css("main ::text").getall())
        for found in re.findall(r"\{sv[+-]\d+\}", item.text):
            assert samples.place_dates(found, TODAY) in words


def test_a_deadline_on_a_site_moves_between_the_days():
    site = next(publisher for publisher in SITES if publisher.form == "sitevision")
    first, second = (samples.items_at(site, reading) for reading in samples.READINGS)
    texts = {item.link: item.text for item in first}
    changed = [item for item in second if item.link in texts and item.text != texts[item.link]]
    assert [item.title for item in changed] == ["Kompetensförsörjning för industrin: yrkesutbildning för vuxna"]
