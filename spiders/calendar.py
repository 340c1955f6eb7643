"""Spider of calendars: an iCalendar file, a page of events, or a list page whose event pages are followed.

Events are read from JSON-LD; where a page has none, from `<time datetime>`, and of an event's page from its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call, is_web_address
from monitor.collect.article import Article, describe_event, describe_item, read_article
from monitor.collect.events import CalendarEvent, find_page_events, read_calendar
from monitor.collect.feeds import entry_key
from monitor.collect.listing import ListSpider, read_list_page
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.time_elements import find_listed_events, stated_hours
from monitor.language.dates import find_dates
from monitor.sources import Source
from monitor.vocabulary import Kind


class CalendarSpider(ListSpider):
    """Spider of future events. Past events are left out; an event that is missing from the list has not vanished."""

    name = "calendar"
    max_articles = 40

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield the events of a calendar or page, or requests for the event pages that it lists."""
        parsed = await self.read_response(response, read_events)
        for call in parsed.calls:
            yield call
        for request in self.follow_list(parsed, self.parse_page):
            yield request

    async def parse_page(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """Yield the events of one event's page."""
        for call in (await self.read_response(response, read_event_page)).calls:
            yield call


def read_events(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the events of a calendar or a page, or the addresses of their pages, into `parsed`. Pure."""
    zone = ZoneInfo(source.time_zone)
    if b"BEGIN:VCALENDAR" in response.body[:1000]:
        try:
            events, unread = read_calendar(response.body, zone, now)
        except ValueError as error:
            parsed.add_problem(ProblemKind.NOT_A_FEED, f"Kalendern går inte att läsa: {error}")
            return
        parsed.seen += len(unread)
        for key, why in unread.items():
            parsed.skip(key, why)
        _add_events(parsed, events, response.url, source, now)
    elif not isinstance(response, TextResponse) or b"<" not in response.body[:1000]:
        parsed.add_problem(ProblemKind.NOT_A_FEED, "Adressen svarade inte med en kalender.")
    elif source.links:
        read_list_page(parsed, response, source)
    else:
        events = find_page_events(response.text, response.url, zone) or find_listed_events(response.text, response.url, zone)
        if not events:
            parsed.add_problem(ProblemKind.LAYOUT, "Sidan har inga uppmärkta evenemang (JSON-LD Event eller <time>).")
        _add_events(parsed, events, response.url, source, now)


def read_event_page(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the events of one event's page into `parsed`. Pure."""
    zone = ZoneInfo(source.time_zone)
    events = find_page_events(response.text, response.url, zone) if isinstance(response, TextResponse) else []
    if not events:
        _add_article(parsed, response, source, now, zone)
    _add_events(parsed, events, response.url, source, now)


def _add_article(parsed: ParsedResponse, response: Response, source: Source, now: datetime, zone: ZoneInfo) -> None:
    """Add the event that an article describes: its day as `<time>` or in its words, hours and place behind labels."""
    parsed.seen += 1
    key = entry_key("", response.url, "")
    article = read_article(response.text, response.url, zone) if isinstance(response, TextResponse) else None
    if article is None or not article.title:
        parsed.skip(key, "sidan har ingen läsbar text")
        return
    event = _timed_event(article, response.url, zone)
    call = describe_item(
        replace(article, kind=Kind.EVENT, event=event), source=source, call_id=key, url=response.url, now=now
    ).call
    if call is not None and call.starts is not None:
        if (call.ends or call.starts) < now:
            parsed.leave_out(key, "har redan varit", call)
        else:
            parsed.calls.append(call)
    elif find_dates(article.text, reference=None, language=source.language, zone=source.time_zone):
        parsed.leave_out(key, "nämner ingen kommande dag, eller flera", call)
    else:
        parsed.skip(key, "sidan anger ingen dag")


def _timed_event(article: Article, url: str, zone: ZoneInfo) -> CalendarEvent | None:
    """Return the event of a page's `<time>`, with the hours that its text states where the element has the day alone."""
    if article.time is None:
        return None
    starts, ends = article.time
    hours = stated_hours(article.text)
    if hours is not None and starts.astimezone(zone).time() == time.min:
        last = (ends or starts).astimezone(zone).date()
        starts = datetime.combine(starts.astimezone(zone).date(), hours.starts, zone)
        ends = datetime.combine(last, hours.ends, zone) if hours.ends is not None else None
    return CalendarEvent(
        key="", title=article.title, starts=starts, ends=ends if ends is None or ends > starts else None, url=url
    )


def _add_events(parsed: ParsedResponse, events: Iterable[CalendarEvent], page: str, source: Source, now: datetime) -> None:
    for event in events:
        parsed.seen += 1
        key = event_key(event, page)
        url = event.url if is_web_address(event.url) else page
        call = parsed.read_row(key, describe_event, source=source, call_id=key, url=url, event=event)
        if call is None:
            continue
        if (event.ends or event.starts) < now:
            parsed.leave_out(key, "har redan varit", call)
        else:
            parsed.calls.append(call)


def event_key(event: CalendarEvent, page: str) -> str:
    """Return a key that stays when an event moves: the publisher's own, else the event's address, else a hash of its title."""
    if event.key:
        return event.key
    if event.url and event.url != page:
        return entry_key("", event.url, "")
    return hashlib.sha256(f"{page}\n{event.title}".encode(errors="replace")).hexdigest()[:32]
