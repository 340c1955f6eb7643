"""Feeds of every dialect: one item per entry, stable keys, no invented dates, text without markup."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.collect.article import describe_item
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


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "", "ftp://x.se/1", "urn:uuid:1"])
def test_an_entry_without_a_safe_address_leads_to_the_site_of_the_feed(link):
    body = RSS.replace("https://x.se/1", link)
    [call] = read(body.encode()).calls
    assert call.url == SOURCE.url
    [call] = read(body.replace("<channel>", "<channel><link>https://x.se/nyheter</link>").encode()).calls
    assert (call.title, call.url) == ("Sök & få", "https://x.se/nyheter")
    [call] = read(body.replace("</link>", "</link><guid isPermaLink='false'>urn:x:7</guid>").encode()).calls
    assert call.call_id == "urn:x:7"


def test_an_entry_without_title_is_called_by_its_first_words_or_its_address():
    untitled = RSS.replace("<title>Sök &amp; få</title>", "")
    [call] = read(untitled.encode()).calls
    assert call.title == TEXT
    [call] = read(untitled.replace(TEXT, "Kommuner " * 40).encode()).calls
    assert call.title.endswith("Kommuner …")
    assert len(call.title) <= 102
    feed = read(untitled.replace(TEXT, "").encode())
    assert [call.title for call in feed.calls] + list(feed.left_out) == ["https://x.se/1"]
    feed = read(b'<rss version="2.0"><channel><title>X</title><item><description/></item></channel></rss>')
    assert feed.skipped == {"post 1": "saknar rubrik, text och länk"}


def test_the_publishers_own_address_counts_before_that_of_a_feed_service():
    body = RSS.replace("<rss ", '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" ').replace(
        "https://x.se/1</link>", "https://feeds.example/~r/x/1</link><feedburner:origLink>https://x.se/1</feedburner:origLink>"
    )
    assert read(body.encode()).calls[0].url == "https://x.se/1"


def test_a_user_name_and_password_in_an_address_are_never_kept():
    [call] = read(RSS.replace("https://x.se/1", "https://user:hemligt@x.se/1").encode()).calls
    assert (call.url, call.call_id) == ("https://x.se/1", "https://x.se/1")
    assert "hemligt" not in repr(
        read(RSS.replace(TEXT, "&lt;a href='https://u:hemligt@y.se/a'&gt;här&lt;/a&gt; finns nyheten").encode())
    )


def test_one_bad_entry_loses_no_other(monkeypatch):
    def describe(article, **fields):
        if "Dålig" in article.title:
            raise OverflowError
        return describe_item(article, **fields)

    monkeypatch.setattr("monitor.collect.feeds.describe_item", describe)
    bad = "<item><title>Dålig</title><link>https://x.se/2</link></item>"
    feed = read(RSS.replace("<item>", f"{bad}<item>").encode())
    assert [call.url for call in feed.calls] == ["https://x.se/1"]
    assert feed.skipped == {"https://x.se/2": "har ett tal eller en dag som är för stor"}


@pytest.mark.parametrize(
    ("reference", "sign"),
    [
        ("&#55357;", "\ufffd"),
        ("&#xD83D;", "\ufffd"),
        ("&#55357;&#56832;", "\U0001f600"),
        ("&#99999999999;", "\ufffd"),
        ("&#x1F600;", "\U0001f600"),
    ],
)
def test_a_reference_to_no_character_is_replaced(reference, sign):
    body = RSS.replace("Sök &amp; få", f"Sök {reference} bidrag").replace(TEXT, f"{reference} {TEXT}")
    [call] = read(body.encode()).calls
    assert (call.title, call.summary) == (f"Sök {sign} bidrag", f"{sign} {TEXT}")


YEARLESS = "Kommuner kan söka bidrag. Sista ansökningsdag är den 15 juni."


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("mån, 03 maj 2021 10:00:00 +0200", "2021-05-03T08:00:00+00:00"),
        ("03 Maj 2021", "2021-05-02T22:00:00+00:00"),
        ("Mon, 05/03/2021 - 10:00", "2021-05-03T08:00:00+00:00"),
        ("mån, 03/05/2021 - 10:00", "2021-05-03T08:00:00+00:00"),
        ("lørdag 1. mai 2021 kl. 08.00", "2021-05-01T06:00:00+00:00"),
        ("Mon, 03 May 2021 10:00:00 +0200", "2021-05-03T08:00:00+00:00"),
        ("2021-05-03 10:00:00 +0200", "2021-05-03T08:00:00+00:00"),
        ("20210503T080000Z", "2021-05-03T08:00:00+00:00"),
    ],
)
def test_the_day_of_an_entry_in_the_languages_of_its_publishers(written, published):
    [call] = read(RSS.replace("Mon, 18 May 2026 08:00:00 +0200", written).replace(TEXT, YEARLESS).encode()).calls
    assert call.published.isoformat() == published
    assert [deadline.at.date().isoformat() for deadline in call.deadlines] == ["2021-06-15"]


@pytest.mark.parametrize("written", ["i våras", "1520932969", "05/03/2021 - 10:00", "Thu, 01 Jan 1970 00:00:00 GMT", "31 feb 2021", "9999-12-31T23:30:00Z", "0001-01-01T00:00:00Z"])  # fmt: skip
def test_no_year_is_counted_from_today_where_the_stated_day_cannot_be_read(written):
    feed = read(RSS.replace("Mon, 18 May 2026 08:00:00 +0200", written).replace(TEXT, YEARLESS).encode())
    [call] = feed.calls
    assert call.published is None
    assert call.deadlines == ()
    [call] = read(RSS.replace("Mon, 18 May 2026 08:00:00 +0200", written).encode()).calls
    assert [deadline.at.date().isoformat() for deadline in call.deadlines] == ["2026-10-01"]


def test_a_year_is_counted_from_today_where_no_day_is_stated():
    [call] = read(RSS.replace("<pubDate>Mon, 18 May 2026 08:00:00 +0200</pubDate>", "").replace(TEXT, YEARLESS).encode()).calls
    assert [deadline.at.date().isoformat() for deadline in call.deadlines] == ["2026-06-15"]


def json_feed(*items, **head):
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "X", **head, "items": list(items)}).encode()


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
@pytest.mark.parametrize("kind", ["application/feed+json", "application/json; charset=utf-8", "text/plain"])
def test_a_json_feed_is_a_feed(version, kind):
    item = {"id": 7, "url": "/1", "title": "Sök & <AI>", "content_html": f"<p>{TEXT}</p>", "date_published": "2026-05-18T08:00:00+02:00", "tags": ["Bidrag", 3]}  # fmt: skip
    [call] = read(json_feed(item, version=version), {"Content-Type": kind}).calls
    assert (call.title, call.url, call.call_id) == ("Sök & <AI>", "https://x.se/1", "https://x.se/1")
    assert (call.summary, call.keywords, call.published) == (TEXT, ("Bidrag", "3"), datetime(2026, 5, 18, 6, tzinfo=UTC))


def test_items_of_a_json_feed_that_lack_something():
    feed = read(
        json_feed(
            {"id": "urn:1", "content_text": "Rad ett < två\nSök bidrag senast 1 oktober 2026. " + TEXT},
            {"id": "2", "title": "Bidrag \ud83d", "external_url": "https://y.se/2", "summary": TEXT},
            {},
            "text",
            None,
            home_page_url="https://x.se/",
        )
    )
    assert [(call.call_id, call.title, call.url) for call in feed.calls] == [
        ("urn:1", "Rad ett < två", "https://x.se/"),
        ("https://y.se/2", "Bidrag \ufffd", "https://y.se/2"),
    ]
    assert feed.seen == 5
    assert list(feed.skipped) == ["post 3", "post 4", "post 5"]


@settings(max_examples=60, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "url", "external_url", "title", "content_html", "content_text", "date_published", "tags", "items"]), inner, max_size=5), max_leaves=10))  # fmt: skip
def test_no_item_breaks_a_json_feed(item):
    good = {"id": "good", "title": "Bidrag", "url": "https://x.se/good", "content_text": TEXT}
    feed = read(json_feed(item, good))
    assert "https://x.se/good" in [call.call_id for call in feed.calls]
    repr(feed).encode()


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
