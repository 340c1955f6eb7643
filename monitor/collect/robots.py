"""robots.txt by RFC 9309, asked for once per host and run: a host that fails to answer for it is not read (section 2.3.1.4)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class RobotsMemory:
    """Answers for robots.txt that the readings of one run share, by host and port."""

    rules: dict[str, RobotParser | None] = field(default_factory=dict)
    """Rules of each host that was asked; None where there are none to obey."""
    failed: dict[str, int] = field(default_factory=dict)
    """HTTP status of the hosts that answered with a server error."""
    pending: dict[str, asyncio.Event] = field(default_factory=dict)
    """Hosts that a reading is asking now; the event is set when it has ended."""


class StrictRobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware that also refuses requests after a server error, which Scrapy takes for rules that allow all.

    With a `RobotsMemory` as the setting MONITOR_ROBOTS, a host that another reading has asked is not asked again.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._memory: RobotsMemory = crawler.settings.get("MONITOR_ROBOTS") or RobotsMemory()

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of a request's host; None where there are none to obey."""
        netloc, memory = urlparse_cached(request).netloc, self._memory
        if netloc in self._parsers:
            return await super().robot_parser(request)
        while netloc in memory.pending:
            await memory.pending[netloc].wait()
        if netloc in memory.rules:
            self._parsers[netloc] = memory.rules[netloc]
            return memory.rules[netloc]
        memory.pending[netloc] = asyncio.Event()
        try:
            memory.rules[netloc] = await super().robot_parser(request)
        finally:
            memory.pending.pop(netloc).set()
        return memory.rules[netloc]

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERROR:
            self._memory.failed[netloc] = response.status
        await super()._parse_robots(response, netloc, request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Check a request against the rules of its host.

        Raises:
            IgnoreRequest: The rules disallow it, or could not be read.
        """
        status = self._memory.failed.get(urlparse_cached(request).netloc)
        if status:
            raise RobotsUnreachableError(status)
        super().process_request_2(rp, request)
