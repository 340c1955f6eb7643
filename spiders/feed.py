"""RSS 0.9-2.0, RDF and Atom: one entry, one item. feedparser gets the bytes that Scrapy fetched, never an address."""

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

# The whole of another archive the first time; after that what has changed, the last changed first.
_FIRST, _LATER = 2_000, 10


class FeedSpider(SourceSpider):
    """Reads a feed, and of another archive's feed all pages. A feed drops its old entries, so a missing one says nothing."""

    name = "feed"

    async def parse(self, response: Response, page: int = 1, **options: Any) -> AsyncIterator[Call | Request]:
        parsed = await self.read_response(response, read_feed)
        for call in parsed.calls:
            yield call
        if parsed.following and page < (_FIRST if self.previous is None else _LATER):
            yield self.ask(parsed.following, self.parse, cb_kwargs={"page": page + 1})


def read_feed(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """The entries of a feed. Pure."""
    try:
        feed = parse_feed(response.body, plain_headers(response), response.url, source, now)
    except RefusedFeedError as error:
        parsed.add_problem(ProblemKind.REFUSED, str(error))
        return
    except ValueError as error:
        parsed.add_problem(ProblemKind.NOT_A_FEED, str(error))
        return
    parsed.calls, parsed.seen, parsed.following = feed.calls, feed.seen, feed.following
    for key, why in feed.skipped.items():
        parsed.skip(key, why)
    for key, why in feed.left_out.items():
        parsed.leave_out(key, why, feed.left_out_calls.get(key))
