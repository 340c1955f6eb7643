"""Spider middleware that keeps the documents of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.archive.runs import Document
from monitor.collect.browser import SLOT
from monitor.collect.persons import json_without_persons
from monitor.collect.spider import SourceSpider

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response

# The last two show that a response is a bot challenge.
_KEPT_HEADERS = frozenset(
    [
        "content-type",
        "content-language",
        "content-location",
        "etag",
        "last-modified",
        "date",
        "location",
        "server",
        "cf-mitigated",
        "x-amzn-waf-action",
    ]
)
_MAX_HEADER_CHARS = 1000
RUN_HEADER = "X-Eu-Monitor-Browser"
"""Header that a document gets whose scripts a browser has run; a publisher's header of that name is not kept."""


class DocumentMiddleware:
    """Middleware that keeps each response as it came, before it is parsed, so that a mended spider can read it again.

    Answers that name persons are kept without them.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler (called by Scrapy)."""
        return cls(crawler)

    def process_spider_input(self, response: Response) -> None:
        """Add a response to the documents of the run, and note whether the source has moved or is unchanged."""
        spider = self.crawler.spider
        if not isinstance(spider, SourceSpider) or response.request is None:
            return
        reading = spider.reading
        reading.answered = True
        reading.unchanged = reading.unchanged and "cached" in response.flags
        reading.moved = reading.moved or moved_to(response.request, spider.source.url)
        if response.request.meta.get("spool"):
            return
        fingerprinter = self.crawler.request_fingerprinter
        assert fingerprinter is not None
        headers = kept_headers(response) | ({RUN_HEADER: "run"} if SLOT in response.flags else {})
        reading.documents.append(
            Document(
                url=response.url,
                request=fingerprinter.fingerprint(response.request).hex(),
                status=response.status,
                headers=json.dumps(headers),
                content_type=headers.get("Content-Type", ""),
                body=json_without_persons(response.body) if spider.names_persons else response.body,
                fetched=spider.now,
            )
        )


def was_run(document: Document) -> bool:
    """Return whether a browser has run the scripts of a document."""
    return bool(document.headers) and RUN_HEADER in json.loads(document.headers)


def moved_to(request: Request, start: str) -> str:
    """Return the address that a source's start address redirects to permanently, or "". From http to https is no move."""
    chain = [*request.meta.get("redirect_urls", []), request.url]
    reasons = request.meta.get("redirect_reasons", [])
    if chain[0] != start or not reasons or any(reason not in (301, 308) for reason in reasons):
        return ""
    return "" if urlsplit(start)[1:] == urlsplit(request.url)[1:] else request.url


def kept_headers(response: Response) -> dict[str, str]:
    """Return the headers that are needed to read a response again; the others may be of any length."""
    headers = {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
    return {name: value[:_MAX_HEADER_CHARS] for name, value in headers.items() if name.lower() in _KEPT_HEADERS}
