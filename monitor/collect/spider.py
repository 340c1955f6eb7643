"""The base of all spiders: one source, one stage, one way to ask and one way to fail."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Iterator
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

from monitor.collect.download import HeadTooLargeError
from monitor.collect.guard import RefusedAddressError, refused_hosts
from monitor.collect.parsing import SlowAnswerError, UnreadAnswerError, parse_in_child
from monitor.collect.programmes import Programmes
from monitor.collect.reading import Answer, Problem, ProblemKind, Reading
from monitor.collect.robots import RobotsUnreachableError
from monitor.collect.unchanged import KnownRows
from monitor.collect.walls import wall
from monitor.errors import describe_row_error

if TYPE_CHECKING:
    from scrapy.http import Request, Response
    from twisted.python.failure import Failure

    from monitor.sources import Source

    Read = Callable[[Answer, Response, Source, datetime], None]

logger = logging.getLogger(__name__)
_MOST_SLOW = 3
_MISSING = 0.30
_FEWEST_MISSING = 2
_MOST_NAMED = 3
# How a connection fails, by the errors of Twisted, of Scrapy and, for what is spooled, of Python; the narrower first.
_UNANSWERED: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((DownloadConnectionRefusedError, ConnectionRefusedError), "den tar inte emot anslutningar"),
    ((ParseError,), "det som kom var inget svar enligt HTTP"),
    ((OpenSSL.SSL.Error, ssl.SSLError), "det gick inte att ansluta säkert till den"),
    ((ConnectionClosed, ConnectionError, ResponseDataLossError), "anslutningen bröts innan svaret var helt"),
    ((ConnectError,), "det gick inte att ansluta till den"),
)


class SourceSpider(scrapy.Spider):
    """Reads one source. Subclasses name a kind, say whether they list everything, and parse.

    `now` is the moment of the run; `programmes` knows the ids of `rules/programmes.toml`, by publishers' codes and by name;
    `previous` is the number of current items in the last accepted run, or None; `refused` the keys of the newest whole scan since
    then that showed too few to be believed alone; `validators` what the accepted run said to ask with;
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
        self.reading = Reading()
        self.slow = 0

    async def start(self) -> AsyncIterator[Request]:
        yield self.ask(self.source.url, self.parse)

    def ask(self, url: str, callback: Callable[..., Any], **options: Any) -> Request:
        """A request whose failure is noted, and whose cached answer is always asked for again."""
        headers = {"Cache-Control": "no-cache", **options.pop("headers", {})}
        meta = {"download_maxsize": self.largest, **options.pop("meta", {})}
        return scrapy.Request(
            url, callback=callback, errback=self.failed, headers=headers, meta=meta, dont_filter=True, **options
        )

    def ask_page(self, url: str, callback: Callable[..., Any], **options: Any) -> Request:
        """A request for one of the pages that a list names: when it fails, that page is missing and the list goes on."""
        self.reading.pages += 1
        asked = self.ask(url, callback, **options)
        asked.meta["listed"] = url
        return asked

    def parse(self, response: Response, **options: Any) -> Any:
        raise NotImplementedError

    async def read_answer(self, response: Response, read: Read) -> Answer:
        """Return the contents that `read` finds in an answer, worked out in a process of its own within the settings' limit, and noted in the reading.

        An answer that cannot be read gives nothing: a problem of the source, or a missing page where a list names it. A source is
        read no further after three answers that took too long.
        """
        if self.slow >= _MOST_SLOW:
            self.unreadable(
                response, Problem(ProblemKind.SLOW, "Källan lästes inte vidare: för många svar tog för lång tid att läsa.")
            )
            return Answer()
        seconds = self.crawler.settings.getint("MONITOR_PARSE_TIMEOUT")
        sent = (read, portable(response), self.source, self.now)
        try:
            answer = await parse_in_child(read_answer, *sent, seconds=seconds) if seconds else read_answer(*sent)
        except UnreadAnswerError as error:
            slow = isinstance(error, SlowAnswerError)
            self.slow += slow
            words = f"Det går inte att läsa {response.url[:200]}: {error}."
            self.unreadable(response, Problem(ProblemKind.SLOW if slow else ProblemKind.UNREADABLE, words))
            return Answer()
        except Exception as error:  # the reader's own mistake, met in one answer: the others are read
            logger.exception("answer_unread source=%s", self.source.id)
            words = f"Det går inte att läsa {response.url[:200]}: svaret {describe_row_error(error)}."
            self.unreadable(response, Problem(ProblemKind.UNREADABLE, words))
            return Answer()
        if answer.wall:
            self.reading.forget(response.url)
            self.unreadable(response, walled_problem(answer.wall))
        if any(problem.kind is ProblemKind.REFUSED for problem in answer.problems):
            self.reading.forget(response.url)
        self.reading.take(answer)
        return answer

    def unreadable(self, response: Response, problem: Problem) -> None:
        """Note that an answer gave nothing."""
        listed = response.request.meta.get("listed") if response.request is not None else None
        if listed:
            self.reading.miss(str(listed), problem)
        else:
            self.reading.problem(problem.kind, problem.text)

    def failed(self, failure: Failure) -> None:
        """Note why a request gave nothing; the run is then not accepted."""
        request = getattr(failure, "request", None)
        problem = describe_failure(failure.value, request.url if request else self.source.url)
        listed = request.meta.get("listed") if request else None
        if listed:
            self.reading.miss(str(listed), problem)
        else:
            self.reading.problem(problem.kind, problem.text)

    def walled(self, response: Response) -> bool:
        """Whether the answer is a wall against programs, sent with 200 as if it were the page; noted when it is."""
        name = wall(response.body, plain_headers(response), response.status)
        if name:
            self.reading.forget(response.url)
            problem = walled_problem(name)
            self.reading.problem(problem.kind, problem.text)
        return bool(name)

    def judge(self) -> list[Problem]:
        """What speaks against accepting this run, beyond the problems noted on the way."""
        reading = self.reading
        missing = missing_pages(reading)
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


