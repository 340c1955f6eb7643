"""Readers of a list page and of an article page for spiders whose items are articles. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from scrapy.http import Response, TextResponse

from monitor.collect.article import describe_item, read_article
from monitor.collect.feeds import entry_key
from monitor.collect.listing import read_list_page
from monitor.collect.reading import ParsedResponse, ProblemKind
from monitor.sources import Source


def read_addresses(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the addresses of the articles that a list page links to into `parsed`."""
    if not isinstance(response, TextResponse):
        parsed.add_problem(ProblemKind.UNREADABLE, "Adressen svarade med något annat än en webbsida.")
        return
    read_list_page(parsed, response, source)


def read_article_page(parsed: ParsedResponse, response: Response, source: Source, now: datetime) -> None:
    """Put the Call of an article's page into `parsed`, or the reason why it is skipped or left out."""
    parsed.seen += 1
    key = entry_key("", response.url, "")
    text = response.text if isinstance(response, TextResponse) else ""
    article = read_article(text, response.url, ZoneInfo(source.time_zone)) if text else None
    if article is None or not article.title:
        parsed.skip(key, "sidan har ingen läsbar text")
        return
    described = describe_item(article, source=source, call_id=key, url=response.url, now=now)
    if described.call is None:
        parsed.leave_out(key, described.reason, described.left_out_call)
    else:
        parsed.calls.append(described.call)
