"""Spider of feeds: RSS 0.9-2.0, RDF, Atom and JSON Feed. feedparser gets the bytes that Scrapy fetched, never an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.feeds import RefusedFeedError, parse_feed
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.spider import SourceSpider, plain_headers
from monitor.sources import Source

_MAX_PAGES_FIRST_RUN, _MAX_PAGES = 2_000, 10
"""Pages of another archive's feed: all of it the first time, then the calls that changed last."""


class FeedSpider(SourceSpider):
    """Spider of a feed. A feed drops its old entries, so a missing one has not vanished."""

    name = "feed"

    async def parse(self, response: Response, page: int = 1, **options: Any) -> AsyncIterator[Call | Request]:
        """Yield the calls of a feed, and the request for the next page of another archive's feed."""
        parsed = await self.read_response(response, read_feed)
        for call in parsed.calls:
            yield call
        if parsed.following and page < (_MAX_PAGES_FIRST_RUN if self.previous is None else _MAX_PAGES):
            yield self.request(parsed.following, self.parse, cb_kwargs={"page": page + 1})


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
    parsed.calls, parsed.seen, parsed.following = feed.calls, feed.seen, feed.following
    for key, reason in feed.skipped.items():
        parsed.skip(key, reason)
    for key, reason in feed.left_out.items():
        parsed.leave_out(key, reason, feed.left_out_calls.get(key))
