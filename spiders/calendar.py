"""Calendars: an iCalendar file, a page that marks its events up as JSON-LD, or a list page whose event pages do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call
from monitor.collect.article import describe_event
from monitor.collect.events import Happening, page_happenings, read_calendar
from monitor.collect.feeds import entry_key
from monitor.collect.links import read_listing
from monitor.collect.pipelines import is_web_address
from monitor.collect.reading import ProblemKind
from monitor.collect.spider import SourceSpider


class CalendarSpider(SourceSpider):
    """Reads what is to come; an event that has been is left out, and one that is missing from the list says nothing."""

    name = "calendar"
    most_articles = 40

    def parse(self, response: Response, **options: Any) -> Iterator[Request | Call]:
        if self.walled(response):
            return
        zone = ZoneInfo(self.source.time_zone)
        if b"BEGIN:VCALENDAR" in response.body[:1000]:
            yield from self.parse_file(response, zone)
        elif not isinstance(response, TextResponse) or b"<" not in response.body[:1000]:
            self.reading.problem(ProblemKind.NOT_A_FEED, "Adressen svarade inte med en kalender.")
        elif self.source.links:
            yield from self.parse_list(response)
        else:
            found = page_happenings(response.text, response.url, zone)
            if not found:
                self.reading.problem(ProblemKind.LAYOUT, "Sidan har inga uppmärkta evenemang (JSON-LD Event).")
            yield from self.read(found, response.url)

    def parse_file(self, response: Response, zone: ZoneInfo) -> Iterator[Call]:
        try:
            found, unread = read_calendar(response.body, zone, self.now)
        except ValueError as error:
            self.reading.problem(ProblemKind.NOT_A_FEED, f"Kalendern går inte att läsa: {error}")
            return
        self.reading.seen += len(unread)
        for key, why in unread.items():
            self.reading.skip(key, why)
        yield from self.read(found, response.url)

    def parse_list(self, response: TextResponse) -> Iterator[Request]:
        listing = read_listing(response, self.source)
        self.reading.said_empty = listing.empty
        if listing.trouble:
            self.reading.problem(ProblemKind.LAYOUT, listing.trouble)
        for address in listing.addresses[: self.most_articles]:
            yield self.ask(address, self.parse_page)

    def parse_page(self, response: Response, **options: Any) -> Iterator[Call]:
        """The events of one event's page."""
        if self.walled(response):
            return
        found = (
            page_happenings(response.text, response.url, ZoneInfo(self.source.time_zone))
            if isinstance(response, TextResponse)
            else []
        )
        if not found:
            self.reading.seen += 1
            self.reading.skip(entry_key("", response.url, ""), "sidan har inget uppmärkt evenemang")
        yield from self.read(found, response.url)

    def read(self, found: Iterable[Happening], page: str) -> Iterator[Call]:
        for happening in found:
            self.reading.seen += 1
            key = event_key(happening, page)
            url = happening.url if is_web_address(happening.url) else page
            event = describe_event(source=self.source, call_id=key, url=url, happening=happening)
            if (happening.ends or happening.starts) < self.now:
                self.reading.leave_out(key, "har redan varit", event)
            else:
                yield event


def event_key(happening: Happening, page: str) -> str:
    """A key that stays when the time moves: the publisher's own, else the event's address, else its title."""
    if happening.key:
        return happening.key
    if happening.url and happening.url != page:
        return entry_key("", happening.url, "")
    return hashlib.sha256(f"{page}\n{happening.title}".encode()).hexdigest()[:32]
