"""Calendars: an iCalendar file, a page that marks its events up as JSON-LD, or a list page whose event pages do."""

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
    """Reads what is to come; an event that has been is left out, and one that is missing from the list says nothing."""

    name = "calendar"
    most_articles = 40

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        parsed = await self.read_response(response, read_events)
        for call in parsed.calls:
            yield call
        for address in parsed.addresses[: self.most_articles]:
            yield self.ask_page(address, self.parse_page)

    async def parse_page(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """The events of one event's page."""
        for call in (await self.read_response(response, read_event_page)).calls:
            yield call


def read_events(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """The events of a calendar or a page, or the addresses of their pages. Pure."""
    zone = ZoneInfo(source.time_zone)
    if b"BEGIN:VCALENDAR" in response.body[:1000]:
        try:
            found, unread = read_calendar(response.body, zone, now)
        except ValueError as error:
            parsed.add_problem(ProblemKind.NOT_A_FEED, f"Kalendern går inte att läsa: {error}")
            return
        parsed.seen += len(unread)
        for key, why in unread.items():
            parsed.skip(key, why)
        _add(parsed, found, response.url, source, now)
    elif not isinstance(response, TextResponse) or b"<" not in response.body[:1000]:
        parsed.add_problem(ProblemKind.NOT_A_FEED, "Adressen svarade inte med en kalender.")
    elif source.links:
        listing = read_listing(response, source)
        parsed.said_empty, parsed.addresses = listing.empty, listing.addresses
        if listing.trouble:
            parsed.add_problem(ProblemKind.LAYOUT, listing.trouble)
    else:
        found = find_page_events(response.text, response.url, zone)
        if not found:
            parsed.add_problem(ProblemKind.LAYOUT, "Sidan har inga uppmärkta evenemang (JSON-LD Event).")
        _add(parsed, found, response.url, source, now)


def read_event_page(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """The events of one event's page. Pure."""
    zone = ZoneInfo(source.time_zone)
    found = find_page_events(response.text, response.url, zone) if isinstance(response, TextResponse) else []
    if not found:
        parsed.seen += 1
        parsed.skip(entry_key("", response.url, ""), "sidan har inget uppmärkt evenemang")
    _add(parsed, found, response.url, source, now)


def _add(parsed: ParsedResponse, found: Iterable[CalendarEvent], page: str, source: Source, now: datetime) -> None:
    for event in found:
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
    """A key that stays when the time moves: the publisher's own, else the event's address, else its title."""
    if event.key:
        return event.key
    if event.url and event.url != page:
        return entry_key("", event.url, "")
    return hashlib.sha256(f"{page}\n{event.title}".encode(errors="replace")).hexdigest()[:32]
