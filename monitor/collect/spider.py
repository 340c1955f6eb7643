"""Base class of all spiders: requests, failures, and the judgement of a run."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import OpenSSL.SSL
import scrapy
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web._newclient import ParseError

from monitor.collect.bot_challenges import find_bot_challenge
from monitor.collect.browser import IS_LIST, BrowserError
from monitor.collect.download import HeadTooLargeError
from monitor.collect.guard import RefusedAddressError, refused_hosts
from monitor.collect.parsing import SlowResponseError, UnreadableResponseError, parse_in_child
from monitor.collect.programmes import Programmes
from monitor.collect.reading import ParsedResponse, Problem, ProblemKind, SourceReading, describe_missing_pages
from monitor.collect.robots import RobotsUnreachableError
from monitor.collect.unchanged import KnownRows
from monitor.errors import describe_row_error

if TYPE_CHECKING:
    from scrapy.http import Request, Response
    from twisted.python.failure import Failure

    from monitor.collect.usual import PastReading
    from monitor.sources import Source

    Read = Callable[[ParsedResponse, Response, Source, datetime], None]

logger = logging.getLogger(__name__)
_MAX_SLOW_RESPONSES = 3
"""Responses that took too long to parse before a source is read no further."""
_MAX_UNREAD_SHARE = 0.30
_MIN_UNREAD_PAGES = 2
"""A list is in doubt when more than this share of its pages, and at least so many, could not be read."""
# How a connection failed, by the errors of Twisted, Scrapy and Python (for spooled responses); the narrower first.
_CONNECTION_FAILURES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((DownloadConnectionRefusedError, ConnectionRefusedError), "den tar inte emot anslutningar"),
    ((ParseError,), "det som kom var inget svar enligt HTTP"),
    ((OpenSSL.SSL.Error, ssl.SSLError), "det gick inte att ansluta säkert till den"),
    ((ConnectionClosed, ConnectionError, ResponseDataLossError), "anslutningen bröts innan svaret var helt"),
    ((ConnectError,), "det gick inte att ansluta till den"),
)


class SourceSpider(scrapy.Spider):
    """Spider of one source. A subclass is one kind of source: it sets `name` to the kind and implements `parse`.

    Args:
        source: Row of the source.
        now: Moment of the run.
        programmes: Programmes of `rules/programmes.toml`.
        previous: Number of current items in the last accepted run, or None.
        refused: Keys of the newest whole scan since then that was not trusted because it showed too few items.
        validators: Request headers that the accepted run stored for the next one (`If-None-Match`).
        known: Rows that the archive has of the source.
    """

    complete_list = False
    """True when the spider reads everything that the source has, so that a missing item has vanished."""
    takes_over: ClassVar[bool] = False
    """True for the spider of another archive."""
    names_persons: ClassVar[bool] = False
    """True when the publisher's JSON answers name persons, whom the documents that are kept leave out."""
    knows_rows: ClassVar[bool] = False
    """True when the spider recognises unchanged rows by `known`."""
    earlier: Sequence[PastReading] = ()
    """Accepted readings of the source, oldest first, that its usual numbers are learned from."""
    largest: ClassVar[int] = 8 * 1024 * 1024
    """Largest response taken, in bytes after unpacking."""

    def __init__(
        self,
        *,
        source: Source,
        now: datetime,
        programmes: Programmes | None = None,
        previous: int | None = None,
        refused: Collection[str] = (),
        validators: dict[str, str] | None = None,
        known: KnownRows | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name=source.kind, **options)
        self.source = source
        self.now = now
        self.programmes = programmes or Programmes()
        self.previous = previous
        self.refused = refused
        self.validators = validators or {}
        self.known = known or KnownRows()
        self.reading = SourceReading()
        self.slow = 0

    async def start(self) -> AsyncIterator[Request]:
        """Yield the request for the source's address (called by Scrapy)."""
        yield self.request(self.source.url, self.parse, meta={IS_LIST: True})

    def request(self, url: str, callback: Callable[..., Any], **options: Any) -> Request:
        """Return a request whose failure is noted, and whose cached response is always revalidated."""
        headers = {"Cache-Control": "no-cache", **options.pop("headers", {})}
        meta = {"download_maxsize": self.largest, **options.pop("meta", {})}
        return scrapy.Request(
            url, callback=callback, errback=self.failed, headers=headers, meta=meta, dont_filter=True, **options
        )

    def request_listed(self, url: str, callback: Callable[..., Any], **options: Any) -> Request:
        """Return a request for a page that a list names: a failure counts as an unread page, not as one of the source."""
        self.reading.pages += 1
        request = self.request(url, callback, **options)
        request.meta["listed"] = url
        return request

    def parse(self, response: Response, **options: Any) -> Any:
        """Yield the calls of a response and the requests that follow it; each subclass implements it."""
        raise NotImplementedError

    async def read_response(self, response: Response, read: Read) -> ParsedResponse:
        """Return the contents that `read` finds in a response, parsed in a child process within the settings' limits.

        Problems are noted in the reading. A response that cannot be read has no contents: it is a problem of the source, or an
        unread page where a list names it. A source is read no further after three responses that took too long.
        """
        if self.slow >= _MAX_SLOW_RESPONSES:
            text = "Källan lästes inte vidare: för många svar tog för lång tid att läsa."
            self.add_unreadable(response, Problem(ProblemKind.SLOW, text))
            return ParsedResponse()
        seconds = self.crawler.settings.getint("MONITOR_PARSE_TIMEOUT")
        arguments = (read, portable(response), self.source, self.now)
        try:
            parsed = await parse_in_child(read_response, *arguments, seconds=seconds) if seconds else read_response(*arguments)
        except UnreadableResponseError as error:
            slow = isinstance(error, SlowResponseError)
            self.slow += slow
            words = f"Det går inte att läsa {response.url[:200]}: {error}."
            self.add_unreadable(response, Problem(ProblemKind.SLOW if slow else ProblemKind.UNREADABLE, words))
            return ParsedResponse()
        except Exception as error:  # a bug in `read` that one response meets: the others are read
            logger.exception("response_unreadable source=%s", self.source.id)
            words = f"Det går inte att läsa {response.url[:200]}: svaret {describe_row_error(error)}."
            self.add_unreadable(response, Problem(ProblemKind.UNREADABLE, words))
            return ParsedResponse()
        if parsed.bot_challenge:
            self.reading.drop_documents(response.url)
            self.add_unreadable(response, bot_challenge_problem(parsed.bot_challenge))
        if any(problem.kind is ProblemKind.REFUSED for problem in parsed.problems):
            self.reading.drop_documents(response.url)
        self.reading.merge(parsed)
        return parsed

    def add_unreadable(self, response: Response, problem: Problem) -> None:
        """Note that a response could not be read."""
        self._add_failure(response.request, problem)

    def failed(self, failure: Failure) -> None:
        """Note why a request failed; the run is then not accepted."""
        request = getattr(failure, "request", None)
        self._add_failure(request, describe_failure(failure.value, request.url if request else self.source.url))

    def _add_failure(self, request: Request | None, problem: Problem) -> None:
        listed = request.meta.get("listed") if request is not None else None
        if listed:
            self.reading.add_unread_page(str(listed), problem)
        else:
            self.reading.add_problem(problem.kind, problem.text)

    def reject_bot_challenge(self, response: Response) -> bool:
        """Return whether a response is a bot challenge, sent with 200 as if it were the page; note the problem when it is."""
        name = find_bot_challenge(response.body, plain_headers(response), response.status)
        if name:
            self.reading.drop_documents(response.url)
            problem = bot_challenge_problem(name)
            self.reading.add_problem(problem.kind, problem.text)
        return bool(name)

    def judge(self) -> list[Problem]:
        """Return the problems that keep the run from being accepted, beyond those noted during it."""
        reading = self.reading
        missing = missing_pages_problem(reading)
        if missing is not None:
            return [missing]
        if reading.items or reading.not_modified or reading.said_empty or reading.problems:
            return []
        if reading.skipped:
            return [
                Problem(ProblemKind.LAYOUT, f"Ingen av {len(reading.skipped)} poster gick att läsa. Källan kan ha gjorts om.")
            ]
        if self.source.expected or (self.previous and self.complete_list):
            return [Problem(ProblemKind.EMPTY, "Källan svarade men innehöll inget alls, fast den brukar ha innehåll.")]
        return []


