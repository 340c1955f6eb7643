"""robots.txt as RFC 9309 has it: a server that fails when it is asked for its rules is not read (section 2.3.1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from scrapy.robotstxt import RobotParser

_SERVER_ERROR = 500


class RobotsUnreachableError(IgnoreRequest):
    """A robots.txt that the server answered with an error of its own; nothing is allowed until it answers again. Holds the status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"robots.txt: HTTP {status}")
        self.status = status


class StrictRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, which takes the page of an error of the server for rules that allow everything."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._failed: dict[str, int] = {}

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERROR:
            self._failed[netloc] = response.status
        await super()._parse_robots(response, netloc, request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let a request go on, or raise IgnoreRequest."""
        status = self._failed.get(urlparse_cached(request).netloc)
        if status:
            raise RobotsUnreachableError(status)
        super().process_request_2(rp, request)
