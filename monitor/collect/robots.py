"""robots.txt by RFC 9309: a server that fails to answer for its robots.txt is not read (section 2.3.1.4)."""

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
    """Refused request to a host whose robots.txt was answered with a server error, the HTTP `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"robots.txt: HTTP {status}")
        self.status = status


class StrictRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware that also refuses requests after a server error, which Scrapy takes for rules that allow all."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._failed: dict[str, int] = {}

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERROR:
            self._failed[netloc] = response.status
        await super()._parse_robots(response, netloc, request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Check a request against the rules of its host.

        Raises:
            IgnoreRequest: The rules disallow it, or could not be read.
        """
        status = self._failed.get(urlparse_cached(request).netloc)
        if status:
            raise RobotsUnreachableError(status)
        super().process_request_2(rp, request)
