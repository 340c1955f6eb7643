"""Spider of another archive of this program: its calls are taken over as they are, with versions and changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy.http import Request, Response

from monitor.collect.reading import Problem, ProblemKind
from monitor.collect.spider import SourceSpider
from monitor.collect.taken_pages import read_page

_MAX_PAGES = 2_000
_NO_KEY = (
    "Källan saknar nyckeln som dess sidor är signerade med. Fråga den som sköter arkivet (monitor sources key) och skriv den i"
    ' källans rad: options = { key = "ed25519:…" }'
)


class ArchiveSpider(SourceSpider):
    """Spider that asks for what changed since the last page it took, page by page, each proven whole and signed."""

    name = "archive"
    takes_over: ClassVar[bool] = True
    largest: ClassVar[int] = 32 * 1024 * 1024
    custom_settings = {"HTTPCACHE_ENABLED": False}  # noqa: RUF012 - Scrapy's own form

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the changes since the last page."""
        if not self.source.options.get("key"):
            self.reading.add_problem(ProblemKind.REFUSED, _NO_KEY)
            return
        yield self._ask(self.validators.get("cursor", ""), 1)

    def _ask(self, cursor: str, page: int) -> Request:
        url = f"{self.source.url}?{urlencode({'efter': cursor})}" if cursor else self.source.url
        return self.request(
            url,
            self.parse,
            headers={"If-None-Match": f'"{cursor}"'} if cursor else {},
            meta={"handle_httpstatus_list": [304]},
            cb_kwargs={"asked": cursor, "page": page},
        )

    async def parse(self, response: Response, asked: str = "", page: int = 1, **options: Any) -> AsyncIterator[Request]:
        """Keep a page and yield the request for the next one."""
        if response.status == 304:
            self.reading.unchanged = self.reading.not_modified = not self.reading.taken
            return
        parsed = await self.read_response(response, read_page)
        for taken in parsed.taken:
            if taken.since not in ("", asked):
                self.reading.add_problem(ProblemKind.INCOMPLETE, "Arkivet svarade med en annan sida än den som frågades efter.")
                return
            self.reading.taken.append(taken)
            if taken.more and page < _MAX_PAGES:
                yield self._ask(taken.until, page + 1)

    def judge(self) -> list[Problem]:
        """Return no further problems: every page proves itself, and one without lines says that nothing has changed."""
        return []
