"""Feeds of every dialect: one entry, one item; keys that stay; dates that are not made up; words without markup."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.collect.feeds import entry_key, parse_feed
from monitor.sources import Source

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
SOURCE = Source.model_validate(
    {"id": "x", "kind": "feed", "name": "X", "url": "https://x.se/feed", "language": "sv", "publishes": ["news", "call"]}
)
TEXT = "Kommuner kan söka bidrag. Sista ansökningsdag är 1 oktober 2026."
RSS = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>X</title><item><title>Sök &amp; få</title><link>https://x.se/1</link><description>{TEXT}</description><pubDate>Mon, 18 May 2026 08:00:00 +0200</pubDate></item></channel></rss>'
RSS_091 = RSS.replace('version="2.0"', 'version="0.91"')
RDF = f'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://x.se/"><title>X</title><link>https://x.se/</link></channel><item rdf:about="https://x.se/1"><title>Sök &amp; få</title><link>https://x.se/1</link><description>{TEXT}</description><dc:date>2026-05-18T08:00:00+02:00</dc:date></item></rdf:RDF>'
ATOM = f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>X</title><id>urn:x</id><updated>2026-05-18T06:00:00Z</updated><entry><title type="html">Sök &amp;amp; få</title><id>urn:uuid:1</id><link rel="alternate" href="https://x.se/1"/><updated>2026-05-18T06:00:00Z</updated><published>2026-05-18T06:00:00Z</published><content type="html">&lt;p&gt;{TEXT}&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</content></entry></feed>'
ATOM_XHTML = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>X</title><entry><title>Sök &amp; få</title><id>https://x.se/1</id><published>2026-05-18T06:00:00Z</published><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{TEXT}</p></div></content></entry></feed>'
DIALECTS = {
    "rss-2": (RSS.encode(), {}),
    "rss-0.91": (RSS_091.encode(), {}),
    "rss-1-rdf": (RDF.encode(), {}),
    "atom": (ATOM.encode(), {}),
    "atom-xhtml": (ATOM_XHTML.encode(), {}),
    "iso-8859-1": (RSS.replace("UTF-8", "iso-8859-1").encode("iso-8859-1"), {}),
    "windows-1252": (RSS.replace("UTF-8", "windows-1252").encode("cp1252"), {}),
    "utf-16": (RSS.replace("UTF-8", "utf-16").encode("utf-16"), {}),
    "wrong-header": (RSS.encode(), {"Content-Type": "text/html; charset=utf-8"}),
    "byte-order-mark": (b"\xef\xbb\xbf" + RSS.encode(), {}),
    "leading-space": (b"\n\n " + RSS.encode(), {}),
    "broken-entity": (RSS.replace("Sök &amp; få", "Sök & få").encode(), {}),
}


def read(body, headers=None):
    return parse_feed(body, headers or {"Content-Type": "application/rss+xml"}, SOURCE.url, SOURCE, NOW)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_item(dialect):
    feed = read(*DIALECTS[dialect])
    [call] = feed.calls
    assert (call.title, call.url, call.call_id) == ("Sök & få", "https://x.se/1", "https://x.se/1")
    assert call.summary == TEXT
    assert call.published == datetime(2026, 5, 18, 6, tzinfo=UTC)
    assert [deadline.at.date().isoformat() for deadline in call.deadlines] == ["2026-10-01"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html><body><h1>Ny webbplats</h1></body></html>", "webbsida"),
        (b"", "tomt"),
        (b"Internal Server Error", "inte ett flöde"),
        (b'{"items": []}', "inte ett flöde"),
        (b"\x00\xff\xfe garbage", "inte ett flöde"),
    ],
)
def test_what_is_no_feed_is_told(body, words):
    with pytest.raises(ValueError, match=words):
        read(body)


def test_an_empty_feed_is_a_feed():
    feed = read(b'<rss version="2.0"><channel><title>X</title></channel></rss>')
    assert (feed.seen, feed.calls) == (0, [])


def test_a_date_that_cannot_be_is_none_and_never_today():
    for date in (
        "",
        "<pubDate>i går</pubDate>",
        "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>",
        "<pubDate>Mon, 18 May 2099 08:00:00 GMT</pubDate>",
    ):
        [call] = read(RSS.replace("<pubDate>Mon, 18 May 2026 08:00:00 +0200</pubDate>", date).encode()).calls
        assert call.published is None


def test_the_same_article_under_moving_guids_and_tracking_keeps_its_key():
    assert entry_key("a", "http://X.se/1?utm_source=rss&id=2#top", "t") == entry_key("b", "https://x.se/1?id=2&fbclid=9", "other")
    assert entry_key("", "https://x.se/1?id=2", "t") != entry_key("", "https://x.se/1?id=3", "t")
    assert entry_key("urn:1", "", "t") == "urn:1"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "", "ftp://x.se/1"])
def test_an_entry_without_a_safe_address_is_skipped_and_counted(link):
    feed = read(RSS.replace("https://x.se/1", link).encode())
    assert not feed.calls
    assert list(feed.skipped.values()) == ["saknar länk"]


def test_what_runs_never_reaches_the_text():
    bad = "&lt;p onclick='x()'&gt;Hej&lt;/p&gt;&lt;script&gt;steal()&lt;/script&gt;&lt;a href='javascript:x'&gt;här&lt;/a&gt;"
    [call] = read(RSS.replace(TEXT, bad).encode()).calls
    assert "steal" not in call.body + call.summary
    assert "<" not in call.body + call.summary
    assert not call.links


def test_a_vacancy_is_left_out_on_purpose():
    feed = read(
        RSS.replace("Sök &amp; få", "Vi söker handläggare")
        .replace(TEXT, "Lediga tjänster: skicka ditt cv senast 1 juni.")
        .encode()
    )
    assert not feed.calls
    assert list(feed.left_out.values()) == ["platsannons"]
    assert not feed.skipped


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(body):
    with suppress(ValueError):
        assert read(body).seen >= 0


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_no_words_break_an_entry(text, title):
    clean = str.maketrans({"<": "&lt;", "&": "&amp;"})
    markup = RSS.replace(TEXT, text.translate(clean)).replace("Sök &amp; få", title.translate(clean))
    try:
        feed = read(markup.encode("utf-8", "replace"))
    except ValueError:
        return
    for call in feed.calls:
        assert call.title
        assert not call.deadlines or call.deadlines[0].at.tzinfo
