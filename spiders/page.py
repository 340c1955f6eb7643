"""Spider of a web page that lists articles, and of the articles: found by address, read without selectors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response, TextResponse

from monitor.calls import Call, DeadlineModel
from monitor.collect.article import describe_item, read_article
from monitor.collect.feeds import entry_key
from monitor.collect.listing import ListSpider, read_list_page
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.sources import Source


class PageSpider(ListSpider):
    """Spider of a list page: follows its links that match `links` inside `within`; each page followed is one item.

    Without `links`, or with `own`, the page itself is an item. A list page may move an old article to its next page, so a missing
    one has not vanished.
    """

    name = "page"
    max_articles = 60

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield requests for the articles and the next page of the list, and the Call of a page that is an item itself."""
        if not self.source.links:
            async for call in self.parse_article(response):
                yield call
            return
        if self.source.own:
            for call in (await self.read_response(response, read_own)).calls:
                yield call
        parsed = await self.read_response(response, read_list)
        for request in self.follow_list(parsed, self.parse_article, response):
            yield request

    async def parse_article(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """Yield the Call of one article page."""
        for call in (await self.read_response(response, read_item)).calls:
            yield call


def read_list(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the addresses of articles on a list page into `parsed`. Pure."""
    if not isinstance(response, TextResponse):
        parsed.add_problem(ProblemKind.UNREADABLE, "Adressen svarade med något annat än en webbsida.")
        return
    read_list_page(parsed, response, source)
    own = entry_key("", response.url, "")
    parsed.addresses = tuple(key for key in dict.fromkeys(entry_key("", url, "") for url in parsed.addresses) if key != own)
    if source.own:
        # A page that is the call may link to no other.
        parsed.problems = [
            problem for problem in parsed.problems if problem.kind not in (ProblemKind.LAYOUT, ProblemKind.SCRIPTED)
        ]


def read_own(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the Call of a list page into `parsed` where the page itself has a day ahead, or is open without one. Pure."""
    read_item(parsed, response, source, now)
    for call in [call for call in parsed.calls if not _is_open(call, now)]:
        parsed.calls.remove(call)
        parsed.leave_out(call.call_id, "listan har ingen egen sista dag som ligger framåt", call)


def _is_open(call: Call, now: datetime) -> bool:
    return call.deadline_model is DeadlineModel.ROLLING or any(deadline.at >= now for deadline in call.deadlines)


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
