"""Fetching from a publisher under one guard: private addresses refused also after redirects, robots.txt obeyed, limits kept.

A file is fetched conditionally: the validators of the last answer (ETag, Last-Modified: RFC 9110, section 13) lie beside it, so
that a file which was removed is fetched anew.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
from protego import Protego

from monitor.collect.guard import RefusedAddressError, RefusedHostError, check_url
from monitor.collect.spool import GuardedAiohttpResolver
from monitor.config import Config
from monitor.errors import SourceError
from monitor.files import replacing, write_atomically

_CHUNK = 1 << 18
LARGEST_LIST = 2 * 1024**3
"""Bytes of the largest list of funded projects: CORDIS' ZIP files have about 60 MB."""
_MAX_REDIRECTS = 5
_OK, _NOT_MODIFIED, _SERVER_ERROR = 200, 304, 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_DATA = frozenset({"text/html", "application/xhtml+xml"})
"""Types of pages for people: a publisher answers with one, and 200, when the file has moved or the service is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Manners and limits of requests, from the settings of the installation."""

    agent: str
    """Value of the header User-Agent."""
    allow_loopback: bool = False
    proxy: str = ""
    timeout: int = 90
    """Seconds of silence after which a request is given up."""
    longest: int = 3600
    """Seconds after which an answer that still comes is given up."""
    delay: float = 1.0
    """Seconds between two requests."""
    largest: int = LARGEST_LIST
    """Most bytes of one answer."""

    @classmethod
    def of(cls, config: Config) -> FetchLimits:
        """Return the limits of an installation."""
        network = config.network
        return cls(
            agent=config.user_agent,
            allow_loopback=network.allow_loopback,
            proxy=network.proxy,
            timeout=network.timeout,
            delay=network.delay,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """Request to a publisher."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Body of a POST; None for a GET."""


class Fetcher:
    """Client of one publisher, from `open_fetcher`."""

    def __init__(self, session: aiohttp.ClientSession, limits: FetchLimits) -> None:
        self._session = session
        self._limits = limits
        self._robots: dict[str, Protego] = {}
        self._has_asked = False

    @asynccontextmanager
    async def ask(self, question: Question) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield the answer to a question, its body unread; its status is 200 or 304.

        Raises:
            SourceError: The publisher refused, failed, or answered with a page for people.
        """
        if self._has_asked:
            await asyncio.sleep(self._limits.delay)
        self._has_asked = True
        url, method = question.url, "GET" if question.body is None else "POST"
        for _ in range(_MAX_REDIRECTS):
            host = urlsplit(url).hostname or url
            self._check(url)
            await self._check_robots(url)
            async with self._session.request(
                method,
                url,
                headers=question.headers,
                data=question.body if method == "POST" else None,
                allow_redirects=False,
                proxy=self._limits.proxy or None,
            ) as answer:
                if answer.status in _REDIRECTS and "Location" in answer.headers:
                    url = urljoin(url, answer.headers["Location"])
                    # 307 and 308 alone keep method and body (RFC 9110, section 15.4).
                    method = method if answer.status in (307, 308) else "GET"
                    continue
                if answer.status not in (_OK, _NOT_MODIFIED):
                    raise SourceError(host, f"svarade med HTTP {answer.status}")
                if answer.status == _OK and answer.content_type in _NO_DATA:
                    raise SourceError(host, "svarade med en webbsida i stället för data; adressen kan ha ändrats")
                yield answer
                return
        raise SourceError(urlsplit(question.url).hostname or question.url, "skickade vidare för många gånger")

    async def chunks(self, answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """Yield the body of an answer; raises SourceError for one that is larger than allowed or breaks off."""
        size, host = 0, answer.url.host or ""
        async for chunk in answer.content.iter_chunked(_CHUNK):
            size += len(chunk)
            if size > self._limits.largest:
                raise SourceError(host, f"skickade mer än {self._limits.largest} byte")
            yield chunk
        stated = answer.headers.get("Content-Length")
        if stated and "Content-Encoding" not in answer.headers and int(stated) != size:
            raise SourceError(host, "avbröt överföringen")

    def _check(self, url: str) -> None:
        check_url(url, allow_loopback=self._limits.allow_loopback, proxy_host=urlsplit(self._limits.proxy).hostname or "")

    async def _check_robots(self, url: str) -> None:
        """Raise SourceError when robots.txt forbids an address or its server fails (RFC 9309, section 2.3.1.4)."""
        parts = urlsplit(url)
        if parts.netloc not in self._robots:
            place = urljoin(url, "/robots.txt")
            async with self._session.get(place, allow_redirects=False, proxy=self._limits.proxy or None) as answer:
                if answer.status >= _SERVER_ERROR:
                    raise SourceError(parts.hostname or url, f"svarade med HTTP {answer.status} på frågan om robots.txt")
                rules = await answer.content.read(500_000) if answer.status == _OK else b""
            self._robots[parts.netloc] = Protego.parse(rules.decode("utf-8", "replace"))
        if not self._robots[parts.netloc].can_fetch(url, self._limits.agent):
            raise SourceError(
                parts.hostname or url, "får inte hämtas av program enligt robots.txt; hämta filen för hand och lägg den i mappen"
            )


@asynccontextmanager
async def open_fetcher(limits: FetchLimits) -> AsyncIterator[Fetcher]:
    """Open a client whose connections go to allowed addresses alone, and close it afterwards."""
    proxy_host = urlsplit(limits.proxy).hostname or ""
    connector = aiohttp.TCPConnector(
        resolver=GuardedAiohttpResolver(limits.allow_loopback, proxy_host), force_close=True, use_dns_cache=False
    )
    timeout = aiohttp.ClientTimeout(total=limits.longest, sock_connect=30, sock_read=limits.timeout)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers={"User-Agent": limits.agent}) as session:
        yield Fetcher(session, limits)


@contextmanager
def telling(url: str) -> Iterator[None]:
    """Turn each error of a connection into a SourceError with a Swedish sentence."""
    host = urlsplit(url).hostname or url
    try:
        yield
    except (RefusedAddressError, RefusedHostError) as error:
        raise SourceError(host, f"får inte hämtas: {error}") from error
    except TimeoutError as error:
        raise SourceError(host, "svarade inte i tid") from error
    except aiohttp.ClientError as error:
        if isinstance(error.__cause__, RefusedHostError):
            raise SourceError(host, f"får inte hämtas: {error.__cause__}") from error
        if isinstance(error, aiohttp.ClientPayloadError):
            raise SourceError(host, "avbröt överföringen") from error
        raise SourceError(host, f"gick inte att nå ({error})") from error


def fetch_file(url: str, target: Path, limits: FetchLimits) -> bool:
    """Fetch a file in place of `target` when the publisher has a newer one; return whether it had.

    Raises:
        SourceError: The file could not be fetched; the old one is as it was.
        OSError: The file could not be written.
    """
    with telling(url):
        return asyncio.run(_fetch_file(url, target, limits))


async def _fetch_file(url: str, target: Path, limits: FetchLimits) -> bool:
    async with open_fetcher(limits) as fetcher, fetcher.ask(Question(url, _validators(target))) as answer:
        if answer.status == _NOT_MODIFIED:
            return False
        with replacing(target) as partial, partial.open("wb") as file:
            async for chunk in fetcher.chunks(answer):
                file.write(chunk)
        kept = {name: answer.headers[name] for name in ("ETag", "Last-Modified") if name in answer.headers}
    write_atomically(_validators_path(target), json.dumps(kept))
    return True


def _validators(target: Path) -> dict[str, str]:
    try:
        found = json.loads(_validators_path(target).read_text("utf-8")) if target.is_file() else {}
    except (OSError, ValueError):
        return {}
    names = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    return {names[name]: str(value) for name, value in found.items() if name in names}


def _validators_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.json")
