"""Spider of g0v.se's open copy of regeringen.se: a JSON list of documents, whose pages at the government are read.

Form of the list: https://github.com/civictechsweden/g0vse (title, url as a path, published, summary, senders, categories).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response

from monitor.calls import Call
from monitor.collect.json_rows import field_moment, field_text, read_json, rows_at
from monitor.collect.pages import read_article_page
from monitor.collect.reading import ParsedResponse
from monitor.collect.spider import SourceSpider
from monitor.sources import Source

_ORIGIN = "https://www.regeringen.se/"
_READ_BACK = timedelta(days=60)
"""Age up to which a document is read: answers to a consultation (remiss) are due within about three months."""


class G0VSpider(SourceSpider):
    """Spider of the documents of the last 60 days in a list of all years; each page read is one item."""

    name = "g0v"
    max_articles = 60
    largest = 64 * 1024 * 1024

    async def parse(self, response: Response, **options: Any) -> AsyncIterator[Request | Call]:
        """Yield requests for the pages of the newest documents."""
        parsed = await self.read_response(response, read_documents)
        for address in parsed.addresses[: self.max_articles]:
            yield self.request_listed(address, self.parse_article)

    async def parse_article(self, response: Response, **options: Any) -> AsyncIterator[Call]:
        """Yield the Call of one document's page."""
        for call in (await self.read_response(response, read_article_page)).calls:
            yield call


def read_documents(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the addresses of the documents published in the last 60 days into `parsed`, the newest first. Pure."""
    rows = rows_at(parsed, read_json(parsed, response, "g0v.se"), "g0v.se")
    zone = ZoneInfo(source.time_zone)
    dated = []
    for row in rows:
        path, published = field_text(row, "url"), field_moment(row, zone, "published")
        if not path or published is None:
            parsed.seen += 1
            parsed.skip(path or field_text(row, "title") or repr(row)[:60], "saknar adress eller dag")
        elif published >= now - _READ_BACK:
            dated.append((published, urljoin(_ORIGIN, path)))
    parsed.said_empty = not dated and not parsed.problems and not parsed.skipped
    parsed.addresses = tuple(dict.fromkeys(address for _, address in sorted(dated, reverse=True)))
