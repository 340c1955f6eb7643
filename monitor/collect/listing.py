"""Base class of spiders that read list pages: the articles that they link to, and the pages that continue the list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from monitor.collect.browser import IS_LIST
from monitor.collect.feeds import entry_key
from monitor.collect.links import find_next_page, read_listing
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.collect.sitemaps import is_sitemap, read_sitemap
from monitor.collect.spider import SourceSpider
from monitor.vocabulary import Kind

if TYPE_CHECKING:
    from scrapy.http import Request, Response, TextResponse

    from monitor.sources import Source


class ListSpider(SourceSpider):
    """Spider of a source whose pages are listed on one or several list pages.

    The next page of a list is followed within limits, but not that of news: older news lie there.
    """

    max_articles: int = 60
    """Articles that are read at most in one run."""
    max_pages: ClassVar[int] = 5
    """Pages of the list that are read at most."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.listed: dict[str, None] = {}
        """Keys of the articles that were requested."""
        self.list_pages = 1

    def follow_list(
        self, parsed: ParsedResponse, callback: Callable[..., Any], response: Response | None = None
    ) -> Iterator[Request]:
        """Yield the requests for the articles of a list page that are not requested yet, and for the next page of the list."""
        before = len(self.listed)
        for address in parsed.addresses:
            key = entry_key("", address, "")
            if len(self.listed) < self.max_articles and key not in self.listed:
                self.listed[key] = None
                yield self.request_listed(with_list_scheme(address, response) if response is not None else address, callback)
        more = before < len(self.listed) < self.max_articles and self.list_pages < self.max_pages
        if parsed.following and more and self.source.publishes[0] is not Kind.NEWS:
            self.list_pages += 1
            yield self.request_listed(
                parsed.following, self.parse_next_page, cb_kwargs={"callback": callback}, meta={IS_LIST: True}
            )

    async def parse_next_page(self, response: Response, callback: Callable[..., Any], **options: Any) -> Any:
        """Yield the requests that a further page of the list gives; one without any articles ends the list."""
        parsed = await self.read_response(response, read_further_page)
        for request in self.follow_list(parsed, callback, response):
            yield request


def with_list_scheme(address: str, response: Response) -> str:
    """Return an article's address with the scheme of the list page: keys are all https."""
    return re.sub(r"^https:", response.url.split("/")[0], address) if response.url.startswith("http:") else address


def read_list_page(parsed: ParsedResponse, response: TextResponse, source: Source) -> None:
    """Put the addresses that a list page links to, and its next page, into `parsed`. Pure.

    A sitemap is read as a list page: of the addresses that match `links` the ones changed last come first.
    """
    if is_sitemap(response.body):
        _read_sitemap_list(parsed, response, source)
        return
    listing = read_listing(response, source)
    parsed.said_empty, parsed.addresses = listing.empty, listing.addresses
    if listing.trouble:
        parsed.add_problem(ProblemKind.SCRIPTED if listing.scripted else ProblemKind.LAYOUT, listing.trouble)
    parsed.following = find_next_page(response) if listing.addresses else ""


def _read_sitemap_list(parsed: ParsedResponse, response: TextResponse, source: Source) -> None:
    allowed, own = re.compile(source.links), urlsplit(response.url).netloc
    found = [url for url in read_sitemap(response.body).addresses if allowed.search(url) and urlsplit(url).netloc == own]
    parsed.addresses = tuple(found)
    if not found:
        parsed.add_problem(ProblemKind.LAYOUT, "Sajtkartan har inga adresser av den form som källan ska ha.")


def read_further_page(parsed: ParsedResponse, response: Response, source: Source, now: Any) -> None:
    """Put the addresses of a further page of a list into `parsed`; a page without any is the end, not a problem. Pure."""
    from scrapy.http import TextResponse

    if isinstance(response, TextResponse):
        read_list_page(parsed, response, source)
        parsed.problems, parsed.said_empty = [], False
