"""Download handler of Scrapy that can spool a very large response to a file instead of holding it in memory."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import certifi
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from twisted.python.failure import Failure
from twisted.web._newclient import BODY

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


_MAX_HEADER_BYTES = 256 * 1024
"""Bytes of a response before its body. Servers and browsers take 8 to 256 kB."""


class HeadTooLargeError(Exception):
    """Response whose headers are longer than is taken."""


class SpoolingDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler that spools the body of a request with `meta["spool"]`, a largest size in bytes, to a file.

    The file is `response.meta["spooled"]`, a Path; the reader of the file removes it. Everything else is Scrapy's.
    """

    def __init__(self, crawler: Crawler) -> None:
        if sys.platform != "linux":
            # The OpenSSL that comes with Python's packages finds the system's certificates on Linux alone.
            os.environ.setdefault("SSL_CERT_FILE", certifi.where())
        super().__init__(crawler)
        self._pool._factory = _with_bounded_headers(self._pool._factory)
        self._allow_loopback = crawler.settings.getbool("MONITOR_ALLOW_LOOPBACK")
        self._proxy_host = urlsplit(crawler.settings.get("MONITOR_PROXY", "")).hostname or ""

    async def download_request(self, request: Request) -> Response:
        """Return the response; with its body in a file where the request asks for that."""
        if not request.meta.get("spool"):
            return await super().download_request(request)
        from monitor.collect.spool import (
            spool_response,  # its client costs more to load than most runs need: one source alone is so large
        )

        return await spool_response(request, allow_loopback=self._allow_loopback, proxy_host=self._proxy_host)


def _with_bounded_headers(factory: Any) -> Any:
    """Return a subclass of Twisted's factory of client protocols that gives up on a response with too long headers.

    Twisted bounds the length of a header but not how many there are, and keeps them all in memory.
    """

    class Bounding(factory):  # type: ignore[misc]
        def buildProtocol(self, address: Any) -> Any:  # noqa: N802 - Twisted's name
            protocol = super().buildProtocol(address)
            receive, seen = protocol.dataReceived, 0

            def received(data: bytes) -> None:
                nonlocal seen
                parser = protocol._parser
                seen = 0 if parser is None or parser.state == BODY else seen + len(data)
                if seen > _MAX_HEADER_BYTES:
                    protocol._giveUp(Failure(HeadTooLargeError()))  # type: ignore[no-untyped-call]
                else:
                    receive(data)

            protocol.dataReceived = received
            return protocol

    return Bounding
