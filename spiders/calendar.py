"""Spider of calendars: an iCalendar file, a page that marks events up as JSON-LD, or a list page whose event pages do."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call, is_web_address
from monitor.collect.article import describe_event
from monitor.collect.events import CalendarEvent, find_page_events, read_calendar
from monitor.collect.feeds import entry_key
from monitor.collect.links import read_listing
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.spider import SourceSpider
from monitor.sources import Source


class CalendarSpider(SourceSpider):
    """Spider of future events. Past events are left out; an event that is missing from the list has not vanished."""

    name = "calendar"
    max_articles = 40

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield the events of a calendar or page, or requests for the event pages that it lists."""
        parsed = await self.read_response(response, read_events)
        for call in parsed.calls:
            yield call
        for address in parsed.addresses[: self.max_articles]:
            yield self.request_listed(address, self.parse_page)

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
        listing = read_listing(response, source)
        parsed.said_empty, parsed.addresses = listing.empty, listing.addresses
        if listing.trouble:
            parsed.add_problem(ProblemKind.LAYOUT, listing.trouble)
    else:
        events = find_page_events(response.text, response.url, zone)
        if not events:
            parsed.add_problem(ProblemKind.LAYOUT, "Sidan har inga uppmärkta evenemang (JSON-LD Event).")
        _add_events(parsed, events, response.url, source, now)


def read_event_page(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the events of one event's page into `parsed`. Pure."""
    zone = ZoneInfo(source.time_zone)
    events = find_page_events(response.text, response.url, zone) if isinstance(response, TextResponse) else []
    if not events:
        parsed.seen += 1
        parsed.skip(entry_key("", response.url, ""), "sidan har inget uppmärkt evenemang")
    _add_events(parsed, events, response.url, source, now)


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
