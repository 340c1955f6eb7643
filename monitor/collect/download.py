"""Downloading: Scrapy's own handler, and a way to spool a very large answer to a file instead of holding it in memory."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Headers, Response

from monitor.collect.guard import RefusedHostError, refusal, refused

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_CHUNK = 1 << 16
_LONGEST = 30 * 60  # seconds; a server that drips may not hold a run for ever


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
        timeout = aiohttp.ClientTimeout(
            total=_LONGEST, sock_connect=30, sock_read=float(request.meta.get("download_timeout", 90))
        )
        connector = aiohttp.TCPConnector(resolver=_GuardedLookup(self._allow_loopback, self._proxy_host), force_close=True)
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, values in request.headers.items() for value in values
        ]
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=True) as session,
                session.request(
                    request.method, request.url, headers=headers, allow_redirects=False, proxy=request.meta.get("proxy")
                ) as answer,
            ):
                spooled = await _spool(answer, int(request.meta["spool"])) if answer.status == 200 else None
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} took too long") from error
        except aiohttp.ClientError as error:
            if isinstance(error.__cause__, RefusedHostError) or isinstance(error, RefusedHostError):
                raise RefusedHostError(str(error)) from error
            raise DownloadFailedError(str(error)) from error
        request.meta["spooled"] = spooled
        kept = {
            name: value for name, value in answer.headers.items() if name.lower() not in ("content-encoding", "transfer-encoding")
        }
        return Response(request.url, status=answer.status, headers=Headers(kept), request=request)


async def _spool(answer: aiohttp.ClientResponse, largest: int) -> Path:
    with tempfile.NamedTemporaryFile(prefix="eu-monitor-", suffix=".spool", delete=False) as file:
        path, size = Path(file.name), 0
        try:
            async for chunk in answer.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > largest:
                    raise DownloadCancelledError(f"{answer.url} is larger than {largest} bytes")
                file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)  # noqa: ASYNC240 - one system call, when a download has failed
            raise
    return path


class _GuardedLookup(AbstractResolver):
    """Name resolution that refuses addresses where no publisher lives, at the moment of connecting."""

    def __init__(self, allow_loopback: bool, proxy_host: str) -> None:
        self._allow_loopback = allow_loopback
        self._proxy_host = proxy_host

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        found: list[Any] = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for kind, _, protocol, _, address in found:
            reason = refusal(str(address[0]), allow_loopback=self._allow_loopback)
            if reason and host != self._proxy_host:
                raise refused(host, reason)
            results.append(
                {
                    "hostname": host,
                    "host": str(address[0]),
                    "port": int(address[1]),
                    "family": kind,
                    "proto": protocol,
                    "flags": 0,
                }
            )
        return results

    async def close(self) -> None:
        """Nothing is held."""
