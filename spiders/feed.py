"""Spider of feeds: RSS 0.9-2.0, RDF, Atom and JSON Feed. feedparser gets the bytes that Scrapy fetched, never an address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call
from monitor.collect.article import describe_item, read_article
from monitor.collect.bot_challenges import find_bot_challenge
from monitor.collect.feeds import RefusedFeedError, parse_feed
from monitor.collect.reading import LinkedItem, ParsedResponse, Problem, ProblemKind
from monitor.collect.spider import SourceSpider, describe_failure, plain_headers
from monitor.sources import Source

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_MAX_PAGES_FIRST_RUN, _MAX_PAGES = 2_000, 10
"""Pages of another archive's feed: all of it the first time, then the calls that changed last."""
# Reasons for which the page of an entry will give no text tomorrow, either.
_FOR_GOOD = frozenset(
    (
        ProblemKind.GONE,
        ProblemKind.BLOCKED,
        ProblemKind.ROBOTS,
        ProblemKind.REFUSED,
        ProblemKind.TOO_LARGE,
        ProblemKind.CERTIFICATE,
    )
)


class FeedSpider(SourceSpider):
    """Spider of a feed. A feed drops its old entries, so a missing one has not vanished.

    An entry that has a title alone is read at its address, as the feeds of the Commission's sites have no more.
    """

    name = "feed"
    max_articles: int = 2_000
    """Pages of entries that are read at most in one run; of further entries the feed alone counts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.requested = 0

    async def parse(self, response: Response, page: int = 1, **options: Any) -> AsyncIterator[Call | Request]:
        """Yield the calls of a feed, and the request for the next page of another archive's feed."""
        parsed = await self.read_response(response, read_feed)
        for call in parsed.calls:
            yield call
        for item in parsed.linked:
            self.requested += 1
            if self.requested <= self.max_articles:
                yield self.request_linked(item)
            else:
                for call in self.take_feed_alone(item):
                    yield call
        if parsed.following and page < (_MAX_PAGES_FIRST_RUN if self.previous is None else _MAX_PAGES):
            yield self.request(parsed.following, self.parse, cb_kwargs={"page": page + 1})

    def request_linked(self, item: LinkedItem) -> Request:
        """Return the request for the page of an entry that has a title alone."""
        request = self.request(item.call.url, self.parse_linked, cb_kwargs={"item": item})
        return request.replace(errback=self.failed_linked)

    async def parse_linked(self, response: Response, item: LinkedItem, **options: Any) -> AsyncIterator[Call]:
        """Yield the Call of an entry with the text of its page; that of the feed alone where the page has none."""
        problem = find_bot_challenge(response.body, plain_headers(response), response.status)
        if problem:
            for call in self.take_feed_alone(item):
                yield call
            return
        parsed = await self.read_response(response, partial(read_linked, item=item))
        for call in parsed.calls:
            yield call

    def add_unreadable(self, response: Response, problem: Problem) -> None:
        """Note that a response could not be read; an entry whose page cannot be is skipped."""
        item = response.request.cb_kwargs.get("item") if response.request is not None else None
        if item is None:
            super().add_unreadable(response, problem)
        else:
            self.reading.skip(item.call.call_id, f"dess sida gick inte att läsa: {problem.text}")

    def failed_linked(self, failure: Failure) -> Iterator[Call]:
        """Yield the call of the feed alone where the page is closed to us for good.

        Where it may answer tomorrow the entry is skipped: a stored call keeps the text that was read before.
        """
        item = failure.request.cb_kwargs["item"]  # type: ignore[attr-defined]
        problem = describe_failure(failure.value, item.call.url)
        if problem.kind in _FOR_GOOD:
            yield from self.take_feed_alone(item)
        else:
            self.reading.skip(item.call.call_id, f"dess sida svarade inte: {problem.text}")

    def take_feed_alone(self, item: LinkedItem) -> Iterator[Call]:
        """Yield the call that the feed alone makes of an entry, unless it is left out."""
        if item.left_out:
            self.reading.leave_out(item.call.call_id, item.left_out, item.call)
        else:
            yield item.call


def read_linked(parsed: ParsedResponse, response: Response, source: Source, now: datetime, *, item: LinkedItem) -> None:
    """Put the Call of an entry into `parsed`, its text read from the page that it links to. Pure."""
    call = item.call
    page = read_article(response.text, response.url, ZoneInfo(source.time_zone)) if isinstance(response, TextResponse) else None
    described = None
    if page is not None and len(page.text) > len(call.title):
        article = replace(page, title=call.title, published=call.published or page.published, keywords=call.keywords)
        described = describe_item(article, source=source, call_id=call.call_id, url=call.url, now=now)
    if described is not None and described.call is not None:
        parsed.calls.append(described.call)
    elif described is not None:
        parsed.leave_out(call.call_id, described.reason, described.left_out_call)
    elif item.left_out:
        parsed.leave_out(call.call_id, item.left_out, call)
    else:
        parsed.calls.append(call)


def read_feed(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the entries of a feed into `parsed`. Pure."""
    try:
        feed = parse_feed(response.body, plain_headers(response), response.url, source, now)
    except RefusedFeedError as error:
        parsed.add_problem(ProblemKind.REFUSED, str(error))
        return
    except ValueError as error:
        parsed.add_problem(ProblemKind.NOT_A_FEED, str(error))
        return
    parsed.calls, parsed.seen, parsed.following, parsed.linked = feed.calls, feed.seen, feed.following, feed.linked
    for key, reason in feed.skipped.items():
        parsed.skip(key, reason)
    for key, reason in feed.left_out.items():
        parsed.leave_out(key, reason, feed.left_out_calls.get(key))
