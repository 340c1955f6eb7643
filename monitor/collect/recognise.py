"""Rows of sources that an address may become, recognised by what answered there. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from parsel import Selector
from scrapy.http import HtmlResponse

from monitor.archive.runs import Document
from monitor.collect.events import find_page_events
from monitor.collect.feeds import RefusedFeedError, parse_feed
from monitor.collect.links import find_feeds, unfollowed_link_prefixes
from monitor.collect.markup import bound_markup
from monitor.collect.text import plain_line
from monitor.errors import SourceError
from monitor.sources import Source
from monitor.vocabulary import Kind

TRIAL = "ny"
"""Id of a row that is not saved yet."""
_MIN_LINKS, _MAX_LISTS, _MAX_FEEDS = 3, 2, 2
_MAX_NAME = 80
_LANGUAGES = {"sv": "sv", "en": "en", "da": "da", "nb": "nb", "no": "nb", "nn": "nb", "fi": "fi"}


def first_guess(address: str) -> Source:
    """Return the row with which an address is read before it is known what answers there."""
    return Source(id=TRIAL, kind="page", name=_host(address), url=address)


def recognise_rows(document: Document, now: datetime) -> list[Source]:
    """Return the rows that the answer of an address may become, the surest first.

    A feed or an iCalendar file is one row. A page gives the feeds that it announces, a calendar when it marks events up, the
    lists that its links form, and else the page alone.

    Raises:
        SourceError: The answer is a feed that may do harm.
    """
    if b"BEGIN:VCALENDAR" in document.body[:1000]:
        return [_row("calendar", document.url, _calendar_name(document), publishes=[Kind.EVENT])]
    if _is_feed(document, now):
        return [_row("feed", document.url, _feed_name(document))]
    if b"<" not in document.body[:2000]:
        return []
    return list(_page_rows(document))


def _is_feed(document: Document, now: datetime) -> bool:
    headers = json.loads(document.headers) if document.headers else {}
    try:
        parse_feed(document.body, headers, document.url, first_guess(document.url), now)
    except RefusedFeedError as error:
        raise SourceError(document.url, str(error)) from error
    except ValueError:
        return False
    return True


def _page_rows(document: Document) -> Iterator[Source]:
    page = HtmlResponse(document.url, body=document.body, headers={"Content-Type": document.content_type})
    markup = bound_markup(page.text).markup
    selector = Selector(text=markup)
    language = _LANGUAGES.get((selector.xpath("/html/@lang").get() or "").strip().lower()[:2], "")
    name = plain_line(selector.xpath("//head/title/text()").get() or "")
    guess = first_guess(document.url)
    for feed in find_feeds(page.text, page.url)[:_MAX_FEEDS]:
        yield _row("feed", feed, name, language)
    if find_page_events(page.text, page.url, ZoneInfo(guess.time_zone)):
        yield _row("calendar", page.url, name, language, publishes=[Kind.EVENT])
    lists = [found for found in unfollowed_link_prefixes(page, guess, 10) if found[1] >= _MIN_LINKS and found[0] != "/"]
    own = urlsplit(page.url).path.rstrip("/") + "/"
    # Links below the page's own address are more likely its articles than its menus are.
    lists.sort(key=lambda found: not found[0].startswith(own))
    for beginning, _, _ in lists[:_MAX_LISTS]:
        yield _row("page", page.url, name, language, links=f"{re.escape(beginning)}[^/?#]+")
    if not lists:
        yield _row("page", page.url, name, language)


def _row(kind: str, url: str, name: str, language: str = "", **more: Any) -> Source:
    return Source.model_validate(
        {"id": TRIAL, "kind": kind, "name": name[:_MAX_NAME].strip() or _host(url), "url": url, "language": language, **more}
    )


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