def read_answer(read: Read, response: Response, source: Source, now: datetime) -> Answer:
    """Return the contents that `read` finds in an answer that is no wall against programs. Pure: another process can run it."""
    answer = Answer(wall=wall(response.body, plain_headers(response), response.status))
    if not answer.wall:
        read(answer, response, source, now)
    return answer


def portable(response: Response) -> Response:
    """The answer without the request and the connection that it came by, so that another process can be given it."""
    return response.replace(request=None, certificate=None, ip_address=None, flags=None)


def plain_headers(response: Response) -> dict[str, str]:
    """The headers of an answer as text."""
    return {str(name): str(value) for name, value in response.headers.to_unicode_dict().items()}


def walled_problem(name: str) -> Problem:
    """A wall against programs, by its name, as a problem."""
    return Problem(ProblemKind.BLOCKED, f"Webbplatsen släpper inte in program: den svarade med en spärr ({name}).")


def missing_pages(reading: Reading) -> Problem | None:
    """The problem of a list so many of whose pages give nothing that the list itself is in doubt: all, or two and more than 30 per cent.

    Lists of authorities and municipalities always hold some dead link; fewer are only named.
    """
    missing = reading.unread_pages
    few = len(missing) < _FEWEST_MISSING or len(missing) <= reading.pages * _MISSING
    if not missing or (few and len(missing) < reading.pages):
        return None
    kinds = {problem.kind for problem in missing.values()}
    kind = kinds.pop() if len(kinds) == 1 else ProblemKind.LINKS
    if any(problem.kind is ProblemKind.SLOW for problem in reading.problems):
        kind = ProblemKind.SLOW  # pages that were waited for until the source's own time was over say nothing of the server
    return Problem(ProblemKind.LINKS if kind is ProblemKind.GONE else kind, name_missing(reading))


def name_missing(reading: Reading) -> str:
    """The pages of a list that gave nothing and why, as sentences in Swedish; "" when none is missing."""
    missing = reading.unread_pages
    if not missing:
        return ""
    gone = all(problem.kind is ProblemKind.GONE for problem in missing.values())
    count = "En sida" if len(missing) == 1 else f"{len(missing)} sidor"
    named = ", ".join(address[:200] for address in list(missing)[:_MOST_NAMED])
    more = f" och {len(missing) - _MOST_NAMED} till" if len(missing) > _MOST_NAMED else ""
    why = " ".join(dict.fromkeys(problem.text for problem in list(missing.values())[:_MOST_NAMED]))
    return f"{count} av {reading.pages} {'saknas' if gone else 'gick inte att läsa'}: {named}{more}. {why}"


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
    causes = list(_causes(error))
    if any(isinstance(cause, HeadTooLargeError) for cause in causes):
        return Problem(ProblemKind.TOO_LARGE, "Svarets huvud var större än vad som tas emot.")
    if any(_is_about_certificate(cause) for cause in causes):
        return Problem(
            ProblemKind.CERTIFICATE,
            f"Webbplatsens certifikat håller inte ({host}): det är utgånget, gäller ett annat namn eller är utfärdat av någon okänd.",
        )
    if isinstance(error, RobotsUnreachableError):
        return Problem(
            ProblemKind.SERVER,
            f"Webbplatsens robots.txt svarade med fel (HTTP {error.status}). Tills den svarar igen läses inget där.",
        )
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return Problem(ProblemKind.ROBOTS, "Webbplatsens robots.txt tillåter inte att sidan läses.")
    if isinstance(error, IgnoreRequest) and "redirections" in str(error):
        return Problem(ProblemKind.SERVER, "Adressen skickar runt i en slinga och leder ingenstans.")
    if isinstance(error, CannotResolveHostError):
        return Problem(ProblemKind.UNREACHABLE, f"Det finns ingen webbplats med namnet {host}.")
    if isinstance(error, DownloadTimeoutError):
        return Problem(ProblemKind.UNREACHABLE, "Servern svarade inte i tid.")
    return Problem(ProblemKind.UNREACHABLE, f"Servern svarade inte{_how_unanswered(causes)}.")


def _how_unanswered(causes: list[BaseException]) -> str:
    """Return in Swedish how a connection failed, as the end of a sentence; "" where that is not known."""
    return next((f": {words}" for kinds, words in _UNANSWERED if any(isinstance(cause, kinds) for cause in causes)), "")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it came of: Twisted keeps several reasons in a list, Python one cause."""
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None:
            yield one
            waiting += [one.__cause__, *(reason.value for reason in getattr(one, "reasons", None) or ())]


def _is_about_certificate(error: BaseException) -> bool:
    """Tell whether a certificate was not believed, by OpenSSL, by Python or for the name that it is for."""
    return isinstance(error, (ssl.SSLCertVerificationError, VerificationError)) or "certificate verify failed" in str(error)


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
