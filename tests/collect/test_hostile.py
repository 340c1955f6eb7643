"""Markup that makes parsers take more than linear time: every reader ends, and reads a prefix.

No test measures time: each reader gets the markup in a child process, and a reader whose work grows with the square of its input would
still run long after the child is ended. `python -m benchmarks linear` measures the growth.
"""

import json
from datetime import UTC, datetime
from multiprocessing import get_context
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse

from monitor.collect.article import read_article
from monitor.collect.bot_challenges import find_bot_challenge, is_scripted
from monitor.collect.events import find_page_events, read_calendar
from monitor.collect.feeds import parse_feed
from monitor.collect.links import (
    clean_web_address,
    find_external_links,
    find_feeds,
    find_next_page,
    read_listing,
    unfollowed_link_prefixes,
)
from monitor.collect.markup import PAGE_TAGS, bound_markup, parse_page, visible_text
from monitor.collect.noise import join_labels_to_amounts, remove_boilerplate
from monitor.collect.text import html_to_text, title_text
from monitor.collect.time_elements import find_listed_events, find_page_time, stated_hours, stated_place
from monitor.sources import Source

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
SOURCE = Source.model_validate({"id": "x", "kind": "page", "name": "X", "url": "https://x.se/a/", "links": "/a/[a-z]+$"})
TIMES = 16
LIMIT = 400  # seconds after which a reader is taken to be lost, on a machine that does other work, too

# What never ends is cut where it begins: cheap however long, where a reader's work does not grow with its square.
ENDLESS = {
    "scripts-that-never-end": "<script application/ld+json",
    "json-that-never-ends": "<script type=application/ld+json>{",
    "tags-that-never-end": "<a <nav ",
    "links-that-never-end": "<a href='http://y.se/a'>",
    "comments-that-never-end": "<!--",
    "quotes-that-never-end": "<a b=\"<a c='",
    "signs": "<",
    "deep": "<div>",
    "deep-lists": "<ul><li>",
    "deep-words": "<p><b><i><font>",
}
# What lies within the bounds is read to its end, and costs what ordinary pages cost.
MANY = {
    "definitions": "<dt>x",
    "paragraphs": "<p>x y z</p>",
    "lines": "a<br>",
    "cells": "<td>1</td>",
    "times": "<time datetime=2020-01-01>x</time>",
    "banners": "<div class=cookie>kakor</div>",
    "bars": "| ",
    "entities": "&amp;&#55357;",
    "states": "<script>registerInitialState('a',[</script>",
    "denied": "Access Denied Reference      ",
    "one-word": "AAAAAAAA",
    "many-times": "<li><time datetime=2026-12-03T09:00>x</time><a href=?page=2>y</a>",
    "labels": "Tid: kl. 9 Plats: ",
}


def markups(piece, times):
    yield f"<html><body><h1>T</h1>{piece * times}"
    yield f"<html><head><title>{piece * times}</title></head><body>x</body></html>"
    yield f"<html><head><meta name=description content='{piece.replace(chr(39), '') * times}'></head><body>x</body></html>"


def response(markup):
    return HtmlResponse(SOURCE.url, body=markup.encode(), encoding="utf-8")


READERS = {
    "article": lambda markup: read_article(markup, SOURCE.url, ZONE),
    "lists": lambda markup: (read_listing(response(markup), SOURCE), unfollowed_link_prefixes(response(markup), SOURCE), find_feeds(markup, SOURCE.url)),
    "parts": lambda markup: (find_page_events(markup, SOURCE.url, ZONE), find_external_links(markup, SOURCE.url), html_to_text(markup), title_text(markup)),
    "challenges": lambda markup: (find_bot_challenge(markup.encode(), {}), find_bot_challenge(markup.encode(), {}, 202), is_scripted(markup.encode())),
    "times": lambda markup: (find_listed_events(markup, SOURCE.url, ZONE), find_page_time(parse_page(bound_markup(markup).markup), ZONE), find_next_page(response(markup)), stated_hours(markup[:30_000]), stated_place(markup[:30_000])),
    "noise": lambda markup: (remove_boilerplate(markup), join_labels_to_amounts(markup[:30_000])),
}  # fmt: skip


