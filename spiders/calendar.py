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
from monitor.collect.events import Happening, page_happenings, read_calendar
from monitor.collect.feeds import entry_key
from monitor.collect.links import read_listing
from monitor.collect.reading import Answer, ProblemKind
from monitor.collect.spider import SourceSpider
from monitor.sources import Source


class CalendarSpider(SourceSpider):
    """Reads what is to come; an event that has been is left out, and one that is missing from the list says nothing."""

    name = "calendar"
    most_articles = 40

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        answer = await self.read_answer(response, read_events)
        for call in answer.calls:
            yield call
        for address in answer.addresses[: self.most_articles]:
            yield self.ask_page(address, self.parse_page)

    async def parse_page(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """The events of one event's page."""
        for call in (await self.read_answer(response, read_event_page)).calls:
            yield call


def read_events(answer: Answer, response: Response, source: Source, now: datetime) -> None:
    """The events of a calendar or a page, or the addresses of their pages. Pure."""
    zone = ZoneInfo(source.time_zone)
    if b"BEGIN:VCALENDAR" in response.body[:1000]:
        try:
            found, unread = read_calendar(response.body, zone, now)
        except ValueError as error:
            answer.problem(ProblemKind.NOT_A_FEED, f"Kalendern går inte att läsa: {error}")
            return
        answer.seen += len(unread)
        for key, why in unread.items():
            answer.skip(key, why)
        _add(answer, found, response.url, source, now)
    elif not isinstance(response, TextResponse) or b"<" not in response.body[:1000]:
        answer.problem(ProblemKind.NOT_A_FEED, "Adressen svarade inte med en kalender.")
    elif source.links:
        listing = read_listing(response, source)
        answer.said_empty, answer.addresses = listing.empty, listing.addresses
        if listing.trouble:
            answer.problem(ProblemKind.LAYOUT, listing.trouble)
    else:
        found = page_happenings(response.text, response.url, zone)
        if not found:
            answer.problem(ProblemKind.LAYOUT, "Sidan har inga uppmärkta evenemang (JSON-LD Event).")
        _add(answer, found, response.url, source, now)


def read_event_page(answer: Answer, response: Response, source: Source, now: datetime) -> None:
    """The events of one event's page. Pure."""
    zone = ZoneInfo(source.time_zone)
    found = page_happenings(response.text, response.url, zone) if isinstance(response, TextResponse) else []
    if not found:
        answer.seen += 1
        answer.skip(entry_key("", response.url, ""), "sidan har inget uppmärkt evenemang")
    _add(answer, found, response.url, source, now)


def _add(answer: Answer, found: Iterable[Happening], page: str, source: Source, now: datetime) -> None:
    for happening in found:
        answer.seen += 1
        key = event_key(happening, page)
        url = happening.url if is_web_address(happening.url) else page
        call = answer.read_row(key, describe_event, source=source, call_id=key, url=url, happening=happening)
        if call is None:
            continue
        if (happening.ends or happening.starts) < now:
            answer.leave_out(key, "har redan varit", call)
        else:
            answer.calls.append(call)


def event_key(happening: Happening, page: str) -> str:
    """A key that stays when the time moves: the publisher's own, else the event's address, else its title."""
    if happening.key:
        return happening.key
    if happening.url and happening.url != page:
        return entry_key("", happening.url, "")
    return hashlib.sha256(f"{page}\n{happening.title}".encode(errors="replace")).hexdigest()[:32]
