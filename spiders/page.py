"""Spider of a web page that lists articles, and of the articles: found by address, read without selectors."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call
from monitor.collect.article import describe_item, read_article
from monitor.collect.feeds import entry_key
from monitor.collect.links import read_listing
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.spider import SourceSpider
from monitor.sources import Source


class PageSpider(SourceSpider):
    """Spider of a list page: follows its links that match `links` inside `within`; each page followed is one item.

    A list page may move an old article to its next page, so a missing one has not vanished.
    """

    name = "page"
    max_articles = 60

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield requests for the articles of the list page, or the Call of a source that is one page."""
        if not self.source.links:
            async for call in self.parse_article(response):
                yield call
            return
        parsed = await self.read_response(response, read_list)
        own = entry_key("", response.url, "")
        addresses = dict.fromkeys(entry_key("", address, "") for address in parsed.addresses)
        addresses.pop(own, None)
        for address in list(addresses)[: self.max_articles]:
            yield self.request_listed(self.with_list_scheme(address, response), self.parse_article)

    def with_list_scheme(self, address: str, response: Response) -> str:
        """Return an article's address with the scheme of the list page: keys are all https."""
        return re.sub(r"^https:", response.url.split("/")[0], address) if response.url.startswith("http:") else address

    async def parse_article(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """Yield the Call of one article page."""
        for call in (await self.read_response(response, read_item)).calls:
            yield call


def read_list(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the addresses of articles on a list page into `parsed`. Pure."""
    if not isinstance(response, TextResponse):
        parsed.add_problem(ProblemKind.UNREADABLE, "Adressen svarade med något annat än en webbsida.")
        return
    listing = read_listing(response, source)
    parsed.said_empty, parsed.addresses = listing.empty, listing.addresses
    if listing.trouble:
        parsed.add_problem(ProblemKind.LAYOUT, listing.trouble)


def read_item(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the Call of an article page into `parsed`. Pure."""
    if not isinstance(response, TextResponse) and not source.links:
        parsed.add_problem(ProblemKind.UNREADABLE, "Adressen svarade med något annat än en webbsida.")
        return
    parsed.seen += 1
    key = entry_key("", response.url, "")
    article = (
        read_article(response.text, response.url, ZoneInfo(source.time_zone)) if isinstance(response, TextResponse) else None
    )
    if article is None or not article.title:
        parsed.skip(key, "sidan har ingen läsbar text")
        return
    described = describe_item(article, source=source, call_id=key, url=response.url, now=now)
    if described.call is None:
        cut = " (sidan är så stor att bara början lästes)" if article.cut else ""
        parsed.leave_out(key, described.reason + cut, described.left_out_call)
    else:
        parsed.calls.append(described.call)
