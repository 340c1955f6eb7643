"""RSS 0.9-2.0, RDF and Atom: one entry, one item. feedparser gets the bytes that Scrapy fetched, never an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.feeds import RefusedFeedError, parse_feed
from monitor.collect.reading import ProblemKind
from monitor.collect.spider import SourceSpider

# The whole of another archive the first time; after that what has changed, the last changed first.
_FIRST, _LATER = 2_000, 10


class FeedSpider(SourceSpider):
    """Reads a feed, and of another archive's feed all pages. A feed drops its old entries, so a missing one says nothing."""

    name = "feed"

    def parse(self, response: Response, page: int = 1, **options: Any) -> Iterator[Call | Request]:
        if self.walled(response):
            return
        try:
            feed = parse_feed(
                response.body,
                {str(name): str(value) for name, value in response.headers.to_unicode_dict().items()},
                response.url,
                self.source,
                self.now,
            )
        except RefusedFeedError as error:
            self.reading.forget(response.url)
            self.reading.problem(ProblemKind.REFUSED, str(error))
            return
        except ValueError as error:
            self.reading.problem(ProblemKind.NOT_A_FEED, str(error))
            return
        self.reading.seen += feed.seen
        for key, why in feed.skipped.items():
            self.reading.skip(key, why)
        for key, why in feed.left_out.items():
            self.reading.leave_out(key, why, feed.asides.get(key))
        yield from feed.calls
        if feed.following and page < (_FIRST if self.previous is None else _LATER):
            yield self.ask(feed.following, self.parse, cb_kwargs={"page": page + 1})
