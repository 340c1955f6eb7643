"""Results of reading one source in one run: gathered here, judged at the end of the run, stored all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from monitor.archive.runs import Document
from monitor.archive.takeover import TakenPage
from monitor.calls import Call
from monitor.errors import describe_row_error

_Read = TypeVar("_Read")
_MAX_NAMED_PAGES = 3
LONGEST_KEY = 1000
"""Longest key of a call, in characters; longer keys are cut in reasons and refused for calls."""


class ProblemKind(StrEnum):
    """Class of a problem of a source. Values are stored; `HealthClass` has the same ones."""

    UNREACHABLE = "unreachable"
    GONE = "gone"
    MOVED = "moved"
    SERVER = "server-error"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    NOT_A_FEED = "not-a-feed"
    UNREADABLE = "unreadable"
    LAYOUT = "layout"
    SCRIPTED = "scripted"
    INCOMPLETE = "incomplete"
    FALL = "fall"
    FIELDS = "fields"
    LINKS = "dead-links"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    UNSTORED = "unstored"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Problem:
    """Failure of a source, as a plain Swedish sentence for the coordinator."""

    kind: ProblemKind
    text: str


@dataclass(slots=True)
class RowResults:
    """Results of reading a publisher's rows."""

    seen: int = 0
    """Number of rows that the publisher sent."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Rows that could not be read: reason (Swedish) by key."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Rows that were read and are not passed on (a vacancy, a past event): reason (Swedish) by key."""
    left_out_calls: dict[str, Call] = field(default_factory=dict)
    """The calls that the rows in `left_out` would be, by key, for a person who wants one back."""

    def read_row(self, key: str, read: Callable[..., _Read], *values: Any, **options: Any) -> _Read | None:
        """Return `read(*values, **options)` for one row; None, with the row noted in `skipped`, when it raises."""
        try:
            return read(*values, **options)
        except Exception as error:  # noqa: BLE001 - a publisher's row may hold anything and so raise anything
            self.skip(key, describe_row_error(error))
            return None

    def skip(self, key: str, reason: str) -> None:
        """Note a row that could not be read. The source is read on, and the call stored for that key stays as it is."""
        self.skipped[key[:LONGEST_KEY]] = reason

    def leave_out(self, key: str, reason: str, call: Call | None = None) -> None:
        """Note a row that was read and is not passed on; `call` is the call that it would be."""
        self.left_out[key[:LONGEST_KEY]] = reason
        if call is not None:
            self.left_out_calls[key[:LONGEST_KEY]] = call


@dataclass(frozen=True, slots=True)
class LinkedItem:
    """Item of a listing that has no text of its own there: it is read at its address."""

    call: Call
    """The call that the listing alone makes of it."""
    left_out: str = ""
    """Why that call would be left out, in Swedish, or ""."""


@dataclass(slots=True)
class ParsedResponse(RowResults):
    """Contents of one response of a publisher. Picklable, so that a child process can return it."""

    calls: list[Call] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    addresses: tuple[str, ...] = ()
    """Pages that the response lists, in its order."""
    following: str = ""
    """Address of the next page of the same listing, or ""."""
    linked: list[LinkedItem] = field(default_factory=list)
    """Items that are neither in `calls` nor in `left_out` yet, as they have a title alone."""
    joined: dict[str, Any] = field(default_factory=dict)
    """Plain values by key that the rows of a later response are joined to."""
    said_empty: bool = False
    """True when the publisher states that it has nothing at present."""
    taken: list[TakenPage] = field(default_factory=list)
    """Pages of another archive."""
    bot_challenge: str = ""
    """Name of the bot protection whose challenge the response is, or ""."""

    def add_problem(self, kind: ProblemKind, text: str) -> None:
        """Note a problem that keeps the response from being read."""
        self.problems.append(Problem(kind, text))


@dataclass(slots=True)
class SourceReading(RowResults):
    """State of one run of one source. Spiders fill it; nothing else holds state about a run."""

    calls: dict[str, Call] = field(default_factory=dict)
    """Calls by key; of two calls with the same key the later one stays."""
    problems: list[Problem] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    """Hashes of the rows that calls were read from, by key, where the spider recognises unchanged rows."""
    pages: int = 0
    """Number of pages requested because a list names them."""
    unread_pages: dict[str, Problem] = field(default_factory=dict)
    """Listed pages that could not be read, by address."""
    moved: str = ""
    """Address that the start address redirects to permanently, or ""."""
    said_empty: bool = False
    """True when the publisher states that it has nothing at present."""
    answered: bool = False
    """True when at least one response came."""
    unchanged: bool = True
    """True when every response was one that the cache already had."""
    not_modified: bool = False
    """True when the publisher answered 304 and sent nothing."""
    taken: list[TakenPage] = field(default_factory=list)
    """Pages of another archive, in the order of reading."""
    validators: dict[str, str] = field(default_factory=dict)
    """Request headers for the next run (`If-None-Match`), stored with this run so that they and its data go together."""

    def add_problem(self, kind: ProblemKind, text: str) -> None:
        """Note a problem unless it is noted already."""
        problem = Problem(kind, text)
        if problem not in self.problems:
            self.problems.append(problem)

    def merge(self, parsed: ParsedResponse) -> None:
        """Add the results of a response, except its calls, which pass the pipeline."""
        self.seen += parsed.seen
        self.skipped |= parsed.skipped
        self.left_out |= parsed.left_out
        self.left_out_calls |= parsed.left_out_calls
        self.said_empty = self.said_empty or parsed.said_empty
        for problem in parsed.problems:
            self.add_problem(problem.kind, problem.text)

    def add_unread_page(self, url: str, problem: Problem) -> None:
        """Note that a listed page could not be read."""
        self.unread_pages[url] = problem

    def drop_documents(self, url: str) -> None:
        """Remove the stored documents of a response that was refused for its contents."""
        self.documents = [document for document in self.documents if document.url != url]

    @property
    def items(self) -> int:
        """Return the number of items that could be read, passed on or left out: shows whether the page still works."""
        return len(self.calls) + len(self.left_out)


def describe_missing_pages(reading: SourceReading) -> str:
    """Return the unread pages of a list and why, as Swedish sentences; "" when all were read."""
    missing = reading.unread_pages
    if not missing:
        return ""
    gone = all(problem.kind is ProblemKind.GONE for problem in missing.values())
    count = "En sida" if len(missing) == 1 else f"{len(missing)} sidor"
    named = ", ".join(address[:200] for address in list(missing)[:_MAX_NAMED_PAGES])
    more = f" och {len(missing) - _MAX_NAMED_PAGES} till" if len(missing) > _MAX_NAMED_PAGES else ""
    why = " ".join(dict.fromkeys(problem.text for problem in list(missing.values())[:_MAX_NAMED_PAGES]))
    return f"{count} av {reading.pages} {'saknas' if gone else 'gick inte att läsa'}: {named}{more}. {why}"
