"""Fetching of a publisher's file into a folder: conditional, streamed, guarded against private addresses, by robots.txt.

The validators of the last answer (ETag, Last-Modified: RFC 9110, section 13) lie beside the file, so that a file which was
removed is fetched anew.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
from protego import Protego

from monitor.collect.guard import RefusedAddressError, RefusedHostError, check_url
from monitor.collect.spool import GuardedAiohttpResolver
from monitor.errors import SourceError
from monitor.files import replacing, write_atomically

_CHUNK = 1 << 18
LARGEST_LIST = 2 * 1024**3
"""Bytes of the largest list of funded projects: CORDIS' ZIP files have about 60 MB."""
_MAX_SECONDS = 3600
_MAX_REDIRECTS = 5
_OK, _NOT_MODIFIED, _SERVER_ERROR = 200, 304, 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def fetch_file(
    url: str, target: Path, *, agent: str, allow_loopback: bool, proxy: str, timeout: int, largest: int = LARGEST_LIST
) -> bool:
    """Fetch a file of at most `largest` bytes in place of `target` when the publisher has a newer one; return whether it had.

    Raises:
        SourceError: The file could not be fetched; the old one is as it was.
        OSError: The file could not be written.
    """
    try:
        return asyncio.run(_Fetch(agent, allow_loopback, proxy, timeout, largest).run(url, target))
    except (RefusedAddressError, RefusedHostError) as error:
        raise SourceError(urlsplit(url).hostname or url, f"får inte hämtas: {error}") from error
    except TimeoutError as error:
        raise SourceError(urlsplit(url).hostname or url, "svarade inte i tid") from error
    except aiohttp.ClientError as error:
        raise SourceError(urlsplit(url).hostname or url, f"gick inte att nå ({error})") from error


@dataclass(frozen=True, slots=True)
class _Fetch:
    """Settings of one fetch."""

    agent: str
    allow_loopback: bool
    proxy: str
    seconds: int
    largest: int

    async def run(self, url: str, target: Path) -> bool:
        proxy_host = urlsplit(self.proxy).hostname or ""
        connector = aiohttp.TCPConnector(resolver=GuardedAiohttpResolver(self.allow_loopback, proxy_host), force_close=True)
        limits = aiohttp.ClientTimeout(total=_MAX_SECONDS, sock_connect=30, sock_read=self.seconds)
        headers = {"User-Agent": self.agent}
        async with aiohttp.ClientSession(connector=connector, timeout=limits, headers=headers) as session:
            for _ in range(_MAX_REDIRECTS):
                check_url(url, allow_loopback=self.allow_loopback, proxy_host=proxy_host)
                await _check_robots(session, url, self.agent, self.proxy)
                async with session.get(
                    url, headers=_validators(target), allow_redirects=False, proxy=self.proxy or None
                ) as answer:
                    if answer.status in _REDIRECTS and "Location" in answer.headers:
                        url = urljoin(url, answer.headers["Location"])
                        continue
                    if answer.status == _NOT_MODIFIED:
                        return False
                    if answer.status != _OK:
                        raise SourceError(urlsplit(url).hostname or url, f"svarade med HTTP {answer.status}")
                    await _save(answer, target, self.largest)
                    return True
            raise SourceError(urlsplit(url).hostname or url, "skickade vidare för många gånger")


async def _check_robots(session: aiohttp.ClientSession, url: str, agent: str, proxy: str) -> None:
    """Raise SourceError when robots.txt forbids an address or its server fails (RFC 9309, section 2.3.1.4)."""
    host = urlsplit(url).hostname or url
    async with session.get(urljoin(url, "/robots.txt"), allow_redirects=False, proxy=proxy or None) as answer:
        if answer.status >= _SERVER_ERROR:
            raise SourceError(host, f"svarade med HTTP {answer.status} på frågan om robots.txt")
        rules = await answer.content.read(500_000) if answer.status == _OK else b""
    if not Protego.parse(rules.decode("utf-8", "replace")).can_fetch(url, agent):
        raise SourceError(host, "får inte hämtas av program enligt robots.txt; hämta filen för hand och lägg den i mappen")


def _validators(target: Path) -> dict[str, str]:
    try:
        found = json.loads(_validators_path(target).read_text("utf-8")) if target.is_file() else {}
    except (OSError, ValueError):
        return {}
    names = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    return {names[name]: str(value) for name, value in found.items() if name in names}


def _validators_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.json")


async def _save(answer: aiohttp.ClientResponse, target: Path, largest: int) -> None:
    size = 0
    with replacing(target) as partial:
        with partial.open("wb") as file:
            async for chunk in answer.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > largest:
                    raise SourceError(answer.url.host or "", f"skickade mer än {largest} byte")
                file.write(chunk)
        stated = answer.headers.get("Content-Length")
        if stated and "Content-Encoding" not in answer.headers and int(stated) != size:
            raise SourceError(answer.url.host or "", "avbröt överföringen")
    kept = {name: answer.headers[name] for name in ("ETag", "Last-Modified") if name in answer.headers}
    write_atomically(_validators_path(target), json.dumps(kept))
