"""Reading of pages that scripts make: a browser without a network runs the scripts, and Scrapy fetches what they ask for.

Every request of a page goes through Scrapy's downloader, with our guard, robots.txt, proxy, certificates and limits. The browser
is the installation's own (`network.browser`), driven by Playwright (https://playwright.dev/python/), the extra `browser`.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import HtmlResponse

from monitor.collect.bot_challenges import is_scripted

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

SLOT = "browser"
"""Slot of Scrapy's downloader for what the scripts of a page ask for."""
SLOTS = {SLOT: {"concurrency": 4, "delay": 0.05, "randomize_delay": False}}
IS_LIST = "browser_list"
"""Key of `Request.meta` of a list, whose page is always run; other pages only where the answer is an empty shell."""
_MAX_PAGES = 20
"""Pages that a browser runs in one reading of a source."""
_MAX_REQUESTS = 60
_MAX_BYTES = 8 * 1024 * 1024
"""Requests that the scripts of one page may make, and bytes of their answers and of the page that they make."""
_SECONDS = 60.0
_SETTLE_SECONDS = 15.0
"""Time for a page to load, and then for its scripts to end their requests; what is there by then is read."""
_ASKED_BY_SCRIPTS = frozenset(("script", "xhr", "fetch"))
_METHODS = frozenset(("GET", "POST"))
_OWN_HEADERS = frozenset(("host", "user-agent", "accept-encoding", "connection", "content-length", "cookie"))
"""Headers of a request that Scrapy sets, or that nobody is to set."""
_LEFT_OUT_HEADERS = frozenset(("content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"))
# Nothing that a page does can reach a network: no name has an address, and the proxy for all else is a port without a server.
_OFFLINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:1",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=256",
)


class BrowserError(IgnoreRequest):
    """Page that the browser could not run; `str()` is the reason, in Swedish without a full stop."""


class Browser:
    """Browser of the installation, started when it is first used and without a network."""

    def __init__(self, path: str, user_agent: str = "") -> None:
        self._path, self._user_agent = path, user_agent
        self._driver: Any = None
        self._context: Any = None
        self._starting = asyncio.Lock()

    async def new_page(self) -> Any:
        """Return an empty page of the browser (playwright.async_api.Page).

        Raises:
            BrowserError: The browser cannot be started.
        """
        async with self._starting:
            if self._context is None:
                await self._start()
        return await self._context.new_page()

    async def _start(self) -> None:
        try:
            library = import_module("playwright.async_api")
        except ImportError as error:
            raise BrowserError("Playwright är inte installerat: pip install 'eu-monitor[browser]'") from error
        try:
            self._driver = await library.async_playwright().start()
            # A browser has its own sandbox unless root runs it, which it then refuses.
            is_root = os.name == "posix" and os.geteuid() == 0
            program = await self._driver.chromium.launch(
                executable_path=self._path, chromium_sandbox=not is_root, args=[*_OFFLINE], timeout=_SECONDS * 1000
            )
            self._context = await program.new_context(
                user_agent=self._user_agent or None, locale="sv-SE", service_workers="block", accept_downloads=False
            )
        except Exception as error:
            await self.close()
            raise BrowserError(f"{self._path} gick inte att starta ({_first_line(error)})") from error

    async def close(self) -> None:
        """End the browser."""
        driver, self._driver, self._context = self._driver, None, None
        if driver is not None:
            with suppress(Exception):  # a browser that has crashed is ended as well
                await driver.stop()


