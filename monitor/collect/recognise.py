"""Rows of sources that an address may become, recognised by what answered there. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from parsel import Selector
from scrapy.http import HtmlResponse

from monitor.archive.runs import Document
from monitor.collect.events import find_page_events
from monitor.collect.feeds import RefusedFeedError, parse_feed
from monitor.collect.link_groups import group_addresses, group_links
from monitor.collect.links import find_feeds
from monitor.collect.markup import bound_markup
from monitor.collect.rounds import find_rounds
from monitor.collect.site import likely_kind
from monitor.collect.sitemaps import is_sitemap, read_sitemap
from monitor.collect.text import plain_line
from monitor.collect.time_elements import find_listed_events
from monitor.errors import SourceError
from monitor.sources import Source
from monitor.vocabulary import Kind

TRIAL = "ny"
"""Id of a row that is not saved yet."""
_MAX_LISTS, _MAX_FEEDS, _MIN_EVENTS, _MIN_GRANTS = 2, 2, 2, 2
_MAX_NAME = 80
_LANGUAGES = {"sv": "sv", "en": "en", "da": "da", "nb": "nb", "no": "nb", "nn": "nb", "fi": "fi"}


def first_guess(address: str) -> Source:
    """Return the row with which an address is read before it is known what answers there."""
    return Source(id=TRIAL, kind="page", name=_host(address), url=address)


def recognise_rows(document: Document, now: datetime) -> list[Source]:
    """Return the rows that the answer of an address may become, the surest first.

    A feed or an iCalendar file is one row. A sitemap gives the lists that its addresses form. A page gives the feeds that it
    announces, a calendar when it marks events up, the lists that its links form, its rounds where it states those of several
    grants, and else the page alone.

    Raises:
        SourceError: The answer is a feed that may do harm.
    """
    if b"BEGIN:VCALENDAR" in document.body[:1000]:
        return [_row("calendar", document.url, _calendar_name(document), publishes=[Kind.EVENT])]
    if _is_feed(document, now):
        return [_row("feed", document.url, _feed_name(document))]
    if is_sitemap(document.body):
        groups = group_addresses(list(read_sitemap(document.body).addresses), urljoin(document.url, "/"))
        return [
            _row("page", document.url, _host(document.url), links=group.pattern, example=group.example)
            for group in groups[:_MAX_LISTS]
        ]
    if b"<" not in document.body[:2000]:
        return []
    return list(_page_rows(document, now))


def _is_feed(document: Document, now: datetime) -> bool:
    headers = json.loads(document.headers) if document.headers else {}
    try:
        parse_feed(document.body, headers, document.url, first_guess(document.url), now)
    except RefusedFeedError as error:
        raise SourceError(document.url, str(error)) from error
    except ValueError:
        return False
    return True


def _page_rows(document: Document, now: datetime) -> Iterator[Source]:
    page = HtmlResponse(document.url, body=document.body, headers={"Content-Type": document.content_type})
    markup = bound_markup(page.text).markup
    selector = Selector(text=markup)
    language = _LANGUAGES.get((selector.xpath("/html/@lang").get() or "").strip().lower()[:2], "")
    name = plain_line(selector.xpath("//head/title/text()").get() or "")
    guess = first_guess(document.url)
    zone = ZoneInfo(guess.time_zone)
    for feed in find_feeds(page.text, page.url)[:_MAX_FEEDS]:
        yield _row("feed", feed, name, language)
    listed = find_listed_events(page.text, page.url, zone) if likely_kind(page.url, name) is Kind.EVENT else []
    if find_page_events(page.text, page.url, zone) or len(listed) >= _MIN_EVENTS:
        yield _row("calendar", page.url, name, language, publishes=[Kind.EVENT])
    lists = group_links(page)[:_MAX_LISTS]
    for group in lists:
        yield _row("page", page.url, name, language, links=group.pattern, example=group.example)
    if _has_rounds(page, guess, language, now):
        yield _row("rounds", page.url, name, language, publishes=[Kind.CALL])
    elif not lists:
        yield _row("page", page.url, name, language)


def _has_rounds(page: HtmlResponse, guess: Source, language: str, now: datetime) -> bool:
    """Return whether a page states the rounds of several grants, as the reader of rounds reads it."""
    reference = now.astimezone(ZoneInfo(guess.time_zone)).date()
    grants = find_rounds(page.text, page.url, reference=reference, language=language, zone=guess.time_zone)
    return len(grants) >= _MIN_GRANTS


def _row(kind: str, url: str, name: str, language: str = "", example: str = "", **more: Any) -> Source:
    """Return the row, with the kind of items that its address, its title and the address of an article speak of."""
    publishes = {"publishes": [likely_kind(urlsplit(example or url).path, name)]}
    name = name[:_MAX_NAME].strip() or _host(url)
    return Source.model_validate({"id": TRIAL, "kind": kind, "name": name, "url": url, "language": language, **publishes, **more})


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")


def _feed_name(document: Document) -> str:
    with suppress(ValueError):
        return plain_line(str(json.loads(document.body).get("title", "")))
    named = "//*[local-name()='channel' or local-name()='feed']/*[local-name()='title']/text()"
    with suppress(ValueError):
        return plain_line(Selector(body=document.body, type="xml").xpath(named).get() or "")
    return ""


def _calendar_name(document: Document) -> str:
    named = re.search(rb"^X-WR-CALNAME[^:\r\n]*:([^\r\n]+)", document.body, re.MULTILINE)
    return plain_line(named[1].decode("utf-8", "replace")) if named else ""