def read_pages():
    for pieces, unit in ((ENDLESS, 25_000), (MANY, 1_000)):
        for piece in pieces.values():
            for markup in markups(piece, TIMES * unit // len(piece)):
                for read in READERS.values():
                    read(markup)


def ends(target, *arguments):
    process = get_context("spawn").Process(target=target, args=arguments)
    process.start()
    process.join(LIMIT)
    process.kill()
    return process.exitcode == 0


def test_every_reader_of_pages_comes_to_its_end():
    assert ends(read_pages)


def read_attributes():
    markup = "<html><body><div " + " ".join(f"a{number}=1" for number in range(30_000 * TIMES)) + ">x</div>"
    for read in READERS.values():
        read(markup)


def test_a_tag_of_half_a_million_attributes_is_read_to_its_end():
    assert ends(read_attributes)


def read_feeds():
    for piece in (ENDLESS | MANY).values():
        text = piece * (TIMES * 1_000 // len(piece))
        for written in (text, f"<![CDATA[{text}]]>"):
            item = f"<item><title>{written}</title><description>{written}</description><link>https://x.se/1</link></item>"
            try:
                parse_feed(f'<rss version="2.0"><channel>{item}'.encode(), {}, SOURCE.url, SOURCE, NOW)
            except ValueError:
                continue


def test_every_feed_is_read_to_its_end():
    assert ends(read_feeds)


def read_structured():
    for text in (
        "[" * 400_000,
        '{"a":' * 100_000,
        '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000,
        "9" * 500_000,
    ):
        find_page_events(f"<script type='application/ld+json'>{text}</script>", SOURCE.url, ZONE)
        try:
            parse_feed(text.encode(), {"Content-Type": "application/feed+json"}, SOURCE.url, SOURCE, NOW)
        except ValueError:
            continue
    for body in ("BEGIN:VEVENT\r\n" * 50_000, "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:" + "A" * 1_000_000 + "\r\nEND:VEVENT\r\n"):
        try:
            read_calendar(f"BEGIN:VCALENDAR\r\n{body}END:VCALENDAR\r\n".encode(), ZONE, NOW)
        except ValueError:
            continue


def test_deep_json_and_deep_calendars_are_read_to_their_end():
    assert ends(read_structured)


def test_a_feed_too_large_to_read_is_cut_at_an_entry_and_says_so():
    item = "<item><title>Bidrag till byar {}</title><link>https://x.se/{}</link><description>{}</description></item>"
    body = "".join(item.format(number, number, "Text.") for number in range(3)) + item.format(9, 9, "<b>x</b>" * 40_000)
    feed = parse_feed(f'<rss version="2.0"><channel>{body}'.encode(), {}, SOURCE.url, SOURCE, NOW)
    assert feed.seen == 3
    assert list(feed.skipped) == ["resten av flödet"]


def test_an_ordinary_page_is_left_as_it_is():
    page = "<!DOCTYPE html><html><head><title>a < b</title><script>if (a<b) {}</script><style>p>a{}</style></head><body class='a>b'><!-- <p> --><p>x<br>y<p>z<img src=a alt='1 > 0'></body></html>"
    assert bound_markup(page) == (page, False)
    many = f"<table>{'<tr><td>x<td>y' * 5_000}</table>{'<p>x' * 5_000}{'<div><span>x</div>' * 5_000}"
    assert bound_markup(many) == (many, False)


def test_what_is_cut_is_the_end():
    assert bound_markup("<p>a</p>" * 10, tags=4) == ("<p>a</p>" * 4, True)
    assert bound_markup("<div>" * 500 + "x").markup == "<div>" * 200
    assert bound_markup("abcdef", length=3) == ("abc", True)
    assert bound_markup("text <!-- never ended") == ("text ", True)
    long = f"<p {' '.join(f'a{number}=1' for number in range(1_000))}>text</p>"
    assert visible_text(parse_page(bound_markup(long).markup)) == "text"
    assert bound_markup(long).markup.count("=") == 60
    assert PAGE_TAGS > 50_000


@given(st.text(st.one_of(st.sampled_from("<>/\"'=!- abpdiv"), st.characters(exclude_categories=["Cs"])), max_size=80))
def test_any_markup_within_the_bounds_is_kept_or_cut_where_a_tag_never_ends(markup):
    found = bound_markup(markup)
    assert markup.startswith(found.markup)
    assert found.cut == (found.markup != markup)
    if found.cut:
        assert markup[len(found.markup)] == "<"
    assert bound_markup(found.markup) == (found.markup, False)


@given(st.text(max_size=60), st.sampled_from(["", "https://x.se/a/"]))
def test_an_address_for_people_is_web_on_one_line_without_credentials(address, base):
    for written in (address, f"https://user:pw@{address}", f" https://x.se/\n{address}"):
        found = clean_web_address(written, base)
        assert found == "" or found.startswith(("http://", "https://"))
        assert "@" not in found.partition("//")[2].partition("/")[0].partition("?")[0].partition("#")[0]
        assert not set(found) & set("\n\r\t ")
        json.dumps(found, ensure_ascii=False).encode()


def test_addresses():
    assert clean_web_address("https://user:pw@x.se:8080/a?b#c") == "https://x.se:8080/a?b#c"
    assert clean_web_address(" /a\n b ", "https://x.se/") == "https://x.se/a%20b"
    for bad in (
        "javascript:alert(1)",
        "urn:uuid:1",
        "http://[bad/",
        "https://x.se:port/",
        "//",
        "",
        "https://x.se/" + "a" * 3_000,
    ):
        assert clean_web_address(bad) == ""
