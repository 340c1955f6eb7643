"""The base of all spiders: one source, one stage, one way to ask and one way to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from monitor.collect.guard import RefusedAddressError, RefusedHostError
from monitor.collect.reading import Problem, ProblemKind, Reading

if TYPE_CHECKING:
    from scrapy.http import Request, Response
    from twisted.python.failure import Failure

    from monitor.sources import Source


class SourceSpider(scrapy.Spider):
    """Reads one source. Subclasses name a kind, say whether they list everything, and parse.

    `now` is the moment of the run; `programmes` maps publishers' programme codes to ids of `rules/programmes.toml`;
    `previous` is the number of current items in the last accepted run, or None; `validators` what that run said to ask with.
    """

    complete_list = False

    def __init__(
        self,
        *,
        source: Source,
        now: datetime,
        programmes: dict[str, str] | None = None,
        previous: int | None = None,
        validators: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name=source.kind, **options)
        self.source = source
        self.now = now
        self.programmes = programmes or {}
        self.previous = previous
        self.validators = validators or {}
        self.reading = Reading()

    async def start(self) -> AsyncIterator[Request]:
        yield self.ask(self.source.url, self.parse)

    def ask(self, url: str, callback: Callable[..., Any], **options: Any) -> Request:
        """A request whose failure is noted, and whose cached answer is always asked for again."""
        headers = {"Cache-Control": "no-cache", **options.pop("headers", {})}
        return scrapy.Request(url, callback=callback, errback=self.failed, headers=headers, dont_filter=True, **options)

    def parse(self, response: Response, **options: Any) -> Any:
        raise NotImplementedError

    def failed(self, failure: Failure) -> None:
        """Note why a request gave nothing; the run is then not accepted."""
        problem = describe_failure(failure.value)
        self.reading.problem(problem.kind, problem.text)

    def judge(self) -> list[Problem]:
        """What speaks against accepting this run, beyond the problems noted on the way."""
        if not self.reading.calls and not self.reading.not_modified and (self.source.expected or self.previous):
            return [Problem(ProblemKind.EMPTY, "Källan svarade men innehöll inget alls, fast den brukar ha innehåll.")]
        return []


def describe_failure(error: BaseException | None) -> Problem:
    """A failed request as a plain sentence, with the class that health goes by."""
    if isinstance(error, HttpError):
        return _describe_status(error.response.status)
    if isinstance(error, RefusedAddressError | RefusedHostError):
        return Problem(ProblemKind.REFUSED, f"Adressen får inte läsas: {error}.")
    if isinstance(error, DownloadCancelledError):
        return Problem(ProblemKind.TOO_LARGE, "Svaret var större än vad som tas emot.")
    if isinstance(error, IgnoreRequest):
        return Problem(ProblemKind.ROBOTS, "Webbplatsens robots.txt tillåter inte att sidan läses.")
    return Problem(ProblemKind.UNREACHABLE, f"Servern svarade inte ({type(error).__name__}).")


def _describe_status(status: int) -> Problem:
    if status in (404, 410):
        return Problem(ProblemKind.GONE, f"Sidan finns inte längre (HTTP {status}).")
    if status in (401, 403, 429):
        return Problem(ProblemKind.BLOCKED, f"Webbplatsen släpper inte in oss (HTTP {status}).")
    return Problem(ProblemKind.SERVER, f"Servern svarade med fel (HTTP {status}).")
