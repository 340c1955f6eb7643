"""A web page that lists articles, and the articles: found by address, read without selectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call
from monitor.collect.article import describe_item, read_article
from monitor.collect.feeds import entry_key
from monitor.collect.links import read_listing
from monitor.collect.reading import ProblemKind
from monitor.collect.spider import SourceSpider


class PageSpider(SourceSpider):
    """Follows the links of the list page whose address matches `links` and lie inside `within`; each page is one item.

    A list page may move an old article to its next page, so a missing one says nothing.
    """

    name = "page"
    most_articles = 60

    def parse(self, response: Response, **options: Any) -> Iterator[Request | Call]:
        if self.walled(response):
            return
        if not isinstance(response, TextResponse):
            self.reading.problem(ProblemKind.UNREADABLE, "Adressen svarade med något annat än en webbsida.")
            return
        if not self.source.links:
            yield from self.parse_article(response)
            return
        listing = read_listing(response, self.source)
        self.reading.said_empty = listing.empty
        if listing.trouble:
            self.reading.problem(ProblemKind.LAYOUT, listing.trouble)
        own = entry_key("", response.url, "")
        addresses = dict.fromkeys(entry_key("", address, "") for address in listing.addresses)
        addresses.pop(own, None)
        for address in list(addresses)[: self.most_articles]:
            yield self.ask(self.spelled(address, response), self.parse_article)

    def spelled(self, address: str, response: Response) -> str:
        """The address with the scheme of the list page, since keys are all https."""
        return re.sub(r"^https:", response.url.split("/")[0], address) if response.url.startswith("http:") else address

    def parse_article(self, response: Response, **options: Any) -> Iterator[Call]:
        """The Call of one article page."""
        if self.walled(response):
            return
        self.reading.seen += 1
        key = entry_key("", response.url, "")
        article = (
            read_article(response.text, response.url, ZoneInfo(self.source.time_zone))
            if isinstance(response, TextResponse)
            else None
        )
        if article is None or not article.title:
            self.reading.skip(key, "sidan har ingen läsbar text")
            return
        described = describe_item(
            source=self.source,
            call_id=key,
            url=response.url,
            title=article.title,
            text=article.text,
            description=article.description,
            published=article.published,
            day_unreadable=article.day_unreadable,
            links=article.links,
            happening=article.happening,
            now=self.now,
        )
        if described.call is None:
            self.reading.leave_out(key, described.reason + (" (sidan är så stor att bara början lästes)" if article.cut else ""))
        else:
            yield described.call
