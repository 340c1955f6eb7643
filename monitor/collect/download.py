"""Downloading: Scrapy's own handler, and a way to spool a very large answer to a file instead of holding it in memory."""

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


_LONGEST_HEAD = 256 * 1024
"""Bytes of an answer before its body. Servers and browsers take 8 to 256 kB."""


class HeadTooLargeError(Exception):
    """An answer whose headers do not end."""


class SpoolingDownloadHandler(HTTP11DownloadHandler):
    """A request with `meta["spool"]` set to a largest size in bytes gets its body in a file: `response.meta["spooled"]`, a Path.

    The reader of the file removes it. Everything else is Scrapy's.
    """

    def __init__(self, crawler: Crawler) -> None:
        if sys.platform != "linux":
            # The OpenSSL that comes with Python's packages finds the system's certificates on Linux alone.
            os.environ.setdefault("SSL_CERT_FILE", certifi.where())
        super().__init__(crawler)
        self._pool._factory = _bounding_heads(self._pool._factory)
        self._allow_loopback = crawler.settings.getbool("MONITOR_ALLOW_LOOPBACK")
        self._proxy_host = urlsplit(crawler.settings.get("MONITOR_PROXY", "")).hostname or ""

    async def download_request(self, request: Request) -> Response:
        if not request.meta.get("spool"):
            return await super().download_request(request)
        from monitor.collect.spool import (
            spool_response,  # its client costs more to load than most runs need: one source alone is so large
        )

        return await spool_response(request, allow_loopback=self._allow_loopback, proxy_host=self._proxy_host)


def _bounding_heads(factory: Any) -> Any:
    """The factory of Twisted's client protocols, made to give up on an answer whose headers are longer than any real one's.

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
                if seen > _LONGEST_HEAD:
                    protocol._giveUp(Failure(HeadTooLargeError()))  # type: ignore[no-untyped-call]
                else:
                    receive(data)

            protocol.dataReceived = received
            return protocol

    return Bounding
