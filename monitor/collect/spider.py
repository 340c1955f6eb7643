"""The base of all spiders: one source, one stage, one way to ask and one way to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from monitor.collect.guard import RefusedAddressError, refused_hosts
from monitor.collect.programmes import Programmes
from monitor.collect.reading import Problem, ProblemKind, Reading
from monitor.collect.unchanged import KnownRows
from monitor.collect.walls import wall

if TYPE_CHECKING:
    from scrapy.http import Request, Response
    from twisted.python.failure import Failure

    from monitor.sources import Source


class SourceSpider(scrapy.Spider):
    """Reads one source. Subclasses name a kind, say whether they list everything, and parse.

    `now` is the moment of the run; `programmes` knows the ids of `rules/programmes.toml`, by publishers' codes and by name;
    `previous` is the number of current items in the last accepted run, or None; `validators` what that run said to ask with;
    `known` is what the archive has of the source's rows.
    """

    complete_list = False
    knows_rows: ClassVar[bool] = False
    """Whether it tells rows that are as they were by `known`."""
    largest: ClassVar[int] = 8 * 1024 * 1024
    """The largest answer taken, in bytes after unpacking."""

    def __init__(
        self,
        *,
        source: Source,
        now: datetime,
        programmes: Programmes | None = None,
        previous: int | None = None,
        validators: dict[str, str] | None = None,
        known: KnownRows | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name=source.kind, **options)
        self.source = source
        self.now = now
        self.programmes = programmes or Programmes()
        self.previous = previous
        self.validators = validators or {}
        self.known = known or KnownRows()
        self.reading = Reading()

    async def start(self) -> AsyncIterator[Request]:
        yield self.ask(self.source.url, self.parse)

    def ask(self, url: str, callback: Callable[..., Any], **options: Any) -> Request:
        """A request whose failure is noted, and whose cached answer is always asked for again."""
        headers = {"Cache-Control": "no-cache", **options.pop("headers", {})}
        meta = {"download_maxsize": self.largest, **options.pop("meta", {})}
        return scrapy.Request(
            url, callback=callback, errback=self.failed, headers=headers, meta=meta, dont_filter=True, **options
        )

    def parse(self, response: Response, **options: Any) -> Any:
        raise NotImplementedError

    def failed(self, failure: Failure) -> None:
        """Note why a request gave nothing; the run is then not accepted."""
        request = getattr(failure, "request", None)
        problem = describe_failure(failure.value, request.url if request else self.source.url)
        self.reading.problem(problem.kind, problem.text)

    def walled(self, response: Response) -> bool:
        """Whether the answer is a wall against programs, sent with 200 as if it were the page; noted when it is."""
        name = wall(
            response.body, {str(key): value for key, value in response.headers.to_unicode_dict().items()}, response.status
        )
        if name:
            self.reading.forget(response.url)
            self.reading.problem(ProblemKind.BLOCKED, f"Webbplatsen släpper inte in program: den svarade med en spärr ({name}).")
        return bool(name)

    def judge(self) -> list[Problem]:
        """What speaks against accepting this run, beyond the problems noted on the way."""
        reading = self.reading
        if reading.items or reading.not_modified or reading.said_empty or reading.problems:
            return []
        if reading.skipped:
            return [
                Problem(ProblemKind.LAYOUT, f"Ingen av {len(reading.skipped)} poster gick att läsa. Källan kan ha gjorts om.")
            ]
        if self.source.expected or (self.previous and self.complete_list):
            return [Problem(ProblemKind.EMPTY, "Källan svarade men innehöll inget alls, fast den brukar ha innehåll.")]
        return []


def describe_failure(error: BaseException | None, url: str = "") -> Problem:
    """A failed request as a plain sentence, with the class that health goes by."""
    if isinstance(error, HttpError):
        return _describe_status(error.response)
    if isinstance(error, RefusedAddressError):
        return Problem(ProblemKind.REFUSED, f"Adressen får inte läsas: {error}.")
    host = urlsplit(url).hostname or ""
    if host in refused_hosts:
        return Problem(ProblemKind.REFUSED, f"Adressen får inte läsas: {host}: {refused_hosts[host]}.")
    if isinstance(error, DownloadCancelledError) or (isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error)):
        return Problem(ProblemKind.TOO_LARGE, "Svaret var större än vad som tas emot.")
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return Problem(ProblemKind.ROBOTS, "Webbplatsens robots.txt tillåter inte att sidan läses.")
    if isinstance(error, IgnoreRequest) and "redirections" in str(error):
        return Problem(ProblemKind.SERVER, "Adressen skickar runt i en slinga och leder ingenstans.")
    if isinstance(error, CannotResolveHostError):
        return Problem(ProblemKind.UNREACHABLE, f"Det finns ingen webbplats med namnet {host}.")
    if isinstance(error, DownloadTimeoutError):
        return Problem(ProblemKind.UNREACHABLE, "Servern svarade inte i tid.")
    return Problem(ProblemKind.UNREACHABLE, f"Servern svarade inte ({type(error).__name__}).")


def _describe_status(response: Response) -> Problem:
    status = response.status
    location = (response.headers.get("Location") or b"").decode("latin-1")
    if 300 <= status < 400 and location:
        return Problem(ProblemKind.REFUSED, f"Adressen får inte läsas: den skickar vidare till {location[:200]!r}.")
    if status in (404, 410):
        return Problem(ProblemKind.GONE, f"Sidan finns inte längre (HTTP {status}).")
    if status in (401, 403, 429):
        return Problem(ProblemKind.BLOCKED, f"Webbplatsen släpper inte in oss (HTTP {status}).")
    return Problem(ProblemKind.SERVER, f"Servern svarade med fel (HTTP {status}).")