def read_response(read: Read, response: Response, source: Source, now: datetime) -> ParsedResponse:
    """Return the contents that `read` finds in a response that is no bot challenge. Pure: a child process runs it."""
    parsed = ParsedResponse(bot_challenge=find_bot_challenge(response.body, plain_headers(response), response.status))
    if not parsed.bot_challenge:
        read(parsed, response, source, now)
    return parsed


def portable(response: Response) -> Response:
    """Return the response without its request and connection, so that it can be pickled."""
    return response.replace(request=None, certificate=None, ip_address=None, flags=None)


def plain_headers(response: Response) -> dict[str, str]:
    """Return the headers of a response as text."""
    return {str(name): str(value) for name, value in response.headers.to_unicode_dict().items()}


def bot_challenge_problem(name: str) -> Problem:
    """Return the problem of a bot challenge by the name of its bot protection."""
    return Problem(ProblemKind.BLOCKED, f"Webbplatsen släpper inte in program: den svarade med en spärr ({name}).")


def missing_pages_problem(reading: SourceReading) -> Problem | None:
    """Return the problem of a list with so many unread pages that it is in doubt: all, or at least two and more than 30 per cent.

    Lists of authorities and municipalities always have some dead link; with fewer, None, and the pages are only named.
    """
    unread = reading.unread_pages
    few = len(unread) < _MIN_UNREAD_PAGES or len(unread) <= reading.pages * _MAX_UNREAD_SHARE
    if not unread or (few and len(unread) < reading.pages):
        return None
    kinds = {problem.kind for problem in unread.values()}
    kind = kinds.pop() if len(kinds) == 1 else ProblemKind.LINKS
    if any(problem.kind is ProblemKind.SLOW for problem in reading.problems):
        kind = ProblemKind.SLOW  # the source's own time was over, so the pages say nothing about the server
    return Problem(ProblemKind.LINKS if kind is ProblemKind.GONE else kind, describe_missing_pages(reading))


