"""Downloading: Scrapy's own handler, and a way to spool a very large answer to a file instead of holding it in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class SpoolingDownloadHandler(HTTP11DownloadHandler):
    """A request with `meta["spool"]` set to a largest size in bytes gets its body in a file: `response.meta["spooled"]`, a Path.

    The reader of the file removes it. Everything else is Scrapy's.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._allow_loopback = crawler.settings.getbool("MONITOR_ALLOW_LOOPBACK")
        self._proxy_host = urlsplit(crawler.settings.get("MONITOR_PROXY", "")).hostname or ""

    async def download_request(self, request: Request) -> Response:
        if not request.meta.get("spool"):
            return await super().download_request(request)
        from monitor.collect.spool import spool  # its client costs more to load than most runs need: one source alone is so large

        return await spool(request, allow_loopback=self._allow_loopback, proxy_host=self._proxy_host)
