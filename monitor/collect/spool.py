"""Download of a very large response straight into a file."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Headers, Response

from monitor.collect.guard import RefusedHostError, refusal_reason, refuse_host

if TYPE_CHECKING:
    from scrapy import Request

_CHUNK = 1 << 18
"""Bytes written at a time."""
_MAX_SECONDS = 30 * 60
"""Longest download: a server that sends slowly may not hold a run for ever."""


async def spool_response(request: Request, *, allow_loopback: bool, proxy_host: str) -> Response:
    """Return the response without its body, which is in the file `request.meta["spooled"]`; None there unless the status is 200.

    Raises:
        RefusedHostError: The host has an address that may not be connected to.
        DownloadTimeoutError: The server was too slow.
        DownloadCancelledError: The body is larger than `request.meta["spool"]` bytes.
        DownloadFailedError: Any other failure of the connection.
    """
    timeout = aiohttp.ClientTimeout(
        total=_MAX_SECONDS, sock_connect=30, sock_read=float(request.meta.get("download_timeout", 90))
    )
    connector = aiohttp.TCPConnector(resolver=GuardedAiohttpResolver(allow_loopback, proxy_host), force_close=True)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, values in request.headers.items() for value in values]
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=True) as session,
            session.request(
                request.method, request.url, headers=headers, allow_redirects=False, proxy=request.meta.get("proxy")
            ) as answer,
        ):
            spooled = await _write(answer, int(request.meta["spool"])) if answer.status == 200 else None
    except TimeoutError as error:
        raise DownloadTimeoutError(f"{request.url} took too long") from error
    except aiohttp.ClientError as error:
        if isinstance(error.__cause__, RefusedHostError) or isinstance(error, RefusedHostError):
            raise RefusedHostError(str(error)) from error
        raise DownloadFailedError(str(error)) from error
    request.meta["spooled"] = spooled
    headers_kept = {
        name: value for name, value in answer.headers.items() if name.lower() not in ("content-encoding", "transfer-encoding")
    }
    return Response(request.url, status=answer.status, headers=Headers(headers_kept), request=request)


async def _write(answer: aiohttp.ClientResponse, largest: int) -> Path:
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


class GuardedAiohttpResolver(AbstractResolver):
    """Resolver of aiohttp that refuses names with private addresses, at the moment of connecting."""

    def __init__(self, allow_loopback: bool, proxy_host: str) -> None:
        self._allow_loopback = allow_loopback
        self._proxy_host = proxy_host

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        """Return the addresses of a name; raises RefusedHostError for one that may not be connected to."""
        addresses: list[Any] = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for kind, _, protocol, _, address in addresses:
            reason = refusal_reason(str(address[0]), allow_loopback=self._allow_loopback)
            if reason and host != self._proxy_host:
                raise refuse_host(host, reason)
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
        """Release nothing: the resolver holds no resources."""