class BrowserMiddleware:
    """Middleware that lets a browser run the scripts of a page after it was downloaded, for the sources that ask for it.

    The browser is named by the setting MONITOR_BROWSER, which only the readings of such sources have.
    """

    def __init__(self, crawler: Crawler) -> None:
        path = crawler.settings.get("MONITOR_BROWSER")
        if not path:
            raise NotConfigured
        self._crawler = crawler
        self._browser = Browser(path, crawler.settings["USER_AGENT"])
        self._pages = 0
        crawler.signals.connect(self._browser.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler (called by Scrapy)."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the page as its scripts make it; any other response as it is.

        Raises:
            BrowserError: The browser cannot be started, or the page cannot be run.
        """
        if not isinstance(response, HtmlResponse) or response.status != 200 or request.meta.get("download_slot") == SLOT:
            return response
        if not (request.meta.get(IS_LIST) or is_scripted(response.body)) or self._pages >= _MAX_PAGES:
            return response
        if SLOT in response.flags:  # a stored page whose scripts have run: they would fill its list once more
            return response
        self._pages += 1
        body = await self._run(response)
        # A page that was not modified may have a new list.
        flags = [flag for flag in response.flags if flag != "cached"]
        return response.replace(body=body, encoding="utf-8", flags=[*flags, SLOT])

    async def _run(self, response: HtmlResponse) -> bytes:
        page = await self._browser.new_page()
        try:
            async with asyncio.timeout(_SECONDS):
                await page.route("**/*", _Visit(self._crawler, response, page).answer)
                await page.goto(response.url, wait_until="domcontentloaded", timeout=0)
                with suppress(Exception):  # a page that never rests is read as it is
                    await page.wait_for_load_state("networkidle", timeout=_SETTLE_SECONDS * 1000)
                body = str(await page.content()).encode("utf-8", "replace")
        except TimeoutError as error:
            raise BrowserError(f"sidan blev inte klar på {_SECONDS:.0f} sekunder") from error
        except Exception as error:
            raise BrowserError(_first_line(error)) from error
        finally:
            with suppress(Exception):
                async with asyncio.timeout(_SECONDS):
                    await page.unroute_all(behavior="ignoreErrors")
                    await page.close()
        if len(body) > _MAX_BYTES:
            raise BrowserError("sidan blev större än vad som tas emot")
        return body


@dataclass
class _Visit:
    """One page that the browser runs, and what its scripts have asked for."""

    crawler: Crawler
    response: HtmlResponse
    page: Any
    begun: bool = False
    requests: int = 0
    size: int = 0

    async def answer(self, route: Any) -> None:
        """Answer a request of the page (playwright.async_api.Route): with what was downloaded, by Scrapy, or not at all."""
        with suppress(Exception):  # the page may be closed meanwhile
            asked = route.request
            if asked.is_navigation_request():
                await self._answer_page(route)
            elif (found := await self._fetch(asked)) is None:
                await route.abort()
            else:
                await route.fulfill(status=found.status, headers=_headers_of(found), body=found.body)

    async def _answer_page(self, route: Any) -> None:
        """Answer with the page once; scripts lead it nowhere else, and frames stay empty."""
        if self.begun:
            await route.fulfill(status=204)  # a failure would put the browser's own page about it in place of this one
            return
        self.begun = True
        text = self.response.text.encode("utf-8", "replace")
        await route.fulfill(status=200, headers={"content-type": "text/html; charset=utf-8"}, body=text)

    async def _fetch(self, asked: Any) -> Response | None:
        """Return the answer to a request of a script; None for one that is not made."""
        self.requests += 1
        left = _MAX_BYTES - self.size
        if asked.resource_type not in _ASKED_BY_SCRIPTS or asked.method not in _METHODS:
            return None
        if self.requests > _MAX_REQUESTS or left <= 0:
            return None
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in _OWN_HEADERS}
        meta = {"download_slot": SLOT, "download_maxsize": left, "dont_retry": True}
        request = Request(asked.url, method=asked.method, headers=headers, body=asked.post_data_buffer or b"", meta=meta)
        engine = self.crawler.engine
        assert engine is not None
        try:
            found = await engine.download_async(request)
        except Exception:  # noqa: BLE001 - refused, forbidden, too large or unanswered: the page goes on without it
            return None
        self.size += len(found.body)
        return found


def _headers_of(response: Response) -> dict[str, str]:
    headers = response.headers.to_unicode_dict()
    return {str(name): str(value) for name, value in headers.items() if str(name).lower() not in _LEFT_OUT_HEADERS}


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".")


async def _try(path: str) -> str:
    browser = Browser(path)
    try:
        page = await browser.new_page()
        await page.set_content("<p>1</p><script>document.querySelector('p').textContent = 1 + 1</script>")
        shown = await page.text_content("p")
    except BrowserError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the browser is the answer
        return _first_line(error)
    finally:
        await browser.close()
    return "" if shown == "2" else "webbläsaren kör inga skript"


def try_browser(path: str) -> str:
    """Start a browser and let it run a script; return in Swedish why that does not work, "" where it does."""
    return asyncio.run(_try(path))
