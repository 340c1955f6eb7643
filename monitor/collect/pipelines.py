"""One pipeline: a Call that leaves it is complete, typed and plain text; nobody checks it again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import DropItem

from monitor.calls import Call, Link
from monitor.collect.programmes import Programmes
from monitor.collect.spider import SourceSpider
from monitor.collect.text import plain_line, plain_text

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class Stage:
    """Puts each Call on the stage of its run."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Call) -> Call:
        spider = self.crawler.spider
        assert isinstance(spider, SourceSpider)
        problem = item_problem(item)
        if problem:
            spider.reading.skip(item.call_id or item.url, problem)
            raise DropItem(problem)
        call = cleaned(item, spider.programmes)
        spider.reading.calls[call.call_id] = call
        return call


def item_problem(call: Call) -> str:
    """What keeps a Call off the stage, or ""."""
    if not call.call_id:
        return "no key"
    if not call.title.strip():
        return "no title"
    if not is_web_address(call.url):
        return f"the address {call.url!r} is not http or https"
    if any(deadline.at.tzinfo is None for deadline in call.deadlines):
        return "a deadline without a zone"
    return ""


def cleaned(call: Call, programmes: Programmes) -> Call:
    """The Call with every text plain, unsafe links left out and the publisher's programme code turned into ours where known, or found in its words."""
    return replace(
        call,
        title=plain_line(call.title)[:500],
        parent_title=plain_line(call.parent_title)[:500],
        summary=plain_text(call.summary),
        programme=programmes.of_code(call.programme) if call.programme else programmes.named(call.title, call.summary),
        links=tuple(Link(title=plain_line(link.title), url=link.url) for link in call.links if is_web_address(link.url)),
    )


def is_web_address(url: str) -> bool:
    """Whether a link may be shown: http or https with a host, never `javascript:` and its kin."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