def _readable(host: str) -> str:
    """Return a host as people write it: småkommun.se for xn--smkommun-b0a.se."""
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def describe_failure(error: BaseException | None, url: str = "") -> Problem:
    """Return the problem of a failed request, with a plain Swedish sentence."""
    if isinstance(error, HttpError):
        return _describe_status(error.response)
    if isinstance(error, RefusedAddressError):
        return Problem(ProblemKind.REFUSED, f"Adressen får inte läsas: {error}.")
    host = urlsplit(url).hostname or ""
    if host in refused_hosts:
        return Problem(ProblemKind.REFUSED, f"Adressen får inte läsas: {host}: {refused_hosts[host]}.")
    if isinstance(error, DownloadCancelledError) or (isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error)):
        return Problem(ProblemKind.TOO_LARGE, "Svaret var större än vad som tas emot.")
    causes = list(_causes(error))
    if any(isinstance(cause, HeadTooLargeError) for cause in causes):
        return Problem(ProblemKind.TOO_LARGE, "Svarets huvud var större än vad som tas emot.")
    if any(_is_about_certificate(cause) for cause in causes):
        return Problem(
            ProblemKind.CERTIFICATE,
            f"Webbplatsens certifikat håller inte ({host}): det är utgånget, gäller ett annat namn "
            "eller är utfärdat av någon okänd.",
        )
    if isinstance(error, IgnoreRequest) and (problem := _describe_ignored(error)) is not None:
        return problem
    if isinstance(error, CannotResolveHostError):
        return Problem(ProblemKind.UNREACHABLE, f"Det finns ingen webbplats med namnet {_readable(host)}.")
    if isinstance(error, DownloadTimeoutError):
        return Problem(ProblemKind.UNREACHABLE, "Servern svarade inte i tid.")
    return Problem(ProblemKind.UNREACHABLE, f"Servern svarade inte{_how_unanswered(causes)}.")


def _how_unanswered(causes: list[BaseException]) -> str:
    """Return in Swedish how a connection failed, as the end of a sentence; "" where that is not known."""
    return next((f": {words}" for kinds, words in _CONNECTION_FAILURES if any(isinstance(cause, kinds) for cause in causes)), "")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all its causes: Twisted keeps several reasons in a list, Python one cause."""
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if cause is not None:
            yield cause
            waiting += [cause.__cause__, *(reason.value for reason in getattr(cause, "reasons", None) or ())]


def _is_about_certificate(error: BaseException) -> bool:
    """Return whether OpenSSL, Python or the check of its name rejected a certificate."""
    return isinstance(error, (ssl.SSLCertVerificationError, VerificationError)) or "certificate verify failed" in str(error)


def _describe_ignored(error: IgnoreRequest) -> Problem | None:
    """Return the problem of a request that a middleware ended; None for one of another kind."""
    if isinstance(error, BrowserError):
        return Problem(ProblemKind.SCRIPTED, f"Webbläsaren kunde inte visa sidan: {error}.")
    if isinstance(error, RobotsUnreachableError):
        return Problem(
            ProblemKind.SERVER,
            f"Webbplatsens robots.txt svarade med fel (HTTP {error.status}). Tills den svarar igen läses inget där.",
        )
    if "robots.txt" in str(error):
        return Problem(ProblemKind.ROBOTS, "Webbplatsens robots.txt tillåter inte att sidan läses.")
    if "redirections" in str(error):
        return Problem(ProblemKind.SERVER, "Adressen skickar runt i en slinga och leder ingenstans.")
    return None


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
